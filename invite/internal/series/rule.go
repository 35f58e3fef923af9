package series

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// Rule returns the series without overrides and exceptions, so that its occurrences
// are all that the rule gives.
func Rule(e *ical.Event) *ical.Event {
	out := *e
	out.Overrides = nil
	if e.Recurrence != nil {
		r := *e.Recurrence
		r.Except = nil
		out.Recurrence = &r
	}
	return &out
}

// InRule reports whether the rule of e gives an occurrence at start, excepted or
// not.
func InRule(e *ical.Event, start time.Time) bool {
	if e.Recurrence == nil {
		return false
	}
	_, ok := Rule(e).Occurrence(start)
	return ok
}

// StartsInRule returns the starts, as Unix times, at which the rule of e gives an
// occurrence, excepted or not. It goes through the series once.
func StartsInRule(e *ical.Event, starts []time.Time) map[int64]bool {
	out := make(map[int64]bool, len(starts))
	if e.Recurrence == nil || len(starts) == 0 {
		return out
	}
	asked := make(map[int64]bool, len(starts))
	for _, t := range starts {
		asked[t.Unix()] = true
	}
	last := slices.MaxFunc(starts, time.Time.Compare)
	for o := range Rule(e).Occurrences(time.Time{}, last.Add(time.Second)) {
		if t := o.RecurrenceID.Unix(); asked[t] {
			out[t] = true
		}
	}
	return out
}

// Forever is the end of a series that has none.
var Forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// LastStart returns the start of the last occurrence that the rule of a series gives,
// or [Forever]. e must be a series.
func LastStart(e *ical.Event) time.Time {
	if r := e.Recurrence; r.Count == 0 && r.Until.IsZero() {
		return Forever
	}
	var last time.Time
	for o := range Rule(e).Occurrences(time.Time{}, time.Time{}) {
		last = o.RecurrenceID
	}
	return last
}

// CountBefore counts the occurrences that the rule gives before start, excepted
// ones too. Added dates do not count.
func CountBefore(e *ical.Event, start time.Time) int {
	n := 0
	for o := range ruleAlone(e).Occurrences(time.Time{}, start) {
		if o.RecurrenceID.Before(start) {
			n++
		}
	}
	return n
}

// EndBefore returns the series without the occurrence with that original start and
// all later ones. It reports false if the rule gives none before start. UNTIL
// becomes the start of the last that remains, because Outlook reads UNTIL as a date
// and would otherwise keep an occurrence later that day.
func EndBefore(e *ical.Event, start time.Time) (ical.Event, bool) {
	out := Normalized(*e)
	var last time.Time
	for o := range ruleAlone(e).Occurrences(time.Time{}, start) {
		if o.RecurrenceID.Before(start) {
			last = o.RecurrenceID
		}
	}
	if last.IsZero() {
		return out, false
	}
	r := *out.Recurrence
	r.Count, r.Until = 0, last
	later := func(t time.Time) bool { return !t.Before(start) }
	r.Except = slices.DeleteFunc(slices.Clone(r.Except), later)
	r.Include = slices.DeleteFunc(slices.Clone(r.Include), later)
	out.Recurrence = &r
	out.Overrides = slices.DeleteFunc(out.Overrides, func(o ical.Event) bool { return later(o.RecurrenceID) })
	return out, true
}
