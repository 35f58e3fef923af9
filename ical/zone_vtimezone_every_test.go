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
	zones := readZones(&ics.Calendar{Components: []ics.Component{tz}}, newWorkBudget(modelOctets, 1))
	zone := zones.described[loc.String()]
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
