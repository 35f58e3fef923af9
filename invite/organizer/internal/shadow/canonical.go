package shadow

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

// Canonical returns a series as Merge expects it: overrides and exceptions in order and
// each once, and no override that equals the series, or that the rule has not.
// The overrides have all fields.
func Canonical(e ical.Event) ical.Event {
	if e.Recurrence == nil {
		e.Overrides = nil
		return e
	}
	r := *e.Recurrence
	r.Except = slices.Clone(r.Except)
	slices.SortFunc(r.Except, time.Time.Compare)
	r.Except = slices.CompactFunc(r.Except, time.Time.Equal)
	inRule := series.StartsInRule(&e, starts(e))
	for _, at := range r.Include {
		inRule[at.Unix()] = true
	}
	r.Except = slices.DeleteFunc(r.Except, func(at time.Time) bool { return !inRule[at.Unix()] })
	e.Recurrence = &r
	overrides := slices.Clone(e.Overrides)
	slices.SortStableFunc(overrides, func(a, b ical.Event) int { return a.RecurrenceID.Compare(b.RecurrenceID) })
	overrides = slices.CompactFunc(overrides, func(a, b ical.Event) bool { return a.RecurrenceID.Equal(b.RecurrenceID) })
	e.Overrides = slices.DeleteFunc(overrides, func(o ical.Event) bool {
		plain := Plain(&e, o.RecurrenceID)
		return !inRule[o.RecurrenceID.Unix()] || contains(r.Except, o.RecurrenceID) || sameEvent(&plain, &o)
	})
	return e
}

// starts returns the original starts that the exceptions and overrides name.
func starts(e ical.Event) []time.Time {
	list := slices.Clone(e.Recurrence.Except)
	for _, o := range e.Overrides {
		list = append(list, o.RecurrenceID)
	}
	return list
}

// Plain returns the occurrence of a series that begins at id and is like the series.
func Plain(whole *ical.Event, id time.Time) ical.Event {
	e := *whole
	e.Recurrence, e.Overrides = nil, nil
	e.RecurrenceID, e.Start = id, id
	if !whole.End.IsZero() {
		e.End = id.Add(length(whole))
	}
	return e
}

// Alone returns an event that has no copy: a canonical series in the form of ical.Event, in
// which an override has only the fields that differ.
func Alone(e ical.Event) ical.Event {
	out := e
	out.Overrides = nil
	for _, o := range e.Overrides {
		raw := Relative(&e, ical.Event{RecurrenceID: o.RecurrenceID}, o)
		if !bare(raw) {
			out.Overrides = append(out.Overrides, raw)
		}
	}
	return out
}

// Cancelled returns the original starts of the occurrences that do not take place:
// exceptions and cancelled overrides.
func Cancelled(e *ical.Event) []time.Time {
	list := slices.Clone(except(e))
	for _, o := range e.Overrides {
		if o.Cancelled {
			list = append(list, o.RecurrenceID)
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// SameTime reports whether two events take place at the same time, series in the same zone.
func SameTime(a, b ical.Event) bool { return sameTime(&a, &b) }

// SameRule reports whether two series have the same rule and the same exceptions.
func SameRule(a, b ical.Event) bool {
	more, fewer := exceptions(&a, &b)
	return sameRule(&a, &b) && len(more)+len(fewer) == 0
}
