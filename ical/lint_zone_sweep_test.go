package ical

import (
	"flag"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
)

// sweepStarts are the starts of the series of [TestLintLikeOutlook]: in office
// hours, in the night and near midnight, before and after changes of law.
var sweepStarts = []string{"2004-05-04 10:15", "2015-03-06 22:45", "2024-02-09 04:30", "2026-11-28 13:00", "2027-03-04 23:15", "2029-07-01 09:00"}

// everyZone is set for a change of the zone forms:
//
//	go test ./ical -run TestLintLikeOutlook -args -zones
var everyZone = flag.Bool("zones", false, "TestLintLikeOutlook reads every zone, and not every fourth")

// sweepZones are zones with all starts; the others have one each, if they are read.
var sweepZones = []string{"Asia/Jerusalem", "Asia/Gaza", "Asia/Hebron", "America/Nuuk", "America/Scoresbysund", "Africa/Casablanca", "Africa/El_Aaiun",
	"Africa/Cairo", "America/Santiago", "America/New_York", "Europe/Dublin", "Europe/Istanbul"}

// TestLintLikeOutlook: for long series in each zone, the object is read right, by
// RFC 5545 and as Outlook does, at every occurrence before the one that Lint names,
// and wrong there. If Lint names none, it is right up to the horizon.
func TestLintLikeOutlook(t *testing.T) {
	var n sweepCount
	for i, name := range zoneNames(t) {
		for j, start := range sweepStarts {
			if !slices.Contains(sweepZones, name) && ((i+j)%len(sweepStarts) != 0 || i%4 != 0 && !*everyZone) {
				continue
			}
			rule := Recurrence{Freq: FreqWeekly}
			if (i+j)%3 == 0 {
				rule = Recurrence{Freq: FreqDaily, Count: 4 * 365}
			}
			c := lastingCalendar(t, name, start, start[:len(time.DateOnly)], rule)
			for _, c.ExactZones = range []bool{false, true} {
				n.check(t, c)
			}
		}
	}
	t.Logf("%d objects: %d right for ever, %d with a pair for years, %d in full", n.all, n.exact, n.lasting, n.full)
	if n.exact == 0 || n.lasting == 0 || n.full == 0 {
		t.Error("a kind is missing")
	}
}

// sweepCount counts the objects of each kind.
type sweepCount struct{ all, exact, lasting, full int }

// check compares the readings of one object with the findings.
func (n *sweepCount) check(t *testing.T, c *Calendar) {
	t.Helper()
	e := &c.Events[0]
	m, err := Model(c)
	if err != nil {
		return // the hour comes twice
	}
	tz := m.Components[0].(*ics.VTimezone)
	findings := zoneFindings(c.Lint())
	full := len(findings) > 0 && strings.HasPrefix(findings[0], "the full form")
	named := ""
	n.all++
	switch {
	case full:
		n.full++
	case len(findings) > 0:
		n.lasting++
		named, _, _ = strings.Cut(findings[0][strings.LastIndex(findings[0], " is ")+len(" is "):], " in ")
	default:
		n.exact++
	}
	r := newSweepReader(t, tz, full)
	for o := range e.Occurrences(time.Time{}, e.zoneSpan().End) {
		at := o.Start.Format("2006-01-02 15:04")
		if right := r.right(o.Start) && r.right(o.End); at == named {
			if right {
				t.Errorf("%s from %s: Lint names %s, which is read right", e.TimeZone, e.Start, named)
			}
			return
		} else if !right && !e.unclear(o) {
			t.Errorf("%s from %s, %+v, all rules %t: %s is read wrong, Lint says %q:\n%s", e.TimeZone, e.Start, *e.Recurrence, c.ExactZones, at, findings,
				strings.Join(zoneLines(tz), "\n"))
			return
		}
	}
	if named != "" {
		t.Errorf("%s from %s: %s is no occurrence", e.TimeZone, e.Start, named)
	}
}

// unclear reports whether an occurrence is in an hour that comes twice or that
// does not exist, in which clients differ.
func (e *Event) unclear(o Occurrence) bool {
	loc := e.Start.Location()
	wall := o.Start.Hour()*60 + o.Start.Minute()
	return repeated(loc, o.Start) || repeated(loc, o.End) || wall != e.Start.Hour()*60+e.Start.Minute()
}

// sweepReader reads wall clocks through a VTIMEZONE.
type sweepReader struct {
	zones   *objectZones
	zone    objectZone
	outlook *outlookZone // nil for the full form
}

func newSweepReader(t *testing.T, tz *ics.VTimezone, full bool) *sweepReader {
	r := &sweepReader{zones: readZones(&ics.Calendar{Components: []ics.Component{tz}}, newWorkBudget(modelOctets, 1))}
	r.zone = r.zones.described[tz.Properties[0].Value]
	r.zones.left = 1 << 30
	if !full {
		pair := outlookPair(t, tz)
		r.outlook = &pair
	}
	return r
}

// right reports whether both readings give the instant of t to its clock.
func (r *sweepReader) right(t time.Time) bool {
	u := t.Unix()
	_, want := t.Zone()
	got, _ := r.zones.offset(r.zone, time.Unix(u+int64(want), 0).UTC())
	return got == want && (r.outlook == nil || r.outlook.offset(u) == want)
}
