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
//   - A link that [Event.Validate] refuses, such as javascript:, is left out.
//   - A time without a zone is in the zone of DTSTART, and so are an EXDATE and an
//     RDATE with a TZID that nothing explains. A DTSTART without a zone is in the
//     zone of the series.
//   - If DTSTART or DTEND has a TZID that nothing explains, or if DTSTART has no zone
//     and there is no series, [Event.Floating] is set.
//   - In a series of hours, a date as UNTIL includes its day, a date as EXDATE
//     excepts the occurrences of its day, and a date as RDATE adds the hour of
//     DTSTART on that day.
//   - If DTSTART is a date, the date of every other time counts, as written.
//   - Overrides are put under their series. If the tree does not have the
//     series, they are events of their own.
//   - If a RECURRENCE-ID is a date, or a time at midnight, without a zone or in
//     another zone, it names the one occurrence of that day in the zone of its
//     series.
//
// An unreadable RECURRENCE-ID is an error, because the event would otherwise be
// taken for the whole series.
func FromModel(m *ics.Calendar) (*Calendar, error) {
	return fromModel(m, newWorkBudget(modelOctets, 1))
}

// fromModel is FromModel for one of the objects that share a budget.
func fromModel(m *ics.Calendar, work *workBudget) (*Calendar, error) {
	if m == nil {
		return nil, refuse(&FieldError{Field: "Model", Err: errMissing})
	}
	out := &Calendar{}
	for i := range m.CalendarProperties {
		out.readHeader(&m.CalendarProperties[i].BaseProperty)
	}
	var skipped skipList
	x := &objectReader{zones: readZones(m, work), masters: make(map[string]*eventReader)}
	for i, c := range m.Components {
		name, base, ok := component(c)
		switch {
		case !ok || name == ics.ComponentVTimezone:
		case name != ics.ComponentVEvent:
			skipped.component(name, base)
		default:
			x.events = append(x.events, &eventReader{method: out.Method, zones: x.zones, skipped: &skipped, base: base, index: i})
		}
	}
	if err := x.read(); err != nil {
		return nil, err
	}
	var events []Event
	for _, e := range x.events {
		if e.stamp.After(out.Stamp) {
			out.Stamp = e.stamp
		}
		if e.ranged != "" {
			skipped.addf("RECURRENCE-ID;RANGE=%.40s", e.ranged)
		}
		events = append(events, e.event)
	}
	skipped.add(x.zones.skipped.texts...)
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

// objectReader reads the VEVENTs of one object.
type objectReader struct {
	zones   *objectZones
	events  []*eventReader
	masters map[string]*eventReader // the first event without RECURRENCE-ID, by UID
}

// read reads all events. Overrides come after all others, because their series
// gives a zone to their times.
func (x *objectReader) read() error {
	var overrides []*eventReader
	for _, e := range x.events {
		if firstProperty(e.base.Properties, "RECURRENCE-ID") != nil {
			overrides = append(overrides, e)
			continue
		}
		if err := e.read(nil); err != nil {
			return err // none: only RECURRENCE-ID gives an error
		}
		if _, again := x.masters[e.event.UID]; !again {
			x.masters[e.event.UID] = e
		}
	}
	for _, e := range overrides {
		uid := ""
		if p := firstProperty(e.base.Properties, "UID"); p != nil {
			uid = unwrapUID(p.Value)
		}
		if err := e.read(x.masters[uid]); err != nil {
			return refuse(&FieldError{Field: indexed("VEVENT", e.index, "RECURRENCE-ID"), Err: err})
		}
	}
	for _, e := range x.events {
		e.noteYears()
	}
	for _, e := range x.events {
		e.resolveZone()
		e.exceptOnDays()
	}
	x.settle(overrides)
	if x.zones.spent() {
		return refuse(&FieldError{Field: "Model", Err: fmt.Errorf("%w: too many dates or zones", ErrLimit)})
	}
	return nil
}
