package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Status returns the answer of an attendee that counts now for the whole meeting. It
// is [ical.StatusNeedsAction] for an attendee who has not answered, and "" for an
// address that is not invited. A nil Meeting has no attendees, here and in all methods
// that return no error.
func (m *Meeting) Status(email string) ical.Status { return m.OccurrenceStatus(email, time.Time{}) }

// OccurrenceStatus returns the answer of an attendee that counts now for the
// occurrence with that original start. An answer to the occurrence comes before
// the answer to the series. It is "" if the series has no such occurrence, or if
// the address is not invited to it.
func (m *Meeting) OccurrenceStatus(email string, start time.Time) ical.Status {
	if m == nil {
		return ""
	}
	at, ok := m.target(start)
	if !ok {
		return ""
	}
	a, ok := m.attendee(email, at)
	if !ok {
		return ""
	}
	return m.withAnswer(a, at.Start).Status
}

// Attendees returns the attendees of the whole meeting, or of the occurrence with
// that original start, with the answers that count now. It is nil if the series
// has no such occurrence.
func (m *Meeting) Attendees(start time.Time) []ical.Attendee {
	if m == nil {
		return nil
	}
	at, ok := m.target(start)
	if !ok {
		return nil
	}
	return m.counting().Written(slices.Clone(m.attendees(at)), at.Start, m.Event.Organizer.Email)
}

// OpenProposals returns the proposals that wait for the organizer: not declined,
// not followed by another answer or proposal of the same attendee, and not made
// before the last change that asked everybody anew.
func (m *Meeting) OpenProposals() []Proposal {
	if m == nil {
		return nil
	}
	var out []Proposal
	r := m.answerRecord()
	for i := range m.Proposals {
		p := &m.Proposals[i]
		last, _ := m.latest(p.Email, p.RecurrenceID)
		if !p.Declined && p.Sequence >= r.Floor(p.Email, p.RecurrenceID) && last.Compare(p.order()) == 0 {
			out = append(out, *p)
		}
	}
	return out
}

// Tally counts the answers to the whole meeting, and its mails.
func (m *Meeting) Tally() Tally {
	if m == nil {
		return Tally{}
	}
	t, _ := m.OccurrenceTally(time.Time{})
	t.Proposals = len(m.OpenProposals())
	for i := range m.Deliveries {
		t.count(m.Deliveries[i].State)
	}
	return t
}

// OccurrenceTally counts the answers to the occurrence with that original start.
// It reports false if the series has no such occurrence. Only [Meeting.Tally] counts
// proposals and mails.
func (m *Meeting) OccurrenceTally(start time.Time) (Tally, bool) {
	var t Tally
	if m == nil {
		return t, false
	}
	at, ok := m.target(start)
	if !ok {
		return t, false
	}
	s := m.counting()
	for _, a := range m.attendees(at) {
		if !address.Same(a.Email, m.Event.Organizer.Email) {
			t.add(s.Answer(address.Key(a.Email), at.Start))
		}
	}
	return t, true
}
