package shadow

import (
	"maps"
	"slices"

	"github.com/convene-go/convene/ical"
)

// Copy is the data that was written to an entry last.
type Copy struct {
	Event ical.Event
	Data  []byte
	Form  Form
}

// ReadCopy reads the copy in the entry with a UID. It reports false if there is none. The
// UID of a reserved entry was not known when its copy was written.
func ReadCopy(text, uid string) (Copy, bool) {
	data, form, ok := Unpack(text)
	if !ok {
		return Copy{}, false
	}
	e, err := Decode(data)
	if err != nil {
		return Copy{}, false
	}
	if form == FormReserved {
		e.UID = uid
		if data, err = Data(e); err != nil {
			return Copy{}, false
		}
	}
	return Copy{e, data, form}, e.UID == uid
}

// Now returns the entry as it is: the copy, with the changes of people since. made and
// now are as in Merge. It reports whether the data of the copy is not valid any more.
//
// If the entry was not written to its end, the differences in single occurrences are not
// the organizer's. The entry then has no SCHEDULE-AGENT, so that it is written again.
func (c *Copy) Now(made, now ical.Event) (ical.Event, bool) {
	if c.Form != FormPart {
		return Merge(c.Event, made, now)
	}
	made.Overrides = now.Overrides
	if made.Recurrence != nil && now.Recurrence != nil {
		r := *made.Recurrence
		r.Except = now.Recurrence.Except
		made.Recurrence = &r
	}
	e, _ := Merge(c.Event, made, now)
	e = e.Clone()
	withoutAgent(e.Attendees)
	for i := range e.Overrides {
		withoutAgent(e.Overrides[i].Attendees)
	}
	return e, true
}

// withoutAgent removes SCHEDULE-AGENT (RFC 6638, section 7.1) from a list.
func withoutAgent(list []ical.Attendee) {
	for i := range list {
		list[i].Params = maps.Clone(list[i].Params)
		delete(list[i].Params, "SCHEDULE-AGENT")
	}
}

// SameOccurrences reports whether two canonical series have the same changed and cancelled
// occurrences.
func SameOccurrences(a, b ical.Event) bool {
	more, fewer := exceptions(&a, &b)
	if len(more)+len(fewer) > 0 || len(a.Overrides) != len(b.Overrides) {
		return false
	}
	return !slices.ContainsFunc(a.Overrides, func(o ical.Event) bool {
		i := find(&b, o.RecurrenceID)
		return i < 0 || !sameEvent(&o, &b.Overrides[i])
	})
}
