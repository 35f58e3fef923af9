package invitetest

import (
	"fmt"

	"github.com/convene-go/convene/internal/address"
)

// Failure is the way in which sending to a recipient fails.
type Failure string

// The values of [Failure].
const (
	// FailureNone: the mail arrives.
	FailureNone Failure = ""
	// FailureRefused: the server refuses the mail for good. The delivery becomes
	// [invite.DeliveryRefused].
	FailureRefused Failure = "refused"
	// FailureUnknown: the mail arrives, but the server's reply is lost. The delivery
	// becomes [invite.DeliveryUnknown].
	FailureUnknown Failure = "unknown"
	// FailureTemporary: the server cannot take the mail now. The delivery stays
	// [invite.DeliveryPending].
	FailureTemporary Failure = "temporary"
)

// Fail makes later mails to an address fail. The address "" stands for all
// addresses for which Fail was not called.
func (r *Recorder) Fail(email string, f Failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failures == nil {
		r.failures = make(map[string]Failure)
	}
	r.failures[address.Key(email)] = f
}

// failure returns the failure that was set for an address.
func (r *Recorder) failure(email string) Failure {
	if f, ok := r.failures[address.Key(email)]; ok {
		return f
	}
	return r.failures[""]
}

// failedRecipient is the error for one recipient, with the methods that
// [invite.Sender] names.
type failedRecipient struct {
	email string
	kind  Failure
}

func (e *failedRecipient) Error() string { return fmt.Sprintf("invitetest: %s: %s", e.email, e.kind) }

func (e *failedRecipient) Recipient() string { return e.email }

func (e *failedRecipient) Refused() bool { return e.kind == FailureRefused }

func (e *failedRecipient) Uncertain() bool { return e.kind == FailureUnknown }
