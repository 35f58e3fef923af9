package invite

import (
	"fmt"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
)

// answerOrProposal is an answer or a proposal of an attendee. One of the two is nil.
type answerOrProposal struct {
	roster.Order
	answer   *Answer
	proposal *Proposal
}

func (e answerOrProposal) String() string {
	if e.proposal != nil {
		return fmt.Sprintf("a proposal of %s", e.Stamp.Format(time.RFC3339))
	}
	return fmt.Sprintf("%s of %s", e.answer.Status, e.Stamp.Format(time.RFC3339))
}

// latest returns the newest answer or proposal of an attendee to an occurrence.
// Of equally new ones it returns an answer rather than a proposal, and otherwise the
// last to arrive.
func (m *Meeting) latest(email string, occurrence time.Time) (last answerOrProposal, ok bool) {
	return m.latestBy(email, occurrence, func(o roster.Order, _ string) roster.Order { return o })
}

// latestBy is latest, but replaces the order of each answer and proposal by the result
// of order, which takes the order and the Via.
func (m *Meeting) latestBy(email string, occurrence time.Time, order func(roster.Order, string) roster.Order) (last answerOrProposal, ok bool) {
	key := address.Key(email)
	var answer, proposal answerOrProposal
	for i := range m.Answers {
		a := &m.Answers[i]
		if !a.RecurrenceID.Equal(occurrence) || !address.HasKey(a.Email, key) {
			continue
		}
		if o := order(a.order(), a.Via); answer.answer == nil || o.Compare(answer.Order) >= 0 {
			answer = answerOrProposal{Order: o, answer: a}
		}
	}
	for i := range m.Proposals {
		p := &m.Proposals[i]
		if !p.RecurrenceID.Equal(occurrence) || !address.HasKey(p.Email, key) {
			continue
		}
		if o := order(p.order(), p.Via); proposal.proposal == nil || o.Compare(proposal.Order) >= 0 {
			proposal = answerOrProposal{Order: o, proposal: p}
		}
	}
	if proposal.proposal != nil && (answer.answer == nil || proposal.Compare(answer.Order) > 0) {
		return proposal, true
	}
	return answer, answer.answer != nil
}
