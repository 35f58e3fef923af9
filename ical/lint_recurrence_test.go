package ical

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestLintOfRules: what Outlook refuses (MS-OXCICAL, section 2.1.3.2.2), part by
// part; "!" marks findings of error level.
func TestLintOfRules(t *testing.T) {
	week := []Day{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	for _, tt := range []struct {
		name string
		rule Recurrence
		want string
	}{
		{"daily", Recurrence{Freq: FreqDaily}, ""},
		{"daily, 999", Recurrence{Freq: FreqDaily, Interval: 999, Count: 999}, ""},
		{"daily, 1000", Recurrence{Freq: FreqDaily, Interval: 1000}, "!recurrence-interval"},
		{"daily on days", Recurrence{Freq: FreqDaily, ByDay: week[:5]}, "!recurrence-daily"},
		{"daily in a month", Recurrence{Freq: FreqDaily, ByMonth: []int{3}}, "!recurrence-daily"},
		{"daily on a date", Recurrence{Freq: FreqDaily, ByMonthDay: []int{2}}, "!recurrence-daily"},
		{"daily with a position", Recurrence{Freq: FreqDaily, BySetPos: []int{1}}, "!recurrence-daily"},
		{"weekly", Recurrence{Freq: FreqWeekly}, ""},
		{"weekly, 99", Recurrence{Freq: FreqWeekly, Interval: 99, ByDay: week[:5]}, ""},
		{"weekly, 100", Recurrence{Freq: FreqWeekly, Interval: 100}, "!recurrence-interval"},
		{"weekly with an ordinal", Recurrence{Freq: FreqWeekly, ByDay: []Day{"1MO"}}, "!recurrence-weekly"},
		{"weekly, a day twice", Recurrence{Freq: FreqWeekly, ByDay: []Day{"MO", "MO"}}, "!recurrence-weekly"},
		{"weekly in a month", Recurrence{Freq: FreqWeekly, ByMonth: []int{3}}, "!recurrence-weekly"},
		{"weekly on a date", Recurrence{Freq: FreqWeekly, ByMonthDay: []int{2}}, "!recurrence-weekly"},
		{"weekly with a position", Recurrence{Freq: FreqWeekly, ByDay: week[:2], BySetPos: []int{1}}, "!recurrence-weekly"},
		{"monthly", Recurrence{Freq: FreqMonthly}, ""},
		{"monthly, 99", Recurrence{Freq: FreqMonthly, Interval: 99, ByMonthDay: []int{2}}, ""},
		{"monthly, 100", Recurrence{Freq: FreqMonthly, Interval: 100}, "!recurrence-interval"},
		{"monthly on the last day", Recurrence{Freq: FreqMonthly, ByMonthDay: []int{-1}}, ""},
		{"monthly on the last but one", Recurrence{Freq: FreqMonthly, ByMonthDay: []int{-2}}, "!recurrence-monthly"},
		{"monthly on two dates", Recurrence{Freq: FreqMonthly, ByMonthDay: []int{2, 16}}, "!recurrence-monthly"},
		{"monthly on the 29th", Recurrence{Freq: FreqMonthly, ByMonthDay: []int{29}}, "recurrence-short-months"},
		{"monthly on the 31st", Recurrence{Freq: FreqMonthly, ByMonthDay: []int{31}}, "recurrence-short-months"},
		{"monthly on the second Tuesday", Recurrence{Freq: FreqMonthly, ByDay: []Day{"2TU"}}, ""},
		{"monthly on the last Friday", Recurrence{Freq: FreqMonthly, ByDay: []Day{"-1FR"}}, ""},
		{"monthly on the fifth Friday", Recurrence{Freq: FreqMonthly, ByDay: []Day{"5FR"}}, "!recurrence-monthly"},
		{"monthly on the last but one Friday", Recurrence{Freq: FreqMonthly, ByDay: []Day{"-2FR"}}, "!recurrence-monthly"},
		{"monthly on every Friday", Recurrence{Freq: FreqMonthly, ByDay: []Day{"FR"}}, "!recurrence-monthly"},
		{"monthly on two ordinals", Recurrence{Freq: FreqMonthly, ByDay: []Day{"1FR", "3FR"}}, "!recurrence-monthly"},
		{"monthly on the 13th if Friday", Recurrence{Freq: FreqMonthly, ByDay: []Day{"FR"}, ByMonthDay: []int{13}}, "!recurrence-monthly"},
		{"monthly, first working day", Recurrence{Freq: FreqMonthly, ByDay: week[:5], BySetPos: []int{1}}, ""},
		{"monthly, last weekend day", Recurrence{Freq: FreqMonthly, ByDay: week[5:], BySetPos: []int{-1}}, ""},
		{"monthly, fourth day", Recurrence{Freq: FreqMonthly, ByDay: week, BySetPos: []int{4}}, ""},
		{"monthly, second Monday by position", Recurrence{Freq: FreqMonthly, ByDay: week[:1], BySetPos: []int{2}}, ""},
		{"monthly, fifth working day", Recurrence{Freq: FreqMonthly, ByDay: week[:5], BySetPos: []int{5}}, "!recurrence-monthly"},
		{"monthly, two positions", Recurrence{Freq: FreqMonthly, ByDay: week[:5], BySetPos: []int{1, -1}}, "!recurrence-monthly"},
		{"monthly, position in two days", Recurrence{Freq: FreqMonthly, ByDay: week[:2], BySetPos: []int{1}}, "!recurrence-monthly"},
		{"monthly, position in other five days", Recurrence{Freq: FreqMonthly, ByDay: week[2:], BySetPos: []int{1}}, "!recurrence-monthly"},
		{"monthly, position in ordinals", Recurrence{Freq: FreqMonthly, ByDay: []Day{"1MO"}, BySetPos: []int{1}}, "!recurrence-monthly"},
		{"monthly, position in dates", Recurrence{Freq: FreqMonthly, ByMonthDay: []int{2}, BySetPos: []int{1}}, "!recurrence-monthly"},
		{"monthly in a month", Recurrence{Freq: FreqMonthly, ByMonthDay: []int{2}, ByMonth: []int{3}}, "!recurrence-monthly"},
		{"yearly", Recurrence{Freq: FreqYearly}, ""},
		{"yearly, 8", Recurrence{Freq: FreqYearly, Interval: 8}, ""},
		{"yearly, 9", Recurrence{Freq: FreqYearly, Interval: 9}, "!recurrence-interval"},
		{"yearly in a month", Recurrence{Freq: FreqYearly, ByMonth: []int{3}}, ""},
		{"yearly on a date", Recurrence{Freq: FreqYearly, ByMonth: []int{3}, ByMonthDay: []int{2}}, ""},
		{"yearly on the first Monday", Recurrence{Freq: FreqYearly, ByMonth: []int{3}, ByDay: []Day{"1MO"}}, ""},
		{"yearly, last working day", Recurrence{Freq: FreqYearly, ByMonth: []int{3}, ByDay: week[:5], BySetPos: []int{-1}}, ""},
		{"yearly on a date of every month", Recurrence{Freq: FreqYearly, ByMonthDay: []int{2}}, "!recurrence-yearly"},
		{"yearly on the 20th Monday", Recurrence{Freq: FreqYearly, ByDay: []Day{"20MO"}}, "!recurrence-yearly"},
		{"yearly in two months", Recurrence{Freq: FreqYearly, ByMonth: []int{3, 9}}, "!recurrence-yearly"},
		{"yearly on two dates", Recurrence{Freq: FreqYearly, ByMonth: []int{3}, ByMonthDay: []int{2, 3}}, "!recurrence-yearly"},
		{"yearly on 29 February", Recurrence{Freq: FreqYearly, ByMonth: []int{2}, ByMonthDay: []int{29}}, "recurrence-short-months"},
		{"yearly on 31 March", Recurrence{Freq: FreqYearly, ByMonth: []int{3}, ByMonthDay: []int{31}}, ""},
		{"count", Recurrence{Freq: FreqDaily, Count: 1000}, "!recurrence-count"},
		{"until the start", Recurrence{Freq: FreqDaily, Until: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, ""},
		{"until before the start", Recurrence{Freq: FreqDaily, Until: time.Date(2026, 3, 2, 8, 59, 59, 0, time.UTC)}, "!recurrence-until"},
		{"dates besides", Recurrence{Freq: FreqWeekly, Include: []time.Time{time.Date(2026, 3, 3, 19, 0, 0, 0, time.UTC)}}, "!recurrence-include"},
		{"two on one day", Recurrence{Freq: FreqDaily, Include: []time.Time{time.Date(2026, 3, 2, 19, 0, 0, 0, time.UTC)}}, "!recurrence-include !occurrence-day"},
		{"several", Recurrence{Freq: FreqMonthly, Interval: 100, Count: 1000, ByMonthDay: []int{1, 2}}, "!recurrence-interval !recurrence-count !recurrence-monthly"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := lintEvent()
			lintSeries("", "2026-03-02 09:00", tt.rule)(&e)
			var got []string
			for _, f := range e.Lint() {
				got = append(got, map[Severity]string{SeverityError: "!"}[f.Severity]+f.Rule)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("Lint = %q, want %q", s, tt.want)
			}
		})
	}
}

// TestLintOfOverrides: what an override alone breaks is reported under its path.
func TestLintOfOverrides(t *testing.T) {
	e := lintEvent()
	lintSeries("Europe/Berlin", "2026-03-02 09:00", Recurrence{Freq: FreqWeekly})(&e)
	e.Attendees[0].NoReply = true
	e.Overrides = []Event{
		{RecurrenceID: e.Start, Summary: strings.Repeat("x", 256)},
		{RecurrenceID: e.Start.AddDate(0, 0, 7), Cancelled: true, Summary: strings.Repeat("x", 256)},
		{RecurrenceID: e.Start.AddDate(0, 0, 14), Location: "Room"},
	}
	var got []string
	for _, f := range e.Lint() {
		got = append(got, f.Rule+" "+f.Field)
	}
	if want := []string{"no-reply Attendees[0].NoReply", "summary-length Overrides[0].Summary"}; !slices.Equal(got, want) {
		t.Errorf("Lint = %q, want %q", got, want)
	}
}

// TestLintSaysWhen: findings about clock changes name the day.
func TestLintSaysWhen(t *testing.T) {
	for _, tt := range []struct{ zone, start, rule, want string }{
		{"Europe/Berlin", "2026-01-04 02:30", "series-gap", "2026-03-29 02:30 in Europe/Berlin"},
		{"Europe/Berlin", "2026-04-05 02:30", "series-overlap", "2026-10-25 02:30 in Europe/Berlin"},
		{"Africa/Cairo", "2026-02-06 00:15", "series-gap", "2026-04-24 00:15 in Africa/Cairo"},
		{"Australia/Lord_Howe", "2026-01-04 02:15", "series-gap", "2026-10-04 02:15 in Australia/Lord_Howe"},
		{"Australia/Lord_Howe", "2026-01-04 00:45", "series-overlap", "2026-04-05 00:45 in Australia/Lord_Howe"}, // its end
		{"Europe/Berlin", "2026-01-04 03:00", "", ""},
		{"Europe/Berlin", "2026-01-04 14:00", "", ""},
		{"Asia/Tokyo", "2026-01-04 02:30", "", ""},
	} {
		e := lintEvent()
		lintSeries(tt.zone, tt.start, Recurrence{Freq: FreqWeekly, Count: 40})(&e)
		got := e.Lint()
		if tt.rule == "" {
			if len(got) > 0 {
				t.Errorf("Lint of %s in %s = %+v, want nil", tt.start, tt.zone, got)
			}
			continue
		}
		if i := slices.IndexFunc(got, func(f Finding) bool { return f.Rule == tt.rule }); i < 0 || !strings.Contains(got[i].Text, tt.want) {
			t.Errorf("Lint of %s in %s = %+v, want %s with %q", tt.start, tt.zone, got, tt.rule, tt.want)
		}
	}
}

// TestLintStartGap: a clock time that does not exist, and what only looks like it.
func TestLintStartGap(t *testing.T) {
	for _, tt := range []struct {
		zone, start string
		want        bool
	}{
		{"Europe/Berlin", "2026-03-29T02:30:00+01:00", true},
		{"Europe/Berlin", "2026-03-29T03:30:00+02:00", false},
		{"Europe/Berlin", "2026-03-29T01:30:00Z", false},
		{"Europe/London", "2026-03-29T01:30:00Z", false}, // an instant
		{"America/New_York", "2026-03-08T02:30:00-05:00", true},
		{"America/New_York", "2026-03-08T08:30:00+01:00", false},
	} {
		e := lintEvent()
		e.Start, _ = time.Parse(time.RFC3339, tt.start)
		_, offset := e.Start.Zone()
		e.Start, e.TimeZone = e.Start.In(fixedZone("", offset)), tt.zone
		e.End = e.Start.UTC().Add(time.Hour)
		if got := slices.ContainsFunc(e.Lint(), func(f Finding) bool { return f.Rule == "start-gap" }); got != tt.want {
			t.Errorf("%s in %s: start-gap = %v, want %v: %+v", tt.start, tt.zone, got, tt.want, e.Lint())
		}
	}
}

// TestLintExceptHour excepts days of a weekly series that begins at 10:00 in Berlin.
func TestLintExceptHour(t *testing.T) {
	berlin, err := LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(loc *time.Location, day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, loc) }
	for _, tt := range []struct {
		name   string
		except []time.Time
		want   string
	}{
		{"the start", []time.Time{at(berlin, 9, 10)}, ""},
		{"the start in UTC", []time.Time{at(time.UTC, 9, 9)}, ""},
		{"the date", []time.Time{at(time.UTC, 9, 0)}, "except-hour Recurrence.Except[0]"},
		{"midnight in the zone of the series", []time.Time{at(berlin, 9, 0)}, "except-hour Recurrence.Except[0]"},
		{"midnight in the zone of the series, from a database", []time.Time{at(time.UTC, 8, 23)}, "except-hour Recurrence.Except[0]"},
		{"the hour of the series in UTC", []time.Time{at(time.UTC, 9, 10)}, "except-hour Recurrence.Except[0]"},
		{"the date beside the start", []time.Time{at(berlin, 9, 10), at(time.UTC, 9, 0)}, "except-unknown Recurrence.Except[1]"},
		{"another weekday", []time.Time{at(berlin, 10, 10)}, "except-unknown Recurrence.Except[0]"},
		{"before the first", []time.Time{time.Date(2026, 2, 23, 0, 0, 0, 0, time.UTC)}, "except-unknown Recurrence.Except[0]"},
	} {
		e := lintEvent()
		lintSeries("Europe/Berlin", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly, Except: tt.except})(&e)
		var got []string
		for _, f := range e.Lint() {
			got = append(got, f.Rule+" "+f.Field)
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: Lint = %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestLintPast finds meetings that lie wholly before 1970.
func TestLintPast(t *testing.T) {
	day := func(year int) time.Time { return time.Date(year, 3, 2, 10, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name   string
		start  time.Time
		change func(*Event)
		want   bool
	}{
		{"a year of two digits", day(27), nil, true},
		{"the first second of Go", time.Time{}.Add(time.Second), nil, true},
		{"the first day of Windows", time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), nil, true},
		{"a whole day", dateOf(day(27)), func(e *Event) { e.AllDay, e.End = true, e.Start.AddDate(0, 0, 1) }, true},
		{"a series with an end", day(27), func(e *Event) { e.Recurrence = &Recurrence{Freq: FreqWeekly, Count: 6} }, true},
		{"a series until a year of two digits", day(27), func(e *Event) { e.Recurrence = &Recurrence{Freq: FreqWeekly, Until: day(28)} }, true},
		{"an endless series", day(1965), func(e *Event) { e.Recurrence = &Recurrence{Freq: FreqYearly} }, false},
		{"a series that reaches the present", day(1965), func(e *Event) { e.Recurrence = &Recurrence{Freq: FreqYearly, Count: 90} }, false},
		{"a year of four digits", day(2027), nil, false},
	} {
		e := lintEvent()
		e.Start, e.End = tt.start, tt.start.Add(time.Hour)
		if tt.change != nil {
			tt.change(&e)
		}
		if got := fieldsOfRule(e, "start-past") != nil; got != tt.want {
			t.Errorf("%s: start-past = %v, want %v", tt.name, got, tt.want)
		}
	}
}
