package invitetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// Observer is a sender under test that can tell what arrived. Without it the
// rules about delivery cannot be checked.
type Observer interface {
	invite.Sender
	// Delivered returns the messages that arrived so far, in any order. From
	// and To may be missing where the way there keeps no envelope.
	Delivered() []*mime.Message
}

// Refuser is a sender under test that has a recipient who is refused for good,
// while others are accepted.
type Refuser interface {
	invite.Sender
	// Refused returns the address of that recipient.
	Refused() string
}

// Staller is a sender under test that can be made to take for ever.
type Staller interface {
	invite.Sender
	// Stall makes each later call of Send wait for the end of its context.
	Stall()
}

// TestSender checks that a sender keeps the rules that package invite relies
// on. newSender is called for each rule; it returns a sender to which any
// mailbox of example.com, except the one of a [Refuser], is a good recipient.
// Rules that need an [Observer], [Refuser] or [Staller] are skipped for others.
//
// Run it with the race detector.
func TestSender(t *testing.T, newSender func(t *testing.T) invite.Sender) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			err := r.check(t.Context(), newSender(t))
			switch {
			case errors.Is(err, errNotApplicable):
				t.Skip(err)
			case err != nil:
				t.Errorf("%v\nThe rule: %s", err, r.text)
			}
		})
	}
}

// errNotApplicable is the result of a rule that the sender gives no means to check.
var errNotApplicable = errors.New("the sender does not implement what this rule needs")

const (
	// patience is how long a context lasts that ends while a sender waits.
	patience = 100 * time.Millisecond
	// late is how long after it a sender must have noticed. It is longer than the
	// grace that smtpsend gives a server for its last reply, and than busy machines
	// need.
	late = 10 * time.Second
)

// rule is something that a sender must keep.
type rule struct {
	name  string
	text  string
	check func(ctx context.Context, s invite.Sender) error
}

// rules are those of a sender.
var rules = []rule{
	{"Accepts", "Send returns nil for a good message, and then each recipient has it once, as it was.", checkAccepts},
	{"Bytes", "What arrives is what was given, whatever the lines look like.", checkBytes},
	{"Unchanged", "Send does not change the message, which others may be reading.", checkUnchanged},
	{"Forgets", "Send keeps nothing of the message after it returned: the caller may use its memory again.", checkForgets},
	{"Concurrent", "Send may be called by several goroutines at a time.", checkConcurrent},
	{"EndedContext", "With a context that has ended, Send sends nothing and returns an error that leads to the context's.", checkEnded},
	{"Stalled", "When the context ends, Send returns soon, with an error that leads to the context's.", checkStalled},
	{"NoRecipients", "A message without recipients is an error with Refused() true.", checkNoRecipients},
	{"Injection", "An address with a line break, NUL or angle bracket is an error with Refused() true, and nothing is sent.", checkInjection},
	{"Refused", "A recipient who is refused is reported by an error with Recipient() and Refused() true; the others get the message, and no error.", checkRefused},
	{"Judgement", "No error is Refused and Uncertain at once, and a Recipient() is one of the message, or empty.", checkJudgement},
}

// letter returns a message to the given mailboxes of example.com.
func letter(to ...string) *mime.Message {
	m := &mime.Message{
		From: "desk@example.com",
		ID:   "<1.test@example.com>",
		Data: []byte("From: desk@example.com\r\nSubject: Review\r\n\r\n.\r\n..two\r\nFrom here\r\n" +
			strings.Repeat("long ", 15) + "\r\n"),
	}
	for _, name := range to {
		m.To = append(m.To, name+"@example.com")
	}
	return m
}

// clone returns a copy of m that shares nothing with it.
func clone(m *mime.Message) *mime.Message {
	c := *m
	c.To, c.Data = slices.Clone(m.To), bytes.Clone(m.Data)
	return &c
}

// checkArrived compares what s delivered with what was sent, in any order.
func checkArrived(s invite.Sender, want ...*mime.Message) error {
	o, ok := s.(Observer)
	if !ok {
		return nil
	}
	got := o.Delivered()
	if len(got) != len(want) {
		return fmt.Errorf("%d messages arrived, want %d", len(got), len(want))
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(g *mime.Message) bool { return arrivedAs(w, g) }) {
			return fmt.Errorf("no message arrived as it was sent to %q; the first is %+.300v", w.To, first(got))
		}
	}
	return nil
}

// arrivedAs reports whether got is want. Signatures in front are no difference.
func arrivedAs(want, got *mime.Message) bool {
	if !bytes.HasSuffix(got.Data, want.Data) {
		return false
	}
	return got.To == nil || got.From == want.From && slices.Equal(got.To, want.To)
}

// first returns the envelope and the text of the first message, if there is one.
func first(all []*mime.Message) string {
	if len(all) == 0 {
		return "none"
	}
	return fmt.Sprintf("from %q to %q: %q", all[0].From, all[0].To, all[0].Data)
}

func checkAccepts(ctx context.Context, s invite.Sender) error {
	m := letter("ann", "bob")
	if err := s.Send(ctx, clone(m)); err != nil {
		return fmt.Errorf("calling Send returned %w, want nil", err)
	}
	return checkArrived(s, m)
}

func checkBytes(ctx context.Context, s invite.Sender) error {
	if _, ok := s.(Observer); !ok {
		return errNotApplicable
	}
	var want []*mime.Message
	for _, body := range []string{"", ".\r\n", "..\r\n.\r\n", "From x\r\n>From y\r\n", "\t \r\n\r\n", strings.Repeat("x", 998) + "\r\n", strings.Repeat("y\r\n", 100_000)} {
		m := letter("ann")
		m.Data = []byte("Subject: bytes\r\n\r\n" + body)
		if err := s.Send(ctx, clone(m)); err != nil {
			return fmt.Errorf("calling Send with the body %.20q returned %w, want nil", body, err)
		}
		want = append(want, m)
	}
	return checkArrived(s, want...)
}

func checkUnchanged(ctx context.Context, s invite.Sender) error {
	m := letter("ann", "bob")
	before := clone(m)
	if err := s.Send(ctx, m); err != nil {
		return fmt.Errorf("calling Send returned %w, want nil", err)
	}
	same := m.From == before.From && m.ID == before.ID &&
		slices.Equal(m.To, before.To) && bytes.Equal(m.Data, before.Data)
	if !same {
		return fmt.Errorf("the message was %+v, and is %+v after Send", before, m)
	}
	return nil
}

func checkForgets(ctx context.Context, s invite.Sender) error {
	m := letter("ann")
	before := clone(m)
	if err := s.Send(ctx, m); err != nil {
		return fmt.Errorf("calling Send returned %w, want nil", err)
	}
	for i := range m.Data {
		m.Data[i] = 'x'
	}
	m.To[0] = "eve@example.com"
	return checkArrived(s, before)
}

func checkConcurrent(ctx context.Context, s invite.Sender) error {
	const n = 8
	var wg sync.WaitGroup
	var want []*mime.Message
	errs := make([]error, n)
	for i := range n {
		m := letter(fmt.Sprint("p", i))
		m.Data = append(m.Data, fmt.Sprint(i, "\r\n")...)
		want = append(want, clone(m))
		wg.Go(func() { errs[i] = s.Send(ctx, m) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("of %d calls at a time: %w", n, err)
	}
	return checkArrived(s, want...)
}

func checkEnded(ctx context.Context, s invite.Sender) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	start := time.Now()
	err := s.Send(ctx, letter("ann"))
	if took := time.Since(start); took > late {
		return fmt.Errorf("calling Send took %v", late)
	}
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("calling Send returned %v, want an error that leads to context.Canceled", err)
	}
	return checkArrived(s)
}

func checkStalled(ctx context.Context, s invite.Sender) error {
	staller, ok := s.(Staller)
	if !ok {
		return errNotApplicable
	}
	staller.Stall()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := s.Send(ctx, letter("ann"))
	end, _ := ctx.Deadline()
	if took := time.Since(end); took > late {
		return fmt.Errorf("calling Send took %v beyond the end of its context", took)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("calling Send returned %v, want an error that leads to context.DeadlineExceeded", err)
	}
	if !isUncertain(err) {
		return checkArrived(s)
	}
	return nil
}

func checkNoRecipients(ctx context.Context, s invite.Sender) error {
	if err := s.Send(ctx, letter()); !isRefused(err) {
		return fmt.Errorf("calling Send returned %v, want an error with Refused() true", err)
	}
	return checkArrived(s)
}

func checkInjection(ctx context.Context, s invite.Sender) error {
	for _, bad := range []string{"ann@example.com\r\nDATA", "ann\n@example.com", "ann@example.com\x00", "ann@example.com> X", "<ann@example.com"} {
		to, from := letter("bob"), letter("bob")
		to.To = append(to.To, bad)
		from.From = bad
		for field, m := range map[string]*mime.Message{"To": to, "From": from} {
			if err := s.Send(ctx, m); !isRefused(err) {
				return fmt.Errorf("calling Send with %q in %s returned %v, want an error with Refused() true", bad, field, err)
			}
		}
	}
	return checkArrived(s)
}

func checkRefused(ctx context.Context, s invite.Sender) error {
	r, ok := s.(Refuser)
	if !ok {
		return errNotApplicable
	}
	m := letter("ann", "bob")
	m.To = slices.Insert(m.To, 1, r.Refused())
	err := s.Send(ctx, m)
	named := recipientErrors(err)
	if len(named) != 1 || named[0].Recipient() != r.Refused() || !isRefused(named[0]) || isUncertain(named[0]) {
		return fmt.Errorf("calling Send returned %v, want one error with Recipient() %q and Refused() true", err, r.Refused())
	}
	return checkArrived(s, letter("ann", "bob"))
}

func checkJudgement(ctx context.Context, s invite.Sender) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	m := letter("ann", "bob")
	bad := letter("ann", "no body")
	for _, err := range []error{s.Send(ctx, m), s.Send(ctx, bad)} {
		if isRefused(err) && isUncertain(err) {
			return fmt.Errorf("%v is Refused and Uncertain at once", err)
		}
		for _, r := range recipientErrors(err) {
			if r.Recipient() == "" {
				continue // about all
			}
			known := func(to string) bool { return address.Same(to, r.Recipient()) }
			if !slices.ContainsFunc(slices.Concat(m.To, bad.To), known) {
				return fmt.Errorf("%v has the Recipient() %q, to whom nothing was sent", err, r.Recipient())
			}
		}
	}
	return nil
}

// isRefused reports whether err says that trying again is useless.
func isRefused(err error) bool {
	var r interface{ Refused() bool }
	return errors.As(err, &r) && r.Refused()
}

// isUncertain reports whether err says that the mail may have arrived.
func isUncertain(err error) bool {
	var u interface{ Uncertain() bool }
	return errors.As(err, &u) && u.Uncertain()
}

// recipientError is an error about one recipient alone.
type recipientError interface {
	error
	Recipient() string
}

// recipientErrors returns the errors about single recipients in err's tree.
func recipientErrors(err error) []recipientError {
	switch e := err.(type) {
	case recipientError:
		return []recipientError{e}
	case interface{ Unwrap() error }:
		return recipientErrors(e.Unwrap())
	case interface{ Unwrap() []error }:
		var all []recipientError
		for _, part := range e.Unwrap() {
			all = append(all, recipientErrors(part)...)
		}
		return all
	}
	return nil
}
