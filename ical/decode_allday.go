package ical

import (
	"time"

	"github.com/convene-go/convene/internal/wallclock"
)

// datesOfMidnights makes the event all-day if it says that it is, and goes from
// midnight to midnight on its own clock (MS-OXCICAL, section 2.1.3.1.1.20).
//
// QUIRK: Exchange writes an all-day meeting in this form:
// testdata/ics/quirks/exchange-all-day.ics.
func (x *eventReader) datesOfMidnights() {
	e := &x.event
	if !x.allDay || e.AllDay || e.Start.IsZero() || !wallclock.IsMidnight(e.Start) || !e.End.IsZero() && !wallclock.IsMidnight(e.End) {
		return
	}
	loc := e.Start.Location()
	e.Start, e.AllDay, e.TimeZone, e.Floating = dateOf(e.Start), true, "", false
	for _, t := range []*time.Time{&e.End, &e.RecurrenceID} {
		*t = dateIn(*t, loc)
	}
	if e.Recurrence == nil {
		return
	}
	e.Recurrence.Until = dateIn(e.Recurrence.Until, loc)
	for _, list := range [][]time.Time{e.Recurrence.Except, e.Recurrence.Include} {
		for i := range list {
			list[i] = dateIn(list[i], loc)
		}
	}
}

// dateIn returns the date of t: in its own zone if it is midnight there, and
// otherwise in loc. The zero time stays.
func dateIn(t time.Time, loc *time.Location) time.Time {
	switch {
	case t.IsZero():
		return t
	case wallclock.IsMidnight(t):
		return dateOf(t)
	}
	return dateOf(t.In(loc))
}
