package ical

import (
	"testing"
	"time"
)

// TestRepeats: both instants of an hour that comes twice, and no other.
func TestRepeats(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland", "America/St_Johns"} {
		loc, err := LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for _, c := range changes(loc, from.Unix(), from.AddDate(1, 0, 0).Unix()) {
			back := c.to < c.from
			for _, tt := range []struct {
				after int64
				want  bool
			}{{-3600 * 5, false}, {-1, back}, {0, back}, {int64(c.from-c.to) - 1, back}, {3600 * 5, false}} {
				e := Event{Start: time.Unix(c.at+tt.after, 0)}
				if got := e.repeats(loc); got != tt.want {
					t.Errorf("%s, %d s after the change at %v: repeats = %v, want %v", name, tt.after, time.Unix(c.at, 0).UTC(), got, tt.want)
				}
			}
		}
	}
}

// TestInstantInTheGap: a clock that is never shown counts by the offset before.
func TestInstantInTheGap(t *testing.T) {
	for _, tt := range []struct{ zone, wall, want string }{
		{"Europe/Berlin", "2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z"},
		{"America/New_York", "2026-03-08T02:30:00Z", "2026-03-08T07:30:00Z"},
		{"Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T22:00:00Z"},
		{"Pacific/Apia", "2011-12-31T05:00:00Z", "2011-12-30T15:00:00Z"},
	} {
		loc, err := LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		wall, _ := time.Parse(time.RFC3339, tt.wall)
		if got := instant(wall.Unix(), loc).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("instant(%s, %s) = %s, want %s", tt.wall, tt.zone, got, tt.want)
		}
	}
}

func TestParseOffset(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int
		ok   bool
	}{
		{"+0100", 3600, true}, {"-0330", -12600, true}, {"+005328", 3208, true}, {"+0000", 0, true}, {"-235959", -86399, true},
		{"", 0, false}, {"0100", 0, false}, {"+01", 0, false}, {"+01:00", 0, false}, {"+2400", 0, false}, {"+-100", 0, false}, {"+ 100", 0, false},
	} {
		got, err := parseOffset(tt.in)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("parseOffset(%q) = %d, %v, want %d", tt.in, got, err, tt.want)
		}
		if tt.ok && formatOffset(got) != tt.in {
			t.Errorf("formatOffset(%d) = %s, want %s", got, formatOffset(got), tt.in)
		}
	}
}

// TestSteadyClock compares the clock with the function instant, hour by hour, in zones
// with and without rules after the zone's table.
func TestSteadyClock(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Jerusalem", "Asia/Tokyo", "Pacific/Apia", "UTC"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, year := range []int{1915, 2011, 2026, 2087} {
			c := steadyClock{loc: loc}
			from := time.Date(year, 1, 1, 0, 30, 0, 0, time.UTC).Unix()
			for wall := from; wall < from+3*366*24*60*60; wall += 60 * 60 {
				if got, want := c.instant(wall), instant(wall, loc); !got.Equal(want) || got.Location() != want.Location() {
					t.Fatalf("%s: instant(%v) = %v, want %v", name, time.Unix(wall, 0).UTC(), got, want)
				}
			}
		}
	}
}
