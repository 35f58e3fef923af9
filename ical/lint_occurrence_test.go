package ical

import (
	"strings"
	"testing"
	"time"
)

// occurrenceRuleIDs are the rules about occurrences and their neighbours.
var occurrenceRuleIDs = []string{"zero-length", "series-empty", "occurrence-order", "occurrence-day", "occurrence-overlap"}

// occurrenceFindings returns the findings of these rules as "rule field".
func occurrenceFindings(e Event) string {
	var out []string
	for _, rule := range occurrenceRuleIDs {
		for _, field := range fieldsOfRule(e, rule) {
			out = append(out, rule+" "+field)
		}
	}
	return strings.Join(out, ", ")
}

// seriesCase is a series in Berlin, or of whole days if start has no hour, and
// overrides as "original start > start/end". A start without an original start is an
// exception, and an original start without a start is a cancelled override.
type seriesCase struct {
	name      string
	start     string
	length    time.Duration
	rule      Recurrence
	overrides []string
	want      string
}

func (tt *seriesCase) event(t *testing.T) Event {
	t.Helper()
	berlin, err := LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	e := lintEvent()
	at := func(s string) time.Time {
		for _, form := range []string{"2006-01-02 15:04", "2006-01-02"} {
			if v, err := time.ParseInLocation(form, strings.TrimSpace(s), berlin); err == nil {
				if form == "2006-01-02" {
					v = dateOf(v)
				}
				return v
			}
		}
		t.Fatalf("no time: %q", s)
		return time.Time{}
	}
	e.Start, e.AllDay = at(tt.start), !strings.Contains(tt.start, ":")
	if e.End = e.Start.Add(tt.length); !e.AllDay {
		e.TimeZone = "Europe/Berlin"
	}
	e.Recurrence = tt.rule.clone()
	for _, s := range tt.overrides {
		id, times, moved := strings.Cut(s, ">")
		if id == "" {
			e.Recurrence.Except = append(e.Recurrence.Except, at(times))
			continue
		}
		o := Event{RecurrenceID: at(id), Cancelled: !moved}
		if start, end, ok := strings.Cut(times, "/"); moved {
			o.Start = at(start)
			if ok {
				o.End = at(end)
			}
		}
		e.Overrides = append(e.Overrides, o)
	}
	return e
}

// TestLintNeighbours compares occurrences with their neighbours, as the series of
// Outlook needs them (MS-OXOCAL, section 2.2.1.44).
func TestLintNeighbours(t *testing.T) {
	const half, hour, tuesday = 30 * time.Minute, time.Hour, "2027-03-02 10:00"
	weekly, daily, endless := Recurrence{Freq: FreqWeekly, Count: 6}, Recurrence{Freq: FreqDaily, Count: 60}, Recurrence{Freq: FreqWeekly}
	for _, tt := range []seriesCase{
		// An occurrence that is moved past another.
		{"to before the one before", tuesday, half, weekly, []string{"2027-03-16 10:00 > 2027-03-08 10:00/2027-03-08 10:30"}, "occurrence-order Overrides[0].Start"},
		{"to after the next", tuesday, half, weekly, []string{"2027-03-09 10:00 > 2027-03-17 10:00"}, "occurrence-order Overrides[0].Start"},
		{"past several", tuesday, half, endless, []string{"2027-03-09 10:00 > 2027-05-05 10:00"}, "occurrence-order Overrides[0].Start"},
		{"to before the first", tuesday, half, weekly, []string{"2027-03-09 10:00 > 2027-03-01 10:00"}, "occurrence-order Overrides[0].Start"},
		{"two that change places", tuesday, half, weekly, []string{"2027-03-09 10:00 > 2027-03-16 09:00", "2027-03-16 10:00 > 2027-03-09 09:00"}, "occurrence-order Overrides[1].Start"},
		{"in a series of whole days", "2027-03-02", day, weekly, []string{"2027-03-16 > 2027-03-08"}, "occurrence-order Overrides[0].Start"},
		{"as the last", tuesday, half, weekly, []string{"2027-04-06 10:00 > 2027-03-29 10:00"}, "occurrence-order Overrides[0].Start"},

		// Two on one day.
		{"onto the day of the one before", tuesday, half, weekly, []string{"2027-03-16 10:00 > 2027-03-09 15:00"}, "occurrence-day Overrides[0].Start"},
		{"onto the day of the next", tuesday, half, weekly, []string{"2027-03-09 10:00 > 2027-03-16 07:00"}, "occurrence-day Overrides[0].Start"},
		{"two overrides on one day", tuesday, half, weekly, []string{"2027-03-09 10:00 > 2027-03-11 10:00", "2027-03-16 10:00 > 2027-03-11 15:00"}, "occurrence-day Overrides[1].Start"},
		{"one day in Berlin, two in UTC", "2027-07-06 23:00", half, Recurrence{Freq: FreqDaily, Count: 9}, []string{"2027-07-08 23:00 > 2027-07-07 00:30"}, "occurrence-day Overrides[0].Start"},
		{"whole days", "2027-03-02", day, daily, []string{"2027-03-05 > 2027-03-06"}, "occurrence-day Overrides[0].Start"},
		{"a further start on a day of the rule", tuesday, half, Recurrence{Freq: FreqWeekly, Include: []time.Time{time.Date(2027, 3, 16, 18, 0, 0, 0, time.UTC)}}, nil, "occurrence-day Recurrence"},

		// Occurrences that overlap.
		{"eight days, weekly", tuesday, 8*day + hour, weekly, nil, "occurrence-overlap Recurrence"},
		{"25 hours, daily", tuesday, 25 * hour, daily, nil, "occurrence-overlap Recurrence"},
		{"30 days, monthly", tuesday, 30 * day, Recurrence{Freq: FreqMonthly}, nil, "occurrence-overlap Recurrence"},
		{"two days, on neighbouring days", tuesday, 2 * day, Recurrence{Freq: FreqWeekly, ByDay: []Day{"TU", "WE"}}, nil, "occurrence-overlap Recurrence"},
		{"two whole days, daily", "2027-03-02", 2 * day, daily, nil, "occurrence-overlap Recurrence"},
		{"an override that is too long", tuesday, half, daily, []string{"2027-03-05 10:00 > 2027-03-05 10:00/2027-03-06 10:30"}, "occurrence-overlap Overrides[0].Start"},
		{"an override that begins too early", tuesday, 23 * hour, daily, []string{"2027-03-05 10:00 > 2027-03-05 08:00/2027-03-05 09:00"}, "occurrence-overlap Overrides[0].Start"},
		{"a further start in an occurrence", tuesday, 30 * hour, Recurrence{Freq: FreqWeekly, Include: []time.Time{time.Date(2027, 3, 3, 10, 0, 0, 0, time.UTC)}}, nil, "occurrence-overlap Recurrence"},
		{"a series and its override, each once", tuesday, 25 * hour, daily, []string{"2027-03-05 10:00 > 2027-03-05 10:00/2027-03-06 12:00"}, "occurrence-overlap Recurrence, occurrence-overlap Overrides[0].Start"},

		// Near misses.
		{"moved, but between its neighbours", tuesday, half, weekly, []string{"2027-03-09 10:00 > 2027-03-15 23:00", "2027-03-23 10:00 > 2027-03-17 00:00"}, ""},
		{"the first, earlier", tuesday, half, weekly, []string{"2027-03-02 10:00 > 2027-01-01 10:00"}, ""},
		{"the last, later", tuesday, half, weekly, []string{"2027-04-06 10:00 > 2027-12-01 10:00"}, ""},
		{"past an exception", tuesday, half, weekly, []string{"> 2027-03-09 10:00", "2027-03-16 10:00 > 2027-03-08 10:00"}, ""},
		{"past a cancelled date", tuesday, half, weekly, []string{"2027-03-09 10:00", "2027-03-16 10:00 > 2027-03-08 10:00"}, ""},
		{"onto a cancelled date", tuesday, half, weekly, []string{"2027-03-09 10:00", "2027-03-16 10:00 > 2027-03-09 10:00"}, ""},
		{"past the old place of one that moved too", tuesday, half, weekly, []string{"2027-03-09 10:00 > 2027-03-12 10:00", "2027-03-02 10:00 > 2027-03-10 10:00"}, ""},
		{"one day in UTC, two in Berlin", "2027-07-06 09:00", half, daily, []string{"2027-07-08 09:00 > 2027-07-08 00:30", "2027-07-07 09:00 > 2027-07-07 23:30"}, ""},
		{"another hour of its day", tuesday, half, daily, []string{"2027-03-05 10:00 > 2027-03-05 18:00"}, ""},
		{"over midnight, daily", "2027-03-02 22:00", 8 * hour, daily, nil, ""},
		{"24 hours, daily, through the change to summer time", tuesday, day, daily, nil, ""},
		{"24 hours, weekly, from the change of the clock on", "2027-03-27 10:00", 23 * hour, daily, nil, ""},
		{"whole days, daily", "2027-03-02", day, daily, nil, ""},
		{"a week, weekly", "2027-03-02", 7 * day, weekly, nil, ""},
		{"seven days, weekly, timed", tuesday, 7 * day, endless, nil, ""},
		{"28 days, monthly", "2027-04-01 10:00", 28 * day, Recurrence{Freq: FreqMonthly}, nil, ""},
		{"two days, with a day between", tuesday, 2 * day, Recurrence{Freq: FreqWeekly, ByDay: []Day{"TU", "TH"}}, nil, ""},
		{"an override until the next begins", tuesday, half, daily, []string{"2027-03-05 10:00 > 2027-03-05 10:00/2027-03-06 10:00"}, ""},
		{"a further start on a day of its own", tuesday, half, Recurrence{Freq: FreqWeekly, Include: []time.Time{time.Date(2027, 3, 4, 10, 0, 0, 0, time.UTC)}}, nil, ""},
		{"an override far away in an endless series", tuesday, half, endless, []string{"2050-03-01 10:00 > 2050-03-02 10:00"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := tt.event(t)
			if err := e.Validate(); err != nil {
				t.Fatalf("the case is not even valid: %v", err)
			}
			if got := occurrenceFindings(e); got != tt.want {
				t.Errorf("Lint = %q, want %q", got, tt.want)
			}
		})
	}
}

// TestLintNeighboursNamesBoth: the text has the times of both occurrences.
func TestLintNeighboursNamesBoth(t *testing.T) {
	tt := seriesCase{start: "2027-03-02 10:00", length: time.Hour, rule: Recurrence{Freq: FreqWeekly}, overrides: []string{"2027-03-16 10:00 > 2027-03-08 10:00"}}
	want := "(2027-03-09 10:00 to 2027-03-09 11:00 is followed by 2027-03-08 10:00)"
	if got := tt.event(t).Lint(); len(got) != 1 || got[0].Severity != SeverityError || !strings.HasSuffix(got[0].Text, want) {
		t.Errorf("Lint = %+v, want an error that ends with %s", got, want)
	}
}

// TestLintSeriesEmpty finds a series of which nothing takes place.
func TestLintSeriesEmpty(t *testing.T) {
	const half, tuesday, empty = 30 * time.Minute, "2027-03-02 10:00", "series-empty Recurrence"
	two, until := Recurrence{Freq: FreqWeekly, Count: 2}, Recurrence{Freq: FreqWeekly, Until: time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)}
	for _, tt := range []seriesCase{
		{"all excepted", tuesday, half, two, []string{"> 2027-03-02 10:00", "> 2027-03-09 10:00"}, empty},
		{"all cancelled", tuesday, half, two, []string{"2027-03-02 10:00", "2027-03-09 10:00"}, empty},
		{"one of each", tuesday, half, until, []string{"> 2027-03-02 10:00", "2027-03-09 10:00"}, empty},
		{"whole days", "2027-03-02", day, two, []string{"> 2027-03-02", "> 2027-03-09"}, empty},
		{"with a further start that is excepted", tuesday, half, Recurrence{Freq: FreqWeekly, Count: 1, Include: []time.Time{time.Date(2027, 3, 4, 9, 0, 0, 0, time.UTC)}},
			[]string{"> 2027-03-02 10:00", "> 2027-03-04 10:00"}, empty},

		{"one left", tuesday, half, two, []string{"> 2027-03-02 10:00"}, ""},
		{"one moved", tuesday, half, two, []string{"> 2027-03-02 10:00", "2027-03-09 10:00 > 2027-03-10 10:00"}, ""},
		{"an exception that excepts nothing", tuesday, half, two, []string{"> 2027-03-02 10:00", "> 2027-03-09 11:00"}, ""},
		{"endless", tuesday, half, Recurrence{Freq: FreqWeekly}, []string{"> 2027-03-02 10:00", "> 2027-03-09 10:00"}, ""},
		{"a further start left", tuesday, half, Recurrence{Freq: FreqWeekly, Count: 1, Include: []time.Time{time.Date(2027, 3, 4, 9, 0, 0, 0, time.UTC)}},
			[]string{"> 2027-03-02 10:00"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := tt.event(t)
			if got := occurrenceFindings(e); got != tt.want {
				t.Errorf("Lint = %q, want %q", got, tt.want)
			}
			e.Cancelled = true
			if got := occurrenceFindings(e); got != "" {
				t.Errorf("Lint of the cancelled series = %q, want nothing", got)
			}
		})
	}
}

// TestLintZeroLength finds a meeting that takes no time.
func TestLintZeroLength(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Event)
		want   string
	}{
		{"end is start", func(e *Event) { e.End = e.Start }, "zero-length End"},
		{"end is start in another zone", func(e *Event) { e.End = e.Start.In(time.FixedZone("", 3600)) }, "zero-length End"},
		{"an override", func(e *Event) {
			lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly})(e)
			e.Overrides = []Event{{RecurrenceID: e.Start, Start: e.Start, End: e.Start}}
		}, "zero-length Overrides[0].End"},
		{"a series and what its overrides take from it", func(e *Event) {
			lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly})(e)
			e.End, e.Overrides = e.Start, []Event{{RecurrenceID: e.Start, Summary: "x"}}
		}, "zero-length End"},
		{"a second", func(e *Event) { e.End = e.Start.Add(time.Second) }, ""},
		{"no end, which is another rule", func(e *Event) { e.End = time.Time{} }, ""},
		{"a day", func(e *Event) { e.AllDay, e.End = true, e.Start.AddDate(0, 0, 1) }, ""},
	} {
		e := lintEvent()
		tt.change(&e)
		if got := occurrenceFindings(e); got != tt.want {
			t.Errorf("%s: Lint = %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestLintNeighboursOfMany finds the last of many overrides, in an endless series with
// many exceptions.
func TestLintNeighboursOfMany(t *testing.T) {
	e := lintEvent()
	lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqDaily})(&e)
	for i := range 20000 {
		e.Recurrence.Except = append(e.Recurrence.Except, e.Start.AddDate(0, 0, i+5000))
	}
	for i := range 5000 {
		e.Overrides = append(e.Overrides, Event{RecurrenceID: e.Start.AddDate(0, 0, i), Start: e.Start.AddDate(0, 0, i).Add(time.Hour)})
	}
	if got := occurrenceFindings(e); got != "" {
		t.Errorf("Lint = %q, want nothing", got)
	}
	e.Overrides[4999].Start = e.Start.AddDate(0, 0, 4997)
	if got, want := occurrenceFindings(e), "occurrence-order Overrides[4999].Start"; got != want {
		t.Errorf("Lint = %q, want %q", got, want)
	}
}
