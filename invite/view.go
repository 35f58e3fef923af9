package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// view is what one attendee sees of a meeting: the whole of it, or single
// occurrences to which only they are invited, or nothing.
type view struct {
	whole *ical.Event
	alone []*ical.Event // in the order of the overrides
}

// events are what they see: the whole, or each occurrence.
func (v view) events() []*ical.Event {
	if v.whole != nil {
		return []*ical.Event{v.whole}
	}
	return v.alone
}

func (v view) empty() bool { return v.whole == nil && len(v.alone) == 0 }

// view returns what the attendee of that address sees. Attendees who see the
// same share one event, so that it is encoded once.
func (x indexes) view(e *ical.Event, email string, s *standing) view {
	key := address.Key(email)
	invited := x.find(e.Attendees, key) >= 0
	var v view
	var absent []int
	for i := range e.Overrides {
		o := &e.Overrides[i]
		switch here := x.invites(o, key, invited); {
		case o.Cancelled:
		case invited && !here:
			absent = append(absent, i)
		case !invited && here:
			full := e.Override(i)
			full.Attendees = s.written(full.Attendees, full.RecurrenceID, e.Organizer.Email)
			v.alone = append(v.alone, &full)
		}
	}
	if invited {
		v.whole = without(e, absent)
	}
	return v
}

// invites reports whether an override is for the attendee with that key, who is
// invited to the series or not.
func (x indexes) invites(o *ical.Event, key string, series bool) bool {
	return len(o.Attendees) == 0 && series || x.find(o.Attendees, key) >= 0
}

// without returns e with the given overrides cancelled.
func without(e *ical.Event, absent []int) *ical.Event {
	if len(absent) == 0 {
		return e
	}
	out := *e
	out.Overrides = slices.Clone(e.Overrides)
	for _, i := range absent {
		out.Overrides[i].Cancelled = true
	}
	return &out
}

// occurrence returns one occurrence of a series complete and alone; nil where
// it is cancelled, excepted or not of the series.
func occurrence(e *ical.Event, id time.Time) *ical.Event {
	for i, o := range e.Overrides {
		if o.RecurrenceID.Equal(id) {
			if o.Cancelled {
				return nil
			}
			full := e.Override(i)
			return &full
		}
	}
	if !inRule(e, id) || slices.ContainsFunc(e.Recurrence.Except, id.Equal) {
		return nil
	}
	return regular(e, id)
}

// regular is an occurrence that the series says nothing else of.
func regular(e *ical.Event, id time.Time) *ical.Event {
	out := *e
	out.RecurrenceID, out.Start, out.End = id, id, endFrom(e, id)
	out.Recurrence, out.Overrides = nil, nil
	return &out
}

// endFrom is the end of an occurrence of e that begins at start.
func endFrom(e *ical.Event, start time.Time) time.Time {
	if e.End.IsZero() {
		return e.End
	}
	return start.Add(e.End.Sub(e.Start))
}

// exceptions returns the original starts of all occurrences that any of the
// versions says something of, in order.
func exceptions(versions ...*ical.Event) []time.Time {
	var out []time.Time
	for _, e := range versions {
		for _, o := range e.Overrides {
			out = append(out, o.RecurrenceID)
		}
		if e.Recurrence != nil {
			out = append(out, e.Recurrence.Except...)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}
