package mime

import (
	"cmp"
	"errors"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
)

// fields decodes the fields of the mail's header.
func (r *reader) fields() {
	out := r.out
	results := 0
	for _, f := range out.Header {
		switch name := textproto.CanonicalMIMEHeaderKey(f.Name); name {
		case "From":
			r.from(f)
		case "Reply-To":
			r.people(&out.ReplyTo, f)
		case "To":
			out.To = append(out.To, r.addresses(f)...)
		case "Cc":
			out.Cc = append(out.Cc, r.addresses(f)...)
		case "Sender":
			r.sender(f)
		case "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To":
			r.deliveredTo(f, f.Value)
		case "Original-Recipient":
			_, address := cutType(f.Value)
			r.deliveredTo(f, address)
		case "Return-Path":
			if out.ReturnPath == "" {
				out.ReturnPath = reversePath(f.Value)
			}
		case "Authentication-Results":
			out.Auth = append(out.Auth, r.authResults(f.Value, results)...)
			results++
		case "Subject":
			r.once(&out.Subject, f, decodeWords(f.Value))
		case "Date":
			r.date(f)
		case "Message-Id":
			r.once(&out.MessageID, f, firstOf(messageIDs(f.Value)))
		case "In-Reply-To":
			r.once(&out.InReplyTo, f, firstOf(messageIDs(f.Value)))
		case "References":
			out.References = append(out.References, messageIDs(f.Value)...)
		case "Auto-Submitted":
			r.once(&out.AutoSubmitted, f, keyword(f.Value))
		}
	}
	if r.hidden && len(out.From) > 0 {
		r.limit("header: From cannot be read whole: nobody counts as the author")
		out.From = nil
	}
}

// once sets a value that a header has once (RFC 5322, section 3.6). If there
// are several, the first counts.
func (r *reader) once(to *string, f Field, value string) {
	if *to != "" {
		r.problem("header: %s is there twice: the first counts", f.Name)
		return
	}
	*to = value
}

// people adds the addresses of a field that a header has once. If there is a
// second field, its addresses count too, so that no reader takes the mail for a
// mail of one person alone.
func (r *reader) people(to *[]mail.Address, f Field) {
	if *to != nil {
		r.problem("header: %s is there twice: both count", f.Name)
	}
	*to = append(*to, r.addresses(f)...)
}

// from adds the authors in a From field. If there is no address in it that can be read,
// or if a limit has cut it, an author is hidden. A server may have read another one than
// the readable author, and checked the mail for that one.
func (r *reader) from(f Field) {
	n := len(r.out.From)
	r.people(&r.out.From, f)
	r.hidden = r.hidden || len(r.out.From) == n
}

// sender takes the first address of the Sender field.
func (r *reader) sender(f Field) {
	list := r.addresses(f)
	if r.out.Sender != nil || len(list) > 1 {
		r.problem("header: %s has several addresses: the first counts", f.Name)
	}
	if r.out.Sender == nil && len(list) > 0 {
		r.out.Sender = &list[0]
	}
}

// deliveredTo adds the addresses in a trace field, except those that are known
// already.
func (r *reader) deliveredTo(f Field, value string) {
	for _, a := range bareAddresses(value) {
		if len(r.out.DeliveredTo) >= r.MaxParams {
			r.limit("header: %s: more than %d delivery addresses: the rest is not read", f.Name, r.MaxParams)
			return
		}
		if !slices.ContainsFunc(r.out.DeliveredTo, func(b string) bool { return address.Lower(a) == address.Lower(b) }) {
			r.out.DeliveredTo = append(r.out.DeliveredTo, a)
		}
	}
}

// reversePath returns the address in a Return-Path field, and "<>" if it holds
// none.
func reversePath(s string) string {
	if a := firstOf(bareAddresses(s)); a != "" {
		return a
	}
	return cmp.Or(strings.Trim(s, "<> \t"), "<>")
}

// date sets the date of the mail.
func (r *reader) date(f Field) {
	if !r.out.Date.IsZero() {
		r.problem("header: %s is there twice: the first counts", f.Name)
		return
	}
	date, err := parseDate(f.Value)
	if err != nil {
		r.problem("header: %s %q cannot be read", f.Name, excerpt(f.Value))
	}
	r.out.Date = date
}

// zones are the zone names for which RFC 5322, section 4.3, defines an offset.
// All others mean an unknown offset, which counts as zero.
var zones = map[string]string{
	"EDT": "-0400", "EST": "-0500", "CDT": "-0500", "CST": "-0600",
	"MDT": "-0600", "MST": "-0700", "PDT": "-0700", "PST": "-0800",
}

// maxDate is the greatest length of a date in octets, without a comment at its end.
const maxDate = 200

// errNoDate reports a text that is empty, or too long for a date.
var errNoDate = errors.New("not a date")

// parseDate reads a date-time (RFC 5322, section 3.3). The result never
// depends on the zone of this machine.
func parseDate(s string) (time.Time, error) {
	s, _, _ = strings.Cut(s, "(")
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxDate { // mail.ParseDate would try each of its layouts
		return time.Time{}, errNoDate
	}
	if at := strings.LastIndexByte(s, ' '); at >= 0 && isAlphabetic(s[at+1:]) {
		zone, ok := zones[strings.ToUpper(s[at+1:])]
		if !ok {
			zone = "+0000"
		}
		s = s[:at+1] + zone
	}
	// This layout fits nearly every mail. ParseDate would try it last.
	date, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", s)
	if err != nil {
		date, err = mail.ParseDate(s)
	}
	if err != nil {
		return time.Time{}, err
	}
	if _, offset := date.Zone(); offset != 0 {
		return date.In(time.FixedZone("", offset)), nil
	}
	return date.UTC(), nil
}

// isAlphabetic tells whether s is made of ASCII letters.
func isAlphabetic(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

// messageIDs returns the identifiers in s, each with its angle brackets.
func messageIDs(s string) []string {
	var ids []string
	for rest := s; ; {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			break
		}
		id, after, _ := strings.Cut(after, ">")
		if id = strings.Join(strings.Fields(id), ""); id != "" {
			ids = append(ids, "<"+id+">")
		}
		rest = after
	}
	if ids != nil {
		return ids
	}
	// QUIRK: hydroxide (Proton Mail) and Wino Mail left the brackets out:
	// testdata/read/mbox-line.eml.
	for _, word := range strings.Fields(s) {
		if strings.Contains(word, "@") {
			ids = append(ids, "<"+word+">")
		}
	}
	return ids
}

// firstOf returns the first string, or "".
func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
