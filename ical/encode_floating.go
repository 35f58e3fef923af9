package ical

import (
	"time"

	"github.com/convene-go/convene/internal/wallclock"
)

// floatingForm returns the form of a floating event: its clock, with the TZID that
// nothing explains.
func (e *Event) floatingForm() timeForm {
	return timeForm{loc: time.UTC, tzid: e.TimeZone, local: true}
}

// ownForm returns the form of an override that is floating in a series that is not,
// or the other way round.
func (e *Event) ownForm() timeForm {
	if e.Floating {
		return e.floatingForm()
	}
	return timeForm{loc: time.UTC}
}

// forID returns the form of a RECURRENCE-ID. A RECURRENCE-ID that Decode could not
// relate to a series goes back as it came.
func (f timeForm) forID(id time.Time) timeForm {
	switch loc := id.Location(); {
	case f.allDay:
	case loc == wallclock.Date:
		return timeForm{loc: time.UTC, allDay: true}
	case f.local && loc != wallclock.Local && loc != time.UTC:
		return timeForm{loc: time.UTC} // an instant beside a clock
	case loc == wallclock.Local && !f.local:
		return timeForm{loc: time.UTC, local: true}
	}
	return f
}
