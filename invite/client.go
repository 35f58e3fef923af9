package invite

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// Client sends meeting requests through one [Sender]. It holds no meetings, so
// one Client serves a whole program; it is safe for concurrent use if its
// Sender is.
//
// Its methods never change the Meeting or Event that they are given; they return
// the Meeting as it is afterwards. Where only some mails of a call fail, that
// Meeting is complete, records what happened to each, and comes with a
// [*DeliveryError]. Where it is nil, nothing was sent.
type Client struct {
	sender  Sender
	options Options
}

// New returns a client that sends through s. A nil Options is the zero value.
func New(s Sender, o *Options) *Client {
	c := &Client{sender: s}
	if o != nil {
		c.options = *o
		c.options.AllowLint = slices.Clone(o.AllowLint)
	}
	return c
}

// Send invites the event's attendees: each gets a mail of their own with a
// METHOD:REQUEST, the organizer none. An event without UID is given one.
//
// Nothing is sent where the event is not valid (joined [*ical.FieldError]), a
// client would refuse it ([*LintError]) or a mail cannot be built.
func (c *Client) Send(ctx context.Context, e ical.Event, opts ...SendOption) (*Meeting, error) {
	o := c.options.withDefaults(opts)
	p, err := planSend(e, o)
	if err != nil {
		return nil, err
	}
	return c.carryOut(ctx, p, new(Meeting), "", o)
}

// Update changes the meeting to what after says: each attendee gets what they
// need to see their part of it, and nothing else; see [PlanUpdate] for what that
// is. Answers stay, but for those that the change makes void. The UID and the
// organizer cannot change; after.Sequence and an empty UID are filled in.
func (c *Client) Update(ctx context.Context, m *Meeting, after ical.Event, opts ...SendOption) (*Meeting, error) {
	o := c.options.forMeeting(m, opts)
	p, err := planUpdate(m, after, o)
	if err != nil {
		return nil, err
	}
	return c.carryOut(ctx, p, m, "", o)
}

// Cancel cancels the meeting, or with the option [Occurrence] one occurrence of
// it, or with [From] one and all that follow. [Comment] tells the attendees why.
func (c *Client) Cancel(ctx context.Context, m *Meeting, opts ...SendOption) (*Meeting, error) {
	o := c.options.forMeeting(m, opts)
	p, err := planCancel(m, o)
	if err != nil {
		return nil, err
	}
	return c.carryOut(ctx, p, m, "", o)
}

// Remind sends the current request again, with the same sequence, to those who
// have not answered, or with the option [Only] to others.
func (c *Client) Remind(ctx context.Context, m *Meeting, opts ...SendOption) (*Meeting, error) {
	o := c.options.forMeeting(m, opts)
	p, err := planRemind(m, o)
	if err != nil {
		return nil, err
	}
	return c.carryOut(ctx, p, m, body.ActionReminder, o)
}

// carryOut is the one way of every call: render all, then deliver and record each.
func (c *Client) carryOut(ctx context.Context, p *plan, m *Meeting, a body.Action, o *Options) (*Meeting, error) {
	if c.sender == nil && !o.call.later {
		return nil, ErrNoSender
	}
	out := m.after(p, o)
	if err := o.ReplyAddress.stamp(p, out, o); err != nil {
		return nil, err
	}
	list := letters(p.notices, o.Shared)
	out.enter(list, a, o)
	r, err := render(list, out, p.indexes, o)
	if err != nil {
		return nil, err
	}
	if !o.call.later {
		err = c.deliver(ctx, list, r, out, o)
	}
	r.release()
	return out, err
}

var defaultClient atomic.Pointer[Client]

// SetDefault makes c the client of the package's own [Send]; nil unsets it.
func SetDefault(c *Client) { defaultClient.Store(c) }

// Default returns the client that [SetDefault] was given, or nil.
func Default() *Client { return defaultClient.Load() }

// Send invites through the default client, as [Client.Send] does. Without one
// it returns [ErrNoSender].
func Send(ctx context.Context, e ical.Event, opts ...SendOption) (*Meeting, error) {
	c := Default()
	if c == nil {
		return nil, ErrNoSender
	}
	return c.Send(ctx, e, opts...)
}
