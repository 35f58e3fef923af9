package ical

import (
	"reflect"

	ics "github.com/arran4/golang-ical"
)

// Model returns c as a golang-ical tree, for those who add to it before
// [WriteModel]: a VCALENDAR with its VTIMEZONE components and one VEVENT for
// each event and each override. The errors are those of [Encode].
func Model(c *Calendar) (*ics.Calendar, error) {
	t := &modelSink{calendar: new(ics.Calendar)}
	if err := c.write(t); err != nil {
		return nil, err
	}
	return t.calendar, nil
}

// modelSink is a sink that makes a golang-ical tree.
type modelSink struct {
	calendar *ics.Calendar
	open     []*ics.ComponentBase // what is in the calendar and not at its end
}

var _ sink = (*modelSink)(nil)

func (t *modelSink) begin(name ics.ComponentType) {
	var c ics.Component = new(ics.VEvent)
	if name == ics.ComponentVAlarm {
		c = new(ics.VAlarm)
	}
	t.add(c)
	_, base, _ := component(c)
	t.open = append(t.open, base)
}

func (t *modelSink) end() { t.open = t.open[:len(t.open)-1] }

func (t *modelSink) timezone(tz *ics.VTimezone) { t.add(cloneZone(tz)) }

func (t *modelSink) add(c ics.Component) {
	list := &t.calendar.Components
	if n := len(t.open); n > 0 {
		list = &t.open[n-1].Components
	}
	*list = append(*list, c)
}

func (t *modelSink) property(l *contentLine) {
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

// component returns the name and the content of a component of the model.
func component(c ics.Component) (ics.ComponentType, *ics.ComponentBase, bool) {
	if v := reflect.ValueOf(c); v.Kind() == reflect.Pointer && v.IsNil() {
		return "", nil, false
	}
	switch c := c.(type) {
	case *ics.VEvent:
		return ics.ComponentVEvent, &c.ComponentBase, true
	case *ics.VTimezone:
		return ics.ComponentVTimezone, &c.ComponentBase, true
	case *ics.Standard:
		return ics.ComponentStandard, &c.ComponentBase, true
	case *ics.Daylight:
		return ics.ComponentDaylight, &c.ComponentBase, true
	case *ics.VAlarm:
		return ics.ComponentVAlarm, &c.ComponentBase, true
	case *ics.VTodo:
		return ics.ComponentVTodo, &c.ComponentBase, true
	case *ics.VJournal:
		return ics.ComponentVJournal, &c.ComponentBase, true
	case *ics.VBusy:
		return ics.ComponentVFreeBusy, &c.ComponentBase, true
	case *ics.GeneralComponent:
		return ics.ComponentType(c.Token), &c.ComponentBase, true
	}
	return "", nil, false
}

// firstProperty returns the first property of a name, or nil.
func firstProperty(props []ics.IANAProperty, name string) *ics.BaseProperty {
	for i := range props {
		if props[i].IANAToken == name {
			return &props[i].BaseProperty
		}
	}
	return nil
}

// allProperties returns the properties of a name.
func allProperties(props []ics.IANAProperty, name string) []*ics.BaseProperty {
	var out []*ics.BaseProperty
	for i := range props {
		if props[i].IANAToken == name {
			out = append(out, &props[i].BaseProperty)
		}
	}
	return out
}

// paramValue returns the first value of a parameter, or "".
func paramValue(p *ics.BaseProperty, name string) string {
	if v := p.ICalParameters[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// property makes a property of the model, without parameters.
func property(name, value string) ics.IANAProperty {
	return ics.IANAProperty{BaseProperty: ics.BaseProperty{
		IANAToken: name, Value: value, ICalParameters: make(map[string][]string)}}
}
