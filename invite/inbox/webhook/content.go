package webhook

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/mime"
)

// content is the content of a request.
type content struct {
	mails   []*inbox.Mail
	reports []report
}

// key names the content.
func (c *content) key() key {
	var words []string
	for _, m := range c.mails {
		words = append(words, "mail", m.ID)
	}
	for _, r := range c.reports {
		words = append(words, "report", r.id, r.email, r.text)
	}
	return keyOf(words...)
}

// newMail makes a mail. Its ID depends on the recipient and the mail alone, so it is the
// same if the service sends the request again, by whichever way.
func newMail(service, recipient string, data []byte, verified []mime.AuthResult) *inbox.Mail {
	if verified == nil {
		verified = []mime.AuthResult{} // no field of the mail takes its place
	}
	k := keyOf(recipient, string(data))
	return &inbox.Mail{ID: service + "-" + hex.EncodeToString(k[:20]), Data: data, Recipient: recipient, Verified: verified}
}

// report is the report that a mail did not arrive.
type report struct{ id, email, text string }

// key names the report.
func (r *report) key() key { return keyOf("report", r.id, r.email, r.text) }

// mostText limits the text of a report, in octets.
const mostText = 2000

// newReport makes a report. messageID is the Message-ID of the mail if the service knows
// it, and receipt is the service's name of the mail. texts are the reasons, of which empty
// ones and repetitions do not count.
func newReport(messageID, receipt, email string, texts ...string) report {
	r := report{id: bracketed(messageID), email: bare(email)}
	if r.id == "" {
		r.id = strings.TrimSpace(receipt)
	}
	var out []string
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	r.text = cut(strings.Join(out, ": "), mostText)
	return r
}

// bracketed returns a Message-ID with angle brackets, and "" if there is none.
func bracketed(id string) string {
	id = strings.TrimSpace(id)
	if id = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")); id == "" {
		return ""
	}
	return "<" + id + ">"
}

// bare returns an address without name and angle brackets.
func bare(email string) string {
	if i := strings.LastIndexByte(email, '<'); i >= 0 {
		email, _, _ = strings.Cut(email[i+1:], ">")
	}
	return strings.TrimSpace(email)
}

// cut returns at most n octets of s.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// decode reads JSON. The error has nothing of the input.
func decode(data []byte, v any) error {
	if json.Unmarshal(data, v) != nil {
		return malformed("the JSON cannot be read")
	}
	return nil
}

// errType refuses a media type that the service does not send.
var errType = never(http.StatusUnsupportedMediaType, "the Content-Type is not one of this service")
