package rsvp

import (
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The number of forms of one attendee that a handler gives to its Store: mostForms at
// once, and one more each minute. So nobody who has a link can flood the organizer.
const (
	mostForms = 30
	nextForm  = time.Minute
)

// mostQuotas is the number of attendees that a handler remembers.
const mostQuotas = 10_000

// quotas count the forms of attendees. The zero value is ready, and safe for concurrent
// use.
type quotas struct {
	mu  sync.Mutex
	all map[[attendeeMAC]byte]*rate.Limiter
}

// allow reports whether a form of an attendee may be taken in now, and counts it.
func (q *quotas) allow(attendee [attendeeMAC]byte, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.all == nil {
		q.all = make(map[[attendeeMAC]byte]*rate.Limiter)
	}
	l := q.all[attendee]
	if l == nil {
		q.forget(now)
		l = rate.NewLimiter(rate.Every(nextForm), mostForms)
		q.all[attendee] = l
	}
	return l.AllowN(now, 1)
}

// forget makes room for another attendee: those who have sent nothing for a while go.
// If there are none, all go.
func (q *quotas) forget(now time.Time) {
	if len(q.all) < mostQuotas {
		return
	}
	maps.DeleteFunc(q.all, func(_ [attendeeMAC]byte, l *rate.Limiter) bool { return l.TokensAt(now) >= mostForms })
	if len(q.all) >= mostQuotas {
		clear(q.all)
	}
}
