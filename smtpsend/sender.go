package smtpsend

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend/internal/envelope"
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

// Send sends m: once, or more often as [Options.Retry] says. It returns nil when
// the server took it for all recipients, a [*DeliveryError] that names the other
// recipients when it did not, a [*FieldError] when m must not be sent, and
// [ErrClosed]. The context's error is reachable when ctx ended first; the end
// of ctx ends Send at once.
func (s *Sender) Send(ctx context.Context, m *mime.Message) error {
	start, attempts := time.Now(), 0
	err := check(m)
	if err == nil {
		attempts, err = s.send(ctx, m)
	}
	s.log(ctx, m, attempts, time.Since(start), err)
	return err
}

// check reports what keeps m from being sent.
func check(m *mime.Message) error {
	if e := envelope.Check(m); e != nil {
		return &FieldError{e.Field, e.Reason}
	}
	return nil
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
		slog.Int("size", len(m.Data)),
		slog.Int("attempts", attempts),
		slog.Duration("took", took),
	}
	if err != nil {
		level, text = slog.LevelError, "message not sent"
		attrs = append(attrs, slog.Any("error", err))
	}
	var delivery *DeliveryError
	if errors.As(err, &delivery) {
		attrs = append(attrs, slog.Int("accepted", len(delivery.Accepted)))
		if len(delivery.Accepted) > 0 {
			text = "message sent in part"
		}
	}
	s.logger.LogAttrs(ctx, level, text, attrs...)
}
