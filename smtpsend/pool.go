package smtpsend

import (
	"context"
	"slices"
	"sync"
)

// pool bounds the connections that are open, and keeps idle ones for reuse.
type pool struct {
	o       *Options
	slots   chan struct{} // holds one for each connection in use
	closed  chan struct{} // closed when close begins
	drained chan struct{} // closed when close is done

	mu   sync.Mutex
	idle []*idleConn    // the latest used last
	wg   sync.WaitGroup // of goroutines that watch idle connections
}

// newPool returns an empty pool.
func newPool(o *Options) *pool {
	return &pool{
		o:       o,
		slots:   make(chan struct{}, o.Connections),
		closed:  make(chan struct{}),
		drained: make(chan struct{}),
	}
}

// acquire waits for the right to use a connection.
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
	case <-p.closed:
		return ErrClosed
	case <-ctx.Done():
		return lost(PhaseConnect, ctx.Err())
	}
}

// release gives up the right to use a connection.
func (p *pool) release() { <-p.slots }

// isClosed reports whether close was called.
func (p *pool) isClosed() bool {
	select {
	case <-p.closed:
		return true
	default:
		return false
	}
}

// idleConn is a connection between two messages. A goroutine listens on it.
type idleConn struct {
	c      *conn
	taken  bool      // by the next message; guarded by the pool's mu
	silent chan bool // what listen said, to whoever took it
}

// take returns a connection that was idle and is alive, nil when there is none.
func (p *pool) take() *conn {
	for {
		i := p.pop()
		if i == nil {
			return nil
		}
		if i.c.wake(); <-i.silent && i.c.reusable() {
			return i.c
		}
		i.c.close()
	}
}

// pop takes the latest idle connection from the list.
func (p *pool) pop() *idleConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	i := p.idle[n-1]
	p.idle = p.idle[:n-1]
	i.taken = true
	return i
}

// put keeps c for the next message, or says goodbye to it.
func (p *pool) put(ctx context.Context, c *conn) {
	if c.closed {
		return
	}
	if !c.reusable() || !p.push(c) {
		c.quit(ctx)
	}
}

// push puts c on the list, unless the pool is closed.
func (p *pool) push(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isClosed() {
		return false
	}
	i := &idleConn{c: c, silent: make(chan bool, 1)}
	c.doze(p.o.ConnectionIdle)
	p.idle = append(p.idle, i)
	p.wg.Go(func() { p.watch(i) })
	return true
}

// watch listens on an idle connection until it is taken, its time is over, the
// server says something, or the pool is closed.
func (p *pool) watch(i *idleConn) {
	silent := i.c.listen()
	if p.drop(i) {
		i.silent <- silent
		return
	}
	if silent {
		i.c.quit(context.Background())
		return
	}
	i.c.close()
}

// drop removes i from the list and reports whether it was taken before.
func (p *pool) drop(i *idleConn) (taken bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = slices.DeleteFunc(p.idle, func(other *idleConn) bool { return other == i })
	return i.taken
}

// close ends idle connections, and waits for those in use.
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

// shut closes the pool to newcomers and wakes idle connections. It reports
// whether this was the first call.
func (p *pool) shut() (first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isClosed() {
		return false
	}
	close(p.closed)
	for _, i := range p.idle {
		i.c.wake()
	}
	return true
}
