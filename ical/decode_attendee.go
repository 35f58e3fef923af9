package ical

import (
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
			x.event.Organizer = Person{commonName(p), mailbox(p), trimMailto(paramValue(p, "SENT-BY"))}
		}
	case "ATTENDEE":
		x.event.Attendees = append(x.event.Attendees, readAttendee(p, x.method))
	default:
		return false
	}
	return true
}

// readAttendee reads an ATTENDEE. A missing RSVP means NoReply only in a
// request. Answers and cancellations always omit it.
func readAttendee(p *ics.BaseProperty, method Method) Attendee {
	rsvp := paramValue(p, "RSVP")
	a := Attendee{
		Name: commonName(p), Email: mailbox(p),
		Kind: readWord(paramValue(p, "CUTYPE"), wireKinds), Role: readWord(paramValue(p, "ROLE"), wireRoles),
		Status:      readWord(paramValue(p, "PARTSTAT"), wireStatuses),
		NoReply:     strings.EqualFold(rsvp, "FALSE") || (method == MethodRequest && rsvp == ""),
		DelegatedTo: trimMailto(paramValue(p, "DELEGATED-TO")), DelegatedFrom: trimMailto(paramValue(p, "DELEGATED-FROM")),
		SentBy: trimMailto(paramValue(p, "SENT-BY")), Comment: paramValue(p, "X-RESPONSE-COMMENT"),
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

// commonName returns the CN. A tab becomes a space, because no header of a mail
// can hold a tab in a name.
func commonName(p *ics.BaseProperty) string {
	return strings.ReplaceAll(paramValue(p, "CN"), "\t", " ")
}

// mailbox returns the address of an ORGANIZER or ATTENDEE.
//
// QUIRK: Apple's server writes a principal's URI as the value and the address
// in an EMAIL parameter (RFC 7986, section 6.2).
func mailbox(p *ics.BaseProperty) string {
	addr := trimMailto(p.Value)
	if email := paramValue(p, "EMAIL"); email != "" && !strings.Contains(addr, "@") {
		return trimMailto(email)
	}
	return addr
}

// trimMailto returns the address in a mailto URI.
//
// QUIRK: Exchange writes MAILTO in upper case. Others quote the URI or put
// spaces around it.
func trimMailto(uri string) string {
	s := strings.Trim(strings.TrimSpace(uri), `"'<>`)
	if len(s) < len("mailto:") || !strings.EqualFold(s[:len("mailto:")], "mailto:") {
		return s
	}
	s = strings.TrimSpace(s[len("mailto:"):])
	s, _, _ = strings.Cut(s, "?")
	if plain, err := url.PathUnescape(s); err == nil && checkLine(plain) == nil {
		return plain
	}
	return s
}
