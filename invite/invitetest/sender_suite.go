package invitetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// Observer is a sender under test that can list the messages that arrived. Without
// it the suite checks the errors of Send, but not the delivery.
type Observer interface {
	invite.Sender
	// Delivered returns the messages that arrived so far, in any order. If the
	// envelope is not kept on the way, From and To may be missing.
	Delivered() []*mime.Message
}

// Refuser is a sender under test that refuses one recipient for good and accepts
// all others.
type Refuser interface {
	invite.Sender
	// Refused returns the address of that recipient.
	Refused() string
}

// Staller is a sender under test whose calls of Send can be made to hang.
type Staller interface {
	invite.Sender
	// Stall makes each later call of Send wait for the end of its context.
	Stall()
}

// TestSender checks that a sender keeps the rules that package invite relies on. If
// a rule is broken, the test prints the rule and how to keep it.
//
// newSender is called for each rule. It returns a sender that accepts every mailbox
// of example.com, except the one that a [Refuser] names. If the sender is no
// [Observer], [Refuser], [Staller] or [invite.Pacer], rules that need one are skipped. If it
// is an [invite.ReceiptSender], each rule is checked for SendReceipt, too, because a
// Client calls that in place of Send.
//
// Run it with the race detector.
func TestSender(t *testing.T, newSender func(t *testing.T) invite.Sender) {
	t.Helper()
	for _, r := range senderRules {
		t.Run(r.name, func(t *testing.T) { r.test(t, newSender(t)) })
	}
	t.Run("SendReceipt", func(t *testing.T) {
		if _, ok := newSender(t).(invite.ReceiptSender); !ok {
			t.Skip("not checked: the sender is no invite.ReceiptSender")
		}
		for _, r := range senderRules {
			t.Run(r.name, func(t *testing.T) {
				r.test(t, viaReceipt{newSender(t).(invite.ReceiptSender)})
			})
		}
	})
}

// test checks a rule, and explains it if the sender breaks it.
func (r *senderRule) test(t *testing.T, s invite.Sender) {
	t.Helper()
	err := r.check(t.Context(), s)
	switch {
	case errors.Is(err, errNotApplicable):
		t.Skip(err)
	case err != nil:
		t.Errorf("%v\nThe rule: %s\nTo keep it: %s", err, r.text, r.advice)
	}
}

// errNotApplicable is the result of a rule that cannot be checked, because the
// sender lacks an interface.
var errNotApplicable = errors.New("not checked: this rule needs a sender that is an Observer, Refuser, Staller or invite.Pacer")

const (
	// patience is the lifetime of a context that ends while a sender hangs.
	patience = 100 * time.Millisecond
	// late is the time after which Send must have returned since its context ended.
	// It is longer than the grace that smtpsend gives a server for its last reply,
	// and long enough for busy machines.
	late = 10 * time.Second
)

// senderRule is a rule that a sender must keep, with its check.
type senderRule struct {
	name   string
	text   string // the rule
	advice string // how an author keeps it
	check  func(ctx context.Context, s invite.Sender) error
}

// senderRules are the rules for an [invite.Sender].
var senderRules = []senderRule{
	{
		"Accepts",
		"Send returns nil for a good message. Then each recipient has it once and unchanged.",
		"pass From, each address of To once, and Data as it is.",
		checkAccepts,
	}, {
		"Bytes",
		"Data arrives byte for byte, however its lines look.",
		"undo on arrival whatever the way adds, such as a dot in front of a dot (SMTP) or > in front of From (mbox).",
		checkBytes,
	}, {
		"Unchanged",
		"Send does not change the message, because other goroutines may be reading it.",
		"change a copy: clone To and Data first.",
		checkUnchanged,
	}, {
		"Forgets",
		"Send keeps no part of the message after it has returned, because the caller may use its memory again.",
		"if something is needed later, keep a copy of To and Data.",
		checkForgets,
	}, {
		"Concurrent",
		"Several goroutines may call Send at the same time.",
		"guard shared state with a mutex, or use one connection for each call.",
		checkConcurrent,
	}, {
		"EndedContext",
		"If the context has ended before the call, Send sends nothing and returns an error that wraps ctx.Err().",
		"begin with ctx.Err(), and wrap it with %w.",
		checkEnded,
	}, {
		"Stalled",
		"If the context ends during the call, Send returns soon with an error that wraps ctx.Err().",
		"pass ctx to everything that may block, and wrap ctx.Err() with %w. If the mail may have arrived, add Uncertain() true.",
		checkStalled,
	}, {
		"NoRecipients",
		"If a message has no recipients, the error has Refused() true.",
		"call mime.Message.Validate first, and return its error.",
		checkNoRecipients,
	}, {
		"Injection",
		"If an address holds a line break, NUL or angle bracket, nothing is sent and the error has Refused() true.",
		"call mime.Message.Validate first, and return its error.",
		checkInjection,
	}, {
		"Refused",
		"If a recipient is refused, one error has its address as Recipient() and Refused() true. The others get the message, and no error.",
		"send to the remaining recipients, and return one error for each refused one, joined with errors.Join.",
		checkRefused,
	}, {
		"Judgement",
		"No error has both Refused() and Uncertain() true. Recipient() is a recipient of the message, or empty.",
		"Refused means that trying again is useless, Uncertain that the mail may have arrived: decide for one of them.",
		checkJudgement,
	}, {
		"Admits",
		"A sender with the method Admit is an invite.Pacer. A message that is admitted arrives. Each place is given back by leave, and an ended context ends the wait.",
		"give the place back in leave alone, and wrap ctx.Err() with %w.",
		checkAdmits,
	},
}
