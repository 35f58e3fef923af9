package shadow

import (
	"reflect"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// field is a part of an event that the servers show to people.
type field struct {
	name string // its JSON name, for ical.Event.Absent
	get  func(e *ical.Event) any
	copy func(to, from *ical.Event)
}

// fields are the parts of the series and of its occurrences, except times and attendees.
// Reminders, categories and colours are not among them. They are the organizer's own, and
// the adapters neither read nor write them.
var fields = []field{
	{"summary", func(e *ical.Event) any { return e.Summary }, func(to, from *ical.Event) { to.Summary = from.Summary }},
	{"description", func(e *ical.Event) any { return e.Description }, func(to, from *ical.Event) { to.Description = from.Description }},
	{"location", func(e *ical.Event) any { return e.Location }, func(to, from *ical.Event) { to.Location = from.Location }},
	{"showAs", func(e *ical.Event) any { return e.ShowAs }, func(to, from *ical.Event) { to.ShowAs = from.ShowAs }},
	{"sensitivity", func(e *ical.Event) any { return e.Sensitivity }, func(to, from *ical.Event) { to.Sensitivity = from.Sensitivity }},
}

// same reports whether a field is equal in two events.
func (f field) same(a, b *ical.Event) bool { return reflect.DeepEqual(f.get(a), f.get(b)) }

// empty reports whether an event has nothing in a field.
func (f field) empty(e *ical.Event) bool { return f.same(e, &ical.Event{}) }

// sameTime reports whether two events take place at the same time. The zone counts only for
// a series, whose later occurrences depend on it.
func sameTime(a, b *ical.Event) bool {
	zones := a.Recurrence == nil && b.Recurrence == nil || a.TimeZone == b.TimeZone
	return a.Start.Equal(b.Start) && a.End.Equal(b.End) && a.AllDay == b.AllDay && zones
}

// sameRule reports whether two series have the same rule. Exceptions do not count.
func sameRule(a, b *ical.Event) bool {
	if a.Recurrence == nil || b.Recurrence == nil {
		return a.Recurrence == b.Recurrence
	}
	x, y := *a.Recurrence, *b.Recurrence
	x.Except, y.Except = nil, nil
	if !x.Until.Equal(y.Until) || !slices.EqualFunc(x.Include, y.Include, time.Time.Equal) {
		return false
	}
	x.Until, y.Until, x.Include, y.Include = time.Time{}, time.Time{}, nil, nil
	return reflect.DeepEqual(x, y)
}

// sameEvent reports whether two events are equal in everything that people see.
func sameEvent(a, b *ical.Event) bool {
	for _, f := range fields {
		if !f.same(a, b) {
			return false
		}
	}
	return sameTime(a, b) && sameAttendees(a.Attendees, b.Attendees)
}
