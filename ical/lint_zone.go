package ical

import (
	"fmt"
	"time"
)

// zoneRules are the rules about times and zones.
var zoneRules = []lintRule{
	{"start-past", SeverityError, "Start", "the meeting lies wholly before 1970, which is nearly always a slip, such as a year of two digits or an unset time; nobody can come",
		"several reports", every, lintPast},
	{"end-missing", SeverityWarning, "End", "Outlook shows a meeting without an end as one that takes no time",
		"RFC 5545, section 3.6.1", outlook,
		func(e *lintTarget) []hit { return hitIf(e.End.IsZero() && !e.AllDay, "End") }},
	{"midnight", SeverityWarning, "AllDay", "Outlook shows a timed meeting from midnight to midnight as all-day, in other zones as two days; use AllDay",
		"MS-OXCICAL, section 2.1.3.1.1.20.10", outlook, lintMidnight},
	{"start-gap", SeverityError, "Start", "the clock of TimeZone skips this hour on that day, so the meeting would be at another hour than was written",
		"RFC 5545, section 3.3.5", every, lintStartGap},
	{"floating", SeverityError, "Floating", "the zone of the times is not known, so every client shows another hour; Exchange reads UTC",
		"RFC 5545, section 3.3.5", every, lintFloating},
	{"zone-unnamed", SeverityWarning, "TimeZone", "the meeting is sent in UTC, because neither TimeZone nor Start names an IANA zone",
		"RFC 5545, section 3.2.19", every, lintZoneUnnamed},
	{"zone-fixed", SeverityWarning, "TimeZone", "the series keeps its UTC offset all year, because neither TimeZone nor Start names an IANA zone",
		"RFC 5545, section 3.2.19", every, lintZoneFixed},
	{"zone-private", SeverityWarning, "TimeZone", "the zone has no IANA name: clients that go by names may show another hour, and JSON does not keep its rules",
		"RFC 5545, section 3.2.19", every, lintZonePrivate},
	{"zone-outlook", SeverityWarning, "TimeZone", "Outlook keeps one pair of yearly rules for a zone, and refuses an invitation as a whole if it has the full form, with more rules",
		"MS-OXCICAL, section 2.1.3.1.1.19", outlook, lintZoneOutlook},
	{"series-gap", SeverityWarning, "Recurrence", "the clock skips the hour of an occurrence, which clients show an hour earlier or later, or not at all",
		"RFC 5545, section 3.3.5; libical, ical.js, dateutil, measured", every,
		func(e *lintTarget) []hit { return e.clockChanges(skipped) }},
	{"series-overlap", SeverityWarning, "Recurrence", "the hour of an occurrence comes twice on that day, and clients differ in which they take",
		"RFC 5545, section 3.3.5", every,
		func(e *lintTarget) []hit { return e.clockChanges(twice) }},
}

// lintPast finds a meeting that is in the past for every clock. A series is in the
// past if its last occurrence is. An override is in the past only if it was moved
// there.
func lintPast(e *lintTarget) []hit {
	last := e.ownSpan().End
	switch r := e.Recurrence; {
	case e.Start.IsZero() || !e.RecurrenceID.IsZero() && e.RecurrenceID.Unix() < 0:
		return nil
	case r != nil && r.Count == 0 && r.Until.IsZero(), last.Unix() >= 0: // occurrences only come later
		return nil
	case r != nil:
		last = e.wholeSpan().End
	}
	return hitIf(last.Unix() < 0, "Start")
}

// lintMidnight finds a timed meeting that begins and ends at midnight.
func lintMidnight(e *lintTarget) []hit {
	if e.err != nil || e.AllDay || !e.End.After(e.Start) {
		return nil
	}
	start, end := e.Start.In(e.clock.loc), e.End.In(e.clock.loc)
	return hitIf(start.Equal(midnight(start)) && end.Equal(midnight(end)), "AllDay")
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// lintStartGap finds a clock time that the zone does not have. It needs a time
// that was written with another offset, because package time shifts such a time
// itself.
func lintStartGap(e *lintTarget) []hit {
	if e.err != nil || e.TimeZone == "" || e.AllDay {
		return nil
	}
	var out []hit
	for _, f := range []struct {
		field string
		time  time.Time
	}{{"Start", e.Start}, {"End", e.End}} {
		_, offset := f.time.Zone()
		if f.time.IsZero() || offset == 0 {
			continue // UTC is how programs write an instant, not a clock
		}
		wall := f.time.Unix() + int64(offset)
		t := instant(wall, e.clock.loc)
		if skips(e.clock.loc, wall, t) && t.Equal(f.time) {
			out = append(out, hit{f.field, fmt.Sprintf("%s does not exist in %s, the next is %s",
				f.time.Format("2006-01-02 15:04"), e.TimeZone, t.Format("15:04"))})
		}
	}
	return out
}

func lintFloating(e *lintTarget) []hit {
	if !e.Floating || e.AllDay {
		return nil
	}
	return []hit{{"Floating", e.floatingText()}}
}

func lintZoneUnnamed(e *lintTarget) []hit {
	unnamed := e.err == nil && !e.Floating && e.clock.loc == time.UTC && e.Start.Location() != time.UTC
	return hitIf(unnamed && e.TimeZone == "" && !e.AllDay && !e.keepsClock(), "TimeZone")
}

// lintZoneFixed finds a series that keeps one offset although its zone may have
// summer time.
func lintZoneFixed(e *lintTarget) []hit {
	if e.err != nil || e.AllDay || e.Floating || e.TimeZone != "" || !e.keepsClock() || e.Start.Location() == time.UTC {
		return nil
	}
	_, offset := parseOffsetName(e.clock.loc.String())
	return hitIf(offset || e.clock.loc == time.UTC, "TimeZone")
}

func lintZonePrivate(e *lintTarget) []hit {
	if e.err != nil || e.AllDay || e.clock.loc == time.UTC {
		return nil
	}
	return hitIf(!isKnown(e.clock.loc) || e.TimeZone == "" && !isNamed(e.clock.loc), "TimeZone")
}

// lintZoneOutlook finds a series for which no form that Outlook reads is exact.
// It says which form is written, and names the first occurrence that is at
// another hour with the best pair.
func lintZoneOutlook(e *lintTarget) []hit {
	if e.err != nil || e.AllDay || !e.keepsClock() || e.Start.IsZero() {
		return nil
	}
	_, key, err := e.zoneKey()
	if err != nil || len(e.zones.inZone(key)) == 0 {
		return nil
	}
	w := e.zones.bestForm(e.clock.loc, key)
	if w.err != nil || w.lasting == nil {
		return nil
	}
	first := ""
	if t := w.lasting.firstWrong(e.Event); !t.IsZero() {
		first = fmt.Sprintf("%s in %s", t.In(e.clock.loc).Format("2006-01-02 15:04"), e.clock.loc)
	}
	switch {
	case w.form.form.Exact() && first == "":
		return nil
	case w.form.form.Exact():
		return []hit{{"TimeZone", "one pair is written; the first occurrence that it puts at another hour is " + first}}
	case first == "":
		return []hit{{"TimeZone", "the full form is written"}}
	}
	return []hit{{"TimeZone", "the full form is written; with one pair, the first occurrence at another hour would be " + first}}
}

// clockChanges reports the first occurrence for which touched is true.
func (e *lintTarget) clockChanges(touched func(c wallClock, wall, start time.Time) bool) []hit {
	if e.err != nil || e.AllDay || e.Recurrence == nil || !e.touch() {
		return nil
	}
	c := e.clock
	s, ok := e.expansion(c)
	if !ok {
		return nil
	}
	limit := e.reach().End
	for wall := range s.instances() {
		start := instant(wall.Unix(), c.loc)
		if start.After(limit) {
			return nil
		}
		if touched(c, wall, start) {
			return []hit{{"Recurrence", fmt.Sprintf("%s in %s", wall.Format("2006-01-02 15:04"), c.loc)}}
		}
	}
	return nil
}

// skipped reports whether a clock change skips the start.
func skipped(c wallClock, wall, start time.Time) bool { return skips(c.loc, wall.Unix(), start) }

// twice reports whether the start or the end is in an hour that comes twice.
func twice(c wallClock, _, start time.Time) bool {
	return repeated(c.loc, start) || repeated(c.loc, c.end(start))
}

// mayTouch reports whether the time of day of the start or the end is near the
// time of day of a clock change. If it is not, no occurrence can be touched,
// and the search through the series is not needed.
func (e *lintTarget) mayTouch() bool {
	c, all := e.clock, e.reach()
	start := c.wall(e.Start)
	for _, x := range changes(c.loc, all.Start.Unix(), all.End.Unix()) {
		width := max(x.to-x.from, x.from-x.to)
		for _, wall := range []time.Time{start, start.Add(c.length)} {
			away := mod(wall.Unix()-x.wall().Unix()+2*int64(width), 24*60*60)
			if away <= 4*int64(width) {
				return true
			}
		}
	}
	return false
}

// mod returns the remainder of a/n that is not negative.
func mod(a, n int64) int64 { return (a%n + n) % n }
