package invite

import (
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// indexes find attendees by their address in lists that do not change meanwhile.
// Copies of an event share its lists, and so their indexes.
type indexes map[listID]map[string]int

type listID struct {
	first  *ical.Attendee
	length int
}

// shortList is how many attendees are found without an index.
const shortList = 4

// find returns where the attendee with that key of an address stands, -1 for
// nowhere.
func (x indexes) find(list []ical.Attendee, key string) int {
	if len(list) <= shortList {
		return slices.IndexFunc(list, func(a ical.Attendee) bool { return address.Key(a.Email) == key })
	}
	id := listID{&list[0], len(list)}
	index, ok := x[id]
	if !ok {
		index = indexOfAll(list)
		x[id] = index
	}
	if i, ok := index[key]; ok {
		return i
	}
	return -1
}

func indexOfAll(list []ical.Attendee) map[string]int {
	out := make(map[string]int, len(list))
	for i := len(list) - 1; i >= 0; i-- { // of equal addresses the first counts
		out[address.Key(list[i].Email)] = i
	}
	return out
}

// indexOf finds one address among attendees; -1 for not there.
func indexOf(list []ical.Attendee, email string) int {
	if email == "" {
		return -1
	}
	key := address.Key(email)
	return slices.IndexFunc(list, func(a ical.Attendee) bool { return address.Key(a.Email) == key })
}

// people are the attendees of every version, of the whole and of single
// occurrences, each once, the newest version's first.
func people(versions ...*ical.Event) []*ical.Attendee {
	n := 0
	for _, e := range versions {
		n = max(n, len(e.Attendees))
	}
	out, seen := make([]*ical.Attendee, 0, n), make(map[string]bool, n)
	add := func(list []ical.Attendee) {
		for i := range list {
			if key := address.Key(list[i].Email); !seen[key] {
				seen[key] = true
				out = append(out, &list[i])
			}
		}
	}
	for _, e := range versions {
		add(e.Attendees)
		for i := range e.Overrides {
			add(e.Overrides[i].Attendees)
		}
	}
	return out
}

// attendee finds one of the whole or of an occurrence; nil for nobody.
func (x indexes) attendee(e *ical.Event, key string) *ical.Attendee {
	if i := x.find(e.Attendees, key); i >= 0 {
		return &e.Attendees[i]
	}
	for j := range e.Overrides {
		list := e.Overrides[j].Attendees
		if i := x.find(list, key); i >= 0 {
			return &list[i]
		}
	}
	return nil
}

// only narrows e to one attendee. The overrides are e's own already. An occurrence
// with attendees of its own that is not for this one is cancelled in e, see view.
func (x indexes) only(e *ical.Event, a *ical.Attendee) {
	key := address.Key(a.Email)
	if e.Attendees = x.one(e.Attendees, key); e.Attendees == nil {
		e.Attendees = []ical.Attendee{*a}
	}
	for i := range e.Overrides {
		o := &e.Overrides[i]
		o.Attendees = x.one(o.Attendees, key)
	}
}

// one is the part of a list that is about one attendee; nil for none.
func (x indexes) one(list []ical.Attendee, key string) []ical.Attendee {
	if i := x.find(list, key); i >= 0 {
		return list[i : i+1 : i+1]
	}
	return nil
}

// copyOnly is a copy of e with no attendee but one; nil stays nil.
func (x indexes) copyOnly(e *ical.Event, a *ical.Attendee) *ical.Event {
	if e == nil {
		return nil
	}
	out := *e
	out.Overrides = slices.Clone(e.Overrides)
	x.only(&out, a)
	out.Attendees = slices.Clone(out.Attendees)
	return &out
}

// nobody returns the event without attendees; nil stays nil.
func nobody(e *ical.Event) *ical.Event {
	if e == nil {
		return nil
	}
	out := *e
	out.Attendees = nil
	out.Overrides = slices.Clone(e.Overrides)
	for i := range out.Overrides {
		out.Overrides[i].Attendees = nil
	}
	return &out
}
