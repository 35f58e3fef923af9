package ical

import (
	"cmp"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

func (x *eventReader) readTime(p *ics.BaseProperty) bool {
	e := &x.event
	switch p.IANAToken {
	case "DTSTART":
		t, date, err := x.parseTime(p, p.Value)
		if err == nil {
			e.Start, e.AllDay = t, date
			e.TimeZone = x.zoneName(p, t)
			x.tzid, x.zoned = paramValue(p, "TZID"), !date && !strings.HasSuffix(strings.TrimSpace(p.Value), "Z")
		}
	case "DTEND":
		e.End, _, _ = x.parseTime(p, p.Value)
	case "DTSTAMP":
		x.stamp, _, _ = parseTime(p.Value, time.UTC)
	case "CREATED":
		e.Created, _, _ = parseTime(p.Value, time.UTC)
	case "LAST-MODIFIED":
		e.Modified, _, _ = parseTime(p.Value, time.UTC)
	case "DURATION":
		x.duration = p.Value
	case "RRULE":
		if x.rule != "" { // a second rule makes another series: kept, so that Validate refuses it
			e.Extra = append(e.Extra, Property{Name: "RRULE", Value: p.Value})
		}
		x.rule = cmp.Or(x.rule, p.Value)
	case "EXDATE":
		x.except = append(x.except, x.parseTimes(p)...)
	case "RDATE":
		x.include = append(x.include, x.parseTimes(p)...)
	default:
		return false
	}
	return true
}

// time reads one value of p, in the zone that its TZID names.
func (x *eventReader) parseTime(p *ics.BaseProperty, value string) (time.Time, bool, error) {
	tzid := paramValue(p, "TZID")
	named := x.zones.location(tzid)
	loc := named
	if named == nil {
		loc = time.UTC
	}
	t, date, err := parseTime(value, loc)
	zone := x.zones.file[tzid]
	if err != nil || date || len(zone) == 0 || strings.HasSuffix(strings.TrimSpace(value), "Z") {
		return t, date, err
	}
	// The zone in the file is what the sender meant, also where the name says
	// something else.
	wall, _, _ := parseTime(value, time.UTC)
	offset, told := x.zones.offset(zone, wall)
	if _, have := t.Zone(); named != nil && (have == offset || !told) {
		return t, false, nil
	}
	if named != nil {
		tzid = "" // a name that would say something else
	}
	return wall.Add(-time.Duration(offset) * time.Second).In(fixedZone(tzid, offset)), false, nil
}

// zoneName is the IANA name of the zone that t was read in; "" for UTC and for
// zones that have none.
func (x *eventReader) zoneName(p *ics.BaseProperty, t time.Time) string {
	loc := x.zones.location(paramValue(p, "TZID"))
	if loc == nil || loc == time.UTC || t.Location() != loc {
		return ""
	}
	return loc.String()
}

func (x *eventReader) parseTimes(p *ics.BaseProperty) []time.Time {
	var out []time.Time
	if !x.zones.spend(strings.Count(p.Value, ",")) {
		return nil
	}
	for s := range strings.SplitSeq(p.Value, ",") {
		s, _, _ = strings.Cut(s, "/") // RDATE;VALUE=PERIOD
		if t, _, err := x.parseTime(p, s); err == nil {
			out = append(out, t)
		}
	}
	return out
}

// keepDates drops the clock of everything in an all-day event, which lasts a
// day at least.
//
// QUIRK: Some write an end that is the start, or a DATE-TIME as EXDATE or UNTIL.
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
