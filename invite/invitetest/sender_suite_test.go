package invitetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// refusal is an error that a sender may return.
type refusal struct {
	to                 string
	refused, uncertain bool
	err                error
}

func (r *refusal) Error() string   { return "refusal" }
func (r *refusal) Unwrap() error   { return r.err }
func (r *refusal) Refused() bool   { return r.refused }
func (r *refusal) Uncertain() bool { return r.uncertain }

// named is a refusal of one recipient.
type named struct{ refusal }

func (n *named) Recipient() string { return n.to }

// fake is a sender that keeps all rules, unless its hook takes over.
type fake struct {
	mu      sync.Mutex
	got     []*mime.Message
	stalled bool
	hook    func(f *fake, ctx context.Context, m *mime.Message) (done bool, err error)
}

func (f *fake) Delivered() []*mime.Message { return f.got }
func (f *fake) Refused() string            { return "nobody@example.com" }
func (f *fake) Stall()                     { f.stalled = true }

func (f *fake) Send(ctx context.Context, m *mime.Message) error {
	if f.hook != nil {
		if done, err := f.hook(f, ctx, m); done {
			return err
		}
	}
	if err := check(ctx, m); err != nil {
		return err
	}
	if f.stalled {
		<-ctx.Done()
		return ctx.Err()
	}
	return f.keep(m)
}

// check returns the errors that a sender must find first.
func check(ctx context.Context, m *mime.Message) error {
	if len(m.To) == 0 || strings.ContainsAny(m.From+strings.Join(m.To, ""), "\r\n\x00<> ") {
		return &refusal{refused: true}
	}
	return ctx.Err()
}

// keep delivers m to all recipients except nobody@example.com.
func (f *fake) keep(m *mime.Message) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m = clone(m)
	if i := slices.Index(m.To, "nobody@example.com"); i >= 0 {
		m.To = slices.Delete(m.To, i, i+1)
		err = errors.Join(&named{refusal{to: "nobody@example.com", refused: true}})
	}
	f.got = append(f.got, m)
	return err
}

// TestGood checks that a sender that keeps all rules passes the suite.
func TestGood(t *testing.T) {
	TestSender(t, func(*testing.T) invite.Sender { return new(fake) })
	TestSender(t, func(*testing.T) invite.Sender { return invite.SenderFunc(new(fake).Send) })
}

// broken returns the names of the rules that a sender breaks.
func broken(t *testing.T, newSender func() invite.Sender) []string {
	t.Helper()
	var names []string
	for _, r := range senderRules {
		if err := r.check(t.Context(), newSender()); err != nil && !errors.Is(err, errNotApplicable) {
			names = append(names, r.name)
		}
	}
	return names
}

var errOops = errors.New("oops")

// brokenSenders are hooks of senders that break rules, with the names of the rules.
var brokenSenders = []struct {
	name string
	hook func(f *fake, ctx context.Context, m *mime.Message) (bool, error)
	want []string
}{
	{"always fails", func(*fake, context.Context, *mime.Message) (bool, error) { return true, errOops },
		[]string{"Accepts", "Bytes", "Unchanged", "Forgets", "Concurrent", "EndedContext", "Stalled", "NoRecipients", "Injection", "Refused"}},
	{"loses all", func(_ *fake, ctx context.Context, m *mime.Message) (bool, error) { return true, check(ctx, m) },
		[]string{"Accepts", "Bytes", "Forgets", "Concurrent", "Stalled", "Refused"}},
	{"doubles", func(f *fake, ctx context.Context, m *mime.Message) (bool, error) {
		if check(ctx, m) == nil && !f.stalled {
			f.keep(m)
		}
		return false, nil
	}, []string{"Accepts", "Bytes", "Forgets", "Concurrent", "Refused"}},
	{"eats dots", func(f *fake, ctx context.Context, m *mime.Message) (bool, error) {
		m = clone(m)
		m.Data = []byte(strings.ReplaceAll(string(m.Data), "\r\n..", "\r\n."))
		if check(ctx, m) != nil || f.stalled {
			return false, nil
		}
		return true, f.keep(m)
	}, []string{"Accepts", "Bytes", "Forgets", "Concurrent", "Refused"}},
	{"changes the message", func(_ *fake, _ context.Context, m *mime.Message) (bool, error) {
		if len(m.To) > 0 {
			m.To[0] = strings.ToUpper(m.To[0])
		}
		return false, nil
	}, []string{"Accepts", "Bytes", "Unchanged", "Forgets", "Concurrent", "Refused"}},
	{"keeps the message", func(f *fake, ctx context.Context, m *mime.Message) (bool, error) {
		if check(ctx, m) != nil || f.stalled || slices.Contains(m.To, "nobody@example.com") {
			return false, nil
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.got = append(f.got, m)
		return true, nil
	}, []string{"Forgets"}},
	{"ignores the context", func(f *fake, ctx context.Context, m *mime.Message) (bool, error) {
		if check(context.Background(), m) != nil {
			return false, nil
		}
		return true, f.keep(m)
	}, []string{"EndedContext", "Stalled"}},
	{"takes what is hostile", func(f *fake, ctx context.Context, m *mime.Message) (bool, error) {
		if ctx.Err() != nil || f.stalled {
			return false, nil
		}
		return true, f.keep(m)
	}, []string{"NoRecipients", "Injection"}},
	{"blames all", func(f *fake, ctx context.Context, m *mime.Message) (bool, error) {
		if slices.Contains(m.To, "nobody@example.com") {
			return true, &refusal{refused: true}
		}
		return false, nil
	}, []string{"Refused"}},
	{"cannot decide", func(f *fake, ctx context.Context, m *mime.Message) (bool, error) {
		if err := check(ctx, m); err != nil {
			return true, &refusal{refused: true, uncertain: true, err: err}
		}
		return false, nil
	}, []string{"Judgement"}},
	{"names strangers", func(f *fake, ctx context.Context, m *mime.Message) (bool, error) {
		if err := check(ctx, m); err != nil {
			return true, &named{refusal{to: "eve@example.com", refused: true, err: err}}
		}
		return false, nil
	}, []string{"Judgement"}},
}

// TestBroken checks that the suite finds each way to break a rule.
func TestBroken(t *testing.T) {
	for _, tt := range brokenSenders {
		got := broken(t, func() invite.Sender { return &fake{hook: tt.hook} })
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: broken rules: -want +got\n%s", tt.name, diff)
		}
	}
}

// TestAdmits breaks the rule about Admit in several ways.
func TestAdmits(t *testing.T) {
	places := make(chan struct{}, 2)
	room := func(ctx context.Context, leave func()) (context.Context, func(), error) { return ctx, leave, nil }
	tests := map[string]struct {
		admit func(ctx context.Context, wait bool) (context.Context, func(), error)
		want  []string
	}{
		"always room": {func(ctx context.Context, _ bool) (context.Context, func(), error) { return room(ctx, func() {}) }, nil},
		"keeps places": {func(ctx context.Context, _ bool) (context.Context, func(), error) {
			select {
			case places <- struct{}{}:
				return room(ctx, func() {})
			default:
				return nil, nil, errOops
			}
		}, []string{"Admits"}},
		"no context": {func(context.Context, bool) (context.Context, func(), error) { return nil, func() {}, nil }, []string{"Admits"}},
		"another context": {func(context.Context, bool) (context.Context, func(), error) {
			return room(context.Background(), func() {})
		}, []string{"Admits"}},
		"another error": {func(ctx context.Context, _ bool) (context.Context, func(), error) {
			if ctx.Err() != nil {
				return nil, nil, errOops
			}
			return room(ctx, func() {})
		}, []string{"Admits"}},
		"an ended context": {func(ctx context.Context, _ bool) (context.Context, func(), error) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return room(ctx, func() {})
		}, []string{"Admits"}},
	}
	for name, x := range tests {
		got := broken(t, func() invite.Sender { return &admitting{new(fake), x.admit} })
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s: broken rules (-want +got):\n%s", name, diff)
		}
	}
}

// admitting is a sender with the method Admit.
type admitting struct {
	*fake
	admit func(ctx context.Context, wait bool) (context.Context, func(), error)
}

func (a *admitting) Admit(ctx context.Context, wait bool) (context.Context, func(), error) {
	return a.admit(ctx, wait)
}

// receipting is a sender with the method SendReceipt.
type receipting struct {
	*fake
	receipt invite.Receipt
	past    bool // SendReceipt goes past the checks of Send, as an embedded one does
}

func (r *receipting) SendReceipt(ctx context.Context, m *mime.Message) (invite.Receipt, error) {
	if r.past {
		return r.receipt, (&fake{stalled: r.stalled}).Send(ctx, m)
	}
	return r.receipt, r.Send(ctx, m)
}

// TestReceipts breaks the rules in SendReceipt alone.
func TestReceipts(t *testing.T) {
	odd := []string{"Accepts", "Bytes", "Unchanged", "Forgets", "Concurrent"}
	for _, x := range []struct {
		name string
		s    receipting
		want []string
	}{
		{"good", receipting{receipt: invite.Receipt{ID: "4bQw2J0zC1z9sT2"}}, nil},
		{"embedded", receipting{past: true}, []string{"Accepts", "Bytes", "Forgets", "Concurrent", "Refused"}},
		{"long", receipting{receipt: invite.Receipt{ID: strings.Repeat("x", 501)}}, odd},
		{"two lines", receipting{receipt: invite.Receipt{ID: "a\nb"}}, odd},
		{"of a stranger", receipting{receipt: invite.Receipt{Of: map[string]string{"eve@example.com": "1"}}}, odd},
	} {
		got := broken(t, func() invite.Sender {
			s := x.s
			s.fake = new(fake)
			return viaReceipt{&s}
		})
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s: broken rules (-want +got):\n%s", x.name, diff)
		}
	}
}
