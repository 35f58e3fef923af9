package invite

import (
	"maps"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// own is a copy of e that shares no list with it, in the form that a Meeting
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
	}
	for i := range e.Overrides {
		o := &e.Overrides[i]
		*o = cloneEvent(*o)
		if e.AllDay {
			eachTime(o, dateOf)
		}
	}
	return e
}

// clone is a copy of m that shares no list with it.
func (m *Meeting) clone() *Meeting {
	out := *m
	out.Event = own(m.Event)
	out.Before = slices.Clone(m.Before)
	for i := range out.Before {
		out.Before[i] = own(out.Before[i])
	}
	out.Revisions = slices.Clone(m.Revisions)
	out.Answers = slices.Clone(m.Answers)
	out.Proposals = slices.Clone(m.Proposals)
	out.Deliveries = slices.Clone(m.Deliveries)
	return &out
}

// cloneEvent copies the lists of one event; those of its overrides stay shared.
func cloneEvent(e ical.Event) ical.Event {
	e.Categories = slices.Clone(e.Categories)
	e.Overrides = slices.Clone(e.Overrides)
	e.Reminders = slices.Clone(e.Reminders)
	e.Attachments = slices.Clone(e.Attachments)
	e.Attendees = slices.Clone(e.Attendees)
	for i := range e.Attendees {
		a := &e.Attendees[i]
		a.Status = or(a.Status, ical.NeedsAction)
		a.Params = cloneParams(a.Params)
	}
	e.Extra = slices.Clone(e.Extra)
	for i := range e.Extra {
		e.Extra[i].Params = cloneParams(e.Extra[i].Params)
	}
	if e.Recurrence != nil {
		r := *e.Recurrence
		r.ByDay, r.ByMonthDay = slices.Clone(r.ByDay), slices.Clone(r.ByMonthDay)
		r.ByMonth, r.BySetPos = slices.Clone(r.ByMonth), slices.Clone(r.BySetPos)
		r.Except, r.Include = slices.Clone(r.Except), slices.Clone(r.Include)
		e.Recurrence = &r
	}
	return e
}

func cloneParams(params map[string][]string) map[string][]string {
	params = maps.Clone(params)
	for name, values := range params {
		params[name] = slices.Clone(values)
	}
	return params
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
