package invite

import (
	"context"
	"sync/atomic"

	"github.com/convene-go/convene/ical"
)

// defaultClient is the client of the package's own Send. See [SetDefault].
var defaultClient atomic.Pointer[Client]

// SetDefault makes c the client of the package's own [Send]. If c is nil, there
// is none any more.
func SetDefault(c *Client) { defaultClient.Store(c) }

// Default returns the client that [SetDefault] was given, or nil.
func Default() *Client { return defaultClient.Load() }

// Send invites through the default client, as [Client.Send] does. If there is
// none, the error is [ErrNoSender].
func Send(ctx context.Context, e ical.Event, opts ...SendOption) (*Meeting, error) {
	c := Default()
	if c == nil {
		return nil, ErrNoSender
	}
	return c.Send(ctx, e, opts...)
}
