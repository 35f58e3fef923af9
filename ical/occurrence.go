package ical

import (
	"iter"
	"slices"
	"time"
)

// Occurrence is one occurrence of a meeting.
type Occurrence struct {
	// RecurrenceID is the original start, which names the occurrence. It is zero
	// for a single event.
	RecurrenceID time.Time
	// Start and End are the times of the occurrence. For an all-day event they
	// are midnight in UTC of its dates.
	Start, End time.Time
	// Override is the index in Overrides of the event that replaces it, -1 if
	// there is none.
	Override int
}

// Occurrences yields the occurrences that start at or after from and before to,
// in order of Start. An override takes the place of the occurrence that it
// replaces. Excepted and cancelled occurrences are left out. If to is zero, the
// search has no end, but an endless series ends after 292 years. For an all-day
// event, from and to count as their own wall clock shows them.
//
// The rule runs on the wall clock of [Event.Zone] (RFC 5545, section 3.3.5):
//
//   - If a clock change skips the hour, the occurrence starts as many minutes
//     later as are skipped.
//   - If the hour comes twice, the occurrence is in the first.
//
// A series always has its Start, even if the rule has another first instance.
// If the rule cannot be expanded, Start is the only occurrence.
// [Event.Validate] reports both cases. An event without a zone has no
// occurrences. If a time of an all-day event is no date (see
// [Event.Normalized]), its date in its own Location counts.
func (e Event) Occurrences(from, to time.Time) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		n, _ := e.inForm()
		c, err := n.wallClock()
		if err != nil || n.Start.IsZero() {
			return
		}
		first, limit := c.bound(from), c.bound(to)
		for o := range n.all(c) {
			if !to.IsZero() && !o.Start.Before(limit) {
				return
			}
			if (from.IsZero() || !o.Start.Before(first)) && !yield(o) {
				return
			}
		}
	}
}

// Occurrence returns the occurrence whose original start is id, at the time at
// which it takes place. It reports false if the series does not have it, if it
// is excepted or cancelled, or if the series is all-day and id is no date (see
// [Event.Normalized]). For a single event, id is zero.
func (e Event) Occurrence(id time.Time) (Occurrence, bool) {
	id, err := e.originalStart(id)
	if err != nil {
		return Occurrence{}, false
	}
	n, _ := e.inForm()
	return n.occurrence(id)
}

// originalStart returns an original start in the form that [Event.Normalized]
// gives it.
func (e *Event) originalStart(id time.Time) (time.Time, error) {
	id = id.Truncate(time.Second)
	if isNormal(id, e.AllDay) {
		return id, nil
	}
	return e.dateZone().date(id)
}

// occurrence is Occurrence for a normalized event and a normalized start.
func (e *Event) occurrence(id time.Time) (Occurrence, bool) {
	c, err := e.wallClock()
	if err != nil || e.Start.IsZero() {
		return Occurrence{}, false
	}
	if e.Recurrence == nil {
		o := c.single(e)
		return o, !e.Cancelled && c.key(id) == c.key(o.RecurrenceID)
	}
	if i, ok := e.overrides(c)[c.key(id)]; ok {
		if e.Cancelled || e.Overrides[i].Cancelled || !e.has(c, id) {
			return Occurrence{}, false
		}
		return c.override(e, i), true
	}
	for o := range e.base(c) {
		if k := c.key(o.Start); k >= c.key(id) {
			return o, k == c.key(id) && !e.Cancelled
		}
	}
	return Occurrence{}, false
}

// has reports whether the series, without its overrides, has an occurrence with
// the original start id.
func (e *Event) has(c wallClock, id time.Time) bool {
	for o := range e.base(c) {
		if k := c.key(o.Start); k >= c.key(id) {
			return k == c.key(id)
		}
	}
	return false
}

// all yields every occurrence in order of Start.
func (e *Event) all(c wallClock) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		if e.Cancelled {
			return
		}
		if e.Recurrence == nil {
			yield(c.single(e))
			return
		}
		replaced := e.overrides(c)
		moved := e.moved(c, replaced)
		for o := range e.base(c) {
			for len(moved) > 0 && !moved[0].Start.After(o.Start) {
				if !yield(moved[0]) {
					return
				}
				moved = moved[1:]
			}
			if _, ok := replaced[c.key(o.Start)]; !ok && !yield(o) {
				return
			}
		}
		for _, o := range moved {
			if !yield(o) {
				return
			}
		}
	}
}

// overrides returns the indexes of the overrides, by the key of the occurrence
// that each replaces.
func (e *Event) overrides(c wallClock) map[int64]int {
	if len(e.Overrides) == 0 {
		return nil
	}
	out := make(map[int64]int, len(e.Overrides))
	for i := range e.Overrides {
		out[c.key(e.Overrides[i].RecurrenceID)] = i
	}
	return out
}

// moved returns the occurrences that overrides describe, in order of Start. An
// override that replaces nothing is left out.
func (e *Event) moved(c wallClock, replaced map[int64]int) []Occurrence {
	var out []Occurrence
	left := len(replaced)
	if left == 0 {
		return nil
	}
	last := slices.MaxFunc(e.Overrides, func(a, b Event) int { return a.RecurrenceID.Compare(b.RecurrenceID) }).RecurrenceID
	for o := range e.base(c) {
		i, ok := replaced[c.key(o.Start)]
		if ok && !e.Overrides[i].Cancelled {
			out = append(out, c.override(e, i))
		}
		if ok {
			left--
		}
		if left == 0 || c.key(o.Start) > c.key(last) {
			break
		}
	}
	slices.SortStableFunc(out, func(a, b Occurrence) int { return a.Start.Compare(b.Start) })
	return out
}

// base yields the occurrences of the rule and of Include, without the excepted
// ones.
func (e *Event) base(c wallClock) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		r := e.Recurrence
		var except map[int64]bool
		if len(r.Except) > 0 {
			except = make(map[int64]bool, len(r.Except))
		}
		for _, t := range r.Except {
			except[c.key(t)] = true
		}
		emit := func(t time.Time) bool {
			return len(except) > 0 && except[c.key(t)] || yield(Occurrence{t, t, c.end(t), -1})
		}
		var include []time.Time
		if len(r.Include) > 0 {
			include = slices.SortedFunc(slices.Values(r.Include), time.Time.Compare)
			include = slices.CompactFunc(include, func(a, b time.Time) bool { return c.key(a) == c.key(b) })
		}
		for t := range c.starts(e) {
			for len(include) > 0 && c.key(include[0]) <= c.key(t) {
				if c.key(include[0]) < c.key(t) && !emit(c.start(include[0])) {
					return
				}
				include = include[1:]
			}
			if !emit(t) {
				return
			}
		}
		for _, t := range include {
			if !emit(c.start(t)) {
				return
			}
		}
	}
}
