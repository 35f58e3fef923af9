package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// follow gives everything in m that names single occurrences the names that these
// have after a plan: answers, proposals, revisions and attendees who joined. It drops
// what is about an occurrence that does not exist any more if another occurrence has
// its name now. Deliveries keep the names that were in the mails. m must share no list
// with another meeting.
func (m *Meeting) follow(p *plan.Plan) {
	if p.Move == nil {
		return
	}
	m.keepJoined()
	names := p.Move.Names(m.occurrenceNames())
	m.Answers = renamed(names, m.Answers, func(a *Answer) *time.Time { return &a.RecurrenceID })
	m.Proposals = renamed(names, m.Proposals, func(p *Proposal) *time.Time { return &p.RecurrenceID })
	m.Revisions = renamed(names, m.Revisions, func(v *Revision) *time.Time { return &v.RecurrenceID })
	m.Joined = renamed(names, m.Joined, func(j *Joined) *time.Time { return &j.RecurrenceID })
	m.Renamed = p.Renamed
}

// renamed returns m.Renamed, and at most the present sequence: the present version has
// the present names.
func (m *Meeting) renamed() int { return min(m.Renamed, m.Event.Sequence) }

// keepJoined writes the attendees who joined single occurrences into the earlier
// versions of the event that have the present names.
func (m *Meeting) keepJoined() {
	for i := range m.Before {
		if len(m.Joined) == 0 || m.Before[i].Sequence < m.renamed() {
			continue
		}
		m.Before[i] = series.Normalized(m.Before[i])
		roster.Admit(&m.Before[i], m.answerRecord().Joined...)
	}
}

// occurrenceNames returns the original starts of the occurrences that m names.
func (m *Meeting) occurrenceNames() (out []time.Time) {
	for i := range m.Answers {
		out = append(out, m.Answers[i].RecurrenceID)
	}
	for i := range m.Proposals {
		out = append(out, m.Proposals[i].RecurrenceID)
	}
	for i := range m.Revisions {
		out = append(out, m.Revisions[i].RecurrenceID)
	}
	for i := range m.Joined {
		out = append(out, m.Joined[i].RecurrenceID)
	}
	return slices.DeleteFunc(out, time.Time.IsZero)
}

// renamed gives the elements of a list the new names of their occurrences. It changes
// the list.
func renamed[T any](names *series.Names, list []T, name func(*T) *time.Time) []T {
	out := list[:0]
	for _, x := range list {
		if names.Follow(name(&x)) {
			out = append(out, x)
		}
	}
	return out
}
