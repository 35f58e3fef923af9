package ical

import (
	"slices"

	ics "github.com/arran4/golang-ical"
)

// zoneTree is a VTIMEZONE that is kept, and cloned for every caller.
type zoneTree struct {
	tz   *ics.VTimezone
	pair bool // one STANDARD, and at most one DAYLIGHT
}

func newZoneTree(tzid string, list []observance) *zoneTree {
	tz := new(ics.VTimezone)
	tz.Properties = []ics.IANAProperty{plainProperty("TZID", tzid)}
	for i := range list {
		tz.Components = append(tz.Components, list[i].component())
	}
	pair := len(list) == 1 || len(list) == 2 && !list[0].daylight() && list[1].daylight()
	return &zoneTree{tz, pair}
}

// clone returns a copy that shares nothing that can be changed: the properties
// have no parameters, and no maps for them.
func (t *zoneTree) clone() *ics.VTimezone {
	if t.pair {
		return t.clonePair()
	}
	out := new(ics.VTimezone)
	out.Properties = slices.Clone(t.tz.Properties)
	for _, c := range t.tz.Components {
		switch c := c.(type) {
		case *ics.Standard:
			out.Components = append(out.Components, &ics.Standard{ComponentBase: ics.ComponentBase{Properties: slices.Clone(c.Properties)}})
		case *ics.Daylight:
			out.Components = append(out.Components, &ics.Daylight{ComponentBase: ics.ComponentBase{Properties: slices.Clone(c.Properties)}})
		}
	}
	return out
}

// clonePair does the same in one piece of memory, for the usual case.
func (t *zoneTree) clonePair() *ics.VTimezone {
	m := new(struct {
		tz         ics.VTimezone
		standard   ics.Standard
		daylight   ics.Daylight
		components [2]ics.Component
		properties [9]ics.IANAProperty
	})
	rest := m.properties[:0]
	take := func(list []ics.IANAProperty) []ics.IANAProperty {
		from := len(rest)
		rest = append(rest, list...)
		return rest[from:len(rest):len(rest)]
	}
	m.tz.Properties = take(t.tz.Properties)
	m.tz.Components = m.components[:0:2]
	for _, c := range t.tz.Components {
		switch c := c.(type) {
		case *ics.Standard:
			m.standard.Properties = take(c.Properties)
			m.tz.Components = append(m.tz.Components, &m.standard)
		case *ics.Daylight:
			m.daylight.Properties = take(c.Properties)
			m.tz.Components = append(m.tz.Components, &m.daylight)
		}
	}
	return &m.tz
}

// plainProperty makes a property without parameters, and without a map for them.
func plainProperty(name, value string) ics.IANAProperty {
	return ics.IANAProperty{BaseProperty: ics.BaseProperty{IANAToken: name, Value: value}}
}
