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

// attendees are those who are invited to a target.
func (m *Meeting) attendees(at target) []ical.Attendee {
	if at.override >= 0 {
		if list := m.Event.Overrides[at.override].Attendees; len(list) > 0 {
			return list
		}
	}
	return m.Event.Attendees
}

// attendee finds one who is invited.
func (m *Meeting) attendee(email string, at target) (ical.Attendee, bool) {
	list := m.attendees(at)
	if i := indexOf(list, email); i >= 0 {
		return list[i], true
	}
	return ical.Attendee{}, false
}

// override is that of an occurrence, made where it is not there yet.
func (m *Meeting) override(at target) *ical.Event {
	e := &m.Event
	i := slices.IndexFunc(e.Overrides, func(o ical.Event) bool { return sameOccurrence(e, o.RecurrenceID, at.id) })
	if i < 0 {
		i = len(e.Overrides)
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: at.id})
	}
	return &e.Overrides[i]
}

// own are the attendees of a target, to be changed. Those of an occurrence
// become its own, in an override that may say nothing else.
func (m *Meeting) own(at target) *[]ical.Attendee {
	if at.id.IsZero() {
		return &m.Event.Attendees
	}
	o := m.override(at)
	if len(o.Attendees) == 0 {
		o.Attendees = slices.Clone(m.Event.Attendees)
	}
	return &o.Attendees
}

// add invites somebody to a target, if they are not. Who joins the series joins
// the occurrences that differ in nothing but who comes, a delegate those that
// the delegator is invited to.
func (m *Meeting) add(a ical.Attendee, at target) {
	lists := []*[]ical.Attendee{m.own(at)}
	for i := range m.Event.Overrides {
		o := &m.Event.Overrides[i]
		if at.id.IsZero() && len(o.Attendees) > 0 && (isBare(*o) || indexOf(o.Attendees, a.DelegatedFrom) >= 0) {
			lists = append(lists, &o.Attendees)
		}
	}
	for _, list := range lists {
		if indexOf(*list, a.Email) < 0 {
			*list = append(*list, a)
		}
	}
}

// isBare tells whether an override says nothing but who comes.
func isBare(o ical.Event) bool {
	o.RecurrenceID, o.Attendees = time.Time{}, nil
	return reflect.ValueOf(o).IsZero()
}
