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
	take := func(e answerOrProposal, of string, id time.Time) {
		if id.Equal(occurrence) && address.Key(of) == key && (!ok || e.Compare(last.Order) >= 0) {
			last, ok = e, true
		}
	}
	for i := range m.Proposals {
		p := &m.Proposals[i]
		take(answerOrProposal{Order: p.order(), proposal: p}, p.Email, p.RecurrenceID)
	}
	for i := range m.Answers {
		a := &m.Answers[i]
		take(answerOrProposal{Order: a.order(), answer: a}, a.Email, a.RecurrenceID)
	}
	return last, ok
}
