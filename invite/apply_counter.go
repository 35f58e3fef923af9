package invite

import (
	"cmp"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// proposes reports whether a COUNTER asks for anything. If it does not, it is a
// plain answer.
//
// QUIRK: Outlook sends one when "propose new time" was opened and nothing
// changed: testdata/replies/outlook-counter-same.eml.
func (x *intake) proposes(e *ical.Event, at series.Target) bool {
	now := at.Event(x.m.Event)
	return !e.Start.IsZero() && (!sameSpan(&now, e) || otherPlace(&now, e) != "")
}

// sameSpan reports whether two events begin and end at the same time, or on the
// same dates if both are all-day.
func sameSpan(a, b *ical.Event) bool {
	if a.AllDay && b.AllDay {
		return series.SameDate(a.Start, b.Start) && series.SameDate(series.EndOf(a), series.EndOf(b))
	}
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
func (x *intake) counter(s statement, who ical.Attendee, a Answer, at series.Target) (string, error) {
	now := at.Event(x.m.Event)
	p := Proposal{
		Email: who.Email, Start: s.event.Start, End: series.EndOf(s.event), AllDay: s.event.AllDay,
		Location: otherPlace(&now, s.event), Comment: a.Comment, RecurrenceID: at.Start,
		Sequence: a.Sequence, Stamp: a.Stamp, MessageID: a.MessageID,
	}
	text, err := x.propose(p)
	if err == nil && roster.IsAnswer(a.Status) && a.Status != ical.StatusDelegated {
		x.m.keep(a, who, at)
	}
	return text, err
}

// propose keeps a proposal if it is new and not older than the attendee's last
// word.
func (x *intake) propose(p Proposal) (string, error) {
	if slices.ContainsFunc(x.m.Proposals, p.equal) {
		return "", refuse(VerdictDuplicate, "is held already: %s", p.describe())
	}
	a := Answer{Email: p.Email, RecurrenceID: p.RecurrenceID, Sequence: p.Sequence, Stamp: p.Stamp, Via: p.Via}
	if err := x.checkNotOlder(&a); err != nil {
		return "", err
	}
	p.ID = p.id()
	x.m.Proposals = append(x.m.Proposals, p)
	return p.describe(), nil
}
