package ical

import (
	"strings"
	"testing"
	"time"
)

const (
	halfHourWinter = "BEGIN:STANDARD\nDTSTART:20001029T030000\nTZOFFSETFROM:+0230\nTZOFFSETTO:+0130\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n"
	halfHourSummer = "BEGIN:DAYLIGHT\nDTSTART:20000326T020000\nTZOFFSETFROM:+0130\nTZOFFSETTO:+0230\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\n"
)

// TestSeriesInTheZoneOfAnObject: a series gets a zone that it can be expanded in,
// and its instants are those of the VTIMEZONE in winter and in summer.
func TestSeriesInTheZoneOfAnObject(t *testing.T) {
	winter := "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n"
	summer := "BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\n"
	for _, tt := range []struct {
		name, tzid, zone string
		timeZone, loc    string
		want             string // the first and the ninth week, in UTC
	}{
		{"IANA", "Europe/Berlin", winter + summer, "Europe/Berlin", "Europe/Berlin", "09 08"},
		{"IANA, no more than now", "Europe/Berlin", strings.Replace(winter, "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n", "", 1), "UTC+01:00", "UTC+01:00", "09 09"},
		{"Windows", "Romance Standard Time", winter + summer, "Europe/Paris", "Europe/Paris", "09 08"},
		{"Windows, another clock", "Tokyo Standard Time", winter + summer, "Europe/Budapest", "Europe/Budapest", "09 08"},
		{"nobody's name", "Customized Time Zone", winter + summer, "Europe/Budapest", "Europe/Budapest", "09 08"},
		{"nobody's clock", "Customized Time Zone", halfHourWinter + halfHourSummer, "", "Customized Time Zone", "08 07"},
		{"nobody's clock, a zone's name", "Europe/Berlin", halfHourWinter + halfHourSummer, "", "Europe/Berlin", "08 07"},
		{"UTC by a name", "Zulu Time", "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0000\nEND:STANDARD\n", "", "UTC", "10 10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:" + tt.tzid + "\n" + tt.zone + "END:VTIMEZONE\nBEGIN:VEVENT\nUID:u\nDTSTART;TZID=" + tt.tzid +
				":20260302T100000\nDTEND;TZID=" + tt.tzid + ":20260302T110000\nRRULE:FREQ=WEEKLY\nEXDATE;TZID=" + tt.tzid + ":20260309T100000\nEND:VEVENT\nEND:VCALENDAR\n"
			c, err := Decode(strings.NewReader(in), nil)
			if err != nil {
				t.Fatal(err)
			}
			e := c.Events[0]
			if tt.loc != "" && (e.TimeZone != tt.timeZone || e.Start.Location().String() != tt.loc) {
				t.Errorf("TimeZone %q, Start in %q, want %q and %q", e.TimeZone, e.Start.Location(), tt.timeZone, tt.loc)
			}
			var got []string
			for o := range e.Occurrences(time.Time{}, time.Time{}) {
				if got = append(got, o.Start.UTC().Format("15")); len(got) == 8 {
					break
				}
			}
			if s := got[0] + " " + got[7]; s != tt.want {
				t.Errorf("hours %s, want %s", s, tt.want)
			}
			if _, ok := e.Occurrence(time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)); ok {
				t.Error("there is an occurrence beside the rule")
			}
			checkAgain(t, c, e)
		})
	}
}

// checkAgain writes the series and reads it back.
func checkAgain(t *testing.T, c *Calendar, e Event) {
	t.Helper()
	c.Stamp = e.Start
	data, err := Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(strings.NewReader(string(data)), nil)
	if err != nil {
		t.Fatal(err)
	}
	var want []time.Time
	for o := range e.Occurrences(time.Time{}, e.Start.AddDate(2, 0, 0)) {
		want = append(want, o.Start)
	}
	for o := range back.Events[0].Occurrences(time.Time{}, e.Start.AddDate(2, 0, 0)) {
		if len(want) == 0 || !o.Start.Equal(want[0]) {
			t.Fatalf("occurrence %v comes back, want %v\n%s", o.Start, want, data)
		}
		want = want[1:]
	}
	if len(want) > 0 {
		t.Errorf("%d occurrences are lost", len(want))
	}
}
