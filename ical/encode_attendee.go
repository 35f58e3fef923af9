package ical

import (
	"strconv"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// people writes the organizer and the attendees. In answers, an attendee's
// comment is a COMMENT.
func (b *eventEncoder) people() {
	e := b.event
	if o := &e.Organizer; o.Email != "" {
		b.put("ORGANIZER", mailto(o.Email), "SENT-BY", mailto(o.SentBy), "CN", safeName(o.Name))
	}
	for i := range e.Attendees {
		b.attendee(&e.Attendees[i])
	}
	if b.cal.Method == MethodReply || b.cal.Method == MethodCounter {
		for i := range e.Attendees {
			b.put("COMMENT", e.Attendees[i].Comment)
		}
	}
}

// attendee writes an attendee. Only a request asks for an answer (RSVP=TRUE).
func (b *eventEncoder) attendee(a *Attendee) {
	rsvp := ""
	if a.NoReply {
		rsvp = "FALSE"
	} else if b.cal.Method == MethodRequest {
		rsvp = "TRUE"
	}
	b.start("ATTENDEE", mailto(a.Email))
	b.params("CUTYPE", wireName(a.Kind, wireKinds), "ROLE", wireName(a.Role, wireRoles),
		"PARTSTAT", wireName(a.Status, wireStatuses), "RSVP", rsvp,
		"DELEGATED-TO", mailto(a.DelegatedTo), "DELEGATED-FROM", mailto(a.DelegatedFrom),
		"SENT-BY", mailto(a.SentBy), "CN", safeName(a.Name))
	b.line.addParams(a.Params)
	b.out.property(&b.line)
}

// refused reports whether e is an occurrence for one attendee who has declined
// it, so that the attendee's time is free.
func (e *Event) refused() bool {
	return !e.RecurrenceID.IsZero() && len(e.Attendees) == 1 && e.Attendees[0].Status == StatusDeclined
}

// safeName replaces double quotes by apostrophes. A parameter cannot hold a
// double quote, and Outlook does not know the escapes of RFC 6868.
func safeName(name string) string { return strings.ReplaceAll(name, `"`, "'") }

// mailto returns the mailto URI of an address (RFC 6068, section 2), and "" for
// "".
func mailto(addr string) string {
	if addr == "" {
		return ""
	}
	ascii, err := address.ASCII(addr)
	if err != nil {
		ascii = addr // if it matters, validate has refused it
	}
	return "mailto:" + mailtoEscapes.Replace(ascii)
}

// mailtoEscapes are the octets of an ASCII address that a mailto URI cannot hold.
var mailtoEscapes = func() *strings.Replacer {
	var pairs []string
	for _, c := range "%/?#[]^`{|}\"\\<> " {
		pairs = append(pairs, string(c), "%"+strings.ToUpper(strconv.FormatUint(uint64(c), 16)))
	}
	return strings.NewReplacer(pairs...)
}()
