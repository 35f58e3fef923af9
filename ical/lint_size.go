package ical

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// sizeRules are the rules about what a mail carries.
var sizeRules = []lintRule{
	{"attachment-link", SeverityWarning, "Attachments[i].URL", "clients do not open a link that is valid on one computer or in one mail alone (data:, cid:, file:, blob:); put the document on a server, and link to it",
		"RFC 5545, section 3.8.1.1; several reports", every,
		func(e *lintTarget) (out []hit) {
			for i, l := range e.Attachments {
				out = append(out, hitAt(isLocalLink(l.URL), "Attachments", i, "URL")...)
			}
			return out
		}},
	{"mail-size", SeverityWarning, "Description, Attendees, Overrides, Extra", "a mail with all guests has more than 1 MB, which is slow to send to many and over the limit of some servers; shorten this field, or hide the guests",
		"RFC 1870", every, lintSize},
}

// isLocalLink reports whether a URI leads nowhere for the attendees.
func isLocalLink(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && slices.Contains([]string{"data", "cid", "mid", "file", "blob"}, strings.ToLower(u.Scheme))
}

// mostMail is the size of a mail, in octets, above which it is reported.
const mostMail = 1 << 20

// lintSize estimates the size of a mail to one attendee. The field that
// contributes most is reported.
func lintSize(e *lintTarget) []hit {
	if !e.RecurrenceID.IsZero() {
		return nil // a part of its series
	}
	people, texts := peopleSize(e.Attendees), e.textSize()
	description := inObject*int64(len(e.Description))/10 + inText(e.Description)
	parts := []struct {
		field string
		size  int64
	}{
		{"Description", description},
		{"Attendees", inObject * people / 10},
		{"Overrides", inObject * e.overridesSize(people, texts) / 10},
		{"Extra", inObject * (texts - int64(len(e.Description))) / 10},
	}
	total, largest := int64(0), parts[0]
	for _, p := range parts {
		total += p.size
		if p.size > largest.size {
			largest = p
		}
	}
	if total <= mostMail {
		return nil
	}
	return []hit{{largest.field, fmt.Sprintf("about %.1f MB", float64(total)/mostMail)}}
}

// inObject is the number of octets in a mail for ten octets in its calendar
// object, which stands there twice in base64, as a body part and as a file.
const inObject = 28

// inText is the number of octets in a mail for a description in its text, in
// plain text and in HTML.
func inText(s string) int64 {
	other := 0
	for i := range len(s) {
		if s[i] >= 0x80 {
			other++
		}
	}
	return (12*int64(len(s)-other) + 36*int64(other)) / 10
}

// overridesSize returns the octets of the overrides in the object. An override
// repeats whatever it takes from the series, which has the given sizes.
func (e *Event) overridesSize(people, texts int64) (n int64) {
	for i := range e.Overrides {
		o := &e.Overrides[i]
		if o.Cancelled {
			continue
		}
		n += max(o.textSize(), texts)
		if len(o.Attendees) > 0 {
			n += peopleSize(o.Attendees)
		} else {
			n += people
		}
	}
	return n
}

// textSize returns the octets of an event in the object without its attendees.
func (e *Event) textSize() int64 {
	n := 700 + len(e.Summary) + len(e.Description) + len(e.Location) + len(e.URL) + 3*len(e.Conference)
	for _, c := range e.Categories {
		n += len(c) + 1
	}
	for _, l := range e.Attachments {
		n += 30 + len(l.URL) + len(l.Name) + len(l.MediaType)
	}
	for i := range e.Extra {
		n += 4 + len(e.Extra[i].Name) + len(e.Extra[i].Value) + paramsSize(e.Extra[i].Params)
	}
	return int64(n)
}

// peopleSize returns the octets of attendees in the object.
func peopleSize(list []Attendee) (n int64) {
	for i := range list {
		a := &list[i]
		n += int64(100 + len(a.Name) + len(a.Email) + len(a.DelegatedTo) + len(a.DelegatedFrom) + len(a.SentBy) + paramsSize(a.Params))
	}
	return n
}

// paramsSize returns the octets of parameters in the object.
func paramsSize(params map[string][]string) (n int) {
	for name, values := range params {
		n += 2 + len(name)
		for _, v := range values {
			n += 3 + len(v)
		}
	}
	return n
}
