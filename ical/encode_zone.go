package ical

import (
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"
)

// zoneChooser chooses the VTIMEZONEs of one calendar.
type zoneChooser struct {
	cal   *Calendar
	zones map[zoneKey]*zoneUse // by zoneKey
	order []*ics.VTimezone     // shared
	names map[string]int       // the last number of the zones of a name that files describe; nil if there are none
	lists map[zoneKey][]*Event // the events of each zone; nil until inZone needs them
	best  map[zoneKey]bestForm // results of bestForm
}

func newZoneChooser(c *Calendar) *zoneChooser {
	return &zoneChooser{cal: c, zones: make(map[zoneKey]*zoneUse), best: make(map[zoneKey]bestForm)}
}

// zone chooses the form of e's times, and adds the VTIMEZONE that it needs. If
// no VTIMEZONE is right for a single event, its times are in UTC, which is
// always right.
func (m *zoneChooser) zone(e *Event) (timeForm, error) {
	if e.AllDay {
		return timeForm{loc: time.UTC, allDay: true}, nil
	}
	if e.Floating {
		return e.floatingForm(), nil
	}
	loc, key, err := e.zoneKey()
	if err != nil {
		return timeForm{}, err
	}
	if !e.keepsClock() && (loc == time.UTC || loc.String() == "UTC") || e.inUTC() {
		return timeForm{loc: time.UTC}, nil
	}
	use, err := m.use(loc, key)
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
	return timeForm{loc: loc, tzid: use.tzid}, nil
}

// zoneUse is the VTIMEZONE of a zone in a calendar. A calendar has one for each
// zone.
type zoneUse struct {
	*zoneForm
	tree  *ics.VTimezone // replaces the VTIMEZONE of the form, if it has another TZID
	tzid  string
	added bool
}

// use returns the VTIMEZONE of loc, which is right for the events in that zone as
// far as [Calendar.zoneForm] says.
//
// Two files may describe different zones under one name, or a zone under the name of
// an IANA zone. The IANA zone and the first other one keep the name. All others get a
// number in their TZID, as old Outlook does it.
func (m *zoneChooser) use(loc *time.Location, key zoneKey) (*zoneUse, error) {
	if u := m.zones[key]; u != nil {
		return u, nil
	}
	w := m.bestForm(loc, key)
	if w.err != nil {
		return nil, w.err
	}
	u := &zoneUse{zoneForm: w.form, tree: w.form.tree, tzid: loc.String()}
	if key.file != nil {
		if m.names == nil {
			m.names = make(map[string]int)
		}
		if m.names[u.tzid]++; m.names[u.tzid] == 1 && len(m.inZone(zoneKey{name: u.tzid})) > 0 {
			m.names[u.tzid]++ // an IANA zone has the name
		}
		if n := m.names[u.tzid]; n > 1 {
			u.tzid += " " + strconv.Itoa(n)
			u.tree = renamedZone(w.form.tree, u.tzid)
		}
	}
	m.zones[key] = u
	return u, nil
}

// zoneKey is equal for equal zones. It has the name, or the Location itself if only a
// file describes the zone.
type zoneKey struct {
	name string
	file *time.Location
}

// zoneKey returns the zone of an event, and its key.
func (e *Event) zoneKey() (*time.Location, zoneKey, error) {
	loc, err := e.clockZone()
	switch {
	case err != nil:
		return nil, zoneKey{}, err
	case e.TimeZone == "" && loc == e.zoneTime().Location() && !isNamed(loc):
		return loc, zoneKey{file: loc}, nil
	}
	return loc, zoneKey{name: loc.String()}, nil
}

// renamedZone returns a copy of a VTIMEZONE with another TZID.
func renamedZone(tz *ics.VTimezone, tzid string) *ics.VTimezone {
	out := cloneZone(tz)
	if p := firstProperty(out.Properties, "TZID"); p != nil {
		p.Value = tzid
	}
	return out
}

// inZone returns the events that are in a zone.
func (m *zoneChooser) inZone(key zoneKey) []*Event {
	if m.lists == nil {
		m.lists = make(map[zoneKey][]*Event)
		for i := range m.cal.Events {
			e := &m.cal.Events[i]
			if _, k, err := e.zoneKey(); !e.AllDay && !e.Floating && err == nil {
				m.lists[k] = append(m.lists[k], e)
			}
		}
	}
	return m.lists[key]
}

// bestForm is the result of [Calendar.zoneForm] for one zone.
type bestForm struct {
	form    *zoneForm
	lasting *lastingForm
	err     error
}

// bestForm returns the form of a zone of the calendar. It is found once, because
// every event of the zone asks for it.
func (m *zoneChooser) bestForm(loc *time.Location, key zoneKey) bestForm {
	b, known := m.best[key]
	if !known {
		b.form, b.lasting, b.err = m.cal.zoneForm(loc, m.inZone(key))
		m.best[key] = b
	}
	return b
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
