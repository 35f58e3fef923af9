package invite

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/mailauth"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// Proposal is another time that an attendee asked for (RFC 5546, section 3.2.7).
type Proposal struct {
	// ID names the proposal within the meeting. [Meeting.Apply] and
	// [Meeting.Propose] make it.
	ID string `json:"id,omitempty"`
	// Email is the attendee's address as the event has it.
	Email string `json:"email"`
	// Start and End are the proposed time. They are dates if AllDay is set.
	Start  time.Time `json:"start,omitzero"`
	End    time.Time `json:"end,omitzero"`
	AllDay bool      `json:"allDay,omitempty"`
	// Location is the proposed place. If it is "", the place of the meeting
	// stays.
	Location string `json:"location,omitempty"`
	// Comment has the attendee's words with it.
	Comment string `json:"comment,omitempty"`
	// RecurrenceID is the original start of the occurrence that the proposal is
	// about. It is zero if the proposal is about the whole meeting.
	RecurrenceID time.Time `json:"recurrenceId,omitzero"`
	// Sequence and Stamp are the SEQUENCE and the DTSTAMP of the proposal, which
	// order it.
	Sequence int       `json:"sequence"`
	Stamp    time.Time `json:"stamp,omitzero"`
	// Via is the way by which the proposal came. "" is a mail. Every other value
	// was given by the caller of [Meeting.Propose], such as "link".
	Via string `json:"via,omitempty"`
	// MessageID is the Message-ID of the mail with the proposal, with angle
	// brackets. If the proposal did not come by mail, it may name its form or call, see
	// [Meeting.Answer].
	MessageID string `json:"messageId,omitempty"`
	// Declined is set by [Client.DeclineProposal].
	Declined bool `json:"declined,omitempty"`
}

// Accept returns the event as the proposal has it, for [Client.Update]. It fails
// if the event has no such occurrence, if that is cancelled, or if one occurrence of a
// series would have to change between days and hours. It does not change e.
func (p *Proposal) Accept(e ical.Event) (ical.Event, error) {
	out := series.Normalized(e)
	at, ok := series.Find(&out, p.RecurrenceID)
	switch {
	case !ok:
		return e, p.error(unknownOccurrence(&out, p.RecurrenceID))
	case at.Cancelled:
		return e, p.error(errors.New("the meeting is cancelled"))
	case !at.Start.IsZero() && p.AllDay != e.AllDay:
		return e, p.error(errors.New("one occurrence cannot change between days and hours"))
	}
	o := &out
	if !at.Start.IsZero() {
		o = series.Override(o, at.Start)
	} else {
		o.AllDay = p.AllDay
	}
	o.Start, o.End = p.Start, p.End
	o.Location = cmp.Or(foreignLine(p.Location, mostLocation), o.Location)
	return out, nil
}

// normalize gives the times of a proposal the form of [series.Normalized]. If it has no
// end, it is as long as the meeting now. The error is a refusal.
func (p *Proposal) normalize(now ical.Event) error {
	e, err := ical.Event{AllDay: p.AllDay, TimeZone: now.TimeZone, Start: p.Start, End: p.End}.Normalized()
	if err != nil {
		return refuse(VerdictNotAnAnswer, "%v", ical.FieldErrors(err)[0])
	}
	p.Start, p.End = e.Start, e.End
	const day = 24 * time.Hour
	switch length := series.Length(&now); {
	case p.End.IsZero() && p.AllDay:
		p.End = p.Start.Add(max(length.Truncate(day), day))
	case p.End.IsZero():
		p.End = p.Start.Add(length)
	case p.AllDay && !p.End.After(p.Start):
		return refuse(VerdictNotAnAnswer, "End: is not a day after the start: the end of an all-day proposal is the day after its last")
	}
	if err := p.checkYears(); err != nil {
		return refuse(VerdictNotAnAnswer, "%v", err)
	}
	return nil
}

// error reports why a proposal cannot be used.
func (p *Proposal) error(cause error) error {
	return fmt.Errorf("invite: proposal of %s: %w", p.Email, cause)
}

// equal reports whether another proposal is the same.
func (p *Proposal) equal(q Proposal) bool {
	return p.order().Compare(q.order()) == 0 && address.Same(p.Email, q.Email) &&
		p.RecurrenceID.Equal(q.RecurrenceID) && p.Start.Equal(q.Start) && p.End.Equal(q.End) &&
		p.Location == q.Location && p.Comment == q.Comment
}

// sameMail reports whether another proposal is the same, and came in the same mail.
func (p *Proposal) sameMail(q Proposal) bool {
	q.Sequence, q.Stamp = p.Sequence, p.Stamp
	return p.MessageID != "" && p.MessageID == q.MessageID && p.equal(q)
}

// describe says the proposal in words.
func (p *Proposal) describe() string {
	s := fmt.Sprintf("%s proposes %s to %s", p.Email, p.Start.Format(time.RFC3339), p.End.Format(time.RFC3339))
	if p.Location != "" {
		s += ", " + p.Location
	}
	return s
}

// id returns the name of a proposal, made of its content.
func (p *Proposal) id() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%d\n%d\n%d\n%d\n%v\n%s\n%s", address.Key(p.Email), p.RecurrenceID.Unix(),
		p.Sequence, p.Stamp.Unix(), p.Start.Unix(), p.End.Unix(), p.AllDay, p.Location, p.Comment))
	return mailauth.Base32.EncodeToString(sum[:10])
}

func (p *Proposal) order() roster.Order {
	return roster.Order{Sequence: p.Sequence, Stamp: p.Stamp, ByHand: p.Via != ""}
}
