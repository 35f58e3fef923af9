package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// own is a copy of e that shares nothing with it, in the form that a Meeting
// stores: attendees who have not answered say so, the zone has its name, which
// JSON would lose otherwise, and the times of an all-day meeting are dates in UTC.
func own(e ical.Event) ical.Event {
	if e.TimeZone == "" && !e.AllDay && !e.Start.IsZero() {
		if zone, err := e.Zone(); err == nil && zone != time.UTC {
			e.TimeZone = zone.String()
		}
	}
	e = e.Clone()
	waiting(e.Attendees)
	for i := range e.Overrides {
		waiting(e.Overrides[i].Attendees)
	}
	if e.AllDay {
		eachTime(&e, dateOf)
		for i := range e.Overrides {
			eachTime(&e.Overrides[i], dateOf)
		}
	}
	return e
}

// waiting marks attendees without an answer as those.
func waiting(list []ical.Attendee) {
	for i := range list {
		list[i].Status = or(list[i].Status, ical.StatusNeedsAction)
	}
}

// eachTime changes every time of e that says when it takes place.
func eachTime(e *ical.Event, change func(time.Time) time.Time) {
	list := []*time.Time{&e.RecurrenceID, &e.Start, &e.End}
	if r := e.Recurrence; r != nil {
		list = append(list, &r.Until)
		for i := range r.Except {
			list = append(list, &r.Except[i])
		}
		for i := range r.Include {
			list = append(list, &r.Include[i])
		}
	}
	for _, t := range list {
		if !t.IsZero() {
			*t = change(*t)
		}
	}
}

// ownID is the original start of an occurrence as own has it.
func ownID(e *ical.Event, id time.Time) time.Time {
	if e.AllDay && !id.IsZero() {
		return dateOf(id)
	}
	return id
}
