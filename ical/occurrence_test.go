package ical_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

// seriesIn is a meeting of an hour that repeats, at a wall clock of a zone.
func seriesIn(t testing.TB, name, start string, r ical.Recurrence, changes ...func(*ical.Event)) ical.Event {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", start, zone(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return meeting(append([]func(*ical.Event){func(e *ical.Event) {
		e.TimeZone, e.Start, e.End, e.Recurrence = name, at, at.Add(time.Hour), &r
	}}, changes...)...)
}

// starts are the first occurrences, "*" behind those that are overridden.
func starts(e ical.Event, from, to time.Time, most int) []string {
	var out []string
	for o := range e.Occurrences(from, to) {
		s := o.Start.Format("2006-01-02 15:04 -07")
		if e.AllDay {
			s = o.Start.Format(time.DateOnly)
		}
		if o.Override >= 0 {
			s += "*"
		}
		if out = append(out, s); len(out) == most {
			break
		}
	}
	return out
}

func TestOccurrences(t *testing.T) {
	allDay := func(e *ical.Event) {
		e.AllDay, e.Start, e.End = true, time.Date(2026, 3, 28, 15, 0, 0, 0, time.UTC), date(2026, 3, 30)
	}
	for _, tt := range []struct {
		name string
		in   ical.Event
		want []string
	}{
		{"single", meeting(), []string{"2026-03-31 08:00 +00"}},
		{"cancelled", meeting(func(e *ical.Event) { e.Cancelled = true }), nil},
		{"no start", ical.Event{}, nil},
		{"no zone", meeting(func(e *ical.Event) { e.TimeZone = "Nowhere" }), nil},
		{"wall clock over a change", seriesIn(t, "Europe/Berlin", "2026-03-28 10:00", ical.Recurrence{Freq: ical.FreqDaily}),
			[]string{"2026-03-28 10:00 +01", "2026-03-29 10:00 +02", "2026-03-30 10:00 +02", "2026-03-31 10:00 +02"}},
		{"skipped hour", seriesIn(t, "Europe/Berlin", "2026-03-28 02:30", ical.Recurrence{Freq: ical.FreqDaily}),
			[]string{"2026-03-28 02:30 +01", "2026-03-29 03:30 +02", "2026-03-30 02:30 +02", "2026-03-31 02:30 +02"}},
		{"hour that comes twice", seriesIn(t, "Europe/Berlin", "2026-10-24 02:30", ical.Recurrence{Freq: ical.FreqDaily, Count: 3}),
			[]string{"2026-10-24 02:30 +02", "2026-10-25 02:30 +02", "2026-10-26 02:30 +01"}},
		{"at an offset", meeting(func(e *ical.Event) {
			e.Start, e.Recurrence = time.Date(2026, 3, 28, 1, 0, 0, 0, time.FixedZone("", 7200)), &ical.Recurrence{Freq: ical.FreqWeekly, ByDay: []ical.Day{"SA"}, Count: 2}
		}), []string{"2026-03-28 01:00 +02", "2026-04-04 01:00 +02"}},
		{"until, included", seriesIn(t, "Europe/Berlin", "2026-03-28 10:00", ical.Recurrence{Freq: ical.FreqDaily, Until: time.Date(2026, 3, 30, 8, 0, 0, 0, time.UTC)}),
			[]string{"2026-03-28 10:00 +01", "2026-03-29 10:00 +02", "2026-03-30 10:00 +02"}},
		{"until, just not", seriesIn(t, "Europe/Berlin", "2026-03-28 10:00", ical.Recurrence{Freq: ical.FreqDaily, Until: time.Date(2026, 3, 30, 7, 59, 59, 0, time.UTC)}),
			[]string{"2026-03-28 10:00 +01", "2026-03-29 10:00 +02"}},
		{"all-day", meeting(allDay, series(func(r *ical.Recurrence) { r.Interval, r.Until = 2, time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC) })),
			[]string{"2026-03-28", "2026-03-30", "2026-04-01"}},
		{"excepted counts", seriesIn(t, "UTC", "2026-03-28 10:00", ical.Recurrence{Freq: ical.FreqDaily, Count: 3, Except: []time.Time{time.Date(2026, 3, 28, 10, 0, 0, 0, time.UTC)}}),
			[]string{"2026-03-29 10:00 +00", "2026-03-30 10:00 +00"}},
		{"included, in order and once", seriesIn(t, "UTC", "2026-03-28 10:00", ical.Recurrence{Freq: ical.FreqWeekly, Count: 2, Include: []time.Time{
			time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 4, 4, 10, 0, 0, 0, time.UTC)}}),
			[]string{"2026-03-28 10:00 +00", "2026-04-01 09:00 +00", "2026-04-04 10:00 +00", "2026-05-01 09:00 +00"}},
		{"included only", seriesIn(t, "UTC", "2026-03-28 10:00", ical.Recurrence{Include: []time.Time{time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)}}),
			[]string{"2026-03-28 10:00 +00", "2026-04-01 09:00 +00"}},
		{"overrides: moved back, moved on, cancelled, of nothing", seriesIn(t, "UTC", "2026-03-01 10:00", ical.Recurrence{Freq: ical.FreqWeekly, Count: 4}, func(e *ical.Event) {
			at := func(d int) time.Time { return time.Date(2026, 3, d, 10, 0, 0, 0, time.UTC) }
			e.Overrides = []ical.Event{{RecurrenceID: at(22), Start: at(2)}, {RecurrenceID: at(1), Start: at(30)}, {RecurrenceID: at(8), Cancelled: true}, {RecurrenceID: at(9), Start: at(10)}}
		}), []string{"2026-03-02 10:00 +00*", "2026-03-15 10:00 +00", "2026-03-30 10:00 +00*"}},
		{"start beside the rule comes first and counts", seriesIn(t, "UTC", "2026-03-03 10:00", ical.Recurrence{Freq: ical.FreqWeekly, ByDay: []ical.Day{"MO"}, Count: 3}),
			[]string{"2026-03-03 10:00 +00", "2026-03-09 10:00 +00", "2026-03-16 10:00 +00"}},
		{"rule that cannot be expanded", seriesIn(t, "UTC", "2026-03-03 10:00", ical.Recurrence{Freq: "hourly"}), []string{"2026-03-03 10:00 +00"}},
		{"ordinals mixed", seriesIn(t, "UTC", "2026-03-03 10:00", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"MO", "1TU"}}), []string{"2026-03-03 10:00 +00"}},
		{"29 February", seriesIn(t, "UTC", "2096-02-29 10:00", ical.Recurrence{Freq: ical.FreqYearly}),
			[]string{"2096-02-29 10:00 +00", "2104-02-29 10:00 +00", "2108-02-29 10:00 +00", "2112-02-29 10:00 +00"}},
		{"nothing after the start, quickly", seriesIn(t, "UTC", "2026-03-03 10:00", ical.Recurrence{Freq: ical.FreqDaily, ByMonth: []int{2}, ByMonthDay: []int{30}}),
			[]string{"2026-03-03 10:00 +00"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, starts(tt.in, time.Time{}, time.Time{}, 4)); diff != "" {
				t.Errorf("Occurrences (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOccurrencesBetween(t *testing.T) {
	e := seriesIn(t, "Europe/Berlin", "2026-03-01 10:00", ical.Recurrence{Freq: ical.FreqDaily})
	at := e.Start.AddDate
	for _, tt := range []struct {
		name     string
		from, to time.Time
		want     []string
	}{
		{"from a start", at(0, 0, 2), at(0, 0, 4), []string{"2026-03-03 10:00 +01", "2026-03-04 10:00 +01"}},
		{"from just after", at(0, 0, 2).Add(1), at(0, 0, 4), []string{"2026-03-04 10:00 +01"}},
		{"empty", at(0, 0, 2), at(0, 0, 2), nil},
		{"before all", at(-1, 0, 0), at(0, 0, 1), []string{"2026-03-01 10:00 +01"}},
		{"endless", at(100, 0, 0), time.Time{}, []string{"2126-03-01 10:00 +01", "2126-03-02 10:00 +01"}},
	} {
		if diff := cmp.Diff(tt.want, starts(e, tt.from, tt.to, 2)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	days := meeting(func(e *ical.Event) {
		e.AllDay, e.Start, e.End, e.Recurrence = true, date(2026, 3, 1), date(2026, 3, 2), &ical.Recurrence{Freq: ical.FreqDaily}
	})
	for _, name := range []string{"Pacific/Kiritimati", "America/Los_Angeles"} {
		from := time.Date(2026, 3, 5, 0, 0, 0, 0, zone(t, name))
		if diff := cmp.Diff([]string{"2026-03-05"}, starts(days, from, from.AddDate(0, 0, 1), 9)); diff != "" {
			t.Errorf("all-day, the 5th in %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOccurrencesAreComplete(t *testing.T) {
	e := seriesIn(t, "Europe/Berlin", "2026-03-28 10:00", ical.Recurrence{Freq: ical.FreqDaily, Count: 3}, func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 1), Start: e.Start.AddDate(0, 0, 1).Add(time.Hour), End: e.Start.AddDate(0, 0, 1).Add(3 * time.Hour)},
			{RecurrenceID: e.Start.AddDate(0, 0, 2), Summary: "Longer"}}
	})
	s := e.Start
	want := []ical.Occurrence{
		{s, s, s.Add(time.Hour), -1},
		{s.AddDate(0, 0, 1), s.AddDate(0, 0, 1).Add(time.Hour), s.AddDate(0, 0, 1).Add(3 * time.Hour), 0},
		{s.AddDate(0, 0, 2), s.AddDate(0, 0, 2), s.AddDate(0, 0, 2).Add(time.Hour), 1},
	}
	var got []ical.Occurrence
	for o := range e.Occurrences(time.Time{}, time.Time{}) {
		got = append(got, o)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Occurrences (-want +got):\n%s", diff)
	}
}

func TestOccurrence(t *testing.T) {
	weekly := seriesIn(t, "Europe/Berlin", "2026-03-01 10:00", ical.Recurrence{Freq: ical.FreqWeekly})
	s := weekly.Start
	weekly.Recurrence.Except = []time.Time{s.AddDate(0, 0, 7)}
	weekly.Overrides = []ical.Event{{RecurrenceID: s.AddDate(0, 0, 14), Start: s.AddDate(0, 0, 15)}, {RecurrenceID: s.AddDate(0, 0, 21), Cancelled: true},
		{RecurrenceID: s.AddDate(0, 0, 22), Start: s}}
	hour := func(t time.Time) time.Time { return t.Add(time.Hour) }
	for _, tt := range []struct {
		name string
		in   ical.Event
		id   time.Time
		want ical.Occurrence // zero for none
	}{
		{"first", weekly, s, ical.Occurrence{s, s, hour(s), -1}},
		{"later, in another zone", weekly, s.AddDate(0, 0, 35).UTC(), ical.Occurrence{s.AddDate(0, 0, 35), s.AddDate(0, 0, 35), hour(s.AddDate(0, 0, 35)), -1}},
		{"excepted", weekly, s.AddDate(0, 0, 7), ical.Occurrence{}},
		{"overridden", weekly, s.AddDate(0, 0, 14), ical.Occurrence{s.AddDate(0, 0, 14), s.AddDate(0, 0, 15), hour(s.AddDate(0, 0, 15)), 0}},
		{"where the override is", weekly, s.AddDate(0, 0, 15), ical.Occurrence{}},
		{"cancelled", weekly, s.AddDate(0, 0, 21), ical.Occurrence{}},
		{"override of nothing", weekly, s.AddDate(0, 0, 22), ical.Occurrence{}},
		{"between", weekly, s.AddDate(0, 0, 36), ical.Occurrence{}},
		{"before", weekly, s.AddDate(0, 0, -7), ical.Occurrence{}},
		{"after 292 years", weekly, s.AddDate(400, 0, 0), ical.Occurrence{}},
		{"zero of a series", weekly, time.Time{}, ical.Occurrence{}},
		{"single", meeting(), time.Time{}, ical.Occurrence{Start: meeting().Start, End: meeting().End, Override: -1}},
		{"single, by its start", meeting(), meeting().Start, ical.Occurrence{}},
		{"single, cancelled", meeting(func(e *ical.Event) { e.Cancelled = true }), time.Time{}, ical.Occurrence{}},
		{"alone", meeting(func(e *ical.Event) { e.RecurrenceID = stamp }), stamp, ical.Occurrence{stamp, meeting().Start, meeting().End, -1}},
		{"no zone", meeting(func(e *ical.Event) { e.TimeZone = "X" }), time.Time{}, ical.Occurrence{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := tt.in.Occurrence(tt.id)
			if want := tt.want.Start.IsZero(); ok == want {
				t.Fatalf("Occurrence(%v) = %+v, %v", tt.id, got, ok)
			}
			if diff := cmp.Diff(tt.want, got); ok && diff != "" {
				t.Errorf("Occurrence(%v) (-want +got):\n%s", tt.id, diff)
			}
		})
	}
}

func BenchmarkOccurrences(b *testing.B) {
	e := seriesIn(b, "Europe/Berlin", "2026-03-01 10:00", ical.Recurrence{Freq: ical.FreqWeekly, ByDay: []ical.Day{"SU", "TU"}})
	for b.Loop() {
		starts(e, time.Time{}, time.Time{}, 100)
	}
}

func BenchmarkLintSeries(b *testing.B) {
	for name, e := range map[string]ical.Event{
		"weekly":             seriesIn(b, "Europe/Berlin", "2026-03-01 10:00", ical.Recurrence{Freq: ical.FreqWeekly}),
		"endless daily 2:30": seriesIn(b, "Africa/Cairo", "2026-03-01 23:30", ical.Recurrence{Freq: ical.FreqDaily}),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				e.Lint()
			}
		})
	}
}

// TestZoneSpanOfManyYears: a rule whose last occurrence is in millions of years
// reaches to the horizon, also if an int has 32 bits.
func TestZoneSpanOfManyYears(t *testing.T) {
	for _, r := range []ical.Recurrence{
		{Freq: ical.FreqWeekly, Count: 1 << 16, Interval: 1 << 15}, // 1 << 31
		{Freq: ical.FreqWeekly, Count: 1 << 17, Interval: 1 << 15}, // 1 << 32
	} {
		e := seriesIn(t, "Europe/Berlin", "2027-03-02 10:00", r)
		data := string(encode(t, request(e)))
		if !strings.Contains(data, "BEGIN:DAYLIGHT") {
			t.Errorf("%+v: no summer time:\n%s", r, data)
		}
	}
}
