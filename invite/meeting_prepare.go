package invite

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/internal/mailauth"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/series"
)

// after returns the meeting that a plan makes of m, before anything is sent.
func (m *Meeting) after(p *plan.Plan, o *settings) *Meeting {
	out := m.withEvent(p.Intent)
	out.forget()
	if p.Previous != nil {
		out.Before = append(out.Before, *p.Previous)
	}
	out.follow(p)
	out.HideGuests, out.OneMail = o.hideGuests, o.oneMail
	out.Unsent = out.Unsent || p.Unsent
	out.Tag = cmp.Or(o.tag, out.Tag)
	out.Answers = append(out.Answers, answersOf(p.OrganizerAnswers)...)
	for _, j := range p.Joined {
		out.Joined = append(out.Joined, Joined(j))
	}
	out.revise(p.Revised)
	for i := range out.Proposals {
		if p.Declined != "" && out.Proposals[i].ID == p.Declined {
			out.Proposals[i].Declined = true
		}
	}
	return out
}

// enter adds the letters to the deliveries as pending, and marks the earlier
// pending mails that they replace. It sets the index of each recipient. It fails if
// o.Random does, or if a mail has too many files. The files of the call are left out if
// noFiles is set.
func (m *Meeting) enter(list []letter, p *plan.Plan, o *settings, noFiles bool) error {
	a := newAttacher(m, o, noFiles)
	m.overtake(list, p, o.Now().UTC())
	a.findOvertaken()
	m.Deliveries = slices.Grow(m.Deliveries, len(list))
	stamp, number := o.stamp(), m.nextNumber()
	ids := messageIDs{random: o.Random}
	for _, l := range list {
		r := &l[0]
		id, err := ids.next(r.Event.Organizer.Email)
		if err != nil {
			return err
		}
		files, err := a.numberFor(l)
		if err != nil {
			return err
		}
		d := Delivery{
			Method: r.Method, Sequence: r.Sequence, RecurrenceID: r.Event.RecurrenceID, Action: body.Action(r.Purpose()),
			Comment: o.comment, Attached: files, Stamp: stamp, MessageID: id, State: DeliveryPending,
		}
		for i := range l {
			l[i].index, d.To, d.N = len(m.Deliveries), l[i].Attendee.Email, number
			m.Deliveries = append(m.Deliveries, d)
			number++
		}
	}
	return nil
}

// assignReplyAddresses gives each recipient the address that their answer is to come
// to, and keeps new addresses in the meeting. An address that was given out once
// stays until Lifetime after the end of the meeting, whatever day its token has,
// because clients take another organizer for another meeting. It also stays if the
// options have no ReplyAddress any more.
func (m *Meeting) assignReplyAddresses(list []recipient, o *settings) error {
	r := o.ReplyAddress
	if r == nil && len(m.ReplyAddresses) == 0 {
		return nil
	}
	if r != nil {
		if err := r.check(); err != nil {
			return err
		}
		if m.ReplyAddresses == nil {
			m.ReplyAddresses = make(map[string]string, len(list))
		}
	}
	end, now := series.LastEnd(&m.Event), o.Now()
	for i := range list {
		email := list[i].Attendee.Email
		if o.oneMail {
			email = ""
		}
		key := address.Key(email)
		if r != nil {
			m.ReplyAddresses[key] = r.renew(m.ReplyAddresses[key], &m.Event, email, end, now)
		}
		list[i].replyTo = m.ReplyAddresses[key]
	}
	return nil
}

// messageIDs makes Message-IDs. Their right side is the organizer's domain (RFC
// 5322, section 3.6.4). Their left side has 120 random bits, so that nobody can guess
// the Message-ID of another attendee's mail and report it as undelivered.
type messageIDs struct {
	random    io.Reader
	organizer string // the organizer of the last Message-ID
	domain    string // the domain of that organizer
	raw       [15]byte
	buf       []byte
}

// next returns a Message-ID for a mail of the organizer. The domain is "invalid" if
// the organizer's address has none that can be written in ASCII.
func (x *messageIDs) next(organizer string) (string, error) {
	if x.organizer != organizer || x.domain == "" {
		x.organizer, x.domain = organizer, "invalid"
		if ascii, err := address.ASCII(organizer); err == nil {
			x.domain = ascii[strings.LastIndexByte(ascii, '@')+1:]
		}
	}
	if _, err := io.ReadFull(x.random, x.raw[:]); err != nil {
		return "", fmt.Errorf("invite: Options.Random: %w", err)
	}
	x.buf = mailauth.Base32.AppendEncode(append(x.buf[:0], '<'), x.raw[:])
	x.buf = append(append(append(x.buf, '@'), x.domain...), '>')
	return string(x.buf), nil
}
