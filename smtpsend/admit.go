package smtpsend

import (
	"context"
	"sync/atomic"
)

// permitsFor is the number of permits for each connection. The second one lets the caller
// prepare the next message while the first is sent, so that no connection waits for that.
const permitsFor = 2

// ticketKey is the key of the [*ticket] of a context.
type ticketKey struct{}

// ticket is the room of a message that was admitted.
type ticket struct {
	server *server
	over   atomic.Bool // the room was given back, or to the next message
}

// ticketOf returns the ticket of a message that s has admitted, or nil.
func (s *server) ticketOf(ctx context.Context) *ticket {
	if t, ok := ctx.Value(ticketKey{}).(*ticket); ok && t.server == s {
		return t
	}
	return nil
}

// Admit waits until there is room for a message: until fewer than twice as many as
// [Options.Connections] are admitted, and the [Limiter] lets it through. The message is
// then given to [Sender.Send] with the context admitted. leave is called once afterwards,
// or if no message is sent. So a caller who stores the state of each message can tell a
// message that waits from a message that the server may have.
//
// The error is [ErrClosed], an error of the Limiter, or it wraps the error of ctx.
//
// If wait is false and there is no room now, admitted is nil, and so are leave and err. A
// limiter without the method Allow() bool never has room at once. A [Sender] to a folder
// or a program always has room.
//
// A message keeps its room until leave is called, also in the pauses of [Options.Retry].
// The limiter is waited for with a context that ends with Close. If ctx ends first, the
// next caller has the message that the limiter lets through.
//
// If ctx is the context of a message that was admitted, and leave was not called, the next
// message takes its room. It passes only the limiter.
//
// Calls of Send without Admit wait by themselves, and do not count.
func (s *Sender) Admit(ctx context.Context, wait bool) (admitted context.Context, leave func(), err error) {
	if x, ok := s.backend.(*server); ok {
		return x.admit(ctx, wait)
	}
	return ctx, func() {}, nil
}

// admit is Admit of a server.
func (s *server) admit(ctx context.Context, wait bool) (admitted context.Context, leave func(), err error) {
	if s.pool.isClosed() {
		return nil, nil, ErrClosed
	}
	if last := s.ticketOf(ctx); last != nil && ctx.Err() == nil && !last.over.Load() && s.passNow() && last.over.CompareAndSwap(false, true) {
		admitted, leave = s.admitted(ctx)
		return admitted, leave, nil
	}
	take := s.takePermit
	if wait {
		take = s.waitForPermit
	}
	if ok, err := take(ctx); !ok {
		return nil, nil, err
	}
	admitted, leave = s.admitted(ctx)
	return admitted, leave, nil
}

// admitted returns a ticket for the room that the caller has taken.
func (s *server) admitted(ctx context.Context) (context.Context, func()) {
	t := &ticket{server: s}
	return context.WithValue(ctx, ticketKey{}, t), func() {
		if t.over.CompareAndSwap(false, true) {
			<-s.permits
		}
	}
}

// passNow reports whether the limiter lets a message through at once.
func (s *server) passNow() bool { return s.gate == nil || s.gate.passNow() }

// takePermit takes a permit if there is one and the limiter agrees at once.
func (s *server) takePermit(ctx context.Context) (ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, lost(PhaseConnect, err)
	}
	select {
	case s.permits <- struct{}{}:
	default:
		return false, nil
	}
	if !s.passNow() {
		<-s.permits
		return false, nil
	}
	return true, nil
}

// waitForPermit waits for a permit and then for the limiter.
func (s *server) waitForPermit(ctx context.Context) (ok bool, err error) {
	select {
	case s.permits <- struct{}{}:
	case <-s.pool.open.Done():
		return false, ErrClosed
	case <-ctx.Done():
		return false, lost(PhaseConnect, ctx.Err())
	}
	if s.gate == nil {
		return true, nil
	}
	if err := s.gate.pass(ctx); err != nil {
		<-s.permits
		return false, err
	}
	return true, nil
}
