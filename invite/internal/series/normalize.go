package series

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// Normalized returns a copy of e that shares nothing with it, in the form that a
// meeting is stored in. Times have the form of [ical.Event.Normalized]. TimeZone names
// the zone of Start, which JSON would lose otherwise. Attendees without a status have
// needs-action.
//
// Times of an all-day meeting that are no dates stay, and [ical.Event.Validate] reports
// them.
func Normalized(e ical.Event) ical.Event {
	if e.TimeZone == "" && !e.AllDay && !e.Start.IsZero() {
		if zone, err := e.Zone(); err == nil && zone != time.UTC {
			e.TimeZone = zone.String()
		}
	}
	e, _ = e.Normalized()
	needAction(e.Attendees)
	for i := range e.Overrides {
		needAction(e.Overrides[i].Attendees)
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

// NormalizedStart returns an original start in the form that [Normalized] gives it.
// The error says why it is no date, if e is all-day. Its [ical.FieldError] has the
// field RecurrenceID.
func NormalizedStart(e *ical.Event, start time.Time) (time.Time, error) {
	if isNormalStart(e, start) {
		return start, nil
	}
	one, err := ical.Event{AllDay: e.AllDay, TimeZone: e.TimeZone, Start: e.Start, RecurrenceID: start}.Normalized()
	return one.RecurrenceID, err
}

// isNormalStart reports whether an original start has the form that [Normalized] gives
// it.
func isNormalStart(e *ical.Event, start time.Time) bool {
	return start.Nanosecond() == 0 && (!e.AllDay || start.Location() == time.UTC && start.Unix()%(24*60*60) == 0)
}

// startIn is [NormalizedStart] for times that need not be dates yet, because e was
// not all-day before a change. The date in their own Location counts then.
func startIn(e *ical.Event, start time.Time) time.Time {
	out, err := NormalizedStart(e, start)
	if err != nil {
		return dateOf(start)
	}
	return out
}

// dateOf returns the date of t in its own Location, as midnight in UTC.
func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
