package smtpsend

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Retry says for how long a call of [Sender.Send] tries again if that is safe
// and may help: after a reply 4yz, and after a connection that was not
// made or broke before the message was sent whole. A message whose fate is
// unknown, and one that was refused, is never tried again, nor is a recipient
// who has it.
//
// The zero value means one attempt, so that a server which is down costs the
// caller no more than the time to notice; package invite keeps what was not
// delivered, and its Resume sends it later. In any case Send sends at once, in
// a further transaction, to recipients that the server found too many for one
// (452, RFC 5321, section 4.5.3.1.10), and over a new connection when one that
// was idle turns out dead (421).
type Retry struct {
	// Budget is the time from the beginning of Send after which no further
	// attempt begins, 0 for one attempt. No attempt is waited for that would
	// begin after the context's deadline.
	Budget time.Duration
	// First is the time between the first two attempts, 0 for a second. Each
	// further one is twice as long, give or take half of it by chance.
	First time.Duration
	// Longest bounds the time between attempts, 0 for a minute.
	Longest time.Duration
}

// errAgain asks for another attempt.
var errAgain = errors.New("again")

// run calls attempt until it asks for no other, or the time is over.
func (r Retry) run(ctx context.Context, attempt func() (again bool)) {
	if r.Budget == 0 {
		attempt()
		return
	}
	budget := r.Budget
	if end, ok := ctx.Deadline(); ok {
		budget = min(budget, time.Until(end))
	}
	wait := &backoff.ExponentialBackOff{
		InitialInterval:     r.First,
		RandomizationFactor: backoff.DefaultRandomizationFactor,
		Multiplier:          2,
		MaxInterval:         r.Longest,
	}
	operation := func() (struct{}, error) {
		if attempt() {
			return struct{}{}, errAgain
		}
		return struct{}{}, nil
	}
	backoff.Retry(ctx, operation, backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(max(budget, 1)))
}
