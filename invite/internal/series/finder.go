package series

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/wallclock"
)

// Finder finds occurrences of versions of a meeting. The versions must not change as
// long as it is used. It goes through a rule once for all starts that it was made for,
// and through a list of overrides or exceptions once.
type Finder struct {
	starts    []time.Time
	rules     map[ruleID]map[int64]bool
	overrides map[listID[ical.Event]]map[moment]int
	excepted  map[listID[time.Time]][]time.Time // sorted
}

// listID names a list by its first element and its length.
type listID[T any] struct {
	first  *T
	length int
}

// moment is an instant that can be a key: equal for times that are equal.
type moment struct {
	second     int64
	nanosecond int
}

func momentOf(t time.Time) moment { return moment{t.Unix(), t.Nanosecond()} }

// ruleID is equal for versions whose rules give the same occurrences.
type ruleID struct {
	rule              *ical.Recurrence
	start             int64
	zone              string
	allDay, cancelled bool
}

// NewFinder returns a finder for original starts. It finds others too, but goes through
// the rule for each.
func NewFinder(starts []time.Time) *Finder {
	return &Finder{
		starts: starts, rules: make(map[ruleID]map[int64]bool),
		overrides: make(map[listID[ical.Event]]map[moment]int), excepted: make(map[listID[time.Time]][]time.Time),
	}
}

// InRule is the function [InRule].
func (f *Finder) InRule(e *ical.Event, start time.Time) bool {
	if e.Recurrence == nil {
		return false
	}
	if e.Floating || !isPlain(e, start) {
		return InRule(e, start)
	}
	id := ruleID{e.Recurrence, e.Start.Unix(), e.TimeZone, e.AllDay, e.Cancelled}
	known, ok := f.rules[id]
	if !ok {
		asked := make([]time.Time, 0, len(f.starts))
		for _, t := range f.starts {
			if isPlain(e, t) {
				asked = append(asked, t)
			}
		}
		given := StartsInRule(e, asked)
		known = make(map[int64]bool, len(asked))
		for _, t := range asked {
			known[t.Unix()] = given[t.Unix()]
		}
		f.rules[id] = known
	}
	has, ok := known[start.Unix()]
	if !ok {
		has = InRule(e, start)
		known[start.Unix()] = has
	}
	return has
}

// isPlain reports whether an original start of e is an instant in normalized form, so
// that starts can be compared as Unix times.
func isPlain(e *ical.Event, start time.Time) bool {
	return isNormalStart(e, start) && !wallclock.IsLabel(start.Location())
}

// Occurrence is the function [Occurrence]. The event that it returns is a new one in
// each call.
func (f *Finder) Occurrence(e *ical.Event, start time.Time) *ical.Event {
	if i := f.OverrideIndex(e, start); i >= 0 {
		return overridden(e, i)
	}
	if e.Recurrence == nil || f.IsExcepted(e, start) || !f.InRule(e, start) {
		return nil
	}
	return regular(e, start)
}

// OverrideIndex is the function [OverrideIndex].
func (f *Finder) OverrideIndex(e *ical.Event, start time.Time) int {
	if len(e.Overrides) == 0 {
		return -1
	}
	id := listID[ical.Event]{&e.Overrides[0], len(e.Overrides)}
	index, ok := f.overrides[id]
	if !ok {
		index = make(map[moment]int, len(e.Overrides))
		for i := len(e.Overrides) - 1; i >= 0; i-- { // backwards, because the first of equal ones counts
			index[momentOf(e.Overrides[i].RecurrenceID)] = i
		}
		f.overrides[id] = index
	}
	if i, ok := index[momentOf(start)]; ok {
		return i
	}
	return -1
}

// IsExcepted reports whether a version is a series that excepts an original start.
func (f *Finder) IsExcepted(e *ical.Event, start time.Time) bool {
	if e.Recurrence == nil || len(e.Recurrence.Except) == 0 {
		return false
	}
	list := e.Recurrence.Except
	id := listID[time.Time]{&list[0], len(list)}
	sorted, ok := f.excepted[id]
	if !ok {
		sorted = sortedOnce(list)
		f.excepted[id] = sorted
	}
	_, found := slices.BinarySearchFunc(sorted, start, time.Time.Compare)
	return found
}
