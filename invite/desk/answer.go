package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite"
)

// Answer takes an answer in that came by a link or by telephone, see
// [invite.Meeting.Answer]. If the meeting is not stored, the error is [ErrNotFound].
func (d *Desk) Answer(ctx context.Context, uid string, a invite.Answer) (invite.Outcome, error) {
	return d.take(ctx, uid, a.Via, func(m *invite.Meeting) (*invite.Meeting, invite.Outcome) { return m.Answer(a) })
}

// Propose takes another time in that an attendee asks for by a link or by telephone, see
// [invite.Meeting.Propose]. If the meeting is not stored, the error is [ErrNotFound].
func (d *Desk) Propose(ctx context.Context, uid string, p invite.Proposal) (invite.Outcome, error) {
	return d.take(ctx, uid, p.Via, func(m *invite.Meeting) (*invite.Meeting, invite.Outcome) { return m.Propose(p) })
}

// Undelivered takes a report in that a mail did not arrive, as an HTTP API gives it, see
// [invite.Meeting.Undelivered]. id is a Message-ID, or a receipt of the API, with or without
// angle brackets. If no mail of the desk has it, or if mails of several meetings have it and
// email is "", the verdict is [invite.VerdictUnknownEvent].
func (d *Desk) Undelivered(ctx context.Context, id, email, text string) (invite.Outcome, error) {
	none := invite.Outcome{Verdict: invite.VerdictUnknownEvent, Reason: fmt.Sprintf("is about a mail that is not of this desk: %.80s", id)}
	if err := d.enter(ctx); err != nil {
		return none, err
	}
	for _, query := range []string{byMessageID, byReceipt} {
		keys, err := d.keysOf(ctx, query, []string{id, "<" + strings.Trim(id, "<>") + ">", strings.Trim(id, "<>")})
		if err != nil {
			return none, err
		}
		if email == "" && len(keys) > 1 { // servers use their receipts again
			none.Reason = fmt.Sprintf("may be about mails of %d meetings, and names no recipient: %.80s", len(keys), id)
			return none, nil
		}
		for _, key := range keys {
			o, err := d.take(ctx, key, viaReport, func(m *invite.Meeting) (*invite.Meeting, invite.Outcome) {
				return m.Undelivered(id, email, text)
			})
			if err == nil && o.Verdict == invite.VerdictUnknownEvent || errors.Is(err, ErrNotFound) {
				continue
			}
			return o, err
		}
	}
	return none, nil
}

// take takes an answer, a proposal or a report into a meeting, and returns the outcome.
func (d *Desk) take(ctx context.Context, uid, via string, f func(m *invite.Meeting) (*invite.Meeting, invite.Outcome)) (o invite.Outcome, err error) {
	began := d.clock()
	var r Received
	s, err := d.change(ctx, uid, freeAnswers, func(was *stored, c *invite.Client, _ bool) (s *step, err error) {
		s, o = d.apply(ctx, was, c, f)
		r = Received{UID: was.meeting.Event.UID, Outcome: o, Events: s.events}
		return s, nil
	})
	if err != nil {
		return invite.Outcome{}, err
	}
	d.tellApplied(ctx, began, via, s.meeting.Tag, &r)
	return o, nil
}

// apply returns the step that f makes of a meeting, and the outcome of f. It invites the
// attendees whom the outcome names.
func (d *Desk) apply(ctx context.Context, was *stored, c *invite.Client, f func(m *invite.Meeting) (*invite.Meeting, invite.Outcome)) (*step, invite.Outcome) {
	after, o := f(was.meeting)
	s := &step{meeting: after, events: events(was.meeting, after)}
	if len(o.Invite) == 0 {
		return s, o
	}
	invited, err := c.Reinvite(ctx, after, o.Invite, invite.QueueOnly())
	if err != nil { // the answer counts all the same
		d.log().ErrorContext(ctx, "desk: attendees cannot be invited", "uid", after.Event.UID, "attendees", len(o.Invite), "error", discreet.Error(err))
		d.log().DebugContext(ctx, "desk: attendees cannot be invited", "uid", after.Event.UID, "attendees", o.Invite, "error", err)
		return s, o
	}
	s.meeting = invited
	return s, o
}

// eventOf returns an event of a meeting.
func eventOf(m *invite.Meeting, kind EventKind, attendee string) Event {
	return Event{Kind: kind, UID: m.Event.UID, Tag: m.Tag, Attendee: attendee}
}

// events returns the events by which a meeting was changed from was to now: new answers,
// new proposals, and mails that did not arrive.
func events(was, now *invite.Meeting) (out []Event) {
	if was == now {
		return nil
	}
	answers := make(map[invite.Answer]int, len(was.Answers))
	for _, a := range was.Answers {
		answers[a]++
	}
	for _, a := range now.Answers {
		if answers[a]--; answers[a] >= 0 {
			continue
		}
		e := eventOf(now, EventAnswered, a.Email)
		if a.Status == ical.StatusDelegated {
			e.Kind = EventDelegated
		}
		e.Answer = &a
		out = append(out, e)
	}
	proposals := make(map[string]int, len(was.Proposals))
	for _, p := range was.Proposals {
		proposals[p.ID]++
	}
	for _, p := range now.Proposals {
		if proposals[p.ID]--; proposals[p.ID] >= 0 {
			continue
		}
		e := eventOf(now, EventProposed, p.Email)
		e.Proposal = &p
		out = append(out, e)
	}
	for i := range min(len(was.Deliveries), len(now.Deliveries)) {
		d := now.Deliveries[i]
		if d.State == invite.DeliveryUndelivered && was.Deliveries[i].State != d.State {
			out = append(out, eventOfMail(now.Event.UID, now.Tag, d))
		}
	}
	return out
}
