package ical

import (
	"cmp"
	"html"
	"net/url"
	"slices"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// readPeople reads p if it is the organizer or an attendee, and reports whether
// it is.
func (x *eventReader) readPeople(p *ics.BaseProperty) bool {
	switch p.IANAToken {
	case "ORGANIZER":
		if x.event.Organizer == (Person{}) {
			name, email := mailbox(p)
			x.event.Organizer = Person{name, email, trimMailto(paramValue(p, "SENT-BY"))}
		}
	case "ATTENDEE":
		if x.event.Attendees == nil { // with room for all, so that a list of thousands is not copied again and again
			x.event.Attendees = make([]Attendee, 0, countProperties(x.base.Properties, p.IANAToken))
		}
		a := readAttendee(p, x.method)
		x.dropLinkParams("ATTENDEE", a.Params)
		x.event.Attendees = append(x.event.Attendees, a)
	default:
		return false
	}
	return true
}

// readAttendee reads an ATTENDEE. A missing RSVP means NoReply only in a
// request. Answers and cancellations always omit it.
func readAttendee(p *ics.BaseProperty, method Method) Attendee {
	rsvp := paramValue(p, "RSVP")
	name, email := mailbox(p)
	a := Attendee{
		Name: name, Email: email,
		Kind: readWord(paramValue(p, "CUTYPE"), wireKinds), Role: readWord(paramValue(p, "ROLE"), wireRoles),
		Status:      readWord(paramValue(p, "PARTSTAT"), wireStatuses),
		NoReply:     strings.EqualFold(rsvp, "FALSE") || (method == MethodRequest && rsvp == ""),
		DelegatedTo: trimMailto(paramValue(p, "DELEGATED-TO")), DelegatedFrom: trimMailto(paramValue(p, "DELEGATED-FROM")),
		SentBy: trimMailto(paramValue(p, "SENT-BY")), Comment: responseComment(p),
	}
	for name, values := range p.ICalParameters {
		if !attendeeParams[name] && name != "X-RESPONSE-COMMENT" && (name != "EMAIL" || a.Email != trimMailto(values[0])) {
			if a.Params == nil {
				a.Params = make(map[string][]string)
			}
			a.Params[name] = slices.Clone(values)
		}
	}
	return a
}

// responseComment returns the attendee's words in the X-RESPONSE-COMMENT.
//
// QUIRK: Google escapes the text for HTML, and the result for TEXT:
// testdata/ics/quirks/google-response-comment.ics.
func responseComment(p *ics.BaseProperty) string {
	s := paramValue(p, "X-RESPONSE-COMMENT")
	if strings.IndexByte(s, '&') >= 0 || strings.IndexByte(s, '\\') >= 0 {
		s = strings.ReplaceAll(html.UnescapeString(unescapeText(s)), "\r\n", "\n")
		s = strings.Map(func(r rune) rune {
			if r != '\n' && isControl(r) {
				return -1
			}
			return r
		}, s)
	}
	return s
}

// mailbox returns the name and the address of an ORGANIZER or ATTENDEE. A tab in
// the name becomes a space, because no header of a mail can hold a tab in a name.
//
// QUIRK: Apple's server writes a principal's URI as the value and the address
// in an EMAIL parameter (RFC 7986, section 6.2).
func mailbox(p *ics.BaseProperty) (name, addr string) {
	name, addr = cutMailto(p.Value)
	if email := paramValue(p, "EMAIL"); email != "" && !strings.Contains(addr, "@") {
		name, addr = cutMailto(email)
	}
	return strings.ReplaceAll(cmp.Or(paramValue(p, "CN"), name), "\t", " "), addr
}

// trimMailto returns the address in a mailto URI.
func trimMailto(uri string) string {
	_, addr := cutMailto(uri)
	return addr
}

// cutMailto returns the address in a mailto URI, and the name that stands beside
// it against RFC 6068.
//
// QUIRK: Exchange writes MAILTO in upper case. Others quote the URI or the
// address, put spaces around it, or write a whole mailbox:
// testdata/ics/quirks/mailto-mailbox.ics.
func cutMailto(uri string) (name, addr string) {
	s, isURI := cutScheme(uri)
	if !isURI { // a quote that is not closed
		if s, isURI = cutScheme(strings.TrimLeft(s, "\"'<")); isURI {
			s = strings.TrimRight(s, "\"'> ")
		}
	}
	if isURI {
		s, _, _ = strings.Cut(s, "?")
		if plain, err := url.PathUnescape(s); err == nil && checkLine(plain) == nil {
			s = plain
		}
	}
	s = unquoted(s)
	if at := strings.LastIndexByte(s, '<'); at >= 0 && strings.HasSuffix(s, ">") {
		name, s = s[:at], s[at+1:len(s)-1]
	}
	return unquoted(name), unquoted(s)
}

// cutScheme removes "mailto:" and the quotes around a URI and around its address.
// It reports whether there was a scheme.
func cutScheme(s string) (rest string, ok bool) {
	const scheme = "mailto:"
	for rest = s; ; s = rest {
		rest = unquoted(s)
		if len(rest) >= len(scheme) && strings.EqualFold(rest[:len(scheme)], scheme) {
			rest, ok = rest[len(scheme):], true
		}
		if rest == s {
			return rest, ok
		}
	}
}

// unquoted removes the spaces and the pair of quotes or angle brackets around s.
func unquoted(s string) string {
	s = strings.TrimSpace(s)
	for _, pair := range []string{`""`, "''", "<>"} {
		if len(s) >= 2 && s[0] == pair[0] && s[len(s)-1] == pair[1] {
			return strings.TrimSpace(s[1 : len(s)-1])
		}
	}
	return s
}
