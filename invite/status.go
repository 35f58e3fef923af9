package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Status returns the answer of an attendee that counts now for the whole meeting.
// It is "" for an address that is not invited.
func (m *Meeting) Status(email string) ical.Status { return m.OccurrenceStatus(email, time.Time{}) }

// OccurrenceStatus returns the answer of an attendee that counts now for the
// occurrence of that original start; an answer of its own comes before the answer
// to the series. It is "" for an address that is not invited to the occurrence, and
// if the series has no such occurrence.
func (m *Meeting) OccurrenceStatus(email string, start time.Time) ical.Status {
	at, err := m.target(start)
	if err != nil {
		return ""
	}
	a, ok := m.attendee(email, at)
	if !ok {
		return ""
	}
	return m.said(a, at.id).Status
}

// Attendees returns the attendees of the whole meeting, or of the occurrence with
// that original start, with the answers that count now. It is nil if the series
// has no such occurrence.
func (m *Meeting) Attendees(start time.Time) []ical.Attendee {
	at, err := m.target(start)
	if err != nil {
		return nil
	}
	return m.standing().written(slices.Clone(m.attendees(at)), at.id, m.Event.Organizer.Email)
}

// said returns an attendee with the answer that counts.
func (m *Meeting) said(a ical.Attendee, id time.Time) ical.Attendee {
	a.Status = or(a.Status, ical.StatusNeedsAction)
	if !address.Same(a.Email, m.Event.Organizer.Email) {
		m.answer(a.Email, id).put(&a)
	}
	return a
}

// answer returns the answer of one attendee that counts, see [standing.answer].
func (m *Meeting) answer(email string, id time.Time) *Answer {
	key := address.Key(email)
	one := *m
	one.Answers = slices.DeleteFunc(slices.Clone(m.Answers), func(a Answer) bool { return address.Key(a.Email) != key })
	return one.standing().answer(key, id)
}

// record keeps an answer.
func (m *Meeting) record(a Answer, who ical.Attendee, at target) {
	m.add(who, at)
	m.Answers = append(m.Answers, a)
}
