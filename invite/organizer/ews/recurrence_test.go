package ews_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// TestRules changes a single event into a series of each rule. The server reads the
// pattern by itself, and has the same occurrences.
func TestRules(t *testing.T) {
	start := single().Start // Monday, 1 March 2027, 9:00 in Berlin
	days := func(list ...ical.Day) []ical.Day { return list }
	for _, tt := range []struct {
		name  string
		start time.Time
		rule  ical.Recurrence
		want  string // the pattern, "" if Exchange has none
	}{
		{"daily", start, ical.Recurrence{Freq: ical.FreqDaily, Count: 3}, "DailyRecurrence Interval=1 NumberedRecurrence StartDate=2027-03-01 NumberOfOccurrences=3"},
		{"daily, over a change of the clock", start.AddDate(0, 0, 26), ical.Recurrence{Freq: ical.FreqDaily, Interval: 2, Until: start.AddDate(0, 0, 31).Add(-time.Hour)},
			"DailyRecurrence Interval=2 EndDateRecurrence StartDate=2027-03-27 EndDate=2027-04-01"},
		{"weekdays", start, ical.Recurrence{Freq: ical.FreqDaily, ByDay: days("MO", "TU", "WE", "TH", "FR"), Count: 9},
			"WeeklyRecurrence Interval=1 DaysOfWeek=Monday Tuesday Wednesday Thursday Friday NumberedRecurrence StartDate=2027-03-01 NumberOfOccurrences=9"},
		{"weekly, without days", start, ical.Recurrence{Freq: ical.FreqWeekly}, "WeeklyRecurrence Interval=1 DaysOfWeek=Monday NoEndRecurrence StartDate=2027-03-01"},
		{"every second week", start, ical.Recurrence{Freq: ical.FreqWeekly, Interval: 2, ByDay: days("WE", "MO"), WeekStart: "SU", Count: 6},
			"WeeklyRecurrence Interval=2 DaysOfWeek=Monday Wednesday FirstDayOfWeek=Sunday NumberedRecurrence StartDate=2027-03-01 NumberOfOccurrences=6"},
		{"monthly, date", start, ical.Recurrence{Freq: ical.FreqMonthly, ByMonthDay: []int{1}, Count: 4}, "AbsoluteMonthlyRecurrence Interval=1 DayOfMonth=1 NumberedRecurrence StartDate=2027-03-01 NumberOfOccurrences=4"},
		{"monthly, without a date", start, ical.Recurrence{Freq: ical.FreqMonthly, Interval: 3, Count: 4}, "AbsoluteMonthlyRecurrence Interval=3 DayOfMonth=1 NumberedRecurrence StartDate=2027-03-01 NumberOfOccurrences=4"},
		{"monthly, first Monday", start, ical.Recurrence{Freq: ical.FreqMonthly, ByDay: days("1MO"), Count: 4},
			"RelativeMonthlyRecurrence Interval=1 DaysOfWeek=Monday DayOfWeekIndex=First NumberedRecurrence StartDate=2027-03-01 NumberOfOccurrences=4"},
		{"monthly, first Monday, by position", start, ical.Recurrence{Freq: ical.FreqMonthly, ByDay: days("MO"), BySetPos: []int{1}, Count: 4},
			"RelativeMonthlyRecurrence Interval=1 DaysOfWeek=Monday DayOfWeekIndex=First NumberedRecurrence StartDate=2027-03-01 NumberOfOccurrences=4"},
		{"monthly, last weekday", start.AddDate(0, 0, 30), ical.Recurrence{Freq: ical.FreqMonthly, ByDay: days("MO", "TU", "WE", "TH", "FR"), BySetPos: []int{-1}, Count: 4},
			"RelativeMonthlyRecurrence Interval=1 DaysOfWeek=Weekday DayOfWeekIndex=Last NumberedRecurrence StartDate=2027-03-31 NumberOfOccurrences=4"},
		{"yearly, date", start, ical.Recurrence{Freq: ical.FreqYearly, Count: 3}, "AbsoluteYearlyRecurrence DayOfMonth=1 Month=March NumberedRecurrence StartDate=2027-03-01 NumberOfOccurrences=3"},
		{"yearly, month and date", start, ical.Recurrence{Freq: ical.FreqYearly, ByMonth: []int{3}, ByMonthDay: []int{1}, Count: 3}, "AbsoluteYearlyRecurrence DayOfMonth=1 Month=March NumberedRecurrence StartDate=2027-03-01 NumberOfOccurrences=3"},
		{"yearly, first Monday in March", start, ical.Recurrence{Freq: ical.FreqYearly, ByMonth: []int{3}, ByDay: days("1MO"), Count: 3},
			"RelativeYearlyRecurrence DaysOfWeek=Monday DayOfWeekIndex=First Month=March NumberedRecurrence StartDate=2027-03-01 NumberOfOccurrences=3"},

		{"further dates", start, ical.Recurrence{Freq: ical.FreqDaily, Count: 3, Include: []time.Time{start.AddDate(0, 1, 0)}}, ""},
		{"daily, in a month", start, ical.Recurrence{Freq: ical.FreqDaily, ByMonth: []int{3}, Count: 3}, ""},
		{"monthly, two dates", start, ical.Recurrence{Freq: ical.FreqMonthly, ByMonthDay: []int{1, 15}, Count: 3}, ""},
		{"monthly, last day", start.AddDate(0, 0, 30), ical.Recurrence{Freq: ical.FreqMonthly, ByMonthDay: []int{-1}, Count: 3}, ""},
		{"monthly, two weekdays", start, ical.Recurrence{Freq: ical.FreqMonthly, ByDay: days("1MO", "1TU"), Count: 3}, ""},
		{"monthly, every Monday", start, ical.Recurrence{Freq: ical.FreqMonthly, ByDay: days("MO"), Count: 3}, ""},
		{"yearly, two months", start, ical.Recurrence{Freq: ical.FreqYearly, ByMonth: []int{3, 6}, ByMonthDay: []int{1}, Count: 3}, ""},
		{"yearly, every second year", start, ical.Recurrence{Freq: ical.FreqYearly, Interval: 2, Count: 3}, ""},
	} {
		f := newFake(t)
		c := f.open(t, nil)
		m := &invite.Meeting{Event: single()}
		last := follow(t, c, m, organizer.Object{})
		before := seen(f.items[0].event)
		m.Event.Start, m.Event.End, m.Event.Recurrence = tt.start, tt.start.Add(time.Hour), &tt.rule
		o, err := organizer.Encode(m)
		if err != nil {
			t.Errorf("%s: Encode: %v", tt.name, err)
			continue
		}
		o.Href, o.Tag = last.Href, last.Tag
		_, err = c.Put(t.Context(), o)
		if tt.want == "" {
			if describe(err) != "permanent" || !strings.Contains(err.Error(), "patterns of Exchange") || seen(f.items[0].event) != before {
				t.Errorf("%s: error %v, the entry is %s", tt.name, err, seen(f.items[0].event))
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		f.wants(t, tt.name, m.Event)
		if got := sentPattern(t, f.last("UpdateItem", 0)); got != tt.want {
			t.Errorf("%s: the pattern is\n%s\nwant\n%s", tt.name, got, tt.want)
		}
		// An equal meeting is not written again.
		n := f.count("UpdateItem")
		o.Tag = f.items[0].key
		if _, err = c.Put(t.Context(), o); err != nil || f.count("UpdateItem") != n {
			t.Errorf("%s: the second Put made %d updates: %v", tt.name, f.count("UpdateItem")-n, err)
		}
		// A series becomes a single event again.
		m.Event.Recurrence = nil
		if o, err = organizer.Encode(m); err != nil {
			t.Fatal(err)
		}
		o.Href, o.Tag = last.Href, f.items[0].key
		if _, err = c.Put(t.Context(), o); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		f.wants(t, tt.name+", single again", m.Event)
	}
}

// sentPattern returns the Recurrence of a request in one line.
func sentPattern(t *testing.T, raw string) string {
	t.Helper()
	root, err := parseXML([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, u := range root.kid("s:Body", "m:UpdateItem", "m:ItemChanges", "t:ItemChange", "t:Updates").kids {
		for _, part := range u.kid("t:CalendarItem", "t:Recurrence").kids {
			words = append(words, part.name[2:])
			for _, k := range part.kids {
				words = append(words, k.name[2:]+"="+k.text)
			}
		}
	}
	return strings.Join(words, " ")
}

// TestAllDay moves an all-day event. Exchange keeps it from midnight to midnight in the
// organizer's own zone.
func TestAllDay(t *testing.T) {
	f := newFake(t)
	c := f.open(t, nil)
	e := single()
	e.AllDay, e.TimeZone = true, ""
	e.Start = time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	e.End = e.Start.AddDate(0, 0, 2)
	m := &invite.Meeting{Event: e}
	last := follow(t, c, m, organizer.Object{})
	f.wants(t, "new", e)
	m.Event.Start, m.Event.End = e.Start.AddDate(0, 1, 0), e.End.AddDate(0, 1, 1)
	last = follow(t, c, m, last)
	f.wants(t, "moved", m.Event)
	raw := f.last("UpdateItem", 0)
	for _, want := range []string{"<t:Start>2027-03-31T22:00:00Z</t:Start>", "<t:End>2027-04-03T22:00:00Z</t:End>", `<t:StartTimeZone Id="W. Europe Standard Time"/>`} {
		if !strings.Contains(raw, want) {
			t.Errorf("the request lacks %s:\n%s", want, raw)
		}
	}
	m.Event.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 4}
	m.Event.Overrides = []ical.Event{
		{RecurrenceID: m.Event.Start.AddDate(0, 0, 7), Cancelled: true},
		{RecurrenceID: m.Event.Start.AddDate(0, 0, 14), Summary: "The third", Start: m.Event.Start.AddDate(0, 0, 15), End: m.Event.Start.AddDate(0, 0, 16)},
	}
	follow(t, c, m, last)
	f.wants(t, "a series", m.Event)
}

// TestZones changes the times of a meeting in zones of every kind.
func TestZones(t *testing.T) {
	for name, want := range map[string]string{
		"Europe/Berlin": "W. Europe Standard Time", "Europe/Vienna": "Central Europe Standard Time", "America/New_York": "Eastern Standard Time",
		"America/Toronto": "Eastern Standard Time", "Asia/Kolkata": "India Standard Time", "Asia/Calcutta": "India Standard Time", "UTC": "UTC",
	} {
		f := newFake(t)
		c := f.open(t, nil)
		loc, err := ical.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		e := single()
		e.TimeZone, e.Start = name, time.Date(2027, 3, 1, 9, 0, 0, 0, loc)
		e.End = e.Start.Add(time.Hour)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 40}
		m := &invite.Meeting{Event: e}
		last := follow(t, c, m, organizer.Object{})
		m.Event.Start, m.Event.End = e.Start.Add(2*time.Hour), e.End.Add(2*time.Hour)
		follow(t, c, m, last)
		f.wants(t, name, m.Event)
		if raw := f.last("UpdateItem", 0); !strings.Contains(raw, `<t:StartTimeZone Id="`+want+`"/>`) || !strings.Contains(raw, `<t:TimeZoneDefinition Id="`+want+`"/>`) {
			t.Errorf("%s: the request does not name %s:\n%s", name, want, raw)
		}
	}
}
