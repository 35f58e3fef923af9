package invite

import (
	"context"

	"github.com/convene-go/convene/mime"
)

// Message is a finished mail with its envelope, see [mime.Message].
type Message = mime.Message

// Sender hands one finished mail to the program or server that delivers it.
// Package smtpsend has one for SMTP servers. The rules, which
// [github.com/convene-go/convene/invite/invitetest.TestSender] checks:
//
//   - Nil means that every recipient in m.To has the mail, as far as the server
//     tells.
//   - An error means that none has it, unless the error says otherwise.
//   - An error with the method Recipient() string is about that address alone, or
//     about all if it returns "". Several are joined by Unwrap() []error, and the
//     recipients that none of them names have the mail.
//   - An error whose method Refused() bool returns true says that trying again is
//     useless.
//   - An error whose method Uncertain() bool returns true says that the mail may
//     have arrived.
//   - The error that is returned may also wrap an error that has these methods.
//   - m is not changed, and neither m nor its slices are kept.
//   - Send returns soon after ctx is done. If the server may have the mail by then,
//     the error is uncertain.
//   - Send is called by at most Options.Parallel goroutines for each call of a
//     [Client], and by more if the Client is used by more.
type Sender interface {
	Send(ctx context.Context, m *Message) error
}

// SenderFunc makes a [Sender] of a function.
type SenderFunc func(ctx context.Context, m *Message) error

var _ Sender = SenderFunc(nil)

// Send calls f.
func (f SenderFunc) Send(ctx context.Context, m *Message) error { return f(ctx, m) }
