package smtpsend

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Retry says for how long a call of [Sender.Send] tries again. It tries again
// after a reply 4yz, and if the connection could not be made or broke before the
// message was sent whole. It never tries again if the message was refused, if its
// fate is unknown, or for a recipient who has it.
//
// The zero value means one attempt, so that a server that is down costs the
// caller no more than the time to notice. Package invite keeps the mails that
// were not delivered, and its Resume sends them later. So leave it zero with a desk or a
// Ledger: in a pause, a mail keeps its room and is claimed, and a kill makes it unknown.
//
// Two cases do not count as another attempt, and are handled even by the zero
// value. If the server finds the recipients too many for one transaction (452,
// RFC 5321, section 4.5.3.1.10), Send sends to the others in a further
// transaction. If an idle connection turns out dead (421), Send uses a new one.
type Retry struct {
	// Budget is the time from the beginning of Send after which no further
	// attempt begins. 0 means one attempt. If the next attempt would begin after
	// the context's deadline, Send ends without waiting for it.
	Budget time.Duration
	// First is the time between the first two attempts. 0 means a second. Each
	// further pause is twice as long, and up to half of it is added or taken off
	// at random.
	First time.Duration
	// Longest bounds the time between attempts. 0 means a minute.
	Longest time.Duration
}

// errAgain tells the backoff package that another attempt is wanted.
var errAgain = errors.New("again")

// run calls attempt until it returns false, or until the time is over.
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
