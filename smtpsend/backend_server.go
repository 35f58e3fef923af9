package smtpsend

import (
	"context"
	"errors"
	"net"

	"github.com/convene-go/convene/mime"
)

// server is the backend that speaks to a server, over a pool of sessions.
type server struct {
	addr    string
	o       *Options
	pool    *pool
	permits chan struct{} // holds one value for each mail that was admitted
	gate    *gate         // of the limiter; nil if there is none
}

// newServer returns the backend of a [Sender] to the server at addr.
func newServer(addr string, o *Options) (*server, error) {
	host, port, err := splitAddr(addr, o)
	if err != nil {
		return nil, err
	}
	r, err := o.resolve(host)
	if err != nil {
		return nil, err
	}
	p := newPool(r)
	return &server{
		addr: net.JoinHostPort(host, port), o: r, pool: p,
		permits: make(chan struct{}, permitsFor*r.Connections), gate: newGate(r.Limiter, p.open),
	}, nil
}

// send sends a message that was checked, if need be in several attempts.
func (s *server) send(ctx context.Context, m *mime.Message) (receipt mime.Receipt, attempts int, err error) {
	sub := newSubmission(m)
	var closed error
	s.o.Retry.run(ctx, func() (again bool) {
		closed = s.attempt(ctx, sub)
		for closed == nil && !s.o.AllOrNothing && sub.selectOverflow() {
			closed = s.attempt(ctx, sub)
		}
		return closed == nil && sub.selectRetry(s.o.AllOrNothing)
	})
	sub.interrupt(ctx)
	if closed != nil && sub.attempts == 0 {
		return mime.Receipt{}, 0, closed
	}
	return sub.receipt(), sub.attempts, newSendError(m.To, sub.results)
}

// attempt sends a message once, to the recipients that are due. It returns an
// error only if s is closed; everything else becomes a result of sub.
func (s *server) attempt(ctx context.Context, sub *submission) error {
	if err := s.enter(ctx, sub.attempts == 0); err != nil {
		var cause *Error
		if !errors.As(err, &cause) {
			return err
		}
		sub.fail(cause)
		return nil
	}
	defer s.pool.release()
	sub.attempts++
	m := sub.message()
	receipts := make([]string, len(m.To))
	results, ok := s.sendOverIdle(ctx, m, receipts)
	if !ok {
		results = s.sendOverNew(ctx, m, receipts)
	}
	sub.record(results, receipts)
	return nil
}

// enter waits until the limiter and the pool have room. A message that was admitted has
// passed the limiter for its first attempt. The error is [ErrClosed] or an [*Error].
func (s *server) enter(ctx context.Context, first bool) error {
	if s.o.Limiter != nil && !(first && s.ticketOf(ctx) != nil) {
		if err := s.o.Limiter.Wait(ctx); err != nil {
			return lost(PhaseConnect, err)
		}
	}
	return s.pool.acquire(ctx)
}

// sendOverIdle sends m over an idle session of the pool. ok is false if there
// is none, or if its connection turned out dead.
func (s *server) sendOverIdle(ctx context.Context, m *mime.Message, receipts []string) (results []*Error, ok bool) {
	idle := s.pool.take(ctx)
	if idle == nil {
		return nil, false
	}
	results, dead := idle.transact(ctx, m, receipts)
	s.pool.put(ctx, idle)
	return results, !dead
}

// sendOverNew sends m over a new session.
func (s *server) sendOverNew(ctx context.Context, m *mime.Message, receipts []string) []*Error {
	fresh, err := openSession(ctx, s.addr, s.o)
	if err != nil {
		return repeat(err, len(m.To))
	}
	results, _ := fresh.transact(ctx, m, receipts)
	s.pool.put(ctx, fresh)
	return results
}

// repeat returns err as the result of each of n recipients.
func repeat(err *Error, n int) []*Error {
	results := make([]*Error, n)
	for i := range results {
		results[i] = err
	}
	return results
}

// Close ends idle sessions and waits for the calls of Send that are under way.
func (s *server) Close() error {
	s.pool.close()
	return nil
}

// String returns the server as a URL, without user and password.
func (s *server) String() string {
	scheme := "smtp"
	switch {
	case s.o.LMTP:
		scheme = "lmtp"
	case s.o.TLS == TLSImplicit:
		scheme = "smtps"
	}
	return scheme + "://" + s.addr
}
