package series

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// Rest is the rest of a series from one occurrence on, as a meeting of its own.
type Rest struct {
	Event ical.Event // after the change
	Was   ical.Event // before the change
	Move  *Move      // from Was to Event
	Lost  []Lost     // see [Move.Event]
}

// BeginAt turns after, a version of the series before, into the rest of the series
// from the occurrence with that original start on: a meeting of its own, whose
// sequences start anew. Exceptions, overrides and added dates before the occurrence
// are left out, and all others move as [Move] says. If Start is as in before, the
// rest begins with the occurrence. A COUNT that after has from before is lowered by
// the occurrences that do not belong to the rest.
func BeginAt(after ical.Event, before *ical.Event, start time.Time) Rest {
	rest := Rest{Was: restOf(before, start), Event: after.Clone()}
	out := &rest.Event
	if r := out.Recurrence; r != nil && r.Count > 0 && before.Recurrence != nil && r.Count == before.Recurrence.Count {
		r.Count = rest.Was.Recurrence.Count
	}
	if first := startIn(out, out.Start); !first.IsZero() && first.Equal(before.Start) {
		out.Start, out.End = rest.Was.Start, End(out, rest.Was.Start)
	}
	overrides, exceptions := rest.leaveEarlier(before, start)
	rest.Move = NewMove(&rest.Was, *out)
	*out, rest.Lost = rest.Move.Event(*out)
	for i := range rest.Lost {
		rest.Lost[i].reindex(overrides, exceptions)
	}
	*out = Normalized(*out)
	out.Sequence = 0
	for i := range out.Overrides {
		out.Overrides[i].UID, out.Overrides[i].Sequence = "", 0
	}
	return rest
}

// reindex turns the indexes in the lists of the rest into indexes in the lists that
// the caller gave. overrides and exceptions have the indexes that the caller gave,
// by the indexes in the rest.
func (l *Lost) reindex(overrides, exceptions []int) {
	if !l.Override {
		l.Index = exceptions[l.Index]
		return
	}
	l.Index = overrides[l.Index]
	if !l.To.IsZero() {
		l.Other = overrides[l.Other]
	}
}

// leaveEarlier removes from the rest everything that lies before the occurrence with that original
// start. If the rest begins earlier in the day, original starts of the changed series
// may do so too. It returns the indexes of the overrides and exceptions that stay.
func (rest *Rest) leaveEarlier(before *ical.Event, start time.Time) (overrides, exceptions []int) {
	out := &rest.Event
	first := startIn(out, out.Start)
	isEarlier := func(t time.Time, known map[int64]bool) bool {
		old := startIn(before, t)
		return old.Before(start) && (known[old.Unix()] || startIn(out, t).Before(first))
	}
	known := starts(Exceptions(before))
	out.Overrides, overrides = without(out.Overrides, func(o ical.Event) bool { return isEarlier(o.RecurrenceID, known) })
	if r := out.Recurrence; r != nil {
		r.Except, exceptions = without(r.Except, func(t time.Time) bool { return isEarlier(t, known) })
		var added map[int64]bool
		if before.Recurrence != nil {
			added = starts(before.Recurrence.Include)
		}
		r.Include, _ = without(r.Include, func(t time.Time) bool { return isEarlier(t, added) })
	}
	return overrides, exceptions
}

// starts returns times as a set of Unix times.
func starts(list []time.Time) map[int64]bool {
	out := make(map[int64]bool, len(list))
	for _, t := range list {
		out[t.Unix()] = true
	}
	return out
}

// without returns the elements of a list that stay, and their indexes.
func without[T any](list []T, goes func(T) bool) (kept []T, indexes []int) {
	for i, x := range list {
		if !goes(x) {
			kept, indexes = append(kept, x), append(indexes, i)
		}
	}
	return kept, indexes
}

// restOf returns the rest of a series from an occurrence on, without any change. If the
// occurrence is an added date, the rest begins with the next occurrence of the rule,
// and has the date as an added one.
func restOf(e *ical.Event, start time.Time) ical.Event {
	out := Normalized(*e)
	if e.Recurrence == nil {
		return out
	}
	first := start
	for o := range ruleAlone(e).Occurrences(start, time.Time{}) {
		first = o.RecurrenceID
		break
	}
	earlier := func(t time.Time) bool { return t.Before(start) }
	out.End = End(e, first)
	out.Start = first
	r := out.Recurrence
	if r.Count > 0 {
		r.Count = max(1, r.Count-CountBefore(e, start))
	}
	r.Except, r.Include = slices.DeleteFunc(r.Except, earlier), slices.DeleteFunc(r.Include, earlier)
	out.Overrides = slices.DeleteFunc(out.Overrides, func(o ical.Event) bool { return earlier(o.RecurrenceID) })
	return out
}
