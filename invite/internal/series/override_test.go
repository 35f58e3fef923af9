package series_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

func TestOverrideIndex(t *testing.T) {
	e := weekly(exceptional)
	for n, want := range []int{-1, 0, 1, -1} {
		check(t, "OverrideIndex", want, series.OverrideIndex(e, week(n).UTC()))
	}
}

func TestOverride(t *testing.T) {
	t.Run("an override that exists is found", func(t *testing.T) {
		e := weekly(exceptional)
		if got := series.Override(e, week(2)); got != &e.Overrides[1] {
			t.Errorf("Override = %+v, want the second", got)
		}
	})
	t.Run("one that does not exist is added", func(t *testing.T) {
		e := weekly(exceptional)
		got := series.Override(e, week(4))
		if len(e.Overrides) != 3 || got != &e.Overrides[2] {
			t.Errorf("Override = %+v, want the third of %d", got, len(e.Overrides))
		}
		check(t, "the new override", ical.Event{RecurrenceID: week(4)}, *got)
	})
	t.Run("all-day: the date names it", func(t *testing.T) {
		e := daily(func(e *ical.Event) { e.Overrides = []ical.Event{{RecurrenceID: date(3, time.UTC)}} })
		if got := series.Override(e, date(3, tokyo)); got != &e.Overrides[0] || len(e.Overrides) != 1 {
			t.Errorf("Override = %+v, want the first of one", got)
		}
	})
}

func TestIsBare(t *testing.T) {
	tests := []struct {
		name string
		o    ical.Event
		want bool
	}{
		{"its name alone", ical.Event{RecurrenceID: week(1)}, true},
		{"a sequence says nothing", ical.Event{RecurrenceID: week(1), Sequence: 4}, true},
		{"attendees of its own do not change the occurrence", ical.Event{RecurrenceID: week(1), Attendees: weekly().Attendees}, true},
		{"a text changes it", ical.Event{RecurrenceID: week(1), Location: "Roof"}, false},
		{"a cancellation changes it", ical.Event{RecurrenceID: week(1), Cancelled: true}, false},
		{"a start changes it", ical.Event{RecurrenceID: week(1), Start: week(1)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { check(t, "IsBare", tt.want, series.IsBare(tt.o)) })
	}
}

func TestWithCancelled(t *testing.T) {
	e := weekly(exceptional)
	if got := series.WithCancelled(e, nil); got != e {
		t.Errorf("WithCancelled without indexes = %p, want e itself, %p", got, e)
	}
	got := series.WithCancelled(e, []int{0})
	check(t, "e", weekly(exceptional), e)
	check(t, "WithCancelled", weekly(exceptional, func(e *ical.Event) { e.Overrides[0].Cancelled = true }), got)
}

func TestCopyOccurrence(t *testing.T) {
	override := func(n int) func(*ical.Event) {
		return func(e *ical.Event) {
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: week(n), Attendees: []ical.Attendee{{Email: "eve@example.test"}}})
		}
	}
	except := func(n int) func(*ical.Event) {
		return func(e *ical.Event) { e.Recurrence.Except = append(e.Recurrence.Except, week(n)) }
	}
	tests := []struct {
		name          string
		e, from, want *ical.Event
	}{
		{"an override is copied", weekly(), weekly(override(1)), weekly(override(1))},
		{"an override takes the place of the older one", weekly(exceptional), weekly(override(1)),
			weekly(exceptional, func(e *ical.Event) { e.Overrides = e.Overrides[1:] }, override(1))},
		{"a regular occurrence removes the override", weekly(override(2), override(1)), weekly(), weekly(override(2))},
		{"an exception is copied", weekly(), weekly(except(1)), weekly(except(1))},
		{"a regular occurrence removes the exception", weekly(except(0), except(1)), weekly(), weekly(except(0))},
		{"an exception takes the place of an override", weekly(override(1)), weekly(except(1)), weekly(except(1))},
		{"other occurrences stay", weekly(override(2), except(3)), weekly(override(4), except(5)), weekly(override(2), except(3))},
		{"a single meeting has no exceptions", single(), weekly(except(1)), single()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			series.CopyOccurrence(tt.e, tt.from, week(1).Unix())
			check(t, "CopyOccurrence", series.Normalized(*tt.want), series.Normalized(*tt.e), sameLists, sameOverrides)
		})
	}
	t.Run("the copy shares nothing", func(t *testing.T) {
		e, from := weekly(), weekly(override(1))
		series.CopyOccurrence(e, from, week(1).Unix())
		e.Overrides[0].Attendees[0].Email = "mallory@example.test"
		check(t, "from", weekly(override(1)), from)
	})
}

// sameOverrides compares lists of overrides. Nil equals an empty one.
var sameOverrides = cmp.FilterValues(func(a, b []ical.Event) bool { return len(a)+len(b) == 0 }, cmp.Ignore())
