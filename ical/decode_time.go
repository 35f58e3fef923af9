package ical

import (
	"cmp"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// readTime reads p if it is a time or a rule, and reports whether it is.
func (x *eventReader) readTime(p *ics.BaseProperty) bool {
	e := &x.event
	switch p.IANAToken {
	case "DTSTART":
		t, date, err := x.readTimeValue(p, p.Value)
		if err == nil {
			e.Start, e.AllDay = t, date
			e.TimeZone = x.zoneName(p, t)
			x.tzid, x.zoned = paramValue(p, "TZID"), !date && !strings.HasSuffix(strings.TrimSpace(p.Value), "Z")
		}
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
		x.except = append(x.except, x.readTimeValues(p)...)
	case "RDATE":
		x.include = append(x.include, x.readTimeValues(p)...)
	default:
		return false
	}
	return true
}

// readTimeValue reads one value of p and reports whether it is a date.
//
// A time is in UTC if it ends in Z or has no TZID. For a TZID, a VTIMEZONE of
// the object counts more than the zone that the name stands for, because it is
// the zone that the sender meant. If both give the same offset, the time keeps
// the named zone. If the VTIMEZONE does not reach back to the time, the named
// zone is used too. Otherwise the time is in a fixed offset, under the TZID if
// no zone has that name. If neither the object nor [LoadLocation] knows the TZID,
// the time is in UTC.
func (x *eventReader) readTimeValue(p *ics.BaseProperty, value string) (time.Time, bool, error) {
	tzid := paramValue(p, "TZID")
	named := x.zones.location(tzid)
	loc := named
	if named == nil {
		loc = time.UTC
	}
	t, date, err := parseDateTime(value, loc)
	zone := x.zones.described[tzid]
	if err != nil || date || len(zone) == 0 || strings.HasSuffix(strings.TrimSpace(value), "Z") {
		return t, date, err
	}
	wall, _, _ := parseDateTime(value, time.UTC)
	offset, told := x.zones.offset(zone, wall)
	if _, have := t.Zone(); named != nil && (have == offset || !told) {
		return t, false, nil
	}
	if named != nil {
		tzid = "" // the name stands for another offset
	}
	return wall.Add(-time.Duration(offset) * time.Second).In(fixedZone(tzid, offset)), false, nil
}

// zoneName returns the IANA name of the zone in which t was read, and "" for
// UTC and for zones without a name.
func (x *eventReader) zoneName(p *ics.BaseProperty, t time.Time) string {
	loc := x.zones.location(paramValue(p, "TZID"))
	if loc == nil || t.Location() != loc {
		return ""
	}
	return loc.String()
}

// readTimeValues reads a list of times. It leaves out the times that it cannot
// read.
func (x *eventReader) readTimeValues(p *ics.BaseProperty) []time.Time {
	var out []time.Time
	if !x.zones.spend(strings.Count(p.Value, ",")) {
		return nil
	}
	for s := range strings.SplitSeq(p.Value, ",") {
		s, _, _ = strings.Cut(s, "/") // RDATE;VALUE=PERIOD
		if t, _, err := x.readTimeValue(p, s); err == nil {
			out = append(out, t)
		}
	}
	return out
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
