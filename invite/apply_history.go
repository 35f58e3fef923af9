package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// keep adds an answer to the meeting, and its attendee if they joined by it.
func (x *intake) keep(a Answer, who ical.Attendee, at series.Target) {
	x.m.keep(a, who, at)
	x.settleOrder(&a)
	x.spoke(a.Email)
	if id := a.RecurrenceID; !id.IsZero() {
		x.answeredBy(a.Email)[id.Unix()] = true
	}
}

// spoke notes an attendee whose history must be limited at the end, see [intake.limit].
func (x *intake) spoke(email string) {
	if key := address.Key(email); !slices.Contains(x.spoken, key) {
		x.spoken = append(x.spoken, key)
	}
}

// checkRoom refuses an answer to one more occurrence if the attendee has answered as
// many as are kept. If some of them are over, the answers to the earliest make room.
func (x *intake) checkRoom(a *Answer) error {
	if a.RecurrenceID.IsZero() {
		return nil
	}
	dates := x.answeredBy(a.Email)
	if len(dates) < mostDates || dates[a.RecurrenceID.Unix()] {
		return nil
	}
	coming, now := 0, x.p.Now().Unix()
	for id := range dates {
		if id >= now {
			coming++
		}
	}
	if coming < mostDates && a.RecurrenceID.Unix() >= now {
		return nil
	}
	return refuse(VerdictHeld, "%s has answered %d occurrences, and no more are kept", a.Email, len(dates))
}

// answeredBy returns the occurrences that an attendee has answered, as Unix times.
func (x *intake) answeredBy(email string) map[int64]bool {
	key := address.Key(email)
	if out := x.answered[key]; out != nil {
		return out
	}
	if x.answered == nil {
		x.answered = make(map[string]map[int64]bool)
	}
	out := make(map[int64]bool)
	for i := range x.m.Answers {
		if a := &x.m.Answers[i]; !a.RecurrenceID.IsZero() && address.HasKey(a.Email, key) && !a.isFixed() {
			out[a.RecurrenceID.Unix()] = true
		}
	}
	x.answered[key] = out
	return out
}

// isFixed reports whether the organizer gave the answer.
func (a *Answer) isFixed() bool { return a.Via == roster.ViaOrganizer }

// limit drops the answers, proposals and comments beyond the limits, of the attendees
// whom spoke has noted. It changes x.m.
func (x *intake) limit() {
	now := x.p.Now()
	for _, key := range x.spoken {
		x.m.limitAnswers(key, now)
		x.m.limitProposals(key)
		x.m.limitComments(key)
	}
}

// limitAnswers limits the answers of the attendee with that key. The answers that
// count stay, except for answers to occurrences that are over if there are too many.
// The last answer that names a delegate stays too, because a delegate whom an Update has
// removed still counts.
func (m *Meeting) limitAnswers(key string, now time.Time) {
	var at []int
	var said []roster.Entry
	delegations := make(map[string]int) // the last answer for each delegate, as an index of said
	for i := range m.Answers {
		if a := &m.Answers[i]; address.HasKey(a.Email, key) {
			at = append(at, i)
			said = append(said, roster.Entry{RecurrenceID: a.RecurrenceID, Order: a.order(), Fixed: a.isFixed()})
			if a.DelegatedTo != "" {
				delegations[address.Key(a.DelegatedTo)] = len(said) - 1
			}
		}
	}
	if !m.HideGuests { // see [delegates.countHidden]
		m.dropInvited(delegations)
	}
	for _, i := range delegations {
		said[i].Fixed = true
	}
	limits := roster.Limits{Subject: mostAnswersOf, Superseded: mostSuperseded, Subjects: mostDates + 1}
	m.Answers = without(m.Answers, at, roster.Superfluous(said, limits, func(id time.Time) bool {
		return !id.IsZero() && id.Before(now)
	}))
}

// limitProposals limits the proposals of the attendee with that key, and then of all.
// The newest stay.
func (m *Meeting) limitProposals(key string) {
	var at []int
	var said []roster.Entry
	for i := range m.Proposals {
		if p := &m.Proposals[i]; address.HasKey(p.Email, key) {
			at = append(at, i)
			said = append(said, roster.Entry{RecurrenceID: p.RecurrenceID, Order: p.order()})
		}
	}
	const half = mostProposalsOf / 2
	limits := roster.Limits{Subject: half, Superseded: half, Subjects: half}
	m.Proposals = without(m.Proposals, at, roster.Superfluous(said, limits, nil))
	m.limitAllProposals()
}

// limitAllProposals limits the proposals of all attendees together. The attendees who
// have the most lose their oldest ones first, so that a few attendees cannot push out
// the proposals of the others.
func (m *Meeting) limitAllProposals() {
	over := len(m.Proposals) - mostProposals
	if over <= 0 {
		return
	}
	counts := make(map[string]int)
	for i := range m.Proposals {
		counts[address.Key(m.Proposals[i].Email)]++
	}
	share := mostProposalsOf // the most that everybody may keep
	for kept := mostProposals + 1; kept > mostProposals && share > 0; {
		share, kept = share-1, 0
		for _, n := range counts {
			kept += min(n, share)
		}
	}
	m.Proposals = slices.DeleteFunc(m.Proposals, func(p Proposal) bool {
		key := address.Key(p.Email)
		if over == 0 || counts[key] <= share {
			return false
		}
		counts[key]--
		over--
		return true
	})
}

// without removes list[at[n]] for each n in drop. It changes the list.
func without[T any](list []T, at []int, drop map[int]bool) []T {
	if len(drop) == 0 {
		return list
	}
	gone := make(map[int]bool, len(drop))
	for n := range drop {
		gone[at[n]] = true
	}
	out := list[:0]
	for i := range list {
		if !gone[i] {
			out = append(out, list[i])
		}
	}
	return out
}

// limitComments limits the total length of the comments of the attendee with that key.
// The last to arrive stay.
func (m *Meeting) limitComments(key string) {
	left := mostComments
	shorten := func(comment *string) {
		*comment = cut(*comment, left)
		left = max(0, left-len(*comment))
	}
	for i := len(m.Proposals) - 1; i >= 0; i-- {
		if p := &m.Proposals[i]; p.Comment != "" && address.HasKey(p.Email, key) {
			shorten(&p.Comment)
		}
	}
	for i := len(m.Answers) - 1; i >= 0; i-- {
		if a := &m.Answers[i]; a.Comment != "" && address.HasKey(a.Email, key) {
			shorten(&a.Comment)
		}
	}
}
