package invite_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// pacer is an invite.Pacer with some places. A mail takes a second.
type pacer struct {
	places chan struct{}
	broken error // of Admit
	fail   error // of Send
	panics bool  // in Send

	mu       sync.Mutex
	admitted int // contexts that Admit has returned
	left     int // calls of leave
	calls    int // of Admit
	mails    int
	outside  int // mails that were sent without being admitted
}

type admittedKey struct{}

func newPacer(places int) *pacer { return &pacer{places: make(chan struct{}, places)} }

func (p *pacer) Admit(ctx context.Context, wait bool) (context.Context, func(), error) {
	p.mu.Lock()
	p.calls++
	p.mu.Unlock()
	if p.broken != nil {
		return nil, nil, p.broken
	}
	if wait {
		select {
		case p.places <- struct{}{}:
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	} else {
		select {
		case p.places <- struct{}{}:
		default:
			return nil, nil, nil
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.admitted++
	return context.WithValue(ctx, admittedKey{}, true), func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.left++
		<-p.places
	}, nil
}

func (p *pacer) Send(ctx context.Context, _ *invite.Message) error {
	p.mu.Lock()
	p.mails++
	if ctx.Value(admittedKey{}) == nil {
		p.outside++
	}
	p.mu.Unlock()
	if p.panics {
		panic("in Send")
	}
	if p.fail != nil {
		return p.fail
	}
	select {
	case <-time.After(time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// claims counts the mails in the state sending.
type claims struct {
	mu      sync.Mutex
	sending map[string]bool // by UID and number
	most    int
	records int
	fail    int   // the number of the record that fails; 0 is none
	lost    []int // claims that the ledger refuses
}

func (c *claims) Begin(context.Context, ...*invite.Meeting) error { return nil }

func (c *claims) Record(_ context.Context, uid string, changed []invite.Delivery) ([]int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.records++; c.records == c.fail {
		return nil, errors.New("disk full")
	}
	if c.sending == nil {
		c.sending = make(map[string]bool)
	}
	for _, d := range changed {
		key := fmt.Sprint(uid, d.N)
		delete(c.sending, key)
		if d.State == invite.DeliverySending {
			c.sending[key] = true
		}
	}
	c.most = max(c.most, len(c.sending))
	return c.lost, nil
}

// resume queues a meeting with n guests, and sends the mails.
func resume(t *testing.T, ctx context.Context, p *pacer, l invite.Ledger, n int, opts ...invite.ResumeOption) (*invite.Meeting, error) {
	c := invite.New(p, &invite.Options{Parallel: 8}).WithLedger(l)
	return c.Resume(ctx, must(t)(c.Send(ctx, party(n), invite.QueueOnly())), opts...)
}

// TestPacer sends the mails of some meetings at once. No more mails are claimed than the
// sender has places, so a crash leaves no more of them unknown. A mail stays claimed until
// its result is stored, when its place may have gone to another meeting. So each meeting
// can have one more. Without places there would be forty.
func TestPacer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := newPacer(3), new(claims)
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if m, err := resume(t, t.Context(), p, l, 20); err != nil || m.Tally().Pending > 0 {
					t.Errorf("Resume = %v, want all mails delivered", err)
				}
			})
		}
		all.Wait()
		if l.most < 3 || l.most > 3+5 {
			t.Errorf("%d mails were in the state sending at once, with 3 places and 5 meetings", l.most)
		}
		check(t, "mails without a place", 0, p.outside)
		checkPlaces(t, p, 100, 5)
	})
}

// checkPlaces checks that all mails were sent, and all places given back. A place that is
// free just when the last mail of one of the meetings goes out is given back unused.
func checkPlaces(t *testing.T, p *pacer, mails, meetings int) {
	t.Helper()
	check(t, "mails, places given back", []int{mails, p.admitted}, []int{p.mails, p.left})
	if extra := p.admitted - p.mails; extra < 0 || extra > meetings {
		t.Errorf("%d places were taken for %d mails", p.admitted, mails)
	}
}

// TestPacerAlone sends the mails of one meeting to a sender with enough places. A place
// that is free again is taken in the record that stores the last result, so n mails cost
// no more records than without places.
func TestPacerAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := newPacer(8), new(claims)
		must(t)(resume(t, t.Context(), p, l, 40))
		check(t, "mails", 40, p.mails)
		if l.records > 41 {
			t.Errorf("%d records for 40 mails, want at most 41", l.records)
		}
	})
}

// TestPacerEnds ends calls whose sender has no places, or has them and sends nothing. All
// places are given back.
func TestPacerEnds(t *testing.T) {
	tests := []struct {
		name   string
		taken  int // places that others have
		opts   []invite.ResumeOption
		ledger *claims
		broken error
		fail   error
		ends   time.Duration // of the context
		took   time.Duration
		mails  int
		err    bool
	}{
		{name: "no place in time", taken: 3, opts: []invite.ResumeOption{invite.Within(time.Minute)}, took: time.Minute},
		{name: "context ends", taken: 3, ends: time.Minute, took: time.Minute, err: true},
		{name: "time is over while mails are sent", opts: []invite.ResumeOption{invite.Within(1500 * time.Millisecond)}, took: 2 * time.Second, mails: 6},
		{name: "no limit", opts: []invite.ResumeOption{invite.Within(0)}, took: 4 * time.Second, mails: 10},
		{name: "claim refused", ledger: &claims{lost: []int{0}}, took: 3 * time.Second, mails: 9},
		{name: "ledger fails", ledger: &claims{fail: 1}, err: true},
		{name: "ledger fails later", ledger: &claims{fail: 2}, took: time.Second, mails: 3, err: true},
		{name: "no place before the deadline", broken: fmt.Errorf("limiter: %w", context.DeadlineExceeded), err: true},
		{name: "no place can be had", broken: errors.New("closed"), fail: errors.New("closed"), mails: 10, err: true},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPacer(3)
				p.broken, p.fail = x.broken, x.fail
				for range x.taken {
					p.places <- struct{}{}
				}
				if x.ledger == nil {
					x.ledger = new(claims)
				}
				ctx := t.Context()
				if x.ends > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, x.ends)
					defer cancel()
				}
				begin := time.Now()
				m, err := resume(t, ctx, p, x.ledger, 10, x.opts...)
				if (err != nil) != x.err {
					t.Errorf("Resume = %v, want an error: %v", err, x.err)
				}
				check(t, "time", x.took, time.Since(begin))
				check(t, "mails", x.mails, p.mails)
				check(t, "places in use", x.taken, len(p.places))
				if x.fail == nil {
					check(t, "pending", 10-x.mails, m.Tally().Pending)
				}
			})
		})
	}
}

// TestPacerWithoutLedger does not ask for places, because nobody sees the claims.
func TestPacerWithoutLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(1)
		must(t)(resume(t, t.Context(), p, nil, 20))
		check(t, "mails without a place", 20, p.outside)
	})
}

// party is a meeting with n attendees.
func party(n int) ical.Event {
	return vary(func(e *ical.Event) {
		e.Attendees = nil
		for i := range n {
			e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("p%d@example.test", i)})
		}
	})
}
