package series_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

func TestLastEnd(t *testing.T) {
	end := func(n int) time.Time { return week(n).Add(time.Hour) }
	override := func(o ical.Event) func(*ical.Event) {
		return func(e *ical.Event) { e.Overrides = append(e.Overrides, o) }
	}
	include := func(start time.Time) func(*ical.Event) {
		return func(e *ical.Event) { e.Recurrence.Include = append(e.Recurrence.Include, start) }
	}
	except := func(start time.Time) func(*ical.Event) {
		return func(e *ical.Event) { e.Recurrence.Except = append(e.Recurrence.Except, start) }
	}
	tests := []struct {
		name string
		e    *ical.Event
		want time.Time
	}{
		{"a meeting", single(), end(0)},
		{"a meeting without an end", single(func(e *ical.Event) { e.End = time.Time{} }), week(0)},
		{"COUNT", weekly(), end(5)},
		{"UNTIL", weekly(until(week(3).Add(time.Hour))), end(3)},
		{"UNTIL of the last start", weekly(until(week(3))), end(3)},
		{"UNTIL after 2199", weekly(until(time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC))), series.Forever},
		{"endless", weekly(endless), series.Forever},
		{"endless and cancelled", weekly(endless, func(e *ical.Event) { e.Cancelled = true }), series.Forever},
		{"added dates alone", weekly(endless, include(week(30)), func(e *ical.Event) { e.Recurrence.Freq, e.Recurrence.ByDay = "", nil }), end(30)},
		{"the last occurrence is excepted", weekly(except(week(5))), end(4)},
		{"the last occurrence is cancelled", weekly(override(ical.Event{RecurrenceID: week(5), Cancelled: true})), end(4)},
		{"an added date after the end", weekly(include(week(30))), end(30)},
		{"an added date before the end", weekly(include(week(2).AddDate(0, 0, 1))), end(5)},
		{"an occurrence moved after the end", weekly(override(ical.Event{RecurrenceID: week(1), Start: week(40), End: end(40)})), end(40)},
		{"the last occurrence moved to the front", weekly(override(ical.Event{RecurrenceID: week(5), Start: week(0).AddDate(0, 0, 1), End: end(0).AddDate(0, 0, 1)})), end(4)},
		{"an occurrence that lasts beyond the end", weekly(override(ical.Event{RecurrenceID: week(4), End: end(4).AddDate(0, 0, 20)})), end(4).AddDate(0, 0, 20)},
		{"an all-day series", daily(), date(5, time.UTC)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { check(t, "LastEnd", tt.want.UTC(), series.LastEnd(tt.e).UTC()) })
	}
}
