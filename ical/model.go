package ical

import (
	"reflect"

	ics "github.com/arran4/golang-ical"
)

// Model returns c as a golang-ical tree, for programs that add to it before
// [WriteModel]. The tree is a VCALENDAR with its VTIMEZONE components and one
// VEVENT for each event and each override. The errors are the errors of
// [Encode].
func Model(c *Calendar) (*ics.Calendar, error) {
	t := &modelBuilder{calendar: new(ics.Calendar)}
	if err := c.write(t); err != nil {
		return nil, err
	}
	return t.calendar, nil
}

// modelBuilder puts a golang-ical tree together, component by component. It is
// the sink of [Model], and the decoder fills it with the lines of a file.
type modelBuilder struct {
	calendar *ics.Calendar
	open     []*ics.ComponentBase // the components that have begun and not ended
}

var _ sink = (*modelBuilder)(nil)

func (t *modelBuilder) begin(name ics.ComponentType) {
	c := newComponent(name)
	t.add(c)
	_, base, _ := component(c)
	t.open = append(t.open, base)
}

func (t *modelBuilder) end() { t.open = t.open[:len(t.open)-1] }

func (t *modelBuilder) timezone(tz *ics.VTimezone) { t.add(cloneZone(tz)) }

// add adds c to the component that was begun last.
func (t *modelBuilder) add(c ics.Component) {
	list := &t.calendar.Components
	if n := len(t.open); n > 0 {
		list = &t.open[n-1].Components
	}
	*list = append(*list, c)
}

func (t *modelBuilder) property(l *contentLine) {
	p := ics.BaseProperty{IANAToken: l.name, Value: l.value, ICalParameters: make(map[string][]string, len(l.params))}
	for _, x := range l.params {
		p.ICalParameters[x.name] = append([]string(nil), x.values...)
	}
	t.addProperty(p)
}

// addProperty adds p to the component that was begun last.
func (t *modelBuilder) addProperty(p ics.BaseProperty) {
	if n := len(t.open); n > 0 {
		t.open[n-1].Properties = append(t.open[n-1].Properties, ics.IANAProperty{BaseProperty: p})
		return
	}
	t.calendar.CalendarProperties = append(t.calendar.CalendarProperties, ics.CalendarProperty{BaseProperty: p})
}

// newComponent returns an empty component of a name, of the type that
// golang-ical has for it.
func newComponent(name ics.ComponentType) ics.Component {
	switch name {
	case ics.ComponentVEvent:
		return new(ics.VEvent)
	case ics.ComponentVTimezone:
		return new(ics.VTimezone)
	case ics.ComponentStandard:
		return new(ics.Standard)
	case ics.ComponentDaylight:
		return new(ics.Daylight)
	case ics.ComponentVAlarm:
		return new(ics.VAlarm)
	case ics.ComponentVTodo:
		return new(ics.VTodo)
	case ics.ComponentVJournal:
		return new(ics.VJournal)
	case ics.ComponentVFreeBusy:
		return new(ics.VBusy)
	}
	return &ics.GeneralComponent{Token: string(name)}
}

// component returns the name and the content of a component. It reports false
// for nil and for a type that golang-ical does not have.
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

// firstProperty returns the first property with that name, or nil.
func firstProperty(props []ics.IANAProperty, name string) *ics.BaseProperty {
	for i := range props {
		if props[i].IANAToken == name {
			return &props[i].BaseProperty
		}
	}
	return nil
}

// allProperties returns the properties with that name.
func allProperties(props []ics.IANAProperty, name string) []*ics.BaseProperty {
	var out []*ics.BaseProperty
	for i := range props {
		if props[i].IANAToken == name {
			out = append(out, &props[i].BaseProperty)
		}
	}
	return out
}

// countProperties returns the number of properties with that name.
func countProperties(props []ics.IANAProperty, name string) (n int) {
	for i := range props {
		if props[i].IANAToken == name {
			n++
		}
	}
	return n
}

// paramValue returns the first value of a parameter, or "".
func paramValue(p *ics.BaseProperty, name string) string {
	if v := p.ICalParameters[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// property returns a property without parameters.
func property(name, value string) ics.IANAProperty {
	return ics.IANAProperty{BaseProperty: ics.BaseProperty{
		IANAToken: name, Value: value, ICalParameters: make(map[string][]string)}}
}
