package smtpsend

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// past is a deadline that has been missed.
var past = time.Unix(1, 0)

// wire is a network connection seen as lines out and replies in. One
// goroutine uses it at a time; the end of a context may interrupt from
// another. After any failure it is closed: what was under way is not resumed,
// and nothing further is written (a truncated message must stay truncated).
type wire struct {
	raw    net.Conn // what was dialed
	br     *bufio.Reader
	closed bool

	mu       sync.Mutex // guards the deadline of nc, and what follows
	nc       net.Conn   // raw, or TLS on top of it
	guard    int        // counts operations, so that a late interruption hits none but its own
	deadline time.Time  // of the read or write under way
	grace    time.Duration
	graceEnd time.Time // when an ended context interrupts; zero if none has ended during the grace
}

// newWire returns a wire over nc.
func newWire(nc net.Conn) *wire {
	return &wire{raw: nc, nc: nc, br: bufio.NewReaderSize(nc, maxReplyLine)}
}

// watch lets the end of ctx interrupt reads and writes until release is called.
func (w *wire) watch(ctx context.Context) (release func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	operation := w.nextOperation()
	stop := context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.guard != operation {
			return
		}
		end := w.cutoff()
		if w.grace > 0 {
			end = earlier(end, w.deadline)
		}
		w.nc.SetDeadline(end)
	})
	return func() {
		stop()
		w.nextOperation()
	}
}

// nextOperation ends the reach of interruptions that are still to come.
func (w *wire) nextOperation() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.guard++
	return w.guard
}

// forgive lets what follows go on for the time d after the end of a context. With
// 0, or less, such an end interrupts at once again.
func (w *wire) forgive(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.grace, w.graceEnd = max(d, 0), time.Time{}
}

// cutoff returns when a context that has ended interrupts. The caller holds mu.
func (w *wire) cutoff() time.Time {
	if w.grace == 0 {
		return past
	}
	if w.graceEnd.IsZero() {
		w.graceEnd = time.Now().Add(w.grace)
	}
	return w.graceEnd
}

// earlier returns the earlier of two times.
func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// arm gives the next read or write the time d, unless ctx has ended and the grace
// is over.
func (w *wire) arm(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.deadline = now.Add(d)
	if err := ctx.Err(); err != nil {
		end := w.cutoff()
		if !end.After(now) {
			return err
		}
		w.deadline = earlier(w.deadline, end)
	}
	return w.nc.SetDeadline(w.deadline)
}

// write writes b within the time d and returns how much of it was written.
func (w *wire) write(ctx context.Context, p Phase, b []byte, d time.Duration) (int, *Error) {
	if err := w.arm(ctx, d); err != nil {
		return 0, w.fail(ctx, p, err)
	}
	n, err := w.nc.Write(b)
	if err != nil {
		return n, w.fail(ctx, p, err)
	}
	return n, nil
}

// read reads one reply within the time d. A reply 421 says that the server
// closes the connection (RFC 5321, section 3.8), so w does too.
func (w *wire) read(ctx context.Context, p Phase, d time.Duration) (reply, *Error) {
	if err := w.arm(ctx, d); err != nil {
		return reply{}, w.fail(ctx, p, err)
	}
	r, err := readReply(w.br)
	if err != nil {
		return reply{}, w.fail(ctx, p, err)
	}
	if r.code == 421 {
		w.abort()
	}
	return r, nil
}

// encrypt puts TLS on w. What the server sent in the clear after its go-ahead
// is an injection (RFC 3207, section 6), never a reply.
func (w *wire) encrypt(ctx context.Context, config *tls.Config, d time.Duration) *Error {
	if w.br.Buffered() > 0 {
		w.abort()
		return unmet(PhaseTLS, errors.New("plaintext after the reply to STARTTLS"))
	}
	if err := w.arm(ctx, d); err != nil {
		return w.fail(ctx, PhaseTLS, err)
	}
	client := tls.Client(w.raw, config)
	if err := client.HandshakeContext(ctx); err != nil {
		e := w.fail(ctx, PhaseTLS, err)
		e.Temporary = isNetwork(e.Err) // a certificate that is not trusted stays so
		return e
	}
	w.mu.Lock()
	w.nc = client
	w.mu.Unlock()
	w.br.Reset(client)
	return nil
}

// fail closes w and returns the error for it. The end of ctx shows as a
// timeout of the connection; it is the cause then.
func (w *wire) fail(ctx context.Context, p Phase, err error) *Error {
	w.abort()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return lost(p, err)
}

// abort closes w without a word: closing a TLS connection would write, and
// may wait.
func (w *wire) abort() {
	w.closed = true
	w.raw.Close()
}

// close closes w in an orderly way.
func (w *wire) close() {
	w.closed = true
	w.nc.Close()
}

// quiet reports whether the server kept silent since the last reply: one that
// says or closes something between two messages says goodbye.
func (w *wire) quiet() bool {
	if w.br.Buffered() > 0 {
		return false
	}
	if socket, ok := w.raw.(syscall.Conn); ok && canPeek {
		return isQuiet(socket)
	}
	w.nc.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := w.br.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}
