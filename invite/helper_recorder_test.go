package invite_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// recorder is a Sender that keeps every mail, also a mail that fails. It is safe
// for concurrent use.
type recorder struct {
	mu    sync.Mutex
	mails []*invite.Message
	// fail returns the error of the n-th mail since take, counted from 1. No mail
	// fails if it is nil.
	fail   func(n int, m *invite.Message) error
	minute int // the time of the clock of client
}

var _ invite.Sender = (*recorder)(nil)

func (r *recorder) Send(_ context.Context, m *invite.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mails = append(r.mails, m)
	if r.fail != nil {
		return r.fail(len(r.mails), m)
	}
	return nil
}

// take returns the recipients of each mail so far, and forgets the mails and the
// failures.
func (r *recorder) take() []string {
	var out []string
	for _, m := range r.mails {
		out = append(out, strings.Join(m.To, " "))
	}
	r.mails, r.fail = nil, nil
	return out
}

// outbox returns each mail so far as "ann Updated", and forgets the mails and the
// failures.
func (r *recorder) outbox(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, m := range r.mails {
		kind, _, _ := strings.Cut(parseMail(t, m.Data).header.Get("Subject"), ":")
		for _, to := range m.To {
			name, _, _ := strings.Cut(to, "@")
			out = append(out, name+" "+kind)
		}
	}
	r.take()
	return out
}

// client returns a client that sends through r. Its clock goes on by a minute
// whenever it is read.
func (r *recorder) client(opts ...func(*invite.Options)) *invite.Client {
	o := fixed(opts...)
	o.Now = func() time.Time {
		r.minute++
		return pinned().Add(time.Duration(r.minute) * time.Minute)
	}
	return invite.New(r, o)
}

// failures fails the first mails with errs, in their order. A nil error lets a
// mail through.
func failures(errs ...error) func(n int, m *invite.Message) error {
	return func(n int, _ *invite.Message) error {
		if n > len(errs) {
			return nil
		}
		return errs[n-1]
	}
}

// nowhere is a Sender that takes every mail and keeps none.
var nowhere = invite.SenderFunc(func(context.Context, *invite.Message) error { return nil })

// send sends e with pinned options and returns the mails.
func send(t testing.TB, e ical.Event, opts ...invite.SendOption) []*invite.Message {
	t.Helper()
	r := new(recorder)
	must(t)(invite.New(r, fixed()).Send(context.Background(), e, opts...))
	return r.mails
}

func mustSend(t *testing.T, c *invite.Client, e ical.Event, opts ...invite.SendOption) *invite.Meeting {
	t.Helper()
	m, err := c.Send(context.Background(), e, opts...)
	if m == nil {
		t.Fatal(err)
	}
	return m
}

// fault is an error of a Sender that is refused, uncertain, both or neither.
type fault struct{ refused, uncertain bool }

func (f fault) Error() string   { return "fault" }
func (f fault) Refused() bool   { return f.refused }
func (f fault) Uncertain() bool { return f.uncertain }

// about is an error about one recipient.
type about struct {
	to string
	error
}

func (a about) Recipient() string { return a.to }
func (a about) Unwrap() error     { return a.error }

var (
	errPlain = errors.New("connection lost")
	refusal  = fault{refused: true}
	doubt    = fault{uncertain: true}
)
