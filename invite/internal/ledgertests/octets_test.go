package ledgertests_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// marshaling is a ledger that encodes its arguments in JSON and counts the octets.
type marshaling struct {
	octets, records atomic.Int64
}

func (l *marshaling) Begin(_ context.Context, ms ...*invite.Meeting) error {
	return l.write(ms)
}

func (l *marshaling) Record(_ context.Context, _ string, changed []invite.Delivery) ([]int, error) {
	l.records.Add(1)
	return nil, l.write(changed)
}

func (l *marshaling) write(v any) error {
	data, err := json.Marshal(v)
	l.octets.Add(int64(len(data)))
	return err
}

// discard is a Sender that takes every mail and keeps none.
var discard = invite.SenderFunc(func(context.Context, *invite.Message) error { return nil })

// sendMany invites n guests who do not see each other.
func sendMany(t testing.TB, n, parallel int, l invite.Ledger) *invite.Meeting {
	t.Helper()
	o := options(l)
	o.Parallel = parallel
	return must(t)(invite.New(discard, o).Send(t.Context(), review(n), invite.HideGuests()))
}

// TestLedgerOctets compares calls with few and with many mails. The octets that the
// ledger is given grow with the number of mails, and not with its square.
func TestLedgerOctets(t *testing.T) {
	few := 1_000
	if testing.Short() || raceEnabled {
		few = 100
	}
	octets := func(n int) int64 {
		l := new(marshaling)
		m := sendMany(t, n, 1, l)
		if got := count(m, invite.DeliveryDelivered); got != n {
			t.Errorf("%d mails delivered, want %d", got, n)
		}
		if r := l.records.Load(); r > int64(n)+1 {
			t.Errorf("%d mails cost %d records, want %d at most", n, r, n+1)
		}
		return l.octets.Load()
	}
	a, b := octets(few), octets(10*few)
	t.Logf("%d mails: %d octets, %d mails: %d octets, %.2f times", few, a, 10*few, b, float64(b)/float64(a))
	if b > 11*a {
		t.Errorf("ten times the mails cost %.2f times the octets, want 11 at most", float64(b)/float64(a))
	}
}

// TestLedgerOctetsOfOneMail makes a call with one mail about a meeting that had 500
// mails. Beside the meeting itself, the ledger is given one delivery.
func TestLedgerOctetsOfOneMail(t *testing.T) {
	l := new(marshaling)
	m := sendMany(t, 500, 1, l)
	begin := len(fmt.Sprintf("[%s]", mustJSON(t, m)))
	l.octets.Store(0)
	must(t)(invite.New(discard, options(l)).Remind(t.Context(), m, invite.OnlyTo(address(7))))
	if got := int(l.octets.Load()) - begin; got > 4_000 {
		t.Errorf("one mail of a meeting that had 500 mails cost %d octets beside Begin, want 4000 at most", got)
	}
}

// BenchmarkLedger compares 10,000 mails with and without a ledger that makes JSON
// of everything.
func BenchmarkLedger(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var without, with time.Duration
			for b.Loop() {
				without += timed(func() { sendMany(b, n, 1, nil) })
				with += timed(func() { sendMany(b, n, 1, new(marshaling)) })
			}
			b.ReportMetric(float64(with)/float64(without), "times")
			b.ReportMetric(with.Seconds()*1e6/float64(b.N*n), "µs/mail-with")
			b.ReportMetric(without.Seconds()*1e6/float64(b.N*n), "µs/mail-without")
		})
	}
}

// BenchmarkParallel compares eight mails at a time with one, if each takes 50 ms.
func BenchmarkParallel(b *testing.B) {
	const mails = 64
	run := func(parallel int) time.Duration {
		o := options(invitetest.NewLedger())
		o.Parallel = parallel
		return timed(func() {
			must(b)(invite.New(&mailbox{pause: 50 * time.Millisecond}, o).Send(b.Context(), review(mails)))
		})
	}
	var one, eight time.Duration
	for b.Loop() {
		one += run(1)
		eight += run(8)
	}
	b.ReportMetric(float64(one)/float64(eight), "times")
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
