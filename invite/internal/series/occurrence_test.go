package series_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

func TestOccurrence(t *testing.T) {
	occurrence := func(n int, start time.Time, sequence int) *ical.Event {
		e := weekly()
		e.RecurrenceID, e.Start, e.End, e.Sequence, e.Recurrence = week(n), start, start.Add(time.Hour), sequence, nil
		return e
	}
	beside := func(e *ical.Event) { e.Overrides = []ical.Event{{RecurrenceID: week(1).Add(time.Minute)}} }
	odd := occurrence(1, week(1).Add(time.Minute), 2)
	odd.RecurrenceID = odd.Start
	tests := []struct {
		name  string
		e     *ical.Event
		start time.Time
		want  *ical.Event
	}{
		{"a regular occurrence is as long as the series", weekly(exceptional), week(0), occurrence(0, week(0), 2)},
		{"it stays at its hour after the clocks change", weekly(exceptional), week(4), occurrence(4, week(4), 2)},
		{"it is named by the instant, in any Location", weekly(), week(4).UTC(), occurrence(4, week(4), 2)},
		{"an override is completed from the series", weekly(exceptional), week(1), occurrence(1, week(1).Add(time.Hour), 3)},
		{"the new start of an override does not name it", weekly(exceptional), week(1).Add(time.Hour), nil},
		{"a cancelled occurrence does not take place", weekly(exceptional), week(2), nil},
		{"an excepted occurrence does not take place", weekly(exceptional), week(3), nil},
		{"the rule does not give it", weekly(), week(1).Add(time.Minute), nil},
		{"an override takes place even if the rule does not give it", weekly(beside), odd.RecurrenceID, odd},
		{"the series is over", weekly(), week(6), nil},
		{"a single meeting has no occurrences", single(), week(0), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, "Occurrence", tt.want, series.Occurrence(tt.e, tt.start))
		})
	}
}

func TestEnd(t *testing.T) {
	endless := func(e *ical.Event) { e.End = time.Time{} }
	check(t, "End of a meeting of one hour", week(4).Add(time.Hour), series.End(weekly(), week(4)))
	check(t, "End of a meeting without an end", time.Time{}, series.End(weekly(endless), week(4)))
}

func TestExceptions(t *testing.T) {
	other := weekly(func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: week(5)}, {RecurrenceID: week(1).UTC()}}
		e.Recurrence.Except = []time.Time{week(0)}
	})
	tests := []struct {
		name     string
		versions []*ical.Event
		want     []time.Time
	}{
		{"a series without exceptions has none", []*ical.Event{weekly()}, nil},
		{"changed, cancelled and excepted ones are found", []*ical.Event{weekly(exceptional)}, []time.Time{week(1), week(2), week(3)}},
		{"exceptions of several versions are sorted, and each is there once", []*ical.Event{weekly(exceptional), other},
			[]time.Time{week(0), week(1), week(2), week(3), week(5)}},
		{"a single meeting has none", []*ical.Event{single()}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, "Exceptions", tt.want, series.Exceptions(tt.versions...))
		})
	}
}

func TestFind(t *testing.T) {
	over := func(e *ical.Event) { e.Cancelled = true }
	alone := func(e *ical.Event) { e.RecurrenceID = week(1) }
	guest := func(e *ical.Event) { e.Overrides = []ical.Event{{RecurrenceID: date(3, time.UTC), Sequence: 1}} }
	tests := []struct {
		name string
		e    *ical.Event
		id   time.Time
		want series.Target
		ok   bool
	}{
		{"zero is the whole meeting", weekly(), time.Time{}, series.Target{Override: -1}, true},
		{"the whole of a cancelled meeting is cancelled", weekly(over), time.Time{}, series.Target{Override: -1, Cancelled: true}, true},
		{"a meeting that is one occurrence is its own whole", single(alone), week(1).UTC(), series.Target{Override: -1}, true},
		{"a meeting that is one occurrence has no other", single(alone), week(2), series.Target{}, false},
		{"a regular occurrence has no override", weekly(exceptional), week(4).UTC(), series.Target{Start: week(4), Override: -1}, true},
		{"an override has its own sequence", weekly(exceptional), week(1), series.Target{Start: week(1), Override: 0, Sequence: 3}, true},
		{"a cancelled occurrence is found", weekly(exceptional), week(2), series.Target{Start: week(2), Override: 1, Cancelled: true}, true},
		{"an occurrence of a cancelled series is cancelled",
			weekly(over), week(1), series.Target{Start: week(1), Override: -1, Cancelled: true}, true},
		{"an override in a cancelled series is cancelled", weekly(exceptional, over), week(1),
			series.Target{Start: week(1), Override: 0, Sequence: 3, Cancelled: true}, true},
		{"an excepted occurrence is not found", weekly(exceptional), week(3), series.Target{}, false},
		{"a time that the rule does not give is not found", weekly(), week(1).Add(time.Minute), series.Target{}, false},
		{"all-day: the date counts, in its own Location",
			daily(), date(4, tokyo), series.Target{Start: date(4, time.UTC), Override: -1}, true},
		{"all-day: an override is found by its date", daily(guest), date(3, tokyo),
			series.Target{Start: date(3, time.UTC), Override: 0, Sequence: 1}, true},
		{"a single meeting has no occurrences", single(), week(0), series.Target{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := series.Find(tt.e, tt.id)
			if ok != tt.ok {
				t.Fatalf("Find = %v, %v, want %v", got, ok, tt.ok)
			}
			if ok {
				check(t, "Find", tt.want, got)
			}
		})
	}
}

func TestTargetEvent(t *testing.T) {
	e := weekly(exceptional)
	t.Run("the whole meeting is the event itself", func(t *testing.T) {
		check(t, "Event", *e, series.Target{Override: -1}.Event(*e))
	})
	for n := range 6 {
		want := series.Occurrence(e, week(n))
		if want == nil {
			continue
		}
		t.Run("the event of an occurrence equals the result of Occurrence", func(t *testing.T) {
			at, _ := series.Find(e, week(n))
			check(t, "Event", *want, at.Event(*e))
		})
	}
	t.Run("a cancelled occurrence is an event too", func(t *testing.T) {
		at, _ := series.Find(e, week(2))
		if got := at.Event(*e); !got.Cancelled || !got.Start.Equal(week(2)) || got.Summary != e.Summary {
			t.Errorf("Event = %+v, want the occurrence, cancelled", got)
		}
	})
}

func TestSame(t *testing.T) {
	late := time.Date(2027, 3, 2, 23, 0, 0, 0, time.UTC)
	west := time.FixedZone("", -15*60*60) // where midnight in Tokyo is midnight, a day earlier
	tests := []struct {
		name string
		e    *ical.Event
		a, b time.Time
		want bool
	}{
		{"timed: one instant in two Locations", weekly(), week(0), week(0).UTC(), true},
		{"timed: one date and two instants", weekly(), week(0), week(0).Add(time.Hour), false},
		{"all-day: one date and two instants", daily(), date(2, time.UTC), date(2, tokyo), true},
		{"all-day: a time that is not midnight is no date", daily(), date(2, time.UTC), late, false},
		{"all-day: one instant and two dates", daily(), date(2, tokyo), date(2, tokyo).In(west), false},
		{"all-day: a date as an instant in the zone of the series", daily(inBerlin), date(2, time.UTC), late.AddDate(0, 0, -1), true},
		{"all-day: a date in another zone", daily(inBerlin), date(2, time.UTC), date(2, berlin).In(tokyo), true},
		{"zero names none", weekly(), time.Time{}, time.Time{}, false},
		{"all-day: zero names none", daily(), date(2, time.UTC), time.Time{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := series.Same(tt.e, tt.a, tt.b); got != tt.want {
				t.Errorf("Same(%v, %v) = %v, want %v", tt.a, tt.b, got, tt.want)
			}
		})
	}
}
