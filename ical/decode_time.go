package ical

import (
	"cmp"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/convene-go/convene/internal/wallclock"
)

// readTime reads p if it is a time or a rule, and reports whether it is. DTSTART
// has been read before.
func (x *eventReader) readTime(p *ics.BaseProperty) bool {
	e := &x.event
	switch p.IANAToken {
	case "DTSTART":
	case "DTEND":
		e.End, _, _ = x.readTimeValue(p, p.Value)
	case "DTSTAMP":
		x.stamp, _, _ = parseDateTime(p.Value, time.UTC)
	case "CREATED":
		e.Created, _, _ = parseDateTime(p.Value, time.UTC)
	case "LAST-MODIFIED":
		e.Modified, _, _ = parseDateTime(p.Value, time.UTC)
	case "DURATION":
		x.duration = p.Value
	case "RRULE":
		if x.rule != "" { // a second rule makes another series: kept, so that Validate refuses it
			e.Extra = append(e.Extra, Property{Name: "RRULE", Value: p.Value})
		}
		x.rule = cmp.Or(x.rule, p.Value)
	case "EXDATE":
		x.readTimeValues(p, func(t time.Time, date bool) {
			if date && !e.AllDay {
				x.exceptDays = append(x.exceptDays, t)
				t = x.atStart(t)
			}
			x.except = append(x.except, t)
		})
	case "RDATE":
		x.readTimeValues(p, func(t time.Time, date bool) {
			if date && !e.AllDay {
				t = x.atStart(t)
			}
			x.include = append(x.include, t)
		})
	default:
		return false
	}
	return true
}

// readStart reads DTSTART, on which the meaning of all other times depends, and
// finds the zone of the times that have none. These are the rules:
//
//   - A time with a TZID that can be explained, or with Z, is in that zone.
//   - Every other time is in the zone of DTSTART. A DTSTART without TZID is in the
//     zone of the series if the event is an override.
//   - If DTSTART has a TZID that nothing explains, or if there is no series, or if
//     DTEND has such a TZID, the event is floating: all of its times are the time
//     on the clock as written, labelled UTC.
//   - If DTSTART is a date, every other time is its date as written.
func (x *eventReader) readStart(props []ics.IANAProperty, series *eventReader) {
	e := &x.event
	x.series = series
	if series != nil {
		x.own, x.floating = series.own, series.floating
	}
	for _, p := range allProperties(props, "DTSTART") {
		t, date, err := parseDateTime(p.Value, time.UTC)
		if err != nil {
			continue
		}
		if e.TimeZone = ""; date {
			e.Start, e.AllDay, x.own, x.floating = t, true, zoneRef{}, false
			return
		}
		x.readStartZone(p, series)
		e.Start = x.instant(x.own, t)
		if end := firstProperty(props, "DTEND"); end != nil && !x.floating && x.unexplained(end) {
			x.own, x.floating, e.TimeZone, e.Start = zoneRef{}, true, paramValue(end, "TZID"), t
		}
		e.Floating = x.floating
		if !x.floating {
			e.TimeZone = x.own.name(e.Start)
		}
		if e.TimeZone == "" && !x.floating && series != nil && series.floating {
			e.TimeZone = offsetName(offsetAt(e.Start.Location(), e.Start.Unix())) // "" would be the clock of the series
		}
		return
	}
}

// readStartZone finds the zone of a DTSTART that is a time.
func (x *eventReader) readStartZone(p *ics.BaseProperty, series *eventReader) {
	tzid := paramValue(p, "TZID")
	ref, ok := x.zoneOf(p, p.Value)
	switch {
	case ok:
		x.own, x.floating = ref, false
	case tzid != "":
		x.own, x.floating, x.event.TimeZone = zoneRef{}, true, tzid
	case series != nil && (series.floating || series.own.known()):
		x.own, x.floating, x.event.TimeZone = series.own, series.floating, ""
		if x.floating {
			x.event.TimeZone = series.event.TimeZone
		}
	default:
		x.own, x.floating = zoneRef{}, true
	}
}

// unexplained reports whether p is a time with a TZID that nothing explains.
func (x *eventReader) unexplained(p *ics.BaseProperty) bool {
	_, date, err := parseDateTime(p.Value, time.UTC)
	_, ok := x.zoneOf(p, p.Value)
	return err == nil && !date && !ok && paramValue(p, "TZID") != ""
}

// zoneOf returns the zone that a value of p names itself. It reports false if the
// value names none that can be explained.
func (x *eventReader) zoneOf(p *ics.BaseProperty, value string) (zoneRef, bool) {
	if value = strings.TrimSpace(value); strings.HasSuffix(value, "Z") || strings.HasSuffix(value, "z") {
		return zoneRef{named: time.UTC}, true
	}
	return x.zones.ref(paramValue(p, "TZID"))
}

// readTimeValue reads one value of p and reports whether it is a date. A date in
// an event of hours is midnight in the zone of DTSTART.
func (x *eventReader) readTimeValue(p *ics.BaseProperty, value string) (time.Time, bool, error) {
	t, date, err := parseDateTime(value, time.UTC)
	if err != nil || x.event.AllDay || x.floating {
		return t, date, err
	}
	ref, ok := x.zoneOf(p, value)
	if date || !ok {
		ref = x.own
	}
	t = x.instant(ref, t)
	if ref.tzid != "" && ref.tzid != x.own.tzid {
		if x.foreign == nil {
			x.foreign = make(map[time.Time]bool)
		}
		x.foreign[t] = true
	}
	return t, date, nil
}

// instant returns the instant at which the clock of a zone shows wall, which is
// labelled UTC. In a floating event it is wall itself.
func (x *eventReader) instant(ref zoneRef, wall time.Time) time.Time {
	if x.floating || !ref.known() {
		return wall
	}
	return x.zones.instant(ref, wall)
}

// atStart returns the day of t, at the hour of DTSTART. t is a date that was read
// by readTimeValue.
//
// QUIRK: some programs write dates as EXDATE, RDATE or UNTIL of a series of hours.
func (x *eventReader) atStart(t time.Time) time.Time {
	h, m, s := x.event.Start.Clock()
	y, month, d := t.Date()
	return x.instant(x.own, time.Date(y, month, d, h, m, s, 0, time.UTC))
}

// readTimeValues calls keep for each value of a list of times. It leaves out the
// times that it cannot read.
func (x *eventReader) readTimeValues(p *ics.BaseProperty, keep func(t time.Time, date bool)) {
	if !x.zones.spend(strings.Count(p.Value, ",")) {
		return
	}
	for s := range strings.SplitSeq(p.Value, ",") {
		if x.zones.spent() {
			return
		}
		s, _, _ = strings.Cut(s, "/") // RDATE;VALUE=PERIOD
		if t, date, err := x.readTimeValue(p, s); err == nil {
			keep(t, date)
		}
	}
}

// until returns the end of a rule. A date in an event of hours includes its day:
// it is the hour of DTSTART on that day, which the occurrences of a rule have.
//
// QUIRK: Google and Kopano write a date. RFC 2445 allowed a local time.
func (x *eventReader) until(value string) (time.Time, error) {
	t, date, err := parseDateTime(value, time.UTC)
	if err != nil || x.event.AllDay {
		return t, err
	}
	if date {
		return x.atStart(t), nil
	}
	if strings.HasSuffix(strings.ToUpper(strings.TrimSpace(value)), "Z") {
		return t, nil
	}
	return x.instant(x.own, t), nil
}

// exceptOnDays excepts the times of RDATE that are on an excepted day. The
// occurrences of the rule are at the hour of DTSTART and are excepted already.
func (x *eventReader) exceptOnDays() {
	e := &x.event
	if len(x.exceptDays) == 0 || e.Recurrence == nil {
		return
	}
	days := make(map[time.Time]bool, len(x.exceptDays))
	for _, t := range x.exceptDays {
		days[dateOf(t)] = true
	}
	for _, t := range e.Recurrence.Include {
		if days[dateOf(t.In(e.Start.Location()))] {
			e.Recurrence.Except = append(e.Recurrence.Except, t)
		}
	}
}

// readRecurrenceID reads RECURRENCE-ID. In an event of hours, a date is labelled
// [wallclock.Date], and a time whose zone is not known is labelled
// [wallclock.Local]. If the object has the series, settle finds the occurrence that
// is meant.
//
// An unreadable one is an error, because the event would otherwise be taken for the
// whole series.
func (x *eventReader) readRecurrenceID(p *ics.BaseProperty) error {
	t, date, err := parseDateTime(p.Value, time.UTC)
	if err == nil && t.IsZero() {
		err = errValue(p.Value)
	}
	if err != nil {
		return err
	}
	ref, ok := x.zoneOf(p, p.Value)
	x.clockID = !ok && !date
	x.ownID = ok && ref.tzid != "" && ref.tzid == x.own.tzid || x.clockID && paramValue(p, "TZID") == ""
	switch {
	case x.event.AllDay:
		x.event.RecurrenceID = t
	case date:
		x.event.RecurrenceID = t.In(wallclock.Date)
	case ok && ref.named == time.UTC && ref.tzid == "":
		x.event.RecurrenceID = t.In(wallclock.Zulu)
	case ok:
		x.event.RecurrenceID = x.zones.instant(ref, t)
	case paramValue(p, "TZID") == "" && x.own.known():
		x.event.RecurrenceID = x.zones.instant(x.own, t)
	default:
		x.event.RecurrenceID = t.In(wallclock.Local)
	}
	x.readRange(p)
	return nil
}

// keepDates reduces all times of an all-day event to dates. The event lasts at
// least a day.
//
// QUIRK: some programs write an end that equals the start, or a DATE-TIME as
// EXDATE or UNTIL.
func (e *Event) keepDates() {
	if e.End = dateOf(e.End); !e.End.After(e.Start) {
		e.End = e.Start.AddDate(0, 0, 1)
	}
	if !e.RecurrenceID.IsZero() {
		e.RecurrenceID = dateOf(e.RecurrenceID)
	}
	r := e.Recurrence
	if r == nil {
		return
	}
	if !r.Until.IsZero() {
		r.Until = dateOf(r.Until)
	}
	for _, list := range [][]time.Time{r.Except, r.Include} {
		for i, t := range list {
			list[i] = dateOf(t)
		}
	}
}
