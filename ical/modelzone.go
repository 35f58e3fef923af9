package ical

import (
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// zoneUse is the one VTIMEZONE of a zone; nil where the zone has none.
type zoneUse struct {
	Span // the instants that it was asked to be right for
	tz   *ics.VTimezone
}

// zone chooses the form of e's times, and adds the VTIMEZONE that it needs.
func (m *modeler) zone(e *Event) (wallZone, error) {
	if e.AllDay {
		return wallZone{loc: time.UTC, allDay: true}, nil
	}
	loc, err := e.Zone()
	if err != nil || loc == time.UTC || loc.String() == "UTC" {
		return wallZone{loc: time.UTC}, err
	}
	use := m.use(loc)
	if e.Recurrence == nil && (!use.covers(e.extent()) || !e.unambiguous(loc)) {
		return wallZone{loc: time.UTC}, nil // always right for a single event
	}
	if use.tz == nil {
		return wallZone{}, errZoneForm
	}
	if !e.unambiguous(loc) {
		return wallZone{}, errRepeated
	}
	if !slices.Contains(m.order, use.tz) {
		m.order = append(m.order, use.tz)
	}
	return wallZone{loc: loc, tzid: loc.String()}, nil
}

// use returns the VTIMEZONE of loc, right for every event in that zone, else
// for every series, since single events can do without.
func (m *modeler) use(loc *time.Location) *zoneUse {
	name := loc.String()
	if m.zones[name] == nil {
		m.zones[name] = new(zoneUse)
		for _, all := range []bool{true, false} {
			s, found := m.span(name, all)
			tz, ok := vtimezone(loc, s.Start, s.End)
			if found && ok {
				m.zones[name] = &zoneUse{s, tz}
				break
			}
		}
	}
	return m.zones[name]
}

// span returns what the events, or else only the series, of a zone extend over.
func (m *modeler) span(zone string, all bool) (s Span, found bool) {
	for i := range m.cal.Events {
		e := &m.cal.Events[i]
		loc, err := e.Zone()
		if e.AllDay || err != nil || loc.String() != zone || !all && e.Recurrence == nil {
			continue
		}
		if x := e.extent(); found {
			s = s.join(x)
		} else {
			s, found = x, true
		}
	}
	return s, found
}

func (u *zoneUse) covers(s Span) bool {
	return u.tz != nil && !s.Start.Before(u.Start) && !s.End.After(u.End)
}

// extent returns the instants that the event's zone must be right for.
func (e *Event) extent() Span {
	s := Span{e.Start, or(e.End, e.Start)}
	if !e.RecurrenceID.IsZero() {
		s = s.join(Span{e.RecurrenceID, e.RecurrenceID})
	}
	if r := e.Recurrence; r != nil && r.Until.After(s.End) {
		s.End = r.Until
	}
	for i := range e.Overrides {
		o := e.Override(i)
		s = s.join(o.extent())
	}
	return s
}

// unambiguous reports whether wall clocks in loc name the event's instants: in
// the hour that a change repeats, they name the first of two.
func (e *Event) unambiguous(loc *time.Location) bool {
	times := []time.Time{e.Start, e.End, e.RecurrenceID}
	if e.Recurrence != nil {
		times = append(times, e.Recurrence.Include...)
	}
	for _, t := range times {
		if u := t.Unix(); !t.IsZero() && instant(u+int64(offsetAt(loc, u)), loc).Unix() != u {
			return false
		}
	}
	return true
}

// wallZone is the form in which one event and its overrides write their times.
type wallZone struct {
	loc    *time.Location
	tzid   string // empty for UTC and for dates
	allDay bool
}

func (z wallZone) format(t time.Time) string {
	switch {
	case z.allDay:
		return t.Format(layoutDate)
	case z.tzid == "":
		return t.UTC().Format(layoutUTC)
	}
	return t.In(z.loc).Format(layoutLocal)
}

// property writes times under one name: one property with a list, because
// Outlook reads only the first EXDATE.
func (z wallZone) property(name string, times ...time.Time) ics.IANAProperty {
	list := make([]string, len(times))
	for i, t := range times {
		list[i] = z.format(t)
	}
	value := ""
	if z.allDay {
		value = "DATE"
	}
	return property(name, strings.Join(list, ","), "VALUE", value, "TZID", z.tzid)
}
