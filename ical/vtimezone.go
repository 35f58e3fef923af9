package ical

import (
	"fmt"
	"slices"
	"time"

	ics "github.com/arran4/golang-ical"
)

// observance is one STANDARD or DAYLIGHT in the subset that Outlook keeps: an
// onset and, where it repeats, a rule "the nth weekday of a month".
type observance struct {
	from, to int       // seconds east of UTC
	onset    time.Time // wall clock in the offset before, labelled UTC
	rule     nthWeekday
}

// nthWeekday is the first to fourth, or (-1) last, weekday of a month; n 0 is none.
type nthWeekday struct {
	n       int
	weekday time.Weekday
	month   time.Month
}

func (o observance) daylight() bool { return o.to > o.from }

// in returns the day of the rule in a year, midnight in UTC.
func (r nthWeekday) in(year int) time.Time {
	if r.n < 0 {
		last := time.Date(year, r.month+1, 0, 0, 0, 0, 0, time.UTC)
		return last.AddDate(0, 0, -(int(last.Weekday()-r.weekday)+7)%7)
	}
	first := time.Date(year, r.month, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (int(r.weekday-first.Weekday())+7)%7+7*(r.n-1))
}

// String is the RRULE value, in the order that Exchange writes it.
func (r nthWeekday) String() string {
	return fmt.Sprintf("FREQ=YEARLY;BYDAY=%d%s;BYMONTH=%d", r.n, weekdays[r.weekday], r.month)
}

// horizon is for how many years a rule should hold, so that a meeting that is
// moved, and an endless series, still have the right one.
const horizon = 27

// vtimezone returns the component that describes loc from the year of first to
// that of last, in a form that Outlook and RFC 5545 read alike: one STANDARD
// and at most one DAYLIGHT, each with a yearly rule (MS-OXCICAL, section
// 2.1.3.1.1.19). It reports false for zones that have no such rule in these years.
func vtimezone(loc *time.Location, first, last time.Time) (*ics.VTimezone, bool) {
	year, years := first.In(loc).Year(), last.In(loc).Year()-first.In(loc).Year()
	for _, n := range []int{max(years, horizon), years} {
		if list, ok := annualPair(loc, year, n); ok {
			return zoneComponent(loc.String(), list), true
		}
	}
	return nil, false
}

// annualPair returns the observances that hold from a year, and the year before
// it, to so many years later. An onset lies in the year before, because clients
// refuse an event that is older than its zone.
func annualPair(loc *time.Location, year, years int) ([]observance, bool) {
	from := time.Date(year-1, 1, 1, 0, 0, 0, 0, time.UTC)
	list := changes(loc, from.Unix(), from.AddDate(years+2, 0, 0).Unix())
	if len(list) == 0 {
		offset := offsetAt(loc, from.Unix())
		return []observance{{from: offset, to: offset, onset: from}}, true
	}
	var pair [2][]offsetChange
	for i, c := range list {
		pair[i%2] = append(pair[i%2], c)
	}
	out := make([]observance, 0, 2)
	for _, half := range pair {
		o, ok := yearly(half, years+2)
		if !ok {
			return nil, false
		}
		out = append(out, o)
	}
	if out[0].from != out[1].to || out[0].to != out[1].from {
		return nil, false
	}
	if out[0].daylight() {
		slices.Reverse(out) // STANDARD first, as Exchange writes it
	}
	return out, true
}

// yearly finds the rule that every change follows, one in each of so many years.
func yearly(list []offsetChange, years int) (observance, bool) {
	if len(list) != years {
		return observance{}, false
	}
	for _, early := range []time.Duration{0, time.Second} {
		// Rules at 24:00, as in Egypt and Chile, may fall into the next month:
		// they are written as 23:59:59 of the day before.
		if o, ok := fitRule(list, early); ok {
			return o, true
		}
	}
	return observance{}, false
}

func fitRule(list []offsetChange, early time.Duration) (observance, bool) {
	onset := list[0].wall().Add(-early)
	o := observance{from: list[0].from, to: list[0].to, onset: onset}
	for _, n := range []int{-1, 1, 2, 3, 4} {
		o.rule = nthWeekday{n, onset.Weekday(), onset.Month()}
		if o.fits(list, early) {
			return o, true
		}
	}
	return o, false
}

func (o observance) fits(list []offsetChange, early time.Duration) bool {
	clock := o.onset.Sub(dateOf(o.onset))
	for i, c := range list {
		day := o.rule.in(o.onset.Year() + i)
		if c.from != o.from || c.to != o.to || !c.wall().Add(-early).Equal(day.Add(clock)) {
			return false
		}
	}
	return true
}

func zoneComponent(tzid string, list []observance) *ics.VTimezone {
	tz := new(ics.VTimezone)
	tz.Properties = []ics.IANAProperty{property("TZID", tzid)}
	for _, o := range list {
		tz.Components = append(tz.Components, o.component())
	}
	return tz
}

func (o observance) component() ics.Component {
	base := ics.ComponentBase{Properties: []ics.IANAProperty{
		property("DTSTART", o.onset.Format(layoutLocal)),
	}}
	if o.rule.n != 0 {
		base.Properties = append(base.Properties, property("RRULE", o.rule.String()))
	}
	base.Properties = append(base.Properties,
		property("TZOFFSETFROM", formatOffset(o.from)), property("TZOFFSETTO", formatOffset(o.to)))
	if o.daylight() {
		return &ics.Daylight{ComponentBase: base}
	}
	return &ics.Standard{ComponentBase: base}
}

// formatOffset writes a UTC-OFFSET (RFC 5545, section 3.3.14); offset is in seconds east.
func formatOffset(offset int) string {
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	s := fmt.Sprintf("%s%02d%02d", sign, offset/3600, offset/60%60)
	if offset%60 != 0 {
		s += fmt.Sprintf("%02d", offset%60)
	}
	return s
}

// property makes a property of the model; params are names and values in turn.
func property(name, value string, params ...string) ics.IANAProperty {
	p := ics.BaseProperty{IANAToken: name, Value: value, ICalParameters: make(map[string][]string, len(params)/2)}
	for i := 0; i+1 < len(params); i += 2 {
		if params[i+1] != "" {
			p.ICalParameters[params[i]] = append(p.ICalParameters[params[i]], params[i+1])
		}
	}
	return ics.IANAProperty{BaseProperty: p}
}
