package ical_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/convene-go/convene/ical"
)

// ownZone uses a zone as a program does that sends meetings in it, and returns
// what the package keeps for it: the zone and its VTIMEZONE, which are compared by
// identity.
func ownZone(t *testing.T, uses int) (loc *time.Location, tz *ics.VTimezone) {
	t.Helper()
	for range uses {
		loc = zone(t, "Europe/Zurich")
		start := time.Date(2027, 3, 2, 10, 0, 0, 0, loc)
		var err error
		if tz, _, err = ical.VTimezone(loc, []ical.Span{{Start: start, End: start.Add(time.Hour)}}); err != nil {
			t.Fatal(err)
		}
	}
	return loc, tz
}

// wantOwnZone fails if the package has forgotten what ownZone returned.
func wantOwnZone(t *testing.T, loc *time.Location, tz *ics.VTimezone) {
	t.Helper()
	gotLoc, gotTZ := ownZone(t, 1)
	if gotLoc != loc {
		t.Error("the program's own zone was loaded again")
	}
	if gotTZ != tz {
		t.Error("the VTIMEZONE of the program's own zone was made again")
	}
}

// decodeTimes decodes a mail whose event has an EXDATE in each of the zones.
func decodeTimes(t *testing.T, tzids []string) {
	t.Helper()
	const atOnce = 50 // more would exceed a limit
	for len(tzids) > 0 {
		n := min(atOnce, len(tzids))
		b := new(strings.Builder)
		b.WriteString("BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u\nDTSTART:20270302T100000Z\nRRULE:FREQ=DAILY\n")
		for _, tzid := range tzids[:n] {
			fmt.Fprintf(b, "EXDATE;TZID=\"%s\":20270302T100000\n", tzid)
		}
		b.WriteString("END:VEVENT\nEND:VCALENDAR\n")
		if _, err := ical.Decode(strings.NewReader(b.String()), nil); err != nil {
			t.Fatal(err)
		}
		tzids = tzids[n:]
	}
}

// TestCachesKeepOwnZone: no name in a stranger's mail makes the package forget
// the zones that the program uses.
func TestCachesKeepOwnZone(t *testing.T) {
	names := map[string]func(i int) string{
		"aliases": func(i int) string { return fmt.Sprintf("/mozilla.org/%d/Europe/Zurich", i) },
		"offsets": func(i int) string { return fmt.Sprintf("UTC+%02d:%02d:%02d", i/3600, i/60%60, i%60) },
		"unknown": func(i int) string { return fmt.Sprintf("Zone %d", i) },
		"paths":   func(i int) string { return "Europe" + strings.Repeat("/", i%99+1) + "Zurich" },
		"long":    func(i int) string { return fmt.Sprintf("/%d%s/Europe/Zurich", i, strings.Repeat("x", 200)) },
	}
	for name, tzid := range names {
		t.Run(name, func(t *testing.T) {
			loc, tz := ownZone(t, 20)
			var tzids []string
			for i := range 3000 {
				tzids = append(tzids, tzid(i))
			}
			decodeTimes(t, tzids)
			wantOwnZone(t, loc, tz)
		})
	}
}

// TestCachesKeepOwnYears: events of strangers in the same zone, in years of their
// own, do not displace the VTIMEZONE that the program uses.
func TestCachesKeepOwnYears(t *testing.T) {
	loc, tz := ownZone(t, 20)
	for year := 1000; year < 4000; year++ {
		for years := range 4 {
			start := time.Date(year, 3, 2, 10, 0, 0, 0, loc)
			if _, _, err := ical.VTimezone(loc, []ical.Span{{Start: start, End: start.AddDate(years, 0, 0)}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	wantOwnZone(t, loc, tz)
}
