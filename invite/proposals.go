package invite

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
)

// proposes tells whether a COUNTER asks for anything. Where it does not, it is a
// plain answer.
//
// QUIRK: Outlook sends one when "propose new time" was opened and nothing
// changed: testdata/replies/outlook-counter-same.eml.
func (x *intake) proposes(e *ical.Event, at target) bool {
	now := x.m.occurrenceEvent(at)
	return !e.Start.IsZero() && (!sameSpan(&now, e) || otherPlace(&now, e) != "")
}

func sameSpan(a, b *ical.Event) bool {
	if a.AllDay && b.AllDay {
		return sameDate(a.Start, b.Start) && sameDate(lastInstant(a), lastInstant(b))
	}
	return a.AllDay == b.AllDay && a.Start.Equal(b.Start) && lastInstant(a).Equal(lastInstant(b))
}

func sameDate(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

// lastInstant is the end, also where it is left out.
func lastInstant(e *ical.Event) time.Time {
	switch {
	case !e.End.IsZero():
		return e.End
	case e.AllDay:
		return e.Start.AddDate(0, 0, 1)
	}
	return e.Start
}

// otherPlace is a place that is proposed. An echo of the present one, which
// Outlook cuts after 255 characters, is none.
func otherPlace(now, e *ical.Event) string {
	place := strings.TrimSpace(e.Location)
	if place == "" || strings.HasPrefix(strings.TrimSpace(or(now.Location, now.Conference)), place) || place == now.Conference {
		return ""
	}
	return place
}

// counter keeps a proposal, and the answer that comes with it. The meeting stays
// as it is: to take the proposal is an update, and the organizer's decision.
func (x *intake) counter(s statement, who ical.Attendee, a Answer, at target) (string, error) {
	now := x.m.occurrenceEvent(at)
	p := Proposal{
		Email: who.Email, Start: s.event.Start, End: lastInstant(s.event), AllDay: s.event.AllDay,
		Location: otherPlace(&now, s.event), Comment: a.Comment, RecurrenceID: at.id,
		Sequence: a.Sequence, Stamp: a.Stamp, MessageID: a.MessageID,
	}
	text, err := x.propose(p)
	if err == nil && counts(a.Status) && a.Status != ical.StatusDelegated {
		x.m.record(a, who, at)
	}
	return text, err
}

// propose keeps a proposal, if it is new and not older than what the attendee said
// last.
func (x *intake) propose(p Proposal) (string, error) {
	if slices.ContainsFunc(x.m.Proposals, p.equal) {
		return "", refuse(VerdictDuplicate, "is held already: %s", p.describe())
	}
	a := Answer{Email: p.Email, RecurrenceID: p.RecurrenceID, Sequence: p.Sequence, Stamp: p.Stamp}
	if err := x.m.notOlder(&a); err != nil {
		return "", err
	}
	p.ID = p.id()
	x.m.Proposals = append(x.m.Proposals, p)
	return p.describe(), nil
}

// equal tells whether another proposal is the same.
func (p *Proposal) equal(q Proposal) bool {
	return p.version().compare(q.version()) == 0 && address.Same(p.Email, q.Email) &&
		p.RecurrenceID.Equal(q.RecurrenceID) && p.Start.Equal(q.Start) && p.End.Equal(q.End) &&
		p.Location == q.Location && p.Comment == q.Comment
}

func (p *Proposal) describe() string {
	s := fmt.Sprintf("%s proposes %s to %s", p.Email, p.Start.Format(time.RFC3339), p.End.Format(time.RFC3339))
	if p.Location != "" {
		s += ", " + p.Location
	}
	return s
}

// OpenProposals are the proposals that wait for the organizer: not declined, not
// followed by another answer of the same attendee, and not made before the last
// change that asked everybody anew.
func (m *Meeting) OpenProposals() []Proposal {
	var out []Proposal
	for i := range m.Proposals {
		p := &m.Proposals[i]
		last, _ := m.latest(p.Email, p.RecurrenceID)
		if !p.Declined && p.Sequence >= m.floor(p.Email, p.RecurrenceID) && last.compare(p.version()) == 0 {
			out = append(out, *p)
		}
	}
	return out
}

// Accept returns the event as the proposal has it, for [Client.Update]. It fails
// if the event has no such occurrence, or if one occurrence of a series
// would have to change between days and hours.
func (p *Proposal) Accept(e ical.Event) (ical.Event, error) {
	m := (&Meeting{Event: e}).clone()
	at, err := m.target(p.RecurrenceID)
	switch {
	case err != nil:
		return e, fmt.Errorf("invite: proposal of %s: %w", p.Email, err)
	case at.cancelled:
		return e, fmt.Errorf("invite: proposal of %s: the meeting is cancelled", p.Email)
	case !at.id.IsZero() && p.AllDay != e.AllDay:
		return e, fmt.Errorf("invite: proposal of %s: one occurrence cannot change between days and hours", p.Email)
	}
	o := &m.Event
	if !at.id.IsZero() {
		o = override(o, at.id)
	} else {
		o.AllDay = p.AllDay
	}
	o.Start, o.End = p.Start, p.End
	o.Location = or(p.Location, o.Location)
	return m.Event, nil
}

// planDecline plans the refusal of a proposal.
func planDecline(m *Meeting, p Proposal) (*plan, error) {
	i := slices.IndexFunc(m.Proposals, func(q Proposal) bool {
		if p.ID != "" {
			return p.ID == q.ID && address.Same(p.Email, q.Email)
		}
		return p.equal(q)
	})
	if i < 0 {
		return nil, fmt.Errorf("invite: proposal of %s: is not one of this meeting", p.Email)
	}
	p = m.Proposals[i]
	at, err := m.target(p.RecurrenceID)
	if err != nil {
		return nil, fmt.Errorf("invite: proposal of %s: %w", p.Email, err)
	}
	a, ok := m.attendee(p.Email, at)
	if !ok {
		return nil, fmt.Errorf("invite: proposal of %s: %w", p.Email, ErrNotInvited)
	}
	a = m.said(a, at.id)
	out := m.repeat()
	out.declined = p.ID
	e := m.occurrenceEvent(at)
	out.notices = []notice{{attendee: &a, action: body.ActionProposalDeclined, content: &content{
		method: ical.MethodDeclineCounter, sequence: e.Sequence, reason: "proposed another time", event: alone(&e, &a),
	}}}
	return out, nil
}

// id names a proposal by what it says.
func (p *Proposal) id() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%d\n%d\n%d\n%d\n%v\n%s\n%s", address.Key(p.Email), p.RecurrenceID.Unix(),
		p.Sequence, p.Stamp.Unix(), p.Start.Unix(), p.End.Unix(), p.AllDay, p.Location, p.Comment))
	return base32Lower.EncodeToString(sum[:10])
}
