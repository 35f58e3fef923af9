package smtpsend

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// past is a deadline that is over, so that it interrupts at once.
var past = time.Unix(1, 0)

// conn is a network connection that writes octets and reads replies. One
// goroutine uses it at a time. The end of a context may interrupt it from
// another goroutine. After any failure it is closed, and nothing further is
// written, because a truncated message must stay truncated.
type conn struct {
	raw    net.Conn // as dialed
	br     *bufio.Reader
	closed bool

	mu        sync.Mutex // guards the deadline of nc, and the fields below
	nc        net.Conn   // raw, or TLS on top of it
	operation int        // counts calls of watch and release, so that a late interruption hits no later call
	deadline  time.Time  // of the read or write under way
	grace     time.Duration
	graceEnd  time.Time // the end of the grace; zero if no context has ended during it
}

// newConn returns a conn over nc.
func newConn(nc net.Conn) *conn {
	return &conn{raw: nc, nc: nc, br: bufio.NewReaderSize(nc, maxReplyLine)}
}

// watch lets the end of ctx interrupt reads and writes until release is called.
func (c *conn) watch(ctx context.Context) (release func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	operation := c.nextOperation()
	stop := context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.operation != operation {
			return
		}
		end := c.cutoff()
		if c.grace > 0 {
			end = earlier(end, c.deadline)
		}
		c.nc.SetDeadline(end)
	})
	return func() {
		stop()
		c.nextOperation()
	}
}

// nextOperation makes the interruptions of earlier operations have no effect, and
// returns the number of the new operation.
func (c *conn) nextOperation() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.operation++
	return c.operation
}

// setGrace lets reads and writes go on for the time d after the end of a context.
// If d is 0 or negative, the end of a context interrupts at once.
func (c *conn) setGrace(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.grace, c.graceEnd = max(d, 0), time.Time{}
}

// cutoff returns the time at which a context that has ended interrupts. The
// grace begins with the first call. The caller holds mu.
func (c *conn) cutoff() time.Time {
	if c.grace == 0 {
		return past
	}
	if c.graceEnd.IsZero() {
		c.graceEnd = time.Now().Add(c.grace)
	}
	return c.graceEnd
}

// earlier returns the earlier of two times.
func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// setDeadline gives the next read or write the time d. It returns the error of ctx
// if ctx has ended and the grace is over.
func (c *conn) setDeadline(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.deadline = now.Add(d)
	if err := ctx.Err(); err != nil {
		end := c.cutoff()
		if !end.After(now) {
			return err
		}
		c.deadline = earlier(c.deadline, end)
	}
	return c.nc.SetDeadline(c.deadline)
}

// write writes b within the time d and returns the number of octets written.
func (c *conn) write(ctx context.Context, p Phase, b []byte, d time.Duration) (int, *Error) {
	if err := c.setDeadline(ctx, d); err != nil {
		return 0, c.fail(ctx, p, err)
	}
	n, err := c.nc.Write(b)
	if err != nil {
		return n, c.fail(ctx, p, err)
	}
	return n, nil
}

// read reads one reply within the time d. A reply 421 says that the server
// closes the connection (RFC 5321, section 3.8), so read closes c too.
func (c *conn) read(ctx context.Context, p Phase, d time.Duration) (reply, *Error) {
	if ctx.Err() != nil || !c.hasReply() {
		if err := c.setDeadline(ctx, d); err != nil {
			return reply{}, c.fail(ctx, p, err)
		}
	}
	r, err := readReply(c.br)
	if err != nil {
		return reply{}, c.fail(ctx, p, err)
	}
	if r.code == 421 {
		c.abort()
	}
	return r, nil
}

// hasReply reports whether a whole reply of one line has arrived, so that reading it does
// not wait. Most replies arrive together with the reply before.
func (c *conn) hasReply() bool {
	b, _ := c.br.Peek(c.br.Buffered())
	end := bytes.IndexByte(b, '\n')
	return end > len("250") && b[len("250")] != '-'
}

// encrypt begins TLS on c. If anything followed the server's go-ahead in the
// clear, somebody has injected it (RFC 3207, section 6), and c is closed.
func (c *conn) encrypt(ctx context.Context, config *tls.Config, d time.Duration) *Error {
	if c.br.Buffered() > 0 {
		c.abort()
		return unmet(PhaseTLS, errors.New("plaintext after the reply to STARTTLS"))
	}
	if err := c.setDeadline(ctx, d); err != nil {
		return c.fail(ctx, PhaseTLS, err)
	}
	client := tls.Client(c.raw, config)
	if err := client.HandshakeContext(ctx); err != nil {
		e := c.fail(ctx, PhaseTLS, err)
		e.Temporary = isNetwork(e.Err) // a certificate that is not trusted stays so
		return e
	}
	c.mu.Lock()
	c.nc = client
	c.mu.Unlock()
	c.br.Reset(client)
	return nil
}

// fail closes c and returns err as an error of phase p. If ctx has ended, its
// error is used, because err is then only the timeout that it caused.
func (c *conn) fail(ctx context.Context, p Phase, err error) *Error {
	c.abort()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return lost(p, err)
}

// abort closes the raw connection. Closing a TLS connection would write an alert,
// and may wait.
func (c *conn) abort() {
	c.closed = true
	c.raw.Close()
}

// close closes c in an orderly way: a TLS connection sends its closing alert.
func (c *conn) close() {
	c.closed = true
	c.nc.Close()
}

// quiet reports whether the server has sent nothing since the last reply and has
// not closed the connection. A server that does either between two messages ends
// the session.
func (c *conn) quiet() bool {
	if c.br.Buffered() > 0 {
		return false
	}
	if socket, ok := c.raw.(syscall.Conn); ok && canPeek {
		return isQuiet(socket)
	}
	c.nc.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.br.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}
