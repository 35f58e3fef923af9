package smtpsend

import (
	"context"
	"slices"
	"sync"
	"time"
)

// pool bounds the number of sessions in use, and keeps idle sessions for reuse: a
// kept session saves dialing, TLS and authentication. It keeps at most
// Options.Connections of them, each for Options.ConnectionIdle.
type pool struct {
	o       *Options
	slots   chan struct{}      // holds one value for each session in use
	open    context.Context    // ends as soon as close begins
	end     context.CancelFunc // ends open
	drained chan struct{}      // closed as soon as close is done

	mu   sync.Mutex
	idle []*idleSession // the last used is at the end
	wg   sync.WaitGroup // counts the sessions that dismiss ends
}

// idleSession is a session between two messages.
type idleSession struct {
	s     *session
	timer *time.Timer // ends the session after ConnectionIdle
}

// newPool returns an empty pool.
func newPool(o *Options) *pool {
	open, end := context.WithCancel(context.Background())
	return &pool{o: o, slots: make(chan struct{}, o.Connections), open: open, end: end, drained: make(chan struct{})}
}

// acquire waits for the right to use a session. The error is [ErrClosed] or an
// [*Error].
func (p *pool) acquire(ctx context.Context) error {
	if p.isClosed() {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return lost(PhaseConnect, err)
	}
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-p.open.Done():
		return ErrClosed
	case <-ctx.Done():
		return lost(PhaseConnect, ctx.Err())
	}
}

// release gives up the right to use a session.
func (p *pool) release() { <-p.slots }

// isClosed reports whether close was called.
func (p *pool) isClosed() bool { return p.open.Err() != nil }

// take returns an idle session that is still alive, nil if there is none.
func (p *pool) take(ctx context.Context) *session {
	for s := p.pop(); s != nil; s = p.pop() {
		switch {
		case !s.quiet():
			s.close()
		case !s.reusable():
			s.quit(ctx)
		default:
			return s
		}
	}
	return nil
}

// pop removes the last used session from the idle ones. It returns nil if there
// is none.
func (p *pool) pop() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	i := p.idle[n-1]
	p.idle = p.idle[:n-1]
	i.timer.Stop()
	return i.s
}

// put keeps s for the next message, or ends it.
func (p *pool) put(ctx context.Context, s *session) {
	if s.closed {
		return
	}
	if !s.reusable() || !p.push(s) {
		s.quit(ctx)
	}
}

// push adds s to the idle sessions, unless the pool is closed.
func (p *pool) push(s *session) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isClosed() {
		return false
	}
	i := &idleSession{s: s}
	i.timer = time.AfterFunc(p.o.ConnectionIdle, func() { p.expire(i) })
	p.idle = append(p.idle, i)
	return true
}

// expire ends a session that has been idle for too long, if it is still idle.
func (p *pool) expire(i *idleSession) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.Index(p.idle, i)
	if at < 0 {
		return
	}
	p.idle = slices.Delete(p.idle, at, at+1)
	p.dismiss(i.s)
}

// dismiss ends a session in the background; close waits for that. The caller
// holds mu.
func (p *pool) dismiss(s *session) {
	p.wg.Go(func() { s.quit(context.Background()) })
}

// close ends the idle sessions, and waits for the sessions in use.
func (p *pool) close() {
	if !p.shut() {
		<-p.drained
		return
	}
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	p.wg.Wait()
	close(p.drained)
}

// shut makes acquire fail from now on, and ends the idle sessions. It reports
// whether this was the first call.
func (p *pool) shut() (first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isClosed() {
		return false
	}
	p.end()
	for _, i := range p.idle {
		i.timer.Stop()
		p.dismiss(i.s)
	}
	p.idle = nil
	return true
}
