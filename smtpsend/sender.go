package smtpsend

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/convene-go/convene/mime"
)

// Sender sends messages to one server. It is safe for concurrent use.
type Sender struct {
	addr string
	o    *Options
	pool *pool
}

// New returns a sender to the server at addr, host:port or host; the port is
// then 587, with [ImplicitTLS] 465, with LMTP 24. Nil options mean SMTP with
// STARTTLS and no authentication. It does not connect.
func New(addr string, o *Options) (*Sender, error) {
	host, port, err := splitAddr(addr, o)
	if err != nil {
		return nil, err
	}
	r, err := o.resolve(host)
	if err != nil {
		return nil, err
	}
	return &Sender{addr: net.JoinHostPort(host, port), o: r, pool: newPool(r)}, nil
}

// Send sends m once. It returns nil when the server took it for all
// recipients, a [*DeliveryError] that names the other recipients when it did
// not, a [*FieldError] when m must not be sent, and [ErrClosed]. The context's
// error is reachable when ctx ended first; the end of ctx ends Send at once.
func (s *Sender) Send(ctx context.Context, m *mime.Message) error {
	start := time.Now()
	err := checkMessage(m)
	if err == nil {
		err = s.send(ctx, m)
	}
	s.log(ctx, m, time.Since(start), err)
	return err
}

// send sends a message that was checked.
func (s *Sender) send(ctx context.Context, m *mime.Message) error {
	if err := s.pool.acquire(ctx); err != nil {
		return forAll(m, err)
	}
	defer s.pool.release()
	results, again := s.overIdle(ctx, m)
	if results == nil || again {
		results = s.overNew(ctx, m)
	}
	if err := newDeliveryError(m.To, results); err != nil {
		return err
	}
	return nil
}

// overIdle sends m over a connection that is open, if there is one.
func (s *Sender) overIdle(ctx context.Context, m *mime.Message) (results []*Error, again bool) {
	c := s.pool.take(ctx)
	if c == nil {
		return nil, false
	}
	results, again = c.transact(ctx, m)
	s.pool.put(ctx, c)
	return results, again
}

// overNew sends m over a new connection.
func (s *Sender) overNew(ctx context.Context, m *mime.Message) []*Error {
	c, err := open(ctx, s.addr, s.o)
	if err != nil {
		return repeat(err, len(m.To))
	}
	results, _ := c.transact(ctx, m)
	s.pool.put(ctx, c)
	return results
}

// forAll makes an error before the conversation one of all recipients.
func forAll(m *mime.Message, err error) error {
	var cause *Error
	if !errors.As(err, &cause) {
		return err
	}
	return newDeliveryError(m.To, repeat(cause, len(m.To)))
}

// repeat returns n results that are err.
func repeat(err *Error, n int) []*Error {
	results := make([]*Error, n)
	for i := range results {
		results[i] = err
	}
	return results
}

// Close ends idle connections, waits for the calls of Send that are under way,
// and makes later ones return [ErrClosed]. It returns nil, also when called
// again.
func (s *Sender) Close() error {
	s.pool.close()
	return nil
}

// String returns the server as a URL, without user and password.
func (s *Sender) String() string {
	scheme := "smtp"
	switch {
	case s.o.LMTP:
		scheme = "lmtp"
	case s.o.TLS == ImplicitTLS:
		scheme = "smtps"
	}
	return scheme + "://" + s.addr
}

// GoString returns String, so that no way to print a Sender shows a password.
func (s *Sender) GoString() string { return s.String() }

// log writes the record of one message.
func (s *Sender) log(ctx context.Context, m *mime.Message, took time.Duration, err error) {
	if s.o.Logger == nil || m == nil {
		return
	}
	level, text := slog.LevelInfo, "message sent"
	attrs := []slog.Attr{
		slog.String("server", s.String()),
		slog.String("id", m.ID),
		slog.Int("recipients", len(m.To)),
		slog.Int("size", len(m.Data)),
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
	s.o.Logger.LogAttrs(ctx, level, text, attrs...)
}
