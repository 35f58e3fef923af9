package ical

import (
	"time"

	ics "github.com/arran4/golang-ical"
)

// zoneChooser chooses the VTIMEZONEs of one calendar.
type zoneChooser struct {
	cal   *Calendar
	zones map[string]*zoneUse
	order []*ics.VTimezone // shared
}

// zone chooses the form of e's times, and adds the VTIMEZONE that it needs. If
// no VTIMEZONE is right for a single event, its times are in UTC, which is
// always right.
func (m *zoneChooser) zone(e *Event) (timeForm, error) {
	if e.AllDay {
		return timeForm{loc: time.UTC, allDay: true}, nil
	}
	loc, err := e.zone()
	if err != nil {
		return timeForm{}, err
	}
	if !e.keepsClock() && (loc == time.UTC || loc.String() == "UTC") {
		return timeForm{loc: time.UTC}, nil
	}
	use, err := m.use(loc)
	if err != nil {
		return timeForm{}, err
	}
	if !e.keepsClock() && (!use.exact(e.ownSpan()) || e.repeats(loc)) {
		return timeForm{loc: time.UTC}, nil
	}
	if e.keepsClock() && e.misread(loc) {
		return timeForm{}, errRepeated
	}
	if !use.added {
		use.added = true
		m.order = append(m.order, use.tree)
	}
	return timeForm{loc: loc, tzid: loc.String()}, nil
}

// zoneUse is the VTIMEZONE of a zone in a calendar. A calendar has one for each
// zone.
type zoneUse struct {
	*zoneForm
	added bool
}

// use returns the VTIMEZONE of loc, which is right for the events in that zone as
// far as [Calendar.zoneForm] says.
func (m *zoneChooser) use(loc *time.Location) (*zoneUse, error) {
	name := loc.String()
	if u := m.zones[name]; u != nil {
		return u, nil
	}
	w, _, err := m.cal.zoneForm(loc, m.inZone(name))
	if err != nil {
		return nil, err
	}
	m.zones[name] = &zoneUse{zoneForm: w}
	return m.zones[name], nil
}

// inZone returns the events that are in the zone with that name.
func (m *zoneChooser) inZone(name string) []*Event {
	var out []*Event
	for i := range m.cal.Events {
		e := &m.cal.Events[i]
		if loc, err := e.zone(); !e.AllDay && err == nil && loc.String() == name {
			out = append(out, e)
		}
	}
	return out
}

// keptClocks returns the events of a list that must be on a wall clock.
func keptClocks(list []*Event) []*Event {
	var out []*Event
	for _, e := range list {
		if e.keepsClock() {
			out = append(out, e)
		}
	}
	return out
}
