package series_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

func TestNormalized(t *testing.T) {
	needAction := ical.Attendee{Email: "ann@example.test", Status: ical.StatusNeedsAction}
	elsewhere := ical.Event{
		AllDay: true, Start: date(2, tokyo), End: date(3, tokyo), RecurrenceID: date(2, tokyo),
		Recurrence: &ical.Recurrence{Freq: ical.FreqDaily, Until: date(9, tokyo),
			Except: []time.Time{date(4, tokyo)}, Include: []time.Time{date(5, tokyo)}},
		Overrides: []ical.Event{{RecurrenceID: date(6, tokyo), Start: date(7, tokyo)}},
	}
	tests := []struct {
		name string
		in   ical.Event
		want ical.Event
	}{
		{"the zone of the start gets its name", ical.Event{Start: week(0)}, ical.Event{Start: week(0), TimeZone: "Europe/Berlin"}},
		{"a zone that has a name keeps it",
			ical.Event{Start: week(0), TimeZone: "Asia/Tokyo"}, ical.Event{Start: week(0), TimeZone: "Asia/Tokyo"}},
		{"UTC needs no name", ical.Event{Start: week(0).UTC()}, ical.Event{Start: week(0).UTC()}},
		{"an attendee without a status needs action",
			ical.Event{Attendees: []ical.Attendee{{Email: "ann@example.test"}}}, ical.Event{Attendees: []ical.Attendee{needAction}}},
		{"so does an attendee of an occurrence",
			ical.Event{Overrides: []ical.Event{{Attendees: []ical.Attendee{{Email: "ann@example.test"}}}}},
			ical.Event{Overrides: []ical.Event{{Attendees: []ical.Attendee{needAction}}}}},
		{"a status stays",
			ical.Event{Attendees: []ical.Attendee{{Status: ical.StatusAccepted}}},
			ical.Event{Attendees: []ical.Attendee{{Status: ical.StatusAccepted}}}},
		{"all-day: all times are dates in UTC", elsewhere, ical.Event{
			AllDay: true, Start: date(2, time.UTC), End: date(3, time.UTC), RecurrenceID: date(2, time.UTC),
			Recurrence: &ical.Recurrence{Freq: ical.FreqDaily, Until: date(9, time.UTC),
				Except: []time.Time{date(4, time.UTC)}, Include: []time.Time{date(5, time.UTC)}},
			Overrides: []ical.Event{{RecurrenceID: date(6, time.UTC), Start: date(7, time.UTC)}},
		}},
		{"times are cut to seconds", ical.Event{Start: week(0).Add(1), End: week(0).Add(time.Minute + 999_999_999), TimeZone: "Europe/Berlin"},
			ical.Event{Start: week(0), End: week(0).Add(time.Minute), TimeZone: "Europe/Berlin"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := series.Normalized(tt.in)
			check(t, "Normalized", tt.want, got, inZone)
			check(t, "Normalized again", got, series.Normalized(got), inZone)
		})
	}
}

func TestNormalizedStart(t *testing.T) {
	tests := []struct {
		name     string
		e        *ical.Event
		in, want time.Time
		fault    string
	}{
		{"timed: it stays", weekly(), week(1), week(1), ""},
		{"timed: it is cut to seconds", weekly(), week(1).Add(999_999_999), week(1), ""},
		{"all-day: it becomes a date in UTC", daily(), date(3, tokyo), date(3, time.UTC), ""},
		{"all-day: it is a date in the zone of the series", daily(inBerlin), date(3, berlin).UTC(), date(3, time.UTC), ""},
		{"all-day: zero stays zero", daily(), time.Time{}, time.Time{}, ""},
		{"all-day: it is no date", daily(inBerlin), date(3, time.UTC).Add(22 * time.Hour), date(3, time.UTC).Add(22 * time.Hour),
			"ical: RecurrenceID: all-day times must be midnight; 2027-03-03T22:00Z is not midnight in UTC or Europe/Berlin"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := series.NormalizedStart(tt.e, tt.in)
			check(t, "NormalizedStart", tt.want, got, inZone)
			if (err != nil) != (tt.fault != "") || err != nil && err.Error() != tt.fault {
				t.Errorf("NormalizedStart of %v: error %v, want %q", tt.in, err, tt.fault)
			}
		})
	}
}

func TestLengthAndEnd(t *testing.T) {
	open := func(e *ical.Event) { e.End = time.Time{} }
	summer := func(e *ical.Event) { e.Start, e.End = date(27, berlin), date(29, berlin) } // 47 hours
	tests := []struct {
		name   string
		e      *ical.Event
		length time.Duration
		end    time.Time
	}{
		{"an hour", single(), time.Hour, week(0).Add(time.Hour)},
		{"without an end it has no length", single(open), 0, week(0)},
		{"all-day: a day", daily(), 24 * time.Hour, date(3, time.UTC)},
		{"all-day: without an end it lasts one day", daily(open), 24 * time.Hour, date(3, time.UTC)},
		{"all-day: a day has 24 hours if the clocks change, too", daily(summer), 48 * time.Hour, date(29, berlin)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, "Length", tt.length, series.Length(tt.e))
			check(t, "EndOf", tt.end, series.EndOf(tt.e))
		})
	}
}

func TestIsPast(t *testing.T) {
	open := func(e *ical.Event) { e.End = time.Time{} }
	moved := func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: week(1), Start: week(20), End: week(20).Add(time.Hour)}}
	}
	long := func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: week(5), Start: week(5), End: week(5).Add(5 * time.Hour)}}
	}
	dropped := func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: week(5), Cancelled: true}}
		e.Recurrence.Except = []time.Time{week(4)}
	}
	day := daily(func(e *ical.Event) { e.Recurrence = nil })
	tests := []struct {
		name string
		e    *ical.Event
		now  time.Time
		want bool
	}{
		{"it is running", single(), week(0).Add(time.Minute), false},
		{"it ends now", single(), week(0).Add(time.Hour), false},
		{"it is over", single(), week(0).Add(time.Hour + 1), true},
		{"without an end it is over once it has begun", single(open), week(0).Add(1), true},
		{"all-day: its last day lasts twelve hours longer in the west", day, date(3, time.UTC).Add(12 * time.Hour), false},
		{"all-day: after twelve hours it is over everywhere", day, date(3, time.UTC).Add(12*time.Hour + 1), true},
		{"a series is not over before its last occurrence", weekly(), week(4).Add(2 * time.Hour), false},
		{"its last occurrence is running", weekly(), week(5).Add(time.Minute), false},
		{"its last occurrence is over", weekly(), week(5).Add(2 * time.Hour), true},
		{"an endless series is never over", weekly(endless), week(1000), false},
		{"an occurrence was moved behind the end", weekly(moved), week(19), false},
		{"the moved occurrence is over, too", weekly(moved), week(21), true},
		{"an occurrence is longer than the others", weekly(long), week(5).Add(4 * time.Hour), false},
		{"the remaining occurrences are excepted and cancelled", weekly(dropped), week(3).Add(2 * time.Hour), true},
		{"all-day: without an end it lasts until the end of its day",
			daily(open, func(e *ical.Event) { e.Recurrence = nil }), date(2, time.UTC).Add(36 * time.Hour), false},
		{"all-day: a series without an end lasts until the end of its last day",
			daily(open), date(4, time.UTC).Add(36 * time.Hour), false},
		{"all-day: a series without an end is over", daily(open), date(4, time.UTC).Add(36*time.Hour + 1), true},
		{"all-day: the zone of the clock does not count", daily(), date(5, tokyo).Add(20 * time.Hour), false},
		{"all-day: the last day of a series lasts longer in the west", daily(), date(5, time.UTC).Add(12 * time.Hour), false},
		{"all-day: a series is over everywhere", daily(), date(5, time.UTC).Add(12*time.Hour + 1), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := series.IsPast(tt.e, tt.now); got != tt.want {
				t.Errorf("IsPast at %v = %v, want %v", tt.now, got, tt.want)
			}
		})
	}
}

func TestLater(t *testing.T) {
	check(t, "Later", week(1), series.Later(week(0), week(1)))
	check(t, "Later", week(1), series.Later(week(1), week(0)))
	check(t, "Later", week(1), series.Later(week(1), time.Time{}))
}
