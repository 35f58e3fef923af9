package bench

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// BenchmarkHiddenGuests sends an event to many attendees, each of whom sees no other
// attendee. It reports the memory that the call needs besides their list.
func BenchmarkHiddenGuests(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			if testing.Short() && n > 1_000 {
				b.Skip("takes a minute, and -short is set")
			}
			e := meeting(b)
			e.Attendees = attendees(e.Attendees, n)
			for b.Loop() {
				runtime.GC()
				var before runtime.MemStats
				runtime.ReadMemStats(&before)
				watch := &watcher{every: n / 10}
				if _, err := inviter(watch, nil).Send(context.Background(), e, invite.HideGuests()); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(watch.most-min(watch.most, before.HeapAlloc))/(1<<20), "MB-live")
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/mail")
		})
	}
}

// watcher is a Sender that keeps nothing and looks at the heap now and then.
type watcher struct {
	sent, every int
	most        uint64
}

func (w *watcher) Send(context.Context, *mime.Message) error {
	if w.sent++; w.sent == 1 || w.sent%w.every == 0 {
		runtime.GC()
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		w.most = max(w.most, now.HeapAlloc)
	}
	return nil
}
