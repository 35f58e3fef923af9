package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Status returns what counts of an attendee now for the whole meeting. It is ""
// for who is not invited.
func (m *Meeting) Status(email string) ical.Status { return m.OccurrenceStatus(email, time.Time{}) }

// OccurrenceStatus returns what counts of an attendee now for the occurrence of
// that original start, where an answer of its own comes before that to the
// series. It is "" for who is not invited to it, and for an occurrence that there is
// not.
func (m *Meeting) OccurrenceStatus(email string, start time.Time) ical.Status {
	at, err := m.target(start)
	if err != nil {
		return ""
	}
	a, ok := m.attendee(email, at)
	if !ok {
		return ""
	}
	return or(a.Status, ical.StatusNeedsAction)
}

// record keeps an answer and lets it count.
func (m *Meeting) record(a Answer, who ical.Attendee, at target) {
	m.Answers = append(m.Answers, a)
	m.add(who, at)
	a.settle(*m.own(at))
	if !at.id.IsZero() {
		return
	}
	for i := range m.Event.Overrides {
		if o := &m.Event.Overrides[i]; a.Sequence >= m.floor(o.RecurrenceID) && !m.answered(a.Email, o.RecurrenceID) {
			a.settle(o.Attendees)
		}
	}
}

// settle writes an answer to its attendee in a list.
func (a *Answer) settle(list []ical.Attendee) {
	if i := indexOf(list, a.Email); i >= 0 {
		list[i].Status, list[i].Comment, list[i].DelegatedTo = a.Status, a.Comment, a.DelegatedTo
	}
}

// answered tells whether an attendee has an answer to this very occurrence that
// counts still.
func (m *Meeting) answered(email string, id time.Time) bool {
	return slices.ContainsFunc(m.Answers, func(a Answer) bool {
		return a.RecurrenceID.Equal(id) && a.Sequence >= m.floor(id) && address.Same(a.Email, email)
	})
}
