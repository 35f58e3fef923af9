package desktest

import (
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/smtpsend"
)

// stalling is a mail server that does not answer to mails before goOn is closed.
type stalling struct {
	sink
	goOn chan struct{}
}

func (s *stalling) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	<-s.goOn
	return err
}

// start starts the server, and returns its address.
func (s *stalling) start(t *testing.T) string {
	t.Helper()
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return s, nil }))
	listener := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	go func() { _ = srv.Serve(listener) }()
	t.Cleanup(func() { _ = srv.Close() })
	return listener.Addr().String()
}

// mailsLeft is a limiter that lets so many mails through.
type mailsLeft struct{ atomic.Int32 }

func (l *mailsLeft) Allow() bool { return l.Add(-1) >= 0 }

func (l *mailsLeft) Wait(ctx context.Context) error {
	if l.Allow() {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

// queued is a sender that counts the calls that wait for it, and the mails that it has
// handed over.
type queued struct {
	*smtpsend.Sender
	waiting, sent atomic.Int32
}

func (q *queued) Send(ctx context.Context, m *invite.Message) error {
	defer q.sent.Add(1)
	return q.Sender.Send(ctx, m)
}

func (q *queued) SendReceipt(ctx context.Context, m *invite.Message) (invite.Receipt, error) {
	defer q.sent.Add(1)
	return q.Sender.SendReceipt(ctx, m)
}

func (q *queued) Admit(ctx context.Context, wait bool) (context.Context, func(), error) {
	if wait {
		q.waiting.Add(1)
		defer q.waiting.Add(-1)
	}
	return q.Sender.Admit(ctx, wait)
}

// paced is a desk with eight meetings of ten guests, which Run works at, and a sender with
// two connections.
type paced struct {
	*world
	sender *queued
}

// newPaced starts the desk. stop ends Run.
func newPaced(t *testing.T, x database, addr string, l smtpsend.Limiter) (p *paced, stop func()) {
	o := &smtpsend.Options{TLS: smtpsend.TLSInsecureNone, Connections: 2, Limiter: l}
	p = &paced{newWorld(t, x, desk.Options{}), &queued{Sender: must(smtpsend.New(addr, o))(t)}}
	t.Cleanup(func() { _ = p.sender.Close() })
	for range 8 {
		p.send(lunch(10))
	}
	client := *p.o
	client.Parallel = 4
	d := open(t, p.db, &desk.Options{Now: p.clock.Now}, invite.New(p.sender, &client))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	return p, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// until waits for a condition. Meanwhile, no more mails are in the state sending than the
// sender has room for, which is two for each connection, and those whose result is just
// being stored.
func (p *paced) until(what string, f func() bool) {
	p.Helper()
	for begin := time.Now(); !f(); time.Sleep(time.Millisecond) {
		begun := p.in(invite.DeliverySending, invite.DeliveryDelivered)
		if sent := int(p.sender.sent.Load()); begun > sent+4 {
			p.Fatalf("%d mails are begun, and %d of them sent: want at most 4 more", begun, sent)
		}
		if time.Since(begin) > time.Minute {
			p.Fatalf("after a minute: not yet: %s", what)
		}
	}
}

// in counts the mails in some states.
func (p *paced) in(states ...invite.DeliveryState) int {
	p.Helper()
	var names []string
	for _, state := range states {
		names = append(names, "'"+string(state)+"'")
	}
	return p.count(`SELECT COUNT(*) FROM convene_mails WHERE state IN (` + strings.Join(names, ",") + `)`)
}

// TestPaceConnections has a mail server that stalls. A kill would leave only the mails
// unknown for which there is a connection, or which have the next turn.
func TestPaceConnections(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		s := &stalling{goOn: make(chan struct{})}
		p, stop := newPaced(t, x, s.start(t), nil)
		p.until("all meetings wait, except perhaps one that has all the room", func() bool {
			return p.in(invite.DeliverySending) == 4 && p.sender.waiting.Load() >= 7
		})
		close(s.goOn)
		p.until("all mails are delivered", func() bool { return p.in(invite.DeliveryDelivered) == 80 })
		stop()
	})
}

// TestPaceLimit has a limiter that lets one mail through. The others stay pending, and no
// try of them is counted.
func TestPaceLimit(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		s := &stalling{goOn: make(chan struct{})}
		close(s.goOn)
		l := new(mailsLeft)
		l.Store(1)
		p, stop := newPaced(t, x, s.start(t), l)
		p.until("one mail is delivered, and all meetings wait", func() bool {
			return p.in(invite.DeliveryDelivered) == 1 && p.sender.waiting.Load() == 8
		})
		check(t, "mails in the state sending", 0, p.in(invite.DeliverySending))
		stop()
		check(t, "pending mails", 79, p.in(invite.DeliveryPending))
		check(t, "tries", 0, p.count(`SELECT SUM(tries) FROM convene_mails`))
	})
}
