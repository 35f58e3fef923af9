package series_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

// endless and until are changes of [weekly].
func endless(e *ical.Event) { e.Recurrence.Count = 0 }

func until(last time.Time) func(*ical.Event) {
	return func(e *ical.Event) { e.Recurrence.Count, e.Recurrence.Until = 0, last }
}

func TestRule(t *testing.T) {
	check(t, "Rule", weekly(), series.Rule(weekly(exceptional)))
	check(t, "Rule of a single meeting", single(), series.Rule(single()))
}

func TestStartsInRule(t *testing.T) {
	all := []time.Time{week(0).Add(-time.Hour), week(0), week(1), week(1).Add(time.Hour), week(3).UTC(), week(4), week(6)}
	tests := []struct {
		name  string
		e     *ical.Event
		asked []time.Time
		want  []time.Time
	}{
		{"starts of the rule alone", weekly(), all, []time.Time{week(0), week(1), week(3), week(4)}},
		{"overridden and excepted ones are in the rule", weekly(exceptional), all, []time.Time{week(0), week(1), week(3), week(4)}},
		{"an endless series is asked no further than needed", weekly(endless), all, []time.Time{week(0), week(1), week(3), week(4), week(6)}},
		{"nothing is asked", weekly(), nil, nil},
		{"a single meeting has no rule", single(), all, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := make(map[int64]bool)
			for _, start := range tt.want {
				want[start.Unix()] = true
			}
			check(t, "StartsInRule", want, series.StartsInRule(tt.e, tt.asked))
			for _, start := range tt.asked {
				if got := series.InRule(tt.e, start); got != want[start.Unix()] {
					t.Errorf("InRule(%v) = %v, want %v", start, got, !got)
				}
			}
		})
	}
}

func TestLastStart(t *testing.T) {
	tests := []struct {
		name string
		e    *ical.Event
		want time.Time
	}{
		{"COUNT ends it", weekly(), week(5)},
		{"UNTIL ends it", weekly(until(week(3).Add(time.Hour))), week(3)},
		{"UNTIL is part of it", weekly(until(week(3))), week(3)},
		{"exceptions count", weekly(until(week(3)), exceptional), week(3)},
		{"an endless series", weekly(endless), series.Forever},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { check(t, "LastStart", tt.want, series.LastStart(tt.e)) })
	}
}

func TestCountBefore(t *testing.T) {
	for n, want := range []int{0, 1, 2, 3, 4, 5, 6, 6} {
		check(t, "CountBefore", want, series.CountBefore(weekly(exceptional), week(n)))
	}
}

func TestEndBefore(t *testing.T) {
	ends := func(last time.Time, overrides int, except ...time.Time) *ical.Event {
		e := weekly(exceptional, until(last))
		e.Overrides, e.Recurrence.Except = e.Overrides[:overrides], except
		return e
	}
	tests := []struct {
		name  string
		e     *ical.Event
		start time.Time
		want  *ical.Event // nil if nothing remains
	}{
		{"UNTIL is the start of the last that remains", weekly(exceptional), week(5), ends(week(4), 2, week(3))},
		{"exceptions from there on are cut", weekly(exceptional), week(3), ends(week(2), 2)},
		{"overrides from there on are cut", weekly(exceptional), week(2), ends(week(1), 1)},
		{"a moved occurrence is cut by its original start", weekly(exceptional), week(1), ends(week(0), 0)},
		{"an excepted occurrence can be the last", weekly(exceptional), week(4), ends(week(3), 2, week(3))},
		{"a start between two occurrences", weekly(exceptional), week(4).Add(time.Minute), ends(week(4), 2, week(3))},
		{"a start after the end", weekly(exceptional), week(9), ends(week(5), 2, week(3))},
		{"an endless series ends", weekly(exceptional, endless), week(3), ends(week(2), 2)},
		{"nothing is before the first", weekly(exceptional), week(0), nil},
		{"a single meeting does not shorten", single(), week(1), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := series.EndBefore(tt.e, tt.start)
			if ok != (tt.want != nil) {
				t.Fatalf("EndBefore = %v, want %v", ok, !ok)
			}
			if ok {
				want := series.Normalized(*tt.want)
				check(t, "EndBefore", want, got, sameLists)
			}
		})
	}
	t.Run("added dates go to their half", func(t *testing.T) {
		e := weekly(func(e *ical.Event) {
			e.Recurrence.Include = []time.Time{week(1).AddDate(0, 0, 1), week(4).AddDate(0, 0, 1)}
		})
		got, _ := series.EndBefore(e, week(3))
		check(t, "Include of the old series", e.Recurrence.Include[:1], got.Recurrence.Include)
		rest := series.BeginAt(*e, e, week(3)).Event.Recurrence
		check(t, "Include of the rest", e.Recurrence.Include[1:], rest.Include)
		check(t, "Count of the rest", 3, rest.Count)
		rest = series.BeginAt(*e, e, week(4).AddDate(0, 0, 1)).Event.Recurrence
		check(t, "Include of the rest that begins with an added date", e.Recurrence.Include[1:], rest.Include)
		check(t, "Count of the rest that begins with an added date", 1, rest.Count)
	})
	t.Run("all-day: UNTIL is a date", func(t *testing.T) {
		got, _ := series.EndBefore(daily(), date(4, time.UTC))
		check(t, "Until", date(3, time.UTC), got.Recurrence.Until, inZone)
	})
}

// sameLists compares lists of times. Nil equals an empty one.
var sameLists = cmp.FilterValues(func(a, b []time.Time) bool { return len(a)+len(b) == 0 }, cmp.Ignore())

func TestBeginAt(t *testing.T) {
	longer := func(e *ical.Event) { e.Recurrence.Count = 10 }
	count := func(e ical.Event) int { return e.Recurrence.Count }
	tests := []struct {
		name   string
		after  *ical.Event
		before *ical.Event
		start  time.Time
		want   int
	}{
		{"COUNT is lowered by the occurrences before", weekly(), weekly(), week(2), 4},
		{"excepted and cancelled ones count", weekly(exceptional), weekly(exceptional), week(4), 2},
		{"a COUNT that the change sets stays", weekly(longer), weekly(), week(2), 10},
		{"one occurrence remains at least", weekly(), weekly(), week(9), 1},
		{"without a COUNT there is nothing to lower", weekly(endless), weekly(endless), week(2), 0},
		{"a series that was none keeps its COUNT", weekly(), single(), week(2), 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, "COUNT", tt.want, count(series.BeginAt(*tt.after, tt.before, tt.start).Event))
		})
	}
}

// TestBeginAtExceptions checks which overrides and exceptions the rest of a series
// has, and that the rest is a new meeting.
func TestBeginAtExceptions(t *testing.T) {
	after := weekly(func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: week(1)}, {UID: "weekly", RecurrenceID: week(3), Sequence: 7, Summary: "Late"}}
		e.Recurrence.Except = []time.Time{week(2), week(4)}
	})
	want := weekly(func(e *ical.Event) {
		e.Sequence, e.Recurrence.Count = 0, 3
		e.Start, e.End = week(3), week(3).Add(time.Hour)
		e.Overrides = []ical.Event{{RecurrenceID: week(3), Summary: "Late"}}
		e.Recurrence.Except = []time.Time{week(4)}
	})
	check(t, "BeginAt", series.Normalized(*want), series.BeginAt(*after, weekly(), week(3)).Event)
	check(t, "BeginAt of a single meeting", 0, series.BeginAt(*single(), weekly(), week(3)).Event.Sequence)
}
