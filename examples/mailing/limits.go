package main

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/convene-go/convene/invite"
)

// limits is a smtpsend.Limiter for a server that takes so many mails a second and a day.
type limits struct {
	pace *rate.Limiter
	left atomic.Int64
}

func newLimits(perSecond float64) *limits {
	return &limits{pace: rate.NewLimiter(rate.Limit(perSecond), 1)}
}

// today sets the number of mails that the server still takes.
func (l *limits) today(n int) { l.left.Store(int64(n)) }

// Wait waits for the turn of the next mail. If the server takes no more mails today, that is
// longer than this run lasts. Mails that wait stay pending.
func (l *limits) Wait(ctx context.Context) error {
	if l.left.Add(-1) < 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	return l.pace.Wait(ctx)
}

// handedOver counts the mails that the server has got since then.
func handedOver(m *invite.Meeting, since time.Time) int {
	n := 0
	for _, d := range m.Deliveries {
		if d.State != invite.DeliveryPending && d.State != invite.DeliveryOvertaken && d.Time.After(since) {
			n++
		}
	}
	return n
}
