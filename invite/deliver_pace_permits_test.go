package invite_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convene-go/convene/invite"
)

// panicking is a ledger that panics, as a callback of the program may.
type panicking struct {
	claims
	at int // the number of the record
}

func (l *panicking) Record(ctx context.Context, uid string, changed []invite.Delivery) ([]int, error) {
	if l.records+1 == l.at {
		panic("in Record")
	}
	return l.claims.Record(ctx, uid, changed)
}

// TestPacerPanics has a ledger or a sender that panics. A program that goes on has all
// places of the sender back, because other calls need them.
func TestPacerPanics(t *testing.T) {
	for _, parallel := range []int{1, 2, 8} {
		for at := range 6 { // 0 is the sender
			if at == 0 && parallel > 1 {
				continue // the program ends, because the panic is in a goroutine
			}
			for _, taken := range []int{0, 1, 2} { // places that others have
				t.Run(fmt.Sprint(parallel, at, taken), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						p, l := newPacer(3), &panicking{at: at}
						for range taken {
							p.places <- struct{}{}
						}
						p.panics = at == 0
						c := invite.New(p, &invite.Options{Parallel: parallel}).WithLedger(l)
						m := must(t)(c.Send(t.Context(), party(10), invite.QueueOnly()))
						func() {
							defer func() {
								if recover() == nil {
									t.Error("Resume did not panic")
								}
							}()
							_, _ = c.Resume(t.Context(), m)
						}()
						time.Sleep(time.Minute) // for the mails in flight
						check(t, "places in use", taken, len(p.places))
					})
				})
			}
		}
	}
}

// TestPacerSaves sends two mails to each of some attendees, one after the other. A place
// is taken only for a mail that can go, because a limit on mails per second would count it.
func TestPacerSaves(t *testing.T) {
	for _, parallel := range []int{1, 4, 100} {
		synctest.Test(t, func(t *testing.T) {
			p, l := newPacer(100), new(claims)
			c := invite.New(p, &invite.Options{Parallel: parallel}).WithLedger(l)
			m := must(t)(c.Send(t.Context(), party(10), invite.QueueOnly()))
			for i := range m.Deliveries {
				m.Deliveries[i].State = invite.DeliveryDelivered
			}
			m = must(t)(c.Remind(t.Context(), m, invite.QueueOnly()))
			for i := range m.Deliveries {
				m.Deliveries[i].State = invite.DeliveryPending
			}
			must(t)(c.Resume(t.Context(), m))
			check(t, "mails, places taken and given back", []int{20, 20, 20}, []int{p.mails, p.admitted, p.left})
		})
	}
}

// TestPacerSavesClaims has a ledger that refuses some claims. Their places serve for
// the next mails.
func TestPacerSavesClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := newPacer(4), &claims{lost: []int{1, 3}}
		m, err := resume(t, t.Context(), p, l, 10)
		if err != nil {
			t.Error(err)
		}
		check(t, "pending", 2, m.Tally().Pending)
		checkPlaces(t, p, 8, 1)
	})
}

// TestPacerRecords sends the mails of one meeting to a sender with fewer places than mails
// may be in flight. A result is stored at once, also if no place is free yet. So there are
// at most two records for each mail.
func TestPacerRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, places := range []int{1, 3, 8} {
			p, l := newPacer(places), new(claims)
			must(t)(resume(t, t.Context(), p, l, 1000))
			if l.records > 2000 {
				t.Errorf("%d records for 1000 mails, want at most 2000", l.records)
			}
		}
	})
}

// TestWithinFixedClock has a client whose clock stands still. Within ends all the same.
func TestWithinFixedClock(t *testing.T) {
	for _, parallel := range []int{1, 2, 4} {
		for range 20 {
			synctest.Test(t, func(t *testing.T) {
				p := newPacer(100)
				c := invite.New(p, fixed(func(o *invite.Options) { o.Parallel = parallel })).WithLedger(new(claims))
				m := must(t)(c.Send(t.Context(), party(30), invite.QueueOnly()))
				must(t)(c.Resume(t.Context(), m, invite.Within(3500*time.Millisecond)))
				check(t, "mails", 4*parallel, p.mails)
			})
		}
	}
}

// TestResendWithin sends mails again that may have arrived, and has time for some of them.
// The others are as before: only ResendUnknown sends them.
func TestResendWithin(t *testing.T) {
	for name, ends := range map[string]func(context.CancelFunc) invite.ResumeOption{
		"time": func(context.CancelFunc) invite.ResumeOption { return invite.Within(1500 * time.Millisecond) },
		"context": func(cancel context.CancelFunc) invite.ResumeOption {
			time.AfterFunc(1500*time.Millisecond, cancel)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, l := newPacer(2), newStored()
				c := invite.New(p, &invite.Options{Parallel: 2}).WithLedger(l)
				m := must(t)(c.Send(t.Context(), party(10), invite.QueueOnly()))
				for i := range m.Deliveries {
					m.Deliveries[i].State = invite.DeliveryUnknown
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				m, err := c.Resume(ctx, m, invite.ResendUnknown(), ends(cancel))
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				n := make(map[invite.DeliveryState]int)
				for i := range m.Deliveries {
					n[m.Deliveries[i].State]++
					check(t, "stored", m.Deliveries[i].State, l.state[m.Deliveries[i].N])
				}
				if n[invite.DeliveryPending] > 0 || n[invite.DeliveryUnknown] < 6 {
					t.Errorf("the states are %v, want no mail pending and at least 6 unknown", n)
				}
			})
		})
	}
}

// stored is a ledger that keeps the states of one meeting.
type stored struct {
	claims
	state map[int]invite.DeliveryState
}

func newStored() *stored { return &stored{state: make(map[int]invite.DeliveryState)} }

func (s *stored) Record(ctx context.Context, uid string, changed []invite.Delivery) ([]int, error) {
	for _, d := range changed {
		s.state[d.N] = d.State
	}
	return s.claims.Record(ctx, uid, changed)
}
