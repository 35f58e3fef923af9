package invite

import (
	"maps"
	"slices"

	"github.com/convene-go/convene/ical"
)

// own is a copy of e that shares nothing with it. Attendees who have not answered
// say so, as the stored Meeting does.
func own(e ical.Event) ical.Event {
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
		e.Overrides[i] = own(e.Overrides[i])
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
