package ical

import (
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// observance is one STANDARD or DAYLIGHT. It has an onset and, if the onset
// repeats, one of: a rule that Outlook can hold, a rule that only RFC 5545 can
// express, or a list of further onsets.
type observance struct {
	from, to int           // seconds east of UTC
	onset    time.Time     // wall clock in the offset before, labelled UTC
	rule     nthWeekday    // the rule that Outlook can hold; if n is 0, window counts
	window   weekdayWindow // the rule that only RFC 5545 can express
	dates    []time.Time   // if the onsets follow no rule: all of them, the first included
}

// daylight reports whether the observance is written as DAYLIGHT, because the
// offset grows. The law of Ireland and of Morocco says the opposite, but
// clients expect this. A zone that goes to the other side of the date line is
// an exception.
func (o *observance) daylight() bool { return o.to > o.from && o.to-o.from < mostDaylight }

// mostDaylight is longer than any summer time, in seconds.
const mostDaylight = 12 * 60 * 60

// at returns the instant (Unix seconds) of an onset on the wall clock.
func (o *observance) at(wall time.Time) int64 { return wall.Unix() - int64(o.from) }

// timeOfDay returns the time of day of the onset.
func (o *observance) timeOfDay() time.Duration { return o.onset.Sub(dateOf(o.onset)) }

// component returns the observance as a component of a VTIMEZONE.
func (o *observance) component() ics.Component {
	base := ics.ComponentBase{Properties: []ics.IANAProperty{
		property("DTSTART", o.onset.Format(layoutLocal)),
	}}
	switch {
	case o.rule.n != 0:
		base.Properties = append(base.Properties, property("RRULE", o.rule.String()))
	case o.window.day != 0:
		base.Properties = append(base.Properties, property("RRULE", o.window.String()))
	case len(o.dates) > 1:
		// ical.js ignores DTSTART if there is an RDATE, so the list repeats it.
		for _, d := range o.dates {
			base.Properties = append(base.Properties, property("RDATE", d.Format(layoutLocal)))
		}
	}
	base.Properties = append(base.Properties,
		property("TZOFFSETFROM", formatOffset(o.from)), property("TZOFFSETTO", formatOffset(o.to)))
	if o.daylight() {
		return &ics.Daylight{ComponentBase: base}
	}
	return &ics.Standard{ComponentBase: base}
}

// nthWeekday is the first to fourth weekday of a month, or the last for n = -1.
// If n is 0, there is no rule.
type nthWeekday struct {
	n       int
	weekday time.Weekday
	month   time.Month
}

// in returns the day of the rule in a year, as midnight in UTC.
func (r nthWeekday) in(year int) time.Time {
	if r.n < 0 {
		last := time.Date(year, r.month+1, 0, 0, 0, 0, 0, time.UTC)
		return last.AddDate(0, 0, -(int(last.Weekday()-r.weekday)+7)%7)
	}
	first := time.Date(year, r.month, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (int(r.weekday-first.Weekday())+7)%7+7*(r.n-1))
}

// String returns the RRULE value, in the order that Exchange writes.
func (r nthWeekday) String() string {
	return fmt.Sprintf("FREQ=YEARLY;BYDAY=%d%s;BYMONTH=%d", r.n, weekdays[r.weekday], r.month)
}

// nthOf returns the rules that give the day of t in its year. A day in the last
// week of a month that is not its fifth weekday has two: as the last and as the
// fourth.
func nthOf(t time.Time) []nthWeekday {
	var out []nthWeekday
	if t.AddDate(0, 0, 7).Month() != t.Month() {
		out = append(out, nthWeekday{-1, t.Weekday(), t.Month()})
	}
	if n := (t.Day()-1)/7 + 1; n < 5 {
		out = append(out, nthWeekday{n, t.Weekday(), t.Month()})
	}
	return out
}

// weekdayWindow is the one weekday in seven days of a month, such as "the
// Friday from the 23rd to the 29th". The seven days need not begin with the
// 1st, 8th, 15th or 22nd. If day is 0, there is no rule.
type weekdayWindow struct {
	day     int // the first of the seven
	weekday time.Weekday
	month   time.Month
}

// String returns the RRULE value.
func (w weekdayWindow) String() string {
	days := make([]string, 7)
	for i := range days {
		days[i] = fmt.Sprint(w.day + i)
	}
	return fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%s;BYDAY=%s", w.month, strings.Join(days, ","), weekdays[w.weekday])
}

// zoneComponent returns observances as a VTIMEZONE.
func zoneComponent(tzid string, list []observance) *ics.VTimezone {
	tz := new(ics.VTimezone)
	tz.Properties = []ics.IANAProperty{property("TZID", tzid)}
	for i := range list {
		tz.Components = append(tz.Components, list[i].component())
	}
	return tz
}

// cloneZone returns a copy of a component that zoneComponent made. The copy
// shares no memory with it.
func cloneZone(tz *ics.VTimezone) *ics.VTimezone {
	out := &ics.VTimezone{ComponentBase: cloneBase(&tz.ComponentBase)}
	for _, c := range tz.Components {
		switch c := c.(type) {
		case *ics.Standard:
			out.Components = append(out.Components, &ics.Standard{ComponentBase: cloneBase(&c.ComponentBase)})
		case *ics.Daylight:
			out.Components = append(out.Components, &ics.Daylight{ComponentBase: cloneBase(&c.ComponentBase)})
		}
	}
	return out
}

// cloneBase copies the properties of a component without its children.
func cloneBase(base *ics.ComponentBase) ics.ComponentBase {
	out := ics.ComponentBase{Properties: slices.Clone(base.Properties)}
	for i := range out.Properties {
		out.Properties[i].ICalParameters = make(map[string][]string) // none of ours has any
	}
	return out
}
