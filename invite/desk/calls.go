package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/invite"
)

// Send stores a new meeting and queues its invitations, as [invite.Client.Send] would
// send them. If the UID of the event is stored already, the error is about that field
// (see [ical.FieldErrors]).
//
// A meeting that lies wholly in the past is stored all the same, but nobody is mailed, and
// [invite.Meeting.Unsent] is true. The option [invite.AllowPast] mails it.
func (d *Desk) Send(ctx context.Context, e ical.Event, opts ...invite.SendOption) (*invite.Meeting, error) {
	if err := d.enter(ctx); err != nil {
		return nil, err
	}
	opts = d.withTag(opts)
	client, err := d.clientFor(ctx, &invite.Meeting{Tag: invite.TagOf(opts...)})
	if err != nil {
		return nil, err
	}
	m, err := client.Send(ctx, e, append(opts[:len(opts):len(opts)], invite.QueueOnly())...)
	if err != nil {
		return nil, err
	}
	err = d.inTx(ctx, func(tx *sql.Tx) error { return d.putNew(ctx, tx, m, pace{now: d.now()}) })
	if err != nil {
		return nil, err
	}
	return m, nil
}

// taken reports a UID that is stored already.
func taken(uid string) error {
	return fault.Join("desk", &ical.FieldError{Field: "UID", Err: fmt.Errorf("a meeting with %.80q is stored already", uid)})
}

// Update changes the event of a meeting and queues the mails about it, as
// [invite.Client.Update] does. change is given a copy of the event as it is stored. If
// somebody else changes the meeting meanwhile, change may be called again with the event
// as it is then. If it returns an error, nothing is stored, and the error comes back. If
// the event is as it was, no mail is queued.
func (d *Desk) Update(ctx context.Context, uid string, change func(e *ical.Event) error, opts ...invite.MailOption) (*invite.Meeting, error) {
	x := edit{change: change}
	s, err := d.change(ctx, uid, freeChanges, func(was *stored, c *invite.Client, locked bool) (*step, error) {
		after, err := x.of(was.meeting, locked)
		if err != nil {
			return nil, err
		}
		m, err := c.Update(ctx, was.meeting, after, queued(opts)...)
		if err != nil {
			return nil, err
		}
		return &step{meeting: m, settle: d.options.Settle}, nil
	})
	return s.result(err)
}

// UpdateFollowing changes the occurrence with that original start and all later ones,
// as [invite.Client.UpdateFollowing] does. change is given a copy of the event of the
// series, and may be called again. rest is the new meeting. It is nil if start is the
// first occurrence.
func (d *Desk) UpdateFollowing(ctx context.Context, uid string, start time.Time, change func(e *ical.Event) error, opts ...invite.MailOption) (old, rest *invite.Meeting, err error) {
	x := edit{change: change}
	s, err := d.change(ctx, uid, freeChanges, func(was *stored, c *invite.Client, locked bool) (*step, error) {
		after, err := x.of(was.meeting, locked)
		if err != nil {
			return nil, err
		}
		old, rest, err := c.UpdateFollowing(ctx, was.meeting, start, after, queued(opts)...)
		if err != nil {
			return nil, err
		}
		return &step{meeting: old, rest: rest, settle: d.options.Settle}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	return s.meeting, s.rest, nil
}

// Cancel cancels a meeting or occurrences of it, as [invite.Client.Cancel] does.
func (d *Desk) Cancel(ctx context.Context, uid string, opts ...invite.CancelOption) (*invite.Meeting, error) {
	return d.otherCall(ctx, uid, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
		return c.Cancel(ctx, m, append(opts[:len(opts):len(opts)], invite.QueueOnly())...)
	})
}

// Remind queues the current request again for the attendees who have not answered, as
// [invite.Client.Remind] does.
func (d *Desk) Remind(ctx context.Context, uid string, opts ...invite.RemindOption) (*invite.Meeting, error) {
	return d.otherCall(ctx, uid, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
		return c.Remind(ctx, m, append(opts[:len(opts):len(opts)], invite.QueueOnly())...)
	})
}

// Reinvite queues the current request again for these attendees, as
// [invite.Client.Reinvite] does. The desk does so itself for delegates, and for
// attendees who ask for the current version.
func (d *Desk) Reinvite(ctx context.Context, uid string, emails []string, opts ...invite.MailOption) (*invite.Meeting, error) {
	return d.otherCall(ctx, uid, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
		return c.Reinvite(ctx, m, emails, queued(opts)...)
	})
}

// Refuse queues a cancellation for somebody who is not invited and answered all the
// same, as [invite.Client.Refuse] does.
func (d *Desk) Refuse(ctx context.Context, uid, email string, start time.Time, opts ...invite.MailOption) (*invite.Meeting, error) {
	return d.otherCall(ctx, uid, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
		return c.Refuse(ctx, m, email, start, queued(opts)...)
	})
}

// AcceptProposal changes the meeting to the time of a proposal, see
// [invite.Proposal.Accept]. If the meeting has no such proposal, the error is
// [ErrNotFound].
func (d *Desk) AcceptProposal(ctx context.Context, uid, proposalID string, opts ...invite.MailOption) (*invite.Meeting, error) {
	return d.otherCall(ctx, uid, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
		p, err := proposal(m, proposalID)
		if err != nil {
			return nil, err
		}
		after, err := p.Accept(m.Event)
		if err != nil {
			return nil, err
		}
		return c.Update(ctx, m, after, queued(opts)...)
	})
}

// DeclineProposal tells the attendee who made a proposal that the meeting will not
// change, as [invite.Client.DeclineProposal] does. If the meeting has no such proposal,
// the error is [ErrNotFound].
func (d *Desk) DeclineProposal(ctx context.Context, uid, proposalID string, opts ...invite.MailOption) (*invite.Meeting, error) {
	return d.otherCall(ctx, uid, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
		p, err := proposal(m, proposalID)
		if err != nil {
			return nil, err
		}
		return c.DeclineProposal(ctx, m, *p, queued(opts)...)
	})
}

// proposal returns the proposal of a meeting with that ID.
func proposal(m *invite.Meeting, id string) (*invite.Proposal, error) {
	for i := range m.Proposals {
		if p := &m.Proposals[i]; id != "" && p.ID == id {
			return p, nil
		}
	}
	return nil, fmt.Errorf("%w: proposal %.80q of meeting %.80s", ErrNotFound, id, m.Event.UID)
}

// otherCall carries out a call of the client that is not an update, so that its mails do not
// wait for another one.
func (d *Desk) otherCall(ctx context.Context, uid string, f func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error)) (*invite.Meeting, error) {
	s, err := d.change(ctx, uid, freeChanges, func(was *stored, c *invite.Client, _ bool) (*step, error) {
		m, err := f(c, was.meeting)
		if err != nil {
			return nil, err
		}
		return &step{meeting: m}, nil
	})
	return s.result(err)
}

// result returns the meeting of a step, or nil after an error.
func (s *step) result(err error) (*invite.Meeting, error) {
	if err != nil {
		return nil, err
	}
	return s.meeting, nil
}

// queued returns the options with [invite.QueueOnly].
func queued(opts []invite.MailOption) []invite.MailOption {
	return append(opts[:len(opts):len(opts)], invite.QueueOnly())
}

// edit is a change of an event by a function of the program. It remembers the result, so
// that the function need not be called while the row is locked, if only answers came in.
type edit struct {
	change       func(e *ical.Event) error
	called       bool
	given, after ical.Event
}

// of returns the changed event of a meeting. The error is errUnlocked if the function
// would have to be called and the row is locked.
func (x *edit) of(m *invite.Meeting, locked bool) (ical.Event, error) {
	if x.called && reflect.DeepEqual(x.given, m.Event) {
		return x.after.Clone(), nil
	}
	if locked {
		return ical.Event{}, errUnlocked
	}
	if x.change == nil {
		return ical.Event{}, errors.New("desk: update: the function is nil")
	}
	after := m.Event.Clone()
	if err := x.change(&after); err != nil {
		return ical.Event{}, err
	}
	x.called, x.given, x.after = true, m.Event, after
	return after.Clone(), nil
}
