package desktest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// slow is a sender whose server takes some time for each mail.
type slow struct{ least, most time.Duration }

func (s slow) Send(ctx context.Context, _ *invite.Message) error {
	wait := s.least
	if s.most > s.least {
		wait += rand.N(s.most - s.least)
	}
	if wait > 0 {
		time.Sleep(wait)
	}
	return nil
}

// BenchmarkDeliver sends the mails of one meeting over eight connections: without a desk,
// and from a desk. The metrics are mails a second.
func BenchmarkDeliver(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		for _, s := range []slow{{0, 0}, {5 * time.Millisecond, 5 * time.Millisecond}, {5 * time.Millisecond, 60 * time.Millisecond}} {
			if n > 1000 && s.most > 5*time.Millisecond {
				continue
			}
			name := fmt.Sprintf("%d mails of %v to %v", n, s.least, s.most)
			o := &invite.Options{Parallel: 8}
			b.Run(name+"/none", func(b *testing.B) {
				m := queue(b, n)
				for b.Loop() {
					if _, err := invite.New(s, o).Resume(b.Context(), m); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "mails/s")
			})
			for _, kind := range []string{"SQLite", "PostgreSQL"} {
				b.Run(name+"/"+kind, func(b *testing.B) {
					x := newSQLite(b)
					if kind == "PostgreSQL" {
						x = newPostgres(b)
					}
					d := open(b, x.open(b), &desk.Options{}, invite.New(s, o))
					var sent time.Duration
					for b.Loop() {
						b.StopTimer()
						m := must(d.Send(b.Context(), soon(n)))(b)
						b.StartTimer()
						begin := time.Now()
						if err := d.Deliver(b.Context(), m.Event.UID); err != nil {
							b.Fatal(err)
						}
						sent += time.Since(begin)
					}
					b.ReportMetric(float64(n*b.N)/sent.Seconds(), "mails/s")
				})
			}
		}
	}
}

// soon returns a meeting of next week with n attendees.
func soon(n int) ical.Event {
	e := lunch(n)
	e.Start = time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, 7)
	e.End = e.Start.Add(time.Hour)
	return e
}

// queue returns a meeting whose mails are pending.
func queue(b *testing.B, n int) *invite.Meeting {
	return must(invite.New(nil, nil).Send(b.Context(), soon(n), invite.QueueOnly()))(b)
}
