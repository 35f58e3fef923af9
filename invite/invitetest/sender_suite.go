package invitetest

import (
	"context"
	"errors"
	"testing"
	"time"

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
	for _, r := range senderRules {
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
type senderRule struct {
	name  string
	text  string
	check func(ctx context.Context, s invite.Sender) error
}

// rules are those of a sender.
var senderRules = []senderRule{
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
