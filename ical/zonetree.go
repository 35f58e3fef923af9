package ical

import (
	"slices"

	ics "github.com/arran4/golang-ical"
)

// zoneComponent writes observances as a VTIMEZONE.
func zoneComponent(tzid string, list []observance) *ics.VTimezone {
	tz := new(ics.VTimezone)
	tz.Properties = []ics.IANAProperty{property("TZID", tzid)}
	for i := range list {
		tz.Components = append(tz.Components, list[i].component())
	}
	return tz
}

// cloneZone returns a copy of what zoneComponent made that shares nothing with it.
func cloneZone(tz *ics.VTimezone) *ics.VTimezone {
	out := &ics.VTimezone{ComponentBase: cloneBase(&tz.ComponentBase)}
	for _, c := range tz.Components {
		switch c := c.(type) {
		case *ics.Standard:
			out.Components = append(out.Components, &ics.Standard{ComponentBase: cloneBase(&c.ComponentBase)})
		case *ics.Daylight:
			out.Components = append(out.Components, &ics.Daylight{ComponentBase: cloneBase(&c.ComponentBase)})
		}
	}
	return out
}

func cloneBase(base *ics.ComponentBase) ics.ComponentBase {
	out := ics.ComponentBase{Properties: slices.Clone(base.Properties)}
	for i := range out.Properties {
		out.Properties[i].ICalParameters = make(map[string][]string) // none of ours has any
	}
	return out
}

// property makes a property of the model, without parameters.
func property(name, value string) ics.IANAProperty {
	return ics.IANAProperty{BaseProperty: ics.BaseProperty{
		IANAToken: name, Value: value, ICalParameters: make(map[string][]string)}}
}
