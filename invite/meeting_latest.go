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
	key := address.Key(email)
	var answer, proposal answerOrProposal
	for i := range m.Answers {
		a := &m.Answers[i]
		if a.RecurrenceID.Equal(occurrence) && address.HasKey(a.Email, key) && (answer.answer == nil || a.order().Compare(answer.Order) >= 0) {
			answer = answerOrProposal{Order: a.order(), answer: a}
		}
	}
	for i := range m.Proposals {
		p := &m.Proposals[i]
		if p.RecurrenceID.Equal(occurrence) && address.HasKey(p.Email, key) && (proposal.proposal == nil || p.order().Compare(proposal.Order) >= 0) {
			proposal = answerOrProposal{Order: p.order(), proposal: p}
		}
	}
	if proposal.proposal != nil && (answer.answer == nil || proposal.Compare(answer.Order) > 0) {
		return proposal, true
	}
	return answer, answer.answer != nil
}
