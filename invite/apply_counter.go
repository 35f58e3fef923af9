package invite

import (
	"cmp"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// proposal returns the other time or place that a COUNTER asks for. It is nil if it
// asks for none, and is a plain answer.
//
// QUIRK: Outlook sends one when "propose new time" was opened and nothing
// changed: testdata/replies/outlook-counter-same.eml.
func (x *intake) proposal(e *ical.Event, a *Answer, at series.Target) *Proposal {
	if e.Start.IsZero() {
		return nil
	}
	now := at.Event(x.m.Event)
	e = completed(e, &now)
	place := otherPlace(&now, e)
	if sameSpan(&now, e) && place == "" {
		return nil
	}
	return &Proposal{
		Email: a.Email, Start: e.Start, End: e.End, AllDay: e.AllDay, Location: place, Comment: a.Comment,
		RecurrenceID: a.RecurrenceID, Sequence: a.Sequence, Stamp: a.Stamp, MessageID: a.MessageID,
	}
}

// completed returns the time that a COUNTER proposes, in the form of the present
// time. If it has no end, the length of the meeting stays. If the meeting is all-day
// and the proposal goes from midnight to midnight, it proposes dates.
func completed(e, now *ical.Event) *ical.Event {
	out := *e
	if now.AllDay && !out.AllDay {
		dates := ical.Event{AllDay: true, TimeZone: now.TimeZone, Start: out.Start, End: out.End}
		if n, err := dates.Normalized(); err == nil {
			out.AllDay, out.Start, out.End = true, n.Start, n.End
		}
	}
	if out.End.IsZero() && out.AllDay == now.AllDay {
		out.End = out.Start.Add(series.Length(now))
	}
	out.End = series.EndOf(&out)
	return &out
}

// sameSpan reports whether two normalized events begin and end at the same time, or
// on the same dates if both are all-day.
func sameSpan(a, b *ical.Event) bool {
	return a.AllDay == b.AllDay && a.Start.Equal(b.Start) && series.EndOf(a).Equal(series.EndOf(b))
}

// otherPlace returns the place that is proposed, or "". If the COUNTER repeats
// the present place, which Outlook cuts after 255 characters, it proposes none.
// The link of the conference is the present place if there is no other.
func otherPlace(now, e *ical.Event) string {
	place := strings.TrimSpace(e.Location)
	if place == "" || strings.HasPrefix(strings.TrimSpace(cmp.Or(now.Location, now.Conference)), place) || place == now.Conference {
		return ""
	}
	return place
}

// counter keeps a proposal, and the answer that comes with it unless that
// delegates. The meeting stays as it is, because to accept the proposal is an
// update, and the organizer's decision.
func (x *intake) counter(p Proposal, who ical.Attendee, a Answer, at series.Target) (string, error) {
	if p.End.Before(p.Start) {
		return "", refuse(VerdictHeld, "%s, which ends before it starts", p.describe())
	}
	if err := p.checkYears(); err != nil {
		return "", refuse(VerdictHeld, "proposes a time that no calendar holds: %v", err)
	}
	if err := x.checkRoom(&a); err != nil {
		return "", err
	}
	text, err := x.propose(p)
	if err == nil && roster.IsAnswer(a.Status) && a.Status != ical.StatusDelegated {
		x.keep(a, who, at)
	}
	return text, err
}

// propose keeps a proposal if it is new and not older than the attendee's last
// word.
func (x *intake) propose(p Proposal) (string, error) {
	p.trim()
	if slices.ContainsFunc(x.m.Proposals, p.equal) || x.adjusted && slices.ContainsFunc(x.m.Proposals, p.sameMail) {
		return "", refuse(VerdictDuplicate, "is held already: %s", p.describe())
	}
	a := Answer{Email: p.Email, RecurrenceID: p.RecurrenceID, Sequence: p.Sequence, Stamp: p.Stamp, Via: p.Via}
	if _, _, err := x.checkNotOlder(&a); err != nil {
		return "", err
	}
	x.own()
	p.ID = p.id()
	x.m.Proposals = append(x.m.Proposals, p)
	x.settleOrder(&a)
	x.spoke(p.Email)
	return p.describe(), nil
}
