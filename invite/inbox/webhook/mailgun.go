package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/mime"
)

// Mailgun returns a handler for the routes of Mailgun, and for its webhook "permanent
// failure". signingKey is the account's HTTP webhook signing key. It does not have to be
// the key of the API.
//
// The action of the route is forward("https://…/mime"). The path has to end with "mime",
// because only then Mailgun sends the raw mail.
//
// Mailgun signs the time and a token, and not the content. So an attacker who sees a
// request, for example in the log of a proxy, can send other content with its signature.
// The handler refuses a token that came with other content before. That does not cover
// tokens which it has not seen, or has forgotten. Let nobody read the requests.
func Mailgun(signingKey string, o *Options) (*Handler, error) {
	options, err := o.withDefaults(12 * time.Hour)
	if err != nil {
		return nil, err
	}
	if signingKey == "" {
		return nil, errors.New("webhook: Mailgun: signingKey: is missing")
	}
	m := &mailgun{key: []byte(signingKey), options: options}
	return &Handler{name: "mailgun", service: m, options: options, limit: options.MaxBytes, final: http.StatusNotAcceptable}, nil
}

// mailgun is the service of Mailgun.
type mailgun struct {
	key     []byte
	options Options
	tokens  bindings
}

// admit lets everything in, because the signature is in the body.
func (m *mailgun) admit(*http.Request) error { return nil }

// open opens a route's request, which is a form, or a webhook's, which is JSON.
func (m *mailgun) open(_ context.Context, r *request) (*content, error) {
	if r.mediaType == "application/json" {
		return m.event(r.body)
	}
	return m.mail(r)
}

// The fields of a route's form.
const (
	mailgunSPF  = "X-Mailgun-Spf"
	mailgunDKIM = "X-Mailgun-Dkim-Check-Result"
)

// mail opens the request of a route.
func (m *mailgun) mail(r *request) (*content, error) {
	f, err := readForm(r, "timestamp", "token", "signature", "recipient", "sender", "body-mime", mailgunSPF, mailgunDKIM)
	if err != nil {
		return nil, err
	}
	v := make(map[string]string)
	for _, name := range []string{"timestamp", "token", "signature", "recipient", "sender", "body-mime"} {
		if v[name], err = f.one(name); err != nil {
			return nil, err
		}
	}
	if err := m.check(v["timestamp"], v["token"], v["signature"]); err != nil {
		return nil, err
	}
	if v["body-mime"] == "" {
		return nil, notRaw("the mail is not raw: the path of the route has to end with mime")
	}
	data := []byte(v["body-mime"])
	c, err := mailsOf("mailgun", strings.Split(v["recipient"], ","), data, m.verified(f, v["sender"], data))
	if err != nil {
		return nil, err
	}
	return c, m.bind(v["token"], c)
}

// check checks the signature of a request, and its age.
func (m *mailgun) check(timestamp, token, signed string) error {
	got, err := hex.DecodeString(signed)
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(timestamp + token))
	if err != nil || token == "" || !hmac.Equal(got, h.Sum(nil)) {
		return forged("the signature is wrong")
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return malformed("the timestamp is no number")
	}
	return checkAge(m.options.Now(), time.Unix(seconds, 0), m.options.MaxAge)
}

// bind refuses a token that came with other content before.
func (m *mailgun) bind(token string, c *content) error {
	if !m.tokens.bind(keyOf(token), c.key()) {
		return forged("the token came with other content before")
	}
	return nil
}

// verified returns the results of Mailgun's checks, which are in the form, in the header
// of the mail, or in both. A field that is repeated, or has two values, counts for nothing,
// because the author of the mail may have written one of them.
func (m *mailgun) verified(f form, sender string, data []byte) (out []mime.AuthResult) {
	if !m.options.MailgunChecks {
		return nil
	}
	value := func(name string) string {
		inForm, inMail := f[name], headerFields(data, strings.ToLower(name))
		all := slices.Concat(inForm, inMail)
		if len(inForm) > 1 || len(inMail) > 1 || len(all) == 0 || !strings.EqualFold(all[0], all[len(all)-1]) {
			return ""
		}
		return strings.ToLower(strings.TrimSpace(all[0]))
	}
	if v := value(mailgunDKIM); v != "" {
		out = append(out, dkimOf(v, data))
	}
	if v := value(mailgunSPF); v != "" {
		out = append(out, spfOf(v, sender))
	}
	return out
}

// mailgunEvent is the body of a webhook.
type mailgunEvent struct {
	Signature struct {
		Timestamp json.Number
		Token     string
		Signature string
	}
	Data struct {
		Event     string
		Severity  string
		Recipient string
		Reason    string
		Message   struct {
			Headers struct {
				MessageID string `json:"message-id"`
			}
		}
		Status struct {
			Message     string
			Description string
		} `json:"delivery-status"`
	} `json:"event-data"`
}

// mostEvent limits the body of a webhook, in octets. It is parsed before its signature can
// be checked.
const mostEvent = 1 << 20

// event opens the request of a webhook.
func (m *mailgun) event(body []byte) (*content, error) {
	if len(body) > mostEvent {
		return nil, never(http.StatusRequestEntityTooLarge, "the body is too large")
	}
	var e mailgunEvent
	if err := decode(body, &e); err != nil {
		return nil, err
	}
	if err := m.check(e.Signature.Timestamp.String(), e.Signature.Token, e.Signature.Signature); err != nil {
		return nil, err
	}
	var c content
	if d := &e.Data; d.Event == "failed" && d.Severity == "permanent" {
		text := d.Status.Message
		if text == "" {
			text = d.Status.Description
		}
		if text == "" {
			text = d.Reason
		}
		c.reports = append(c.reports, newReport(d.Message.Headers.MessageID, "", d.Recipient, text))
	}
	return &c, m.bind(e.Signature.Token, &c)
}
