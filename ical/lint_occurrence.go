package ical

import (
	"fmt"
	"time"
)

// oxocalSeries is the source for the order of occurrences.
const oxocalSeries = "MS-OXOCAL, section 2.2.1.44"

// occurrenceRules are the rules about the length of occurrences and their order.
var occurrenceRules = []lintRule{
	{"zero-length", SeverityWarning, "End", "the meeting takes no time: the attendees stay free, and some clients show nothing",
		"RFC 5545, section 3.6.1", every,
		func(e *lintTarget) []hit { return hitIf(!e.AllDay && !e.End.IsZero() && e.End.Equal(e.Start), "End") }},
	{"series-empty", SeverityError, "Recurrence", "every occurrence is excepted or cancelled, so nothing takes place; cancel the meeting instead",
		"RFC 5545, section 3.8.5.1", every, lintSeriesEmpty},
	{"occurrence-order", SeverityError, "Overrides[i].Start", "Outlook cannot hold an occurrence that is moved past another one; cancel it, and invite to a meeting of its own",
		oxocalSeries, outlook, lintNeighbours(outOfOrder)},
	{"occurrence-day", SeverityError, "Overrides[i].Start, Recurrence", "Outlook cannot hold two occurrences that start on one day in the zone of the series; cancel one, and invite to a meeting of its own",
		oxocalSeries, outlook, lintNeighbours(onOneDay)},
	{"occurrence-overlap", SeverityError, "Overrides[i].Start, Recurrence", "Outlook cannot hold an occurrence that begins before the one before it has ended; make it shorter, or use a longer interval",
		oxocalSeries, outlook, lintNeighbours(overlapping)},
}

// lintSeriesEmpty finds a series without any occurrence. It looks at one
// occurrence more than are excepted or cancelled.
func lintSeriesEmpty(e *lintTarget) []hit {
	if e.err != nil || e.Recurrence == nil || e.Start.IsZero() || e.Cancelled {
		return nil
	}
	if len(e.Recurrence.Except)+len(e.Overrides) == 0 {
		return nil
	}
	replaced := e.overrides(e.clock)
	for o := range e.base(e.clock) {
		if i, ok := replaced[e.clock.key(o.Start)]; !ok || !e.Overrides[i].Cancelled {
			return nil
		}
	}
	return hitIf(true, "Recurrence")
}

// conflict is a fault in the order of an occurrence and the next.
type conflict int

const (
	inOrder conflict = iota
	outOfOrder
	onOneDay
	overlapping
)

// lintNeighbours returns a check for one kind of conflict.
func lintNeighbours(kind conflict) func(*lintTarget) []hit {
	return func(e *lintTarget) (out []hit) {
		for _, w := range e.wrong() {
			if w.kind == kind {
				out = append(out, w.hit)
			}
		}
		return out
	}
}

// wrongPair is a pair of occurrences that Outlook cannot hold.
type wrongPair struct {
	kind conflict
	hit  hit
}

// wallOccurrence is an occurrence on the wall clock of its series, because
// Outlook keeps the minutes of that clock and not instants.
type wallOccurrence struct {
	start, end time.Time
	override   int  // its index, or -1
	moved      bool // the override has a time of its own
}

// wrongNeighbours compares each occurrence with the next one in the order of
// their original starts. Excepted and cancelled occurrences do not count: the
// format holds them as deleted instances, and an instance that does not take
// place has no neighbours. One pair is reported for each override, and one for
// the rule itself.
func (e *lintTarget) wrongNeighbours() (out []wrongPair) {
	if e.err != nil || e.Recurrence == nil || e.Start.IsZero() {
		return nil
	}
	if e.lastCompared(e.wallLength()).IsZero() {
		return nil // the first occurrence alone
	}
	var last wallOccurrence
	seen := make(map[int]bool) // the overrides that are reported; -1 is the rule
	for next := range e.wallOccurrences() {
		kind := last.before(next)
		blamed := -1
		switch {
		case next.moved:
			blamed = next.override
		case last.moved:
			blamed = last.override
		}
		if kind != inOrder && !seen[blamed] {
			seen[blamed] = true
			out = append(out, wrongPair{kind, pairHit(blamed, last, next)})
		}
		last = next
	}
	return out
}

// before returns the conflict that arises if next follows o.
func (o wallOccurrence) before(next wallOccurrence) conflict {
	switch {
	case o.start.IsZero(): // next is the first
		return inOrder
	case dateOf(o.start).Equal(dateOf(next.start)):
		return onOneDay
	case next.start.Before(o.start):
		return outOfOrder
	case next.start.Before(o.end):
		return overlapping
	}
	return inOrder
}

// pairHit names both occurrences of a pair.
func pairHit(blamed int, last, next wallOccurrence) hit {
	const form = "2006-01-02 15:04"
	field := "Recurrence"
	if blamed >= 0 {
		field = indexed("Overrides", blamed, "Start")
	}
	return hit{field, fmt.Sprintf("%s to %s is followed by %s",
		last.start.Format(form), last.end.Format(form), next.start.Format(form))}
}

// wallOccurrences yields the occurrences in the order of their original starts,
// up to the one after the last override. If the rule itself may put two
// occurrences too near, it yields more: as far as the zone of the series is
// described.
func (e *lintTarget) wallOccurrences() func(yield func(wallOccurrence) bool) {
	return func(yield func(wallOccurrence) bool) {
		c := e.clock
		replaced := e.overrides(c)
		length := e.wallLength()
		end := e.lastCompared(length)
		for o := range e.base(c) {
			i, ok := replaced[c.key(o.Start)]
			if ok && e.Overrides[i].Cancelled {
				continue
			}
			w := wallOccurrence{start: c.wall(o.Start), override: -1}
			w.end = w.start.Add(length)
			if ok {
				w = e.wallOverride(i, w)
			}
			if !yield(w) || o.Start.After(end) {
				return
			}
		}
	}
}

// wallLength returns the length of an occurrence on the wall clock.
func (e *lintTarget) wallLength() time.Duration {
	if e.clock.allDay {
		return e.clock.length
	}
	return max(e.clock.wall(e.End).Sub(e.clock.wall(e.Start)), 0)
}

// wallOverride returns the occurrence that an override makes of a planned one.
func (e *lintTarget) wallOverride(i int, planned wallOccurrence) wallOccurrence {
	o := e.clock.override(e.Event, i)
	w := wallOccurrence{start: e.clock.wall(o.Start), end: e.clock.wall(o.End), override: i}
	w.moved = !w.start.Equal(planned.start) || !w.end.Equal(planned.end)
	return w
}

// lastCompared returns the original start up to which occurrences are compared.
// A rule has at most one occurrence a day, at one hour, so only occurrences of
// more than a day can overlap.
func (e *lintTarget) lastCompared(length time.Duration) (end time.Time) {
	if length > day || len(e.Recurrence.Include) > 0 {
		end = e.reach().End
	}
	for i := range e.Overrides {
		if id := e.clock.start(e.Overrides[i].RecurrenceID); id.After(end) {
			end = id
		}
	}
	return end
}
