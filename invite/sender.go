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

// Receipt has the names that a server or an API gave to a mail, see [mime.Receipt].
type Receipt = mime.Receipt

// ReceiptSender is a [Sender] that tells by which name the server or API knows a mail that
// it took. A [Client] then calls SendReceipt in place of Send, and keeps the name in
// Delivery.Receipt, so that a report that uses it is understood. The senders of smtpsend
// and httpsend are ReceiptSenders.
//
// SendReceipt follows the rules of Send. The receipt counts for the recipients who have
// the mail, so it may come with an error about others. The zero value means that there is
// none.
//
// A Sender that wraps another one passes SendReceipt on. A type that embeds a Sender and
// has a Send of its own needs a SendReceipt of its own, too. Otherwise the Client calls
// the embedded one, past its Send.
type ReceiptSender interface {
	Sender
	SendReceipt(ctx context.Context, m *Message) (Receipt, error)
}

// Pacer is a [Sender] whose mails may have to wait: for a connection, or for a limit on
// mails per second. A [Client] with a [Ledger] calls Admit before it claims a mail. So a
// mail that waits is pending in the ledger. Otherwise it would be in the state sending,
// and a crash would leave it unknown, although no server has seen it.
//
// A Sender that wraps another one can be a Pacer by passing Admit on, if it passes the
// context of Send on, too. The senders of smtpsend are Pacers.
type Pacer interface {
	Sender
	// Admit waits until a mail can be handed over. The mail is given to Send with the
	// context admitted, which is derived from ctx. leave is called once afterwards, or
	// if no mail is sent.
	//
	// Before leave is called, Admit may be called with the context admitted. Then the next
	// mail may have the room of the last one, before others who wait.
	//
	// If wait is false, Admit does not wait. If no mail can be handed over now,
	// admitted is nil then, and so are leave and err.
	//
	// If the error of Admit wraps [context.Canceled] or [context.DeadlineExceeded], no
	// more mails of the call are begun, and they stay pending. After any other error, for
	// example because the Sender is closed, the mail is given to Send without being
	// admitted. Send tells the reason.
	Admit(ctx context.Context, wait bool) (admitted context.Context, leave func(), err error)
}
