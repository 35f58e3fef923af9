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

// viewOf returns what the attendee of that address sees of e.
func viewOf(e *ical.Event, email string) view { return newRoster(e).view(email) }

// roster answers quickly who is invited to what of an event.
type roster struct {
	event *ical.Event
	whole map[string]int   // places in the attendees, by key of the address
	alone []map[string]int // the same, by override
}

func newRoster(e *ical.Event) *roster {
	r := &roster{event: e, whole: keys(e.Attendees), alone: make([]map[string]int, len(e.Overrides))}
	for i := range e.Overrides {
		r.alone[i] = keys(e.Overrides[i].Attendees)
	}
	return r
}

func keys(list []ical.Attendee) map[string]int {
	out := make(map[string]int, len(list))
	for i := range list {
		out[address.Key(list[i].Email)] = i
	}
	return out
}

// only returns the event with no attendee but one. An occurrence with attendees
// of its own that is not for this one is cancelled in the event already, see view.
func (r *roster) only(a ical.Attendee) *ical.Event {
	out, key := *r.event, address.Key(a.Email)
	if at, ok := r.whole[key]; ok {
		a = r.event.Attendees[at]
	}
	out.Attendees = []ical.Attendee{a}
	out.Overrides = slices.Clone(r.event.Overrides)
	for i := range out.Overrides {
		if at, ok := r.alone[i][key]; ok {
			out.Overrides[i].Attendees = r.event.Overrides[i].Attendees[at : at+1 : at+1]
		} else {
			out.Overrides[i].Attendees = nil
		}
	}
	return &out
}

// nobody returns the event without attendees.
func nobody(e *ical.Event) *ical.Event {
	out := *e
	out.Attendees = nil
	out.Overrides = slices.Clone(e.Overrides)
	for i := range out.Overrides {
		out.Overrides[i].Attendees = nil
	}
	return &out
}

// rosters keeps those of the events that a call is about.
type rosters map[*ical.Event]*roster

// only is that of the event's roster; nil stays nil.
func (r rosters) only(e *ical.Event, a ical.Attendee) *ical.Event {
	if e == nil {
		return nil
	}
	if r[e] == nil {
		r[e] = newRoster(e)
	}
	return r[e].only(a)
}

// view returns what the attendee of that address sees. Attendees who see the
// same share one event, so that it is encoded once.
func (r *roster) view(email string) view {
	e, key := r.event, address.Key(email)
	_, invited := r.whole[key]
	var v view
	var absent []int
	for i := range e.Overrides {
		o := &e.Overrides[i]
		_, named := r.alone[i][key]
		switch here := len(o.Attendees) == 0 && invited || named; {
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
