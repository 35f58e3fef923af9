package ical

import (
	"strings"
	"testing"
	"time"
)

// lastingCalendar is a calendar with one series.
func lastingCalendar(t *testing.T, zone, start, stamp string, r Recurrence) *Calendar {
	t.Helper()
	e := lintEvent()
	lintSeries(zone, start, r)(&e)
	e.TimeZone = zone
	at, err := time.Parse(time.DateOnly, stamp)
	if err != nil {
		t.Fatal(err)
	}
	return &Calendar{Method: MethodRequest, Stamp: at, Events: []Event{e}}
}

// zoneFindings are the details of the findings of zone-outlook.
func zoneFindings(list []Finding) []string {
	var out []string
	for _, f := range list {
		if f.Rule == "zone-outlook" {
			_, detail, _ := strings.Cut(f.Text, " (")
			out = append(out, strings.TrimSuffix(detail, ")"))
		}
	}
	return out
}

// TestLastingForm: a series for which no pair of rules is right for ever has a pair
// that is right for three years, if there is one.
func TestLastingForm(t *testing.T) {
	weekly := Recurrence{Freq: FreqWeekly}
	until := time.Date(2032, 3, 1, 0, 0, 0, 0, time.UTC)
	const (
		pair   = "one pair is written; the first occurrence that it puts at another hour is "
		full   = "the full form is written; with one pair, the first occurrence at another hour would be "
		friday = "BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR"
	)
	for _, tt := range []struct {
		name, zone, start, stamp string
		rule                     Recurrence
		exact                    bool
		want, finding            string
	}{
		{"right for three years", "Asia/Jerusalem", "2027-03-04 23:30", "2027-02-01", weekly, false, "BYDAY=4FR", pair + "2030-03-28 23:30 in Asia/Jerusalem"},
		{"the same, all rules", "Asia/Jerusalem", "2027-03-04 23:30", "2027-02-01", weekly, true, friday, full + "2030-03-28 23:30 in Asia/Jerusalem"},
		{"until a later year", "Asia/Jerusalem", "2027-03-04 23:30", "2027-02-01", Recurrence{Freq: FreqWeekly, Until: until}, false,
			"BYDAY=4FR", pair + "2030-03-28 23:30 in Asia/Jerusalem"},
		{"wrong within three years", "Asia/Jerusalem", "2028-03-09 23:30", "2027-02-01", weekly, false, friday, full + "2030-03-28 23:30 in Asia/Jerusalem"},
		{"an update years later", "Asia/Jerusalem", "2022-03-03 23:30", "2027-02-01", weekly, false, "BYDAY=4FR", pair + "2030-03-28 23:30 in Asia/Jerusalem"},
		{"an update years later, near a wrong year", "Asia/Jerusalem", "2022-03-03 23:30", "2028-02-01", weekly, false, friday, full + "2030-03-28 23:30 in Asia/Jerusalem"},
		{"an update after nearly all years that are looked at", "Asia/Jerusalem", "2001-03-01 23:30", "2027-02-01", weekly, false, "BYDAY=4FR",
			pair + "2030-03-28 23:30 in Asia/Jerusalem"},
		{"an old law", "America/New_York", "2005-03-03 10:00", "2027-02-01", weekly, false, "BYDAY=2SU", ""},
		{"an old law, older than the horizon", "Europe/Berlin", "1994-03-03 10:00", "2027-02-01", weekly, false, "BYDAY=-1SU;BYMONTH=10", ""},
		{"a law that changes within a short series", "America/New_York", "2006-03-07 10:00", "2027-02-01", Recurrence{Freq: FreqWeekly, Count: 100}, false,
			"RDATE:20061029T020000", full + "2007-03-13 10:00 in America/New_York"},
		{"moved by hours, right for ever", "America/Nuuk", "2027-03-02 10:00", "2027-02-01", Recurrence{Freq: FreqDaily}, false, "BYDAY=-1SU", ""},
		{"moved by hours, all rules", "America/Nuuk", "2027-03-02 10:00", "2027-02-01", Recurrence{Freq: FreqDaily}, true, "BYDAY=SA", "the full form is written"},
		{"rules of its own, all rules", "Europe/Berlin", "2027-03-02 10:00", "2027-02-01", Recurrence{Freq: FreqDaily}, true, "BYDAY=-1SU", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := lastingCalendar(t, tt.zone, tt.start, tt.stamp, tt.rule)
			c.ExactZones = tt.exact
			data, err := Encode(c)
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.ReplaceAll(string(data), "\r\n ", ""); !strings.Contains(text, tt.want) {
				t.Errorf("lacks %q:\n%s", tt.want, text)
			}
			if got := strings.Join(zoneFindings(c.Lint()), "|"); got != tt.finding {
				t.Errorf("finding %q, want %q", got, tt.finding)
			}
		})
	}
}

// TestLastingFormOfFile: a zone that has no name goes out with all its rules,
// because no reader could know the others.
func TestLastingFormOfFile(t *testing.T) {
	c := lastingCalendar(t, "Asia/Jerusalem", "2027-03-04 23:30", "2027-02-01", Recurrence{Freq: FreqWeekly})
	e := &c.Events[0]
	var list []transition
	for _, x := range changes(e.Start.Location(), newYear(2026), newYear(2060)) {
		list = append(list, transition{x.at, x.to})
	}
	file, err := time.LoadLocationFromTZData("Head Office", tzif(7200, list))
	if err != nil {
		t.Fatal(err)
	}
	e.TimeZone, e.Start, e.End = "", e.Start.In(file), e.End.In(file)
	data, err := Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	const want = "BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR"
	if text := strings.ReplaceAll(string(data), "\r\n ", ""); !strings.Contains(text, want) {
		t.Errorf("lacks %q:\n%s", want, text)
	}
}

// TestLastingFormDecodes: the zone's name comes back, and a date in a year in which
// the pair is wrong is at the hour of the zone.
func TestLastingFormDecodes(t *testing.T) {
	for _, tt := range []struct{ zone, start, stamp, except string }{
		{"Asia/Jerusalem", "2027-03-04 23:30", "2027-02-01", "2030-03-28 23:30"},
		{"Asia/Jerusalem", "2022-03-03 23:30", "2027-02-01", "2030-03-28 23:30"},
		{"Asia/Jerusalem", "2022-03-03 23:30", "2027-02-01", "2024-03-28 23:30"},
		{"America/Nuuk", "2027-03-06 22:30", "2027-02-01", "2029-03-31 22:30"},
		{"America/New_York", "2005-03-15 10:00", "2027-02-01", "2006-03-14 10:00"},
		{"Europe/Berlin", "1994-03-03 10:00", "2027-02-01", "1995-10-05 10:00"},
	} {
		c := lastingCalendar(t, tt.zone, tt.start, tt.stamp, Recurrence{Freq: FreqWeekly})
		want := &c.Events[0]
		except, err := time.ParseInLocation("2006-01-02 15:04", tt.except, want.Start.Location())
		if err != nil {
			t.Fatal(err)
		}
		want.Recurrence.Except = []time.Time{except}
		data, err := Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(strings.NewReader(string(data)), nil)
		if err != nil {
			t.Fatal(err)
		}
		got := &back.Events[0]
		if got.TimeZone != tt.zone || !got.Start.Equal(want.Start) || !got.End.Equal(want.End) || !got.Recurrence.Except[0].Equal(except) {
			t.Errorf("%s from %s: %q, %v, %v, except %v, want %v, %v, except %v", tt.zone, tt.start,
				got.TimeZone, got.Start, got.End, got.Recurrence.Except[0], want.Start, want.End, except)
		}
	}
}

// TestLastingFormOfOtherEvents: a single event in a year that the pair of a series
// does not have right is in UTC, and of two series each has its own years.
func TestLastingFormOfOtherEvents(t *testing.T) {
	c := lastingCalendar(t, "Asia/Jerusalem", "2027-03-04 23:30", "2027-02-01", Recurrence{Freq: FreqWeekly})
	single := lastingCalendar(t, "Asia/Jerusalem", "2030-03-28 23:30", "2027-02-01", Recurrence{}).Events[0]
	single.Recurrence = nil
	second := lastingCalendar(t, "Asia/Jerusalem", "2029-03-01 23:30", "2027-02-01", Recurrence{Freq: FreqWeekly}).Events[0]
	for _, tt := range []struct {
		name, want string
		more       Event
	}{
		{"single", "DTSTART:20300328T213000Z", single},
		{"series", "BYDAY=FR", second},
	} {
		c.Events = append(c.Events[:1:1], tt.more)
		data, err := Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.ReplaceAll(string(data), "\r\n ", ""); !strings.Contains(text, tt.want) {
			t.Errorf("%s: lacks %q:\n%s", tt.name, tt.want, text)
		}
		if f := c.Lint()[0]; f.Rule != "zone-outlook" || f.Field != "Events[0].TimeZone" {
			t.Errorf("%s: finding %+v", tt.name, f)
		}
	}
}
