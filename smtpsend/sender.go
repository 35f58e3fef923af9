package smtpsend

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/mime"
)

// Sender hands messages to one server, or to the folder or program that [Open]
// was asked for. It is safe for concurrent use.
type Sender struct {
	backend
	logger *slog.Logger
}

// backend is the destination of a [Sender]: a server, or something local.
type backend interface {
	// send sends a message that was checked, and returns the number of attempts.
	send(ctx context.Context, m *mime.Message) (receipt mime.Receipt, attempts int, err error)
	Close() error
	String() string
}

// New returns a sender to the server at addr, which is host:port or host. If addr
// has no port, the port is 587, or 465 with [TLSImplicit], or 24 with LMTP. Nil
// options mean SMTP with STARTTLS and no authentication. New does not connect.
func New(addr string, o *Options) (*Sender, error) {
	s, err := newServer(addr, o)
	if err != nil {
		return nil, err
	}
	return &Sender{s, s.o.Logger}, nil
}

// Send sends m once, or several times if [Options.Retry] asks for that. It
// returns nil if the server took m for all recipients. Otherwise the error is a
// [*SendError]. If m must not be sent, the error has a [*mime.FieldError] for
// each field (see [mime.Message.Validate]). After Close it is [ErrClosed].
//
// If ctx ends, Send ends at once, and errors.Is finds the context's error. Only
// the reply to a message that was sent whole is waited for, at most for the time
// in [Options.Finish].
func (s *Sender) Send(ctx context.Context, m *mime.Message) error {
	_, err := s.SendReceipt(ctx, m)
	return err
}

// SendReceipt is Send, and returns the names that the server gave to the message in its
// last reply, if it took the message for anybody: the number in its queue, or the
// identifier that it writes in place of the Message-ID. If a reply has no form that is
// known, the receipt is the reply itself, as in "250 2.0.0 OK", cut after 200 octets. With
// LMTP, and if the message was sent in several transactions, recipients may have different
// receipts. A folder and a program give none.
func (s *Sender) SendReceipt(ctx context.Context, m *mime.Message) (receipt mime.Receipt, err error) {
	start, attempts := time.Now(), 0
	err = check(m)
	if err == nil {
		receipt, attempts, err = s.send(ctx, m)
	}
	s.log(ctx, m, receipt.ID, attempts, time.Since(start), err)
	return receipt, err
}

// check returns the errors of [mime.Message.Validate] in the name of this package.
func check(m *mime.Message) error {
	return fault.Join("smtpsend", fault.Fields(m.Validate())...)
}

// Close ends idle connections and waits for the calls of Send that are under
// way. Later calls of Send return [ErrClosed]. Close returns nil, also if it is
// called again.
func (s *Sender) Close() error { return s.backend.Close() }

// String returns the destination as a URL, without user and password.
func (s *Sender) String() string { return s.backend.String() }

// GoString returns String, so that no way to print a Sender shows a password.
func (s *Sender) GoString() string { return s.String() }

// log writes the record of one message.
func (s *Sender) log(ctx context.Context, m *mime.Message, receipt string, attempts int, took time.Duration, err error) {
	if s.logger == nil || m == nil {
		return
	}
	level, text := slog.LevelInfo, "message sent"
	attrs := []slog.Attr{
		slog.String("server", s.String()),
		slog.String("id", m.ID),
		slog.Int("recipients", len(m.To)),
		slog.String("to", m.Recipients()),
		slog.Int("size", len(m.Data)),
		slog.Int("attempts", attempts),
		slog.Duration("took", took),
	}
	if m.UID != "" {
		attrs = append(attrs, slog.String("method", m.Method), slog.String("uid", m.UID))
	}
	if receipt != "" {
		attrs = append(attrs, slog.String("receipt", receipt))
	}
	if err != nil {
		level, text = slog.LevelError, "message not sent"
		attrs = append(attrs, slog.Any("error", err))
	}
	var part *SendError
	if errors.As(err, &part) {
		attrs = append(attrs, slog.Int("accepted", len(part.Accepted)))
		if len(part.Accepted) > 0 {
			text = "message sent in part"
		}
	}
	s.logger.LogAttrs(ctx, level, text, attrs...)
}
