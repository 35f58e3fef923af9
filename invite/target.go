package invite

import (
	"reflect"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// target is what an answer is about: the whole meeting, or one occurrence.
type target struct {
	id        time.Time // the RecurrenceID of the occurrence; zero for the whole
	override  int       // its index among the overrides; -1 for none
	sequence  int       // of the override
	cancelled bool
}

// target finds what a RECURRENCE-ID names. A meeting that is one occurrence on
// its own is its own whole.
func (m *Meeting) target(id time.Time) (target, error) {
	e := &m.Event
	if id.IsZero() || sameOccurrence(e, e.RecurrenceID, id) {
		return target{override: -1, cancelled: e.Cancelled}, nil
	}
	at, ok := m.occurrence(id)
	if !ok {
		return at, refuse(VerdictUnknownEvent, "is about an occurrence that the series does not have: %s", id.Format(time.RFC3339))
	}
	at.cancelled = at.cancelled || e.Cancelled
	return at, nil
}

// occurrence finds one occurrence of a series, cancelled ones too.
func (m *Meeting) occurrence(id time.Time) (target, bool) {
	e := &m.Event
	for i := range e.Overrides {
		if o := &e.Overrides[i]; sameOccurrence(e, o.RecurrenceID, id) {
			return target{id: o.RecurrenceID, override: i, sequence: o.Sequence, cancelled: o.Cancelled}, true
		}
	}
	start, ok := occurrenceStart(*e, id)
	return target{id: start, override: -1}, ok
}

// sameOccurrence compares identifiers: by the date in an all-day series, whose
// dates are read in their own Location.
func sameOccurrence(e *ical.Event, a, b time.Time) bool {
	if a.IsZero() || b.IsZero() {
		return false
	}
	if !e.AllDay {
		return a.Equal(b)
	}
	return a.Format(time.DateOnly) == b.Format(time.DateOnly)
}

// attendees are the attendees of a target, without their answers.
func (m *Meeting) attendees(at target) []ical.Attendee {
	list := m.Event.Attendees
	if at.override >= 0 && len(m.Event.Overrides[at.override].Attendees) > 0 {
		list = m.Event.Overrides[at.override].Attendees
	}
	if at.id.IsZero() {
		return list
	}
	for _, j := range m.Joined {
		if j.RecurrenceID.Equal(at.id) && indexOf(list, j.Attendee.Email) < 0 {
			list = append(list[:len(list):len(list)], j.Attendee)
		}
	}
	return list
}

// attendee finds an attendee of a target, without their answer.
func (m *Meeting) attendee(email string, at target) (ical.Attendee, bool) {
	list := m.attendees(at)
	if i := indexOf(list, email); i >= 0 {
		return list[i], true
	}
	return ical.Attendee{}, false
}

// override is the override of an occurrence, made if it is not there yet.
func override(e *ical.Event, id time.Time) *ical.Event {
	i := slices.IndexFunc(e.Overrides, func(o ical.Event) bool { return sameOccurrence(e, o.RecurrenceID, id) })
	if i < 0 {
		i = len(e.Overrides)
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: id})
	}
	return &e.Overrides[i]
}

// add invites somebody to a target, if they are not. Whoever joins the whole
// meeting stands in the event from then on, since the policy that let them in is
// the organizer's; so they join the occurrences with a list of their own that the
// one who delegated to them is invited to. Whoever joins an occurrence stands in
// Joined.
func (m *Meeting) add(a ical.Attendee, at target) {
	if indexOf(m.attendees(at), a.Email) >= 0 {
		return
	}
	if !at.id.IsZero() {
		m.Joined = append(m.Joined, Joined{at.id, a})
		return
	}
	m.Event.Attendees = append(m.Event.Attendees, a)
	for i := range m.Event.Overrides {
		o := &m.Event.Overrides[i]
		if indexOf(o.Attendees, a.DelegatedFrom) >= 0 && indexOf(o.Attendees, a.Email) < 0 {
			o.Attendees = append(o.Attendees, a)
		}
	}
}

// isBare reports whether an override says nothing, apart from its attendees.
func isBare(o ical.Event) bool {
	o.RecurrenceID, o.Sequence, o.Attendees = time.Time{}, 0, nil
	return reflect.ValueOf(o).IsZero()
}
