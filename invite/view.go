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

func (v view) empty() bool { return v.whole == nil && len(v.alone) == 0 }

// viewOf returns what the attendee of that address sees of e. Attendees who see
// the same share one event, so that it is encoded once.
func viewOf(e *ical.Event, email string) view {
	invited := has(e.Attendees, email)
	var v view
	var absent []int
	for i, o := range e.Overrides {
		switch here := len(o.Attendees) == 0 && invited || has(o.Attendees, email); {
		case o.Cancelled:
		case invited && !here:
			absent = append(absent, i)
		case !invited && here:
			full := e.Override(i)
			v.alone = append(v.alone, &full)
		}
	}
	if invited {
		v.whole = without(e, absent)
	}
	return v
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

func has(list []ical.Attendee, email string) bool { return indexOf(list, email) >= 0 }

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

// special are the original starts of all occurrences that either version says
// something of, in order.
func special(versions ...*ical.Event) []time.Time {
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

// people are the attendees of every version, of the whole and of single
// occurrences, each once, the newest version's first.
func people(versions ...*ical.Event) []ical.Attendee {
	var out []ical.Attendee
	seen := make(map[string]bool)
	add := func(list []ical.Attendee) {
		for _, a := range list {
			if key := address.Key(a.Email); !seen[key] {
				seen[key] = true
				out = append(out, a)
			}
		}
	}
	for _, e := range versions {
		add(e.Attendees)
		for _, o := range e.Overrides {
			add(o.Attendees)
		}
	}
	return out
}
