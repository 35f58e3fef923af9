package ical

import (
	"maps"
	"slices"
)

// Clone returns a copy of the event that shares no memory with it. A plain
// assignment copies no list, so that a change to an attendee of the copy would
// change the original too.
func (e Event) Clone() Event {
	e.Categories = slices.Clone(e.Categories)
	e.Attendees = slices.Clone(e.Attendees)
	for i := range e.Attendees {
		e.Attendees[i].Params = cloneParams(e.Attendees[i].Params)
	}
	e.Recurrence = e.Recurrence.clone()
	e.Overrides = slices.Clone(e.Overrides)
	for i := range e.Overrides {
		e.Overrides[i] = e.Overrides[i].Clone()
	}
	e.Absent = slices.Clone(e.Absent)
	e.Reminders = slices.Clone(e.Reminders)
	e.Attachments = slices.Clone(e.Attachments)
	e.Extra = slices.Clone(e.Extra)
	for i := range e.Extra {
		e.Extra[i].Params = cloneParams(e.Extra[i].Params)
	}
	return e
}

// cloneParams returns a copy that shares no memory with params. It keeps nil,
// which JSON leaves out.
func cloneParams(params map[string][]string) map[string][]string {
	out := maps.Clone(params)
	for name, values := range out {
		out[name] = slices.Clone(values)
	}
	return out
}
