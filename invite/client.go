package invite

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/convene-go/convene/ical"
)

// Client sends meeting requests through one [Sender]. It holds no meetings, so
// one Client serves a whole program; it is safe for concurrent use if its
// Sender is.
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
// client would refuse it ([*LintError]) or a mail cannot be built. The Meeting
// is nil in these cases. Where only some mails fail it is complete, records
// what happened to each, and comes with a [*DeliveryError].
func (c *Client) Send(ctx context.Context, e ical.Event, opts ...SendOption) (*Meeting, error) {
	o := c.options.withDefaults(opts)
	p, err := planSend(e, o)
	if err != nil {
		return nil, err
	}
	return c.carryOut(ctx, p, &Meeting{Event: p.Event}, o)
}

// carryOut is the one way of every call: render all, then deliver and record each.
func (c *Client) carryOut(ctx context.Context, p *Plan, m *Meeting, o *Options) (*Meeting, error) {
	if c.sender == nil {
		return nil, ErrNoSender
	}
	mails, err := render(p, o)
	if err != nil {
		return nil, err
	}
	return m, deliver(ctx, c.sender, mails, m, o)
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
