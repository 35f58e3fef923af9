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

// Recorder is an [invite.Sender] that keeps mails in memory. It can answer for the
// attendees too, see [Recorder.Reply]. The zero value is ready and accepts
// everything. All methods are safe for concurrent use.
type Recorder struct {
	mu       sync.Mutex
	messages []*mime.Message
	failures map[string]Failure
	arrival  chan struct{} // closed when the next mail arrives; nil if nobody waits
	replies  int           // mails of Reply and Bounce
	clock    time.Time     // the time of the last of them
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
	arrived := &mime.Message{From: m.From, ID: m.ID, UID: m.UID, Method: m.Method, Data: bytes.Clone(m.Data)}
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

// wake ends the waiting of all calls of Wait.
func (r *Recorder) wake() {
	if r.arrival != nil {
		close(r.arrival)
		r.arrival = nil
	}
}

// Messages returns the mails in the order in which they arrived. To of each has the
// recipients that the mail reached. The mails must not be changed.
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

// Reset forgets the mails that arrived. It keeps the failures that Fail has set.
func (r *Recorder) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = nil
}

// Wait returns the mails as soon as at least n have arrived. If ctx ends earlier,
// it returns the mails that have arrived and an error that wraps ctx.Err().
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
