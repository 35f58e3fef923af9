package smtpsend

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/mime"
)

// Sender hands messages to one server, or to what [Open] was asked for. It is
// safe for concurrent use.
type Sender struct {
	backend
	logger *slog.Logger
}

// backend is where the messages of a [Sender] go.
type backend interface {
	// send sends a message that was checked and says in how many attempts.
	send(ctx context.Context, m *mime.Message) (attempts int, err error)
	Close() error
	String() string
}

// New returns a sender to the server at addr, host:port or host; the port is
// then 587, with [TLSImplicit] 465, with LMTP 24. Nil options mean SMTP with
// STARTTLS and no authentication. It does not connect.
func New(addr string, o *Options) (*Sender, error) {
	s, err := newServer(addr, o)
	if err != nil {
		return nil, err
	}
	return &Sender{s, s.o.Logger}, nil
}

// Send sends m: once, or more often as [Options.Retry] says. It returns nil if
// the server took m for all recipients. The error is a [*SendError] if it did
// not, has a [*mime.FieldError] for each field if m must not be sent (see
// [mime.Message.Validate]), and is [ErrClosed] after Close.
//
// The end of ctx ends Send at once, and the context's error is reachable. Only
// the reply to a message that was sent whole is waited for, as long as
// [Options.Finish] says.
func (s *Sender) Send(ctx context.Context, m *mime.Message) error {
	start, attempts := time.Now(), 0
	err := check(m)
	if err == nil {
		attempts, err = s.send(ctx, m)
	}
	s.log(ctx, m, attempts, time.Since(start), err)
	return err
}

// check is [mime.Message.Validate] in the name of this package.
func check(m *mime.Message) error {
	return fault.Join("smtpsend", fault.Fields(m.Validate())...)
}

// Close ends idle connections, waits for the calls of Send that are under way,
// and makes later ones return [ErrClosed]. It returns nil, also when called
// again.
func (s *Sender) Close() error { return s.backend.Close() }

// String returns where messages go as a URL, without user and password.
func (s *Sender) String() string { return s.backend.String() }

// GoString returns String, so that no way to print a Sender shows a password.
func (s *Sender) GoString() string { return s.String() }

// log writes the record of one message.
func (s *Sender) log(ctx context.Context, m *mime.Message, attempts int, took time.Duration, err error) {
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
