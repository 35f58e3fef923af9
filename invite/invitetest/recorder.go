package invitetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// Recorder is an [invite.Sender] that delivers to its own memory, and that can
// answer for those who were invited, see [Recorder.Reply]. The zero value is
// ready and accepts everything; all methods are safe for concurrent use.
type Recorder struct {
	mu       sync.Mutex
	messages []*mime.Message
	failures map[string]Failure
	arrival  chan struct{} // closed at the next change of messages
	replies  int
	clock    time.Time // of the last answer
}

var _ invite.Sender = (*Recorder)(nil)

// Send keeps a copy of m for the recipients that [Recorder.Fail] does not name.
func (r *Recorder) Send(ctx context.Context, m *mime.Message) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("invitetest: %w", err)
	}
	if err := m.Validate(); err != nil {
		return fmt.Errorf("invitetest: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	arrived := &mime.Message{From: m.From, ID: m.ID, Data: bytes.Clone(m.Data)}
	var failed []error
	for _, to := range m.To {
		kind := r.failure(to)
		if kind == FailureNone || kind == FailureUnknown {
			arrived.To = append(arrived.To, to)
		}
		if kind != FailureNone {
			failed = append(failed, &failedRecipient{to, kind})
		}
	}
	if len(arrived.To) > 0 {
		r.messages = append(r.messages, arrived)
		r.wake()
	}
	return errors.Join(failed...)
}

func (r *Recorder) wake() {
	if r.arrival != nil {
		close(r.arrival)
		r.arrival = nil
	}
}

// Messages returns the mails that arrived, in their order, each with those
// recipients that have it. They must not be changed.
func (r *Recorder) Messages() []*mime.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.messages)
}

// MessagesTo returns the mails that arrived at one address.
func (r *Recorder) MessagesTo(email string) []*mime.Message {
	return slices.DeleteFunc(r.Messages(), func(m *mime.Message) bool {
		return !slices.ContainsFunc(m.To, func(to string) bool { return address.Same(to, email) })
	})
}

// Reset forgets the mails that arrived. Failures stay.
func (r *Recorder) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = nil
}

// Wait returns the mails as soon as at least n have arrived. When ctx ends
// before, it returns those that have, and an error that leads to ctx.Err().
func (r *Recorder) Wait(ctx context.Context, n int) ([]*mime.Message, error) {
	for {
		r.mu.Lock()
		if r.arrival == nil {
			r.arrival = make(chan struct{})
		}
		got, arrival := slices.Clone(r.messages), r.arrival
		r.mu.Unlock()
		if len(got) >= n {
			return got, nil
		}
		select {
		case <-arrival:
		case <-ctx.Done():
			return got, fmt.Errorf("invitetest: %d of %d mails: %w", len(got), n, ctx.Err())
		}
	}
}

// Failure is how sending to a recipient fails.
type Failure string

// The values of [Failure].
const (
	// FailureNone: it does not fail.
	FailureNone Failure = ""
	// FailureRefused: the server will not take it. The delivery becomes [invite.DeliveryRefused].
	FailureRefused Failure = "refused"
	// FailureUnknown: the mail arrives, and the server's reply is lost. The delivery
	// becomes [invite.DeliveryUnknown].
	FailureUnknown Failure = "unknown"
	// FailureTemporary: not now. The delivery stays [invite.DeliveryPending].
	FailureTemporary Failure = "temporary"
)

// Fail lets mails to an address fail from now on; "" stands for all addresses
// that it was not called with.
func (r *Recorder) Fail(email string, f Failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failures == nil {
		r.failures = make(map[string]Failure)
	}
	r.failures[address.Key(email)] = f
}

func (r *Recorder) failure(email string) Failure {
	if f, ok := r.failures[address.Key(email)]; ok {
		return f
	}
	return r.failures[""]
}

// failedRecipient is a failure of one recipient, as [invite.Sender] wants it.
type failedRecipient struct {
	email string
	kind  Failure
}

func (e *failedRecipient) Error() string     { return fmt.Sprintf("invitetest: %s: %s", e.email, e.kind) }
func (e *failedRecipient) Recipient() string { return e.email }
func (e *failedRecipient) Refused() bool     { return e.kind == FailureRefused }
func (e *failedRecipient) Uncertain() bool   { return e.kind == FailureUnknown }
