package ical_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
)

// TestDecodeFarYears reads series with an UNTIL of the year 9999, as some programs write
// it, and a DTSTAMP of a wrong clock. The object is small, and so is the work for it.
func TestDecodeFarYears(t *testing.T) {
	const object = "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VTIMEZONE\nTZID:@\n" +
		"BEGIN:STANDARD\nDTSTART:19701025T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\n" +
		"BEGIN:DAYLIGHT\nDTSTART:19700329T020000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\n" +
		"END:VTIMEZONE\nBEGIN:VEVENT\nUID:far@example.test\nDTSTAMP:STAMP\nDTSTART;TZID=@:20270302T100000\nDTEND;TZID=@:20270302T110000\n" +
		"ROWS\nEND:VEVENT\nEND:VCALENDAR\n"
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2127, 7, 1, 10, 0, 0, 0, berlin)
	for zone, known := range map[string]string{"Europe/Berlin": "Europe/Berlin", "Customized Time Zone": "Europe/Budapest"} {
		for _, rows := range []string{
			"RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY;UNTIL=99991231T000000Z", "RRULE:FREQ=DAILY;UNTIL=99971231T235959Z",
			"RRULE:FREQ=DAILY;UNTIL=21280101T000000Z", "RRULE:FREQ=DAILY;UNTIL=99991231T000000Z\nEXDATE;TZID=@:99970302T100000",
		} {
			for _, stamp := range []string{"20270202T090000Z", "99981231T235959Z", "00010101T000000Z"} {
				name := zone + " " + rows + " " + stamp
				rows := strings.ReplaceAll(rows, "@", zone)
				text := strings.NewReplacer("@", zone, "ROWS", rows, "STAMP", stamp, "\n", "\r\n").Replace(object)
				c, err := ical.Decode(strings.NewReader(text), nil)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				e := c.Events[0]
				if e.TimeZone != known {
					t.Errorf("%s: the zone is %q", name, e.TimeZone)
				}
				got := time.Time{}
				for o := range e.Occurrences(want.AddDate(0, 0, -1), want.AddDate(0, 0, 1)) {
					got = o.Start
					break
				}
				if !got.Equal(want) && !got.Equal(want.AddDate(0, 0, -1)) {
					t.Errorf("%s: an occurrence of July 2127 is at %v", name, got)
				}
			}
		}
	}
}
