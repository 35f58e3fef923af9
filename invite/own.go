package invite

import (
	"maps"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// own is a copy of e that shares nothing with it, in the form that a Meeting
// stores: attendees who have not answered say so, the zone has its name, which
// JSON would lose otherwise, and the times of an all-day meeting are dates in UTC.
func own(e ical.Event) ical.Event {
	if e.TimeZone == "" && !e.AllDay && !e.Start.IsZero() {
		if zone, err := e.Zone(); err == nil && zone != time.UTC {
			e.TimeZone = zone.String()
		}
	}
	e = cloneEvent(e)
	if e.AllDay {
		eachTime(&e, dateOf)
		for i := range e.Overrides {
			eachTime(&e.Overrides[i], dateOf)
		}
	}
	return e
}

// cloneEvent copies everything that e points to.
func cloneEvent(e ical.Event) ical.Event {
	e.Categories = slices.Clone(e.Categories)
	e.Attendees = slices.Clone(e.Attendees)
	for i := range e.Attendees {
		a := &e.Attendees[i]
		a.Params = cloneParams(a.Params)
		a.Status = or(a.Status, ical.NeedsAction)
	}
	e.Recurrence = cloneRule(e.Recurrence)
	e.Overrides = slices.Clone(e.Overrides)
	for i := range e.Overrides {
		e.Overrides[i] = cloneEvent(e.Overrides[i])
	}
	e.Reminders = slices.Clone(e.Reminders)
	e.Attachments = slices.Clone(e.Attachments)
	e.Extra = slices.Clone(e.Extra)
	for i := range e.Extra {
		e.Extra[i].Params = cloneParams(e.Extra[i].Params)
	}
	return e
}

func cloneRule(r *ical.Recurrence) *ical.Recurrence {
	if r == nil {
		return nil
	}
	out := *r
	out.ByDay = slices.Clone(r.ByDay)
	out.ByMonthDay = slices.Clone(r.ByMonthDay)
	out.ByMonth = slices.Clone(r.ByMonth)
	out.BySetPos = slices.Clone(r.BySetPos)
	out.Except = slices.Clone(r.Except)
	out.Include = slices.Clone(r.Include)
	return &out
}

func cloneParams(params map[string][]string) map[string][]string {
	out := maps.Clone(params)
	for name, values := range out {
		out[name] = slices.Clone(values)
	}
	return out
}

// eachTime changes every time of e that says when it takes place.
func eachTime(e *ical.Event, change func(time.Time) time.Time) {
	list := []*time.Time{&e.RecurrenceID, &e.Start, &e.End}
	if r := e.Recurrence; r != nil {
		list = append(list, &r.Until)
		for i := range r.Except {
			list = append(list, &r.Except[i])
		}
		for i := range r.Include {
			list = append(list, &r.Include[i])
		}
	}
	for _, t := range list {
		if !t.IsZero() {
			*t = change(*t)
		}
	}
}

// ownID is the original start of an occurrence as own has it.
func ownID(e *ical.Event, id time.Time) time.Time {
	if e.AllDay && !id.IsZero() {
		return dateOf(id)
	}
	return id
}
