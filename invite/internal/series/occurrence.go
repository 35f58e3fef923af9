// Package series has functions on the occurrences of a series of meetings. An
// occurrence is named by its original start: the time that the rule of the series
// gives it (RECURRENCE-ID, RFC 5545, section 3.8.4.4). The functions are pure:
// they change no event that they are given, unless their comment says so.
package series

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// Occurrence returns one occurrence of a series as an event of its own. It is nil
// if the occurrence is cancelled or excepted, and if the series does not have it.
func Occurrence(e *ical.Event, start time.Time) *ical.Event {
	if OverrideIndex(e, start) < 0 && (e.Recurrence == nil || isExcepted(e, start) || !InRule(e, start)) {
		return nil
	}
	return InRuleOccurrence(e, start)
}

// InRuleOccurrence is [Occurrence] for an original start that the rule is known to
// give. It does not look for the start in the rule.
func InRuleOccurrence(e *ical.Event, start time.Time) *ical.Event {
	if i := OverrideIndex(e, start); i >= 0 {
		return overridden(e, i)
	}
	if isExcepted(e, start) {
		return nil
	}
	return regular(e, start)
}

// isExcepted reports whether a series excepts an original start.
func isExcepted(e *ical.Event, start time.Time) bool {
	return slices.ContainsFunc(e.Recurrence.Except, start.Equal)
}

// overridden returns the occurrence that has the override at index i. It is nil if the
// occurrence is cancelled.
func overridden(e *ical.Event, i int) *ical.Event {
	if e.Overrides[i].Cancelled {
		return nil
	}
	full := e.Override(i)
	return &full
}

// regular returns an occurrence that has no override. It shares its lists with e.
func regular(e *ical.Event, start time.Time) *ical.Event {
	out := *e
	out.RecurrenceID, out.Start, out.End = start, start, End(e, start)
	out.Recurrence, out.Overrides = nil, nil
	inZoneOf(&out, e)
	return &out
}

// inZoneOf puts an occurrence into the zone of its series, as [ical.Event.Override]
// does.
func inZoneOf(o, series *ical.Event) {
	alone := ical.Event{Start: series.Start, TimeZone: series.TimeZone, AllDay: series.AllDay,
		Recurrence: series.Recurrence, Overrides: []ical.Event{{RecurrenceID: o.RecurrenceID, Start: o.Start, End: o.End}}}
	in := alone.Override(0)
	o.TimeZone, o.RecurrenceID, o.Start, o.End = in.TimeZone, in.RecurrenceID, in.Start, in.End
}

// End returns the end of an occurrence that begins at start and is as long as e.
// It is zero if e has no end.
func End(e *ical.Event, start time.Time) time.Time {
	if e.End.IsZero() {
		return e.End
	}
	return start.Add(e.End.Sub(e.Start))
}

// Exceptions returns the original starts of all occurrences that at least one of
// the versions changes, cancels or excepts, in order.
func Exceptions(versions ...*ical.Event) (out []time.Time) {
	for i, e := range versions {
		if slices.Contains(versions[:i], e) {
			continue
		}
		starts := make([]time.Time, len(e.Overrides))
		for j := range e.Overrides {
			starts[j] = e.Overrides[j].RecurrenceID
		}
		out = merged(out, sortedOnce(starts))
		if e.Recurrence != nil {
			out = merged(out, sortedOnce(e.Recurrence.Except))
		}
	}
	return out
}

// sortedOnce returns the times of a list in order and each once: the list itself if it
// is so already, as most lists of a series are.
func sortedOnce(list []time.Time) []time.Time {
	for i := 1; i < len(list); i++ {
		if !list[i-1].Before(list[i]) {
			return Sorted(slices.Clone(list))
		}
	}
	return list
}

// merged returns the times of two lists that [sortedOnce] has returned, in order and
// each once. It may return one of the lists.
func merged(a, b []time.Time) []time.Time {
	if len(a) == 0 || len(b) == 0 {
		return append(a[:len(a):len(a)], b...)
	}
	out := make([]time.Time, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := a[0].Compare(b[0]); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// Sorted sorts times in place and removes equal ones.
func Sorted(list []time.Time) []time.Time {
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// Target is the subject of an answer: the whole meeting, or one occurrence.
type Target struct {
	Start     time.Time // the original start of the occurrence; zero for the whole meeting
	Override  int       // the index of its override; -1 if it has none
	Sequence  int       // the sequence of its override; 0 if it has none
	Cancelled bool      // it does not take place, or the whole meeting does not
}

// Find returns the subject that a RECURRENCE-ID names. Zero is the whole meeting. A
// meeting that is itself one occurrence is its own whole. ok is false if the series
// has no such occurrence; a cancelled one is found.
func Find(e *ical.Event, id time.Time) (t Target, ok bool) {
	if id, ok = dateOrTime(e, id); !ok {
		return Target{Override: -1, Cancelled: e.Cancelled}, false
	}
	if id.IsZero() || Same(e, e.RecurrenceID, id) {
		return Target{Override: -1, Cancelled: e.Cancelled}, true
	}
	for i := range e.Overrides {
		if o := &e.Overrides[i]; Same(e, o.RecurrenceID, id) {
			return Target{o.RecurrenceID, i, o.Sequence, o.Cancelled || e.Cancelled}, true
		}
	}
	start, ok := originalStart(*e, id)
	return Target{Start: start, Override: -1, Cancelled: e.Cancelled}, ok
}

// originalStart returns the original start that id names, as the series has it.
func originalStart(e ical.Event, id time.Time) (time.Time, bool) {
	if e.Recurrence == nil {
		return time.Time{}, false
	}
	e.Overrides, e.Cancelled = nil, false
	o, ok := e.Occurrence(id)
	return o.RecurrenceID, ok
}

// Event returns the occurrence as an event of its own, cancelled or not, or e if t
// is the whole meeting.
func (t Target) Event(e ical.Event) ical.Event {
	switch {
	case t.Start.IsZero():
		return e
	case t.Override >= 0:
		return e.Override(t.Override)
	}
	e.Overrides = []ical.Event{{RecurrenceID: t.Start}}
	return e.Override(0)
}

// Same reports whether two original starts name one occurrence of e. In an all-day
// series they are compared as dates. Zero names none, and neither does a time that is
// no date.
func Same(e *ical.Event, a, b time.Time) bool {
	a, okA := dateOrTime(e, a)
	b, okB := dateOrTime(e, b)
	return okA && okB && !a.IsZero() && a.Equal(b)
}

// dateOrTime returns an original start in normalized form. It reports false if e is
// all-day and the start is no date.
func dateOrTime(e *ical.Event, start time.Time) (time.Time, bool) {
	if !e.AllDay {
		return start.Truncate(time.Second), true
	}
	start, err := NormalizedStart(e, start)
	return start, err == nil
}
