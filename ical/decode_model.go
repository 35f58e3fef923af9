package ical

import (
	"cmp"
	"fmt"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// FromModel reads a golang-ical tree as meetings, leniently:
//
//   - A property that it cannot read is kept in Extra if possible.
//   - A time without a zone is in UTC, as Exchange reads it.
//   - Overrides are put under their series. If the tree does not have the
//     series, they are events of their own.
//
// An unreadable RECURRENCE-ID is an error, because the event would otherwise be
// taken for the whole series.
func FromModel(m *ics.Calendar) (*Calendar, error) {
	if m == nil {
		return nil, refuse(&FieldError{Field: "Model", Err: errMissing})
	}
	out := &Calendar{}
	for i := range m.CalendarProperties {
		out.readHeader(&m.CalendarProperties[i].BaseProperty)
	}
	zones := readZones(m)
	var skipped skipList
	var events []Event
	for i, c := range m.Components {
		name, base, ok := component(c)
		switch {
		case !ok || name == ics.ComponentVTimezone:
		case name != ics.ComponentVEvent:
			skipped.component(name, base)
		default:
			x := &eventReader{method: out.Method, zones: zones, skipped: &skipped}
			if err := x.read(base); err != nil {
				return nil, refuse(&FieldError{Field: indexed("VEVENT", i, "RECURRENCE-ID"), Err: err})
			}
			if x.stamp.After(out.Stamp) {
				out.Stamp = x.stamp
			}
			if x.ranged != "" {
				skipped.addf("RECURRENCE-ID;RANGE=%.40s", x.ranged)
			}
			events = append(events, x.event)
		}
	}
	if zones.budget < 0 {
		return nil, refuse(&FieldError{Field: "Model", Err: fmt.Errorf("%w: too many dates or zones", ErrLimit)})
	}
	out.Events, out.Skipped = group(events, out.Method), skipped.texts
	return out, nil
}

func (c *Calendar) readHeader(p *ics.BaseProperty) {
	switch p.IANAToken {
	case "METHOD":
		c.Method = cmp.Or(c.Method, Method(strings.ToUpper(strings.TrimSpace(p.Value))))
	case "PRODID":
		c.ProductID = cmp.Or(c.ProductID, p.Value)
	}
}

// group puts overrides under their series, even if they come before it.
func group(events []Event, method Method) []Event {
	var out []Event
	series := make(map[string]int)
	for _, e := range events {
		if !e.RecurrenceID.IsZero() {
			continue
		}
		if _, again := series[e.UID]; !again && e.Recurrence != nil {
			series[e.UID] = len(out)
		}
		out = append(out, e)
	}
	for _, e := range events {
		if e.RecurrenceID.IsZero() {
			continue
		}
		e.Recurrence = nil
		if i, ok := series[e.UID]; ok {
			e.markAbsent(&out[i], method)
			out[i].Overrides = append(out[i].Overrides, e)
		} else {
			e.standAlone()
			out = append(out, e)
		}
	}
	return out
}
