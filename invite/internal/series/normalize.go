package series

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// Normalized returns a copy of e that shares nothing with it, in the form that a
// meeting is stored in. TimeZone names the zone of Start, which JSON would lose
// otherwise. The times of an all-day meeting are dates in UTC. Attendees without a
// status have needs-action.
func Normalized(e ical.Event) ical.Event {
	if e.TimeZone == "" && !e.AllDay && !e.Start.IsZero() {
		if zone, err := e.Zone(); err == nil && zone != time.UTC {
			e.TimeZone = zone.String()
		}
	}
	e = e.Clone()
	needAction(e.Attendees)
	for i := range e.Overrides {
		needAction(e.Overrides[i].Attendees)
	}
	if e.AllDay {
		datesOnly(&e)
		for i := range e.Overrides {
			datesOnly(&e.Overrides[i])
		}
	}
	return e
}

// needAction sets the status of the attendees who have none.
func needAction(list []ical.Attendee) {
	for i := range list {
		if list[i].Status == "" {
			list[i].Status = ical.StatusNeedsAction
		}
	}
}

// datesOnly makes dates of all times of e that say when it takes place.
func datesOnly(e *ical.Event) {
	times := []*time.Time{&e.RecurrenceID, &e.Start, &e.End}
	if r := e.Recurrence; r != nil {
		times = append(times, &r.Until)
		for i := range r.Except {
			times = append(times, &r.Except[i])
		}
		for i := range r.Include {
			times = append(times, &r.Include[i])
		}
	}
	for _, t := range times {
		if !t.IsZero() {
			*t = Date(*t)
		}
	}
}

// NormalizedStart returns an original start in the form that [Normalized] gives it.
func NormalizedStart(e *ical.Event, start time.Time) time.Time {
	if e.AllDay && !start.IsZero() {
		return Date(start)
	}
	return start
}

// Date returns midnight in UTC of the date that t has in its own Location.
func Date(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
