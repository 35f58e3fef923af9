package ical

import ics "github.com/arran4/golang-ical"

// Model returns c as a golang-ical tree, for those who add to it before
// [WriteModel]: a VCALENDAR with its VTIMEZONE components and one VEVENT for
// each event and each override. The errors are those of [Encode].
func Model(c *Calendar) (*ics.Calendar, error) {
	t := &tree{calendar: new(ics.Calendar)}
	if err := c.write(t); err != nil {
		return nil, err
	}
	return t.calendar, nil
}

// tree is a sink that makes a golang-ical tree.
type tree struct {
	calendar *ics.Calendar
	open     []*ics.ComponentBase // what is in the calendar and not at its end
}

var _ sink = (*tree)(nil)

func (t *tree) begin(name ics.ComponentType) {
	var c ics.Component = new(ics.VEvent)
	if name == ics.ComponentVAlarm {
		c = new(ics.VAlarm)
	}
	t.add(c)
	_, base, _ := component(c)
	t.open = append(t.open, base)
}

func (t *tree) end() { t.open = t.open[:len(t.open)-1] }

func (t *tree) timezone(tz *ics.VTimezone) { t.add(cloneZone(tz)) }

func (t *tree) add(c ics.Component) {
	list := &t.calendar.Components
	if n := len(t.open); n > 0 {
		list = &t.open[n-1].Components
	}
	*list = append(*list, c)
}

func (t *tree) property(l *contentLine) {
	p := ics.BaseProperty{IANAToken: l.name, Value: l.value, ICalParameters: make(map[string][]string, len(l.params))}
	for _, x := range l.params {
		p.ICalParameters[x.name] = append([]string(nil), x.values...)
	}
	if n := len(t.open); n > 0 {
		t.open[n-1].Properties = append(t.open[n-1].Properties, ics.IANAProperty{BaseProperty: p})
		return
	}
	t.calendar.CalendarProperties = append(t.calendar.CalendarProperties, ics.CalendarProperty{BaseProperty: p})
}
