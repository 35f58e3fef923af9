package ical

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
)

// zoneNames returns the IANA names of this machine.
func zoneNames(t *testing.T) []string {
	for _, dir := range []string{"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"} {
		var names []string
		_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			name := strings.TrimPrefix(path, dir+"/")
			if err != nil || d.IsDir() {
				return nil
			}
			if loc, err := LoadLocation(name); err == nil && loc.String() == name {
				names = append(names, name)
			}
			return nil
		})
		if len(names) > 100 {
			return names
		}
	}
	t.Skip("NO ZONE FILES on this machine: the test of all zones is skipped")
	return nil
}

// TestVTimezoneOfEveryZone reads each component back as RFC 5545 says and
// compares it with package time.
func TestVTimezoneOfEveryZone(t *testing.T) {
	from, to := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2045, 1, 1, 0, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(3, 4))
	names, fit := zoneNames(t), 0
	for _, name := range names {
		loc, err := LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 12 {
			start := from.Add(time.Duration(random.Int64N(int64(to.Sub(from)))))
			tz, form, err := VTimezone(loc, eachDay(start, 365))
			if err != nil {
				t.Fatal(err)
			}
			if !form.Exact() {
				continue
			}
			fit++
			checkZone(t, loc, tz, start, random)
		}
	}
	if fit < len(names)*6 {
		t.Errorf("only %d of %d components exist", fit, len(names)*12)
	}
	t.Logf("%d zones, %d components", len(names), fit)
}

// eachDay are spans of an hour, one a day.
func eachDay(start time.Time, days int) []Span {
	out := make([]Span, days+1)
	for i := range out {
		out[i].Start = start.Add(time.Duration(i) * day)
		out[i].End = out[i].Start.Add(time.Hour)
	}
	return out
}

// checkZone compares a year of tz with loc, at random and around every change.
func checkZone(t *testing.T, loc *time.Location, tz *ics.VTimezone, start time.Time, random *rand.Rand) {
	t.Helper()
	zones := readZones(&ics.Calendar{Components: []ics.Component{tz}})
	zone := zones.file[loc.String()]
	if len(zone) == 0 || len(zone) > 2 {
		t.Fatalf("%s: %d observances", loc, len(zone))
	}
	times := make([]time.Time, 0, 40)
	for range 25 {
		times = append(times, start.Add(time.Duration(random.Int64N(int64(365*day)))))
	}
	for _, c := range changes(loc, start.Unix(), start.AddDate(1, 0, 0).Unix()) {
		for _, d := range []int64{-7201, -3601, -2, 0, 3599, 3600, 7201} {
			times = append(times, time.Unix(c.at+d, 0))
		}
	}
	for _, at := range times {
		e := Event{Start: at}
		if e.repeats(loc) {
			continue // goes out in UTC
		}
		u := at.Unix()
		want := offsetAt(loc, u)
		wall := time.Unix(u+int64(want), 0).UTC()
		if got, _ := zones.offset(zone, wall); got != want {
			t.Errorf("%s at %v (%v there): offset %d read back, want %d", loc, at.UTC(), wall, got, want)
			return
		}
	}
}

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

// TestFileZone reads components in the shapes that are not ours.
func TestFileZone(t *testing.T) {
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

// TestFileZoneWins: the component in the file is what the sender meant, and no
// IANA name is put on what it is not.
func TestFileZoneWins(t *testing.T) {
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

func TestParseDuration(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want time.Duration
		ok   bool
	}{
		{"PT15M", 15 * time.Minute, true}, {"-P1DT2H", -26 * time.Hour, true}, {"+P1W", 7 * day, true}, {"pt1h30m5s", 5405 * time.Second, true},
		{"P99999D", 36525 * day, false}, {"P1000W", 7000 * day, true}, {"", 0, false}, {"P", 0, false}, {"PT", 0, true}, {"P1Y", 0, false}, {"P-1D", 0, false}, {"1D", 0, false},
		{"P30000DT30000H30000D", 36525 * day, true},
	} {
		got, err := parseDuration(tt.in)
		if (err == nil) != tt.ok || tt.ok && got != tt.want {
			t.Errorf("parseDuration(%q) = %v, %v, want %v", tt.in, got, err, tt.want)
		}
	}
	for in, want := range map[time.Duration]string{0: "PT0S", 15 * time.Minute: "PT15M", day: "P1D", 26*time.Hour + time.Second: "P1DT2H1S"} {
		if got := formatDuration(in); got != want {
			t.Errorf("formatDuration(%v) = %s, want %s", in, got, want)
		}
	}
}
