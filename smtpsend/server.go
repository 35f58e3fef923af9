package smtpsend

import (
	"context"
	"errors"
	"net"

	"github.com/convene-go/convene/mime"
)

// server hands messages to a server.
type server struct {
	addr string
	o    *Options
	pool *pool
}

// newServer returns what a [Sender] to the server at addr rests on.
func newServer(addr string, o *Options) (*server, error) {
	host, port, err := splitAddr(addr, o)
	if err != nil {
		return nil, err
	}
	r, err := o.resolve(host)
	if err != nil {
		return nil, err
	}
	return &server{addr: net.JoinHostPort(host, port), o: r, pool: newPool(r)}, nil
}

// send sends a message that was checked, if need be several times.
func (s *server) send(ctx context.Context, m *mime.Message) (attempts int, err error) {
	j := newJob(m)
	var closed error
	s.o.Retry.run(ctx, func() (again bool) {
		closed = s.attempt(ctx, j)
		for closed == nil && !s.o.AllOrNothing && j.overflow() {
			closed = s.attempt(ctx, j)
		}
		return closed == nil && j.retry(s.o.AllOrNothing)
	})
	j.interrupt(ctx)
	if closed != nil && j.attempts == 0 {
		return 0, closed
	}
	return j.attempts, newSendError(m.To, j.results)
}

// attempt sends a message once. It returns an error when s is closed.
func (s *server) attempt(ctx context.Context, j *job) error {
	if err := s.admit(ctx); err != nil {
		var cause *Error
		if !errors.As(err, &cause) {
			return err
		}
		j.fail(cause)
		return nil
	}
	defer s.pool.release()
	j.attempts++
	m := j.message()
	results, again := s.overIdle(ctx, m)
	if results == nil || again {
		results = s.overNew(ctx, m)
	}
	j.take(results)
	return nil
}

// admit waits until the limit and the pool have room.
func (s *server) admit(ctx context.Context) error {
	if s.o.Limiter != nil {
		if err := s.o.Limiter.Wait(ctx); err != nil {
			return lost(PhaseConnect, err)
		}
	}
	return s.pool.acquire(ctx)
}

// overIdle sends m over a connection that is open, if there is one.
func (s *server) overIdle(ctx context.Context, m *mime.Message) (results []*Error, again bool) {
	c := s.pool.take(ctx)
	if c == nil {
		return nil, false
	}
	results, again = c.transact(ctx, m)
	s.pool.put(ctx, c)
	return results, again
}

// overNew sends m over a new connection.
func (s *server) overNew(ctx context.Context, m *mime.Message) []*Error {
	c, err := open(ctx, s.addr, s.o)
	if err != nil {
		return repeat(err, len(m.To))
	}
	results, _ := c.transact(ctx, m)
	s.pool.put(ctx, c)
	return results
}

// repeat returns n results that are err.
func repeat(err *Error, n int) []*Error {
	results := make([]*Error, n)
	for i := range results {
		results[i] = err
	}
	return results
}

// Close ends idle connections and waits for calls of Send.
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
