package roster

import (
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Index finds attendees in lists that do not change as long as it is used. It
// indexes a long list when the list is first searched. Copies of an event share
// their lists, and so the indexes of these.
type Index map[listID]map[string]int

// listID names a list by its first element and its length.
type listID struct {
	first  *ical.Attendee
	length int
}

// shortList is the length up to which a list is searched without an index.
const shortList = 4

// Find returns the index of the attendee with that key, or -1. If several have it,
// the first is found.
func (x Index) Find(list []ical.Attendee, key string) int {
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

// indexOfAll returns the indexes of the attendees in a list, by key.
func indexOfAll(list []ical.Attendee) map[string]int {
	out := make(map[string]int, len(list))
	for i := len(list) - 1; i >= 0; i-- { // backwards, so that the first of equal addresses counts
		out[address.Key(list[i].Email)] = i
	}
	return out
}

// Attendee returns an attendee of the whole meeting or of an occurrence. It is nil
// if nobody has that key.
func (x Index) Attendee(e *ical.Event, key string) *ical.Attendee {
	if i := x.Find(e.Attendees, key); i >= 0 {
		return &e.Attendees[i]
	}
	for j := range e.Overrides {
		list := e.Overrides[j].Attendees
		if i := x.Find(list, key); i >= 0 {
			return &list[i]
		}
	}
	return nil
}

// Narrow removes all attendees from e except one. If the list of e does not have the
// attendee, it becomes a alone. Narrow changes the overrides, so they must belong to e
// alone. An occurrence with attendees of its own that the attendee is not invited to
// must be cancelled in e already, as [Index.View] does it.
func (x Index) Narrow(e *ical.Event, a *ical.Attendee) {
	key := address.Key(a.Email)
	if e.Attendees = x.only(e.Attendees, key); e.Attendees == nil {
		e.Attendees = []ical.Attendee{*a}
	}
	for i := range e.Overrides {
		o := &e.Overrides[i]
		o.Attendees = x.only(o.Attendees, key)
	}
}

// only returns the part of a list that holds one attendee, or nil.
func (x Index) only(list []ical.Attendee, key string) []ical.Attendee {
	if i := x.Find(list, key); i >= 0 {
		return list[i : i+1 : i+1]
	}
	return nil
}

// Narrowed returns a copy of e that [Index.Narrow] has narrowed. Nil stays nil.
func (x Index) Narrowed(e *ical.Event, a *ical.Attendee) *ical.Event {
	if e == nil {
		return nil
	}
	out := *e
	out.Overrides = slices.Clone(e.Overrides)
	x.Narrow(&out, a)
	out.Attendees = slices.Clone(out.Attendees)
	for i := range out.Overrides {
		out.Overrides[i].Attendees = slices.Clone(out.Overrides[i].Attendees)
	}
	return &out
}
