package series

import (
	"reflect"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// OverrideIndex returns the index of the override of the occurrence with that original
// start, or -1.
func OverrideIndex(e *ical.Event, start time.Time) int {
	for i := range e.Overrides { // by index, because an event is large to copy
		if e.Overrides[i].RecurrenceID.Equal(start) {
			return i
		}
	}
	return -1
}

// Override returns the override of an occurrence. It adds one to e if none exists.
func Override(e *ical.Event, start time.Time) *ical.Event {
	for i := range e.Overrides {
		if Same(e, e.Overrides[i].RecurrenceID, start) {
			return &e.Overrides[i]
		}
	}
	e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: start})
	return &e.Overrides[len(e.Overrides)-1]
}

// IsBare reports whether an override changes nothing, apart from its attendees.
func IsBare(o ical.Event) bool {
	o.RecurrenceID, o.Sequence, o.Attendees = time.Time{}, 0, nil
	return reflect.ValueOf(o).IsZero()
}

// WithCancelled returns e with the overrides at these indexes cancelled: e itself
// if there are none, and otherwise a copy.
func WithCancelled(e *ical.Event, indexes []int) *ical.Event {
	if len(indexes) == 0 {
		return e
	}
	out := *e
	out.Overrides = slices.Clone(e.Overrides)
	for _, i := range indexes {
		out.Overrides[i].Cancelled = true
	}
	return &out
}

// CopyOccurrence changes one occurrence of e, given as a Unix time, to its form in
// another version: its override and its exception. It changes the lists of e.
func CopyOccurrence(e, from *ical.Event, start int64) {
	is := func(t time.Time) bool { return t.Unix() == start }
	e.Overrides = slices.DeleteFunc(e.Overrides, func(o ical.Event) bool { return is(o.RecurrenceID) })
	for i := range from.Overrides {
		if is(from.Overrides[i].RecurrenceID) {
			e.Overrides = append(e.Overrides, from.Overrides[i].Clone())
		}
	}
	if e.Recurrence == nil || from.Recurrence == nil {
		return
	}
	e.Recurrence.Except = slices.DeleteFunc(e.Recurrence.Except, is)
	if i := slices.IndexFunc(from.Recurrence.Except, is); i >= 0 {
		e.Recurrence.Except = append(e.Recurrence.Except, from.Recurrence.Except[i])
	}
}
