package invite

import (
	"fmt"
	"time"

	"github.com/convene-go/convene/internal/address"
)

// entry is an answer or a proposal of an attendee.
type entry struct {
	version
	answer   *Answer
	proposal *Proposal
}

func (e entry) String() string {
	if e.proposal != nil {
		return fmt.Sprintf("a proposal of %s", e.stamp.Format(time.RFC3339))
	}
	return fmt.Sprintf("%s of %s", e.answer.Status, e.stamp.Format(time.RFC3339))
}

// latest returns the newest answer or proposal of an attendee to an occurrence.
// Of equally new ones, the last to arrive is returned.
func (m *Meeting) latest(email string, occurrence time.Time) (last entry, ok bool) {
	key := address.Key(email)
	take := func(e entry, of string, id time.Time) {
		if id.Equal(occurrence) && address.Key(of) == key && (!ok || e.compare(last.version) >= 0) {
			last, ok = e, true
		}
	}
	for i := range m.Proposals {
		p := &m.Proposals[i]
		take(entry{version: p.version(), proposal: p}, p.Email, p.RecurrenceID)
	}
	for i := range m.Answers {
		a := &m.Answers[i]
		take(entry{version: a.version(), answer: a}, a.Email, a.RecurrenceID)
	}
	return last, ok
}
