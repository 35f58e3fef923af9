package invite

import (
	"context"

	"github.com/convene-go/convene/mime"
)

// Sender hands one finished mail to whoever delivers it. Package smtpsend has
// one for SMTP servers. Send is called by one goroutine at a time for each call
// of a [Client], and must be safe for concurrent use if the Client is used so.
//
// An error means that no recipient of m has it, unless it, or an error that it
// wraps (also through Unwrap() []error), has the methods Recipient() string,
// which makes it about that address alone, Refused() bool, true where trying
// again is useless, or Uncertain() bool, true where the mail may have arrived.
type Sender interface {
	Send(ctx context.Context, m *mime.Message) error
}

// SenderFunc makes a [Sender] of a function.
type SenderFunc func(ctx context.Context, m *mime.Message) error

var _ Sender = SenderFunc(nil)

// Send calls f.
func (f SenderFunc) Send(ctx context.Context, m *mime.Message) error { return f(ctx, m) }
