package ical

import (
	"strings"
	"testing"
	"time"
)

// TestObjectZone reads components in the shapes that are not ours.
func TestObjectZone(t *testing.T) {
	standard := func(lines ...string) string {
		return "BEGIN:STANDARD\n" + strings.Join(lines, "\n") + "\nEND:STANDARD\n"
	}
	daylight := func(lines ...string) string {
		return strings.ReplaceAll(standard(lines...), "STANDARD", "DAYLIGHT")
	}
	american := standard("DTSTART:16010101T020000", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11") +
		daylight("DTSTART:16010101T020000", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3")
	for _, tt := range []struct {
		name, zone, wall string
		want             int // minutes
	}{
		{"Exchange, winter", american, "2026-01-15T12:00:00Z", -300},
		{"Exchange, summer", american, "2026-07-15T12:00:00Z", -240},
		{"Exchange, before the change", american, "2026-03-08T01:59:59Z", -300},
		{"Exchange, skipped hour", american, "2026-03-08T02:30:00Z", -300},
		{"Exchange, after the change", american, "2026-03-08T03:00:00Z", -240},
		{"Exchange, repeated hour", american, "2026-11-01T01:30:00Z", -240},
		{"before the first onset", standard("DTSTART:20200101T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"), "2019-01-01T00:00:00Z", 60},
		{"without TZOFFSETFROM", standard("DTSTART:20200101T000000", "TZOFFSETTO:+0200"), "2019-01-01T00:00:00Z", 120},
		{"dates", standard("DTSTART:20200101T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "RDATE:20230101T000000,20210101T000000,x") +
			daylight("DTSTART:20200601T000000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0300", "RDATE:20220601T000000"), "2022-01-01T12:00:00Z", 120},
		{"dates, in between", standard("DTSTART:20200101T000000", "TZOFFSETTO:+0200", "RDATE:20230101T000000,20210101T000000") +
			daylight("DTSTART:20200601T000000", "TZOFFSETTO:+0300", "RDATE:20220601T000000"), "2022-08-01T12:00:00Z", 180},
		{"summer time given up", standard("DTSTART:19890924T030000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0200", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20101031T000000Z") +
			daylight("DTSTART:19900325T020000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0300", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20100328T000000Z"), "2026-07-01T12:00:00Z", 120},
		{"day of the month", standard("DTSTART:20000321T000000", "TZOFFSETTO:+0330", "RRULE:FREQ=YEARLY") +
			daylight("DTSTART:20000921T000000", "TZOFFSETTO:+0430", "RRULE:FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=21"), "2026-10-01T12:00:00Z", 270},
		{"first Sunday from the 8th", standard("DTSTART:20000101T000000", "TZOFFSETTO:+0100") +
			daylight("DTSTART:20000312T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14"), "2026-03-08T03:00:00Z", 120},
		{"last day", standard("DTSTART:20000131T000000", "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;BYMONTHDAY=-1") +
			daylight("DTSTART:20000115T000000", "TZOFFSETTO:+0200", "RRULE:FREQ=YEARLY"), "2026-01-31T00:00:00Z", 60},
		{"unreadable", standard("DTSTART:soon", "TZOFFSETTO:+0100") + standard("TZOFFSETTO:+0100") + standard("DTSTART:20000101T000000", "TZOFFSETTO:1 h"), "2026-01-31T00:00:00Z", 0},
		{"seconds", standard("DTSTART:18900101T000000", "TZOFFSETTO:+005328"), "1891-01-01T00:00:00Z", 53},
	} {
		in := "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Z\n" + tt.zone + "END:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=Z:" +
			strings.NewReplacer("-", "", ":", "", "Z", "").Replace(tt.wall) + "\nEND:VEVENT\nEND:VCALENDAR\n"
		c, err := Decode(strings.NewReader(in), nil)
		if err != nil {
			t.Fatal(err)
		}
		wall, _ := time.Parse(time.RFC3339, tt.wall)
		if got := int(wall.Sub(c.Events[0].Start).Minutes()); got != tt.want {
			t.Errorf("%s: offset %d minutes, want %d", tt.name, got, tt.want)
		}
	}
}

// TestObjectZoneWins: the component in the file is what the sender meant, and no
// IANA name is put on what it is not.
func TestObjectZoneWins(t *testing.T) {
	in := "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETFROM:+0500\nTZOFFSETTO:+0500\nEND:STANDARD\n" +
		"END:VTIMEZONE\nBEGIN:VEVENT\nUID:u\nDTSTART;TZID=Europe/Berlin:20260701T120000\nEND:VEVENT\nEND:VCALENDAR\n"
	c, err := Decode(strings.NewReader(in), nil)
	if err != nil {
		t.Fatal(err)
	}
	e := c.Events[0]
	if want := time.Date(2026, 7, 1, 7, 0, 0, 0, time.UTC); !e.Start.Equal(want) || e.TimeZone != "" || e.Start.Location().String() == "Europe/Berlin" {
		t.Errorf("Start = %v in %q, TimeZone %q; want %v and no name", e.Start, e.Start.Location(), e.TimeZone, want)
	}
}
