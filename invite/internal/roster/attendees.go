// Package roster has functions on lists of attendees, and on the answers that
// count for them. An attendee is found by the key of their address,
// [address.Key], which ignores case. The functions are pure: they change nothing
// that they are given, unless their comment says so.
package roster

import (
	"reflect"
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// IndexOf returns the index of the attendee with an address, or -1.
func IndexOf(list []ical.Attendee, email string) int {
	if email == "" {
		return -1
	}
	return indexOfKey(list, address.Key(email))
}

// indexOfKey returns the index of the attendee with a key, or -1.
func indexOfKey(list []ical.Attendee, key string) int {
	for i := range list { // by index, because an attendee is large to copy
		if address.HasKey(list[i].Email, key) {
			return i
		}
	}
	return -1
}

// All returns the attendees of all versions, both of the whole meeting and of
// single occurrences. Each stands there once, in the order of the first version
// that has them.
func All(versions ...*ical.Event) []*ical.Attendee {
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

// WithoutAttendees returns a copy of the event without attendees. Nil stays nil.
func WithoutAttendees(e *ical.Event) *ical.Event {
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

// ForOne returns a copy of the event with one attendee and without overrides.
func ForOne(e *ical.Event, a *ical.Attendee) *ical.Event {
	out := *e
	out.Attendees, out.Overrides = []ical.Attendee{*a}, nil
	return &out
}

// SameAddresses reports whether two versions invite the same addresses to the whole
// meeting.
func SameAddresses(before, after *ical.Event) bool {
	x := make(Index)
	return len(before.Attendees) == len(after.Attendees) && !slices.ContainsFunc(after.Attendees, func(a ical.Attendee) bool {
		return x.Find(before.Attendees, address.Key(a.Email)) < 0
	})
}

// SameInvited reports whether two lists are equal apart from their order and from
// the answers in them.
func SameInvited(a, b []ical.Attendee) bool {
	x := make(Index)
	return len(a) == len(b) && !slices.ContainsFunc(a, func(p ical.Attendee) bool {
		i := x.Find(b, address.Key(p.Email))
		return i < 0 || !reflect.DeepEqual(withoutAnswer(p), withoutAnswer(b[i]))
	})
}

// withoutAnswer returns an attendee in a form that can be compared, without the
// fields that an answer sets. The default role is named.
func withoutAnswer(a ical.Attendee) ical.Attendee {
	a.Email, a.Status, a.Comment, a.DelegatedTo = address.Key(a.Email), "", "", ""
	if a.Role == "" {
		a.Role = ical.RoleRequired
	}
	if len(a.Params) == 0 {
		a.Params = nil
	}
	return a
}

// ClearAnswers removes the answers from e, except the organizer's own.
func ClearAnswers(e *ical.Event) {
	clearList(e.Attendees, e.Organizer.Email)
	for i := range e.Overrides {
		clearList(e.Overrides[i].Attendees, e.Organizer.Email)
	}
}

func clearList(list []ical.Attendee, organizer string) {
	for i := range list {
		if a := &list[i]; !address.Same(a.Email, organizer) {
			a.Status, a.Comment, a.DelegatedTo = ical.StatusNeedsAction, "", ""
		}
	}
}
