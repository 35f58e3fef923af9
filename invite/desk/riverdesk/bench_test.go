package riverdesk_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// The sizes of the benchmarks. Those of the documentation are
//
//	go test -run '^$' -bench Drain -benchtime 1x -mails 100000
//	go test -run '^$' -bench Tenants -benchtime 1x -seconds 60
var (
	mails       = flag.Int("mails", 500, "BenchmarkDrain: the number of queued mails, ten a meeting")
	takes       = flag.Duration("takes", 5*time.Millisecond, "BenchmarkDrain: the time that the mail server takes for a mail")
	connections = flag.Int("connections", 16, "BenchmarkDrain: the connections of each process to the mail server")
	seconds     = flag.Int("seconds", 3, "BenchmarkTenants: how long the tenants queue mails")
	rate        = flag.Int("rate", 20, "BenchmarkTenants: the meetings of ten mails a second, of fifty tenants together")
)

// BenchmarkDrain sends queued mails to a mail server: with 1, 2 and 4 processes that work
// at the queue, and without a database.
func BenchmarkDrain(b *testing.B) {
	_, server := startRole(b, sinkEnv, sink{*takes})
	b.Run("none", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			x := mailer{Server: server, Connections: *connections, Parallel: 4}
			c, s, err := x.client()
			must(s, err)(b)
			queued := make(chan *invite.Meeting, *mails/10)
			for range *mails / 10 {
				queued <- must(c.Send(b.Context(), soon(10), invite.QueueOnly()))(b)
			}
			close(queued)
			b.StartTimer()
			var all sync.WaitGroup
			for range *connections {
				all.Go(func() {
					for m := range queued {
						must(c.Resume(b.Context(), m))(b)
					}
				})
			}
			all.Wait()
			_ = s.Close()
		}
		b.ReportMetric(float64(*mails*b.N)/b.Elapsed().Seconds(), "mails/s")
	})
	for _, n := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("%d workers", n), func(b *testing.B) { drain(b, n, server) })
	}
}

// drain sends queued mails with n processes.
func drain(b *testing.B, n int, server string) {
	var queuing time.Duration
	var memory float64
	for b.Loop() {
		b.StopTimer()
		w := open(b, newDSN(b), desk.Options{}, nil)
		begin := time.Now()
		w.bookMany(*mails / 10)
		queuing += time.Since(begin)
		var all []*process
		for range n {
			p, _ := startRole(b, senderEnv, mailer{dsnOf(w), server, *connections, 4})
			all = append(all, p)
		}
		b.StartTimer()
		for _, p := range all {
			must(io.WriteString(p.in, "start\n"))(b)
		}
		w.drained()
		b.StopTimer()
		for _, p := range all {
			memory = max(memory, p.peak())
			_ = p.in.Close()
			_ = p.Wait()
		}
		b.StartTimer()
	}
	total := float64(*mails * b.N)
	b.ReportMetric(total/b.Elapsed().Seconds(), "mails/s")
	b.ReportMetric(total/queuing.Seconds(), "queued/s")
	b.ReportMetric(memory, "MB/process")
}

// bookMany books meetings of ten from four goroutines.
func (w *world) bookMany(n int) {
	var all sync.WaitGroup
	next := make(chan int)
	for range 4 {
		all.Go(func() {
			for range next {
				w.book(10)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

// drained waits until no mail is pending. It has no guard, because the size is a flag.
func (w *world) drained() {
	for w.pending() > 0 {
		time.Sleep(20 * time.Millisecond)
	}
}

// BenchmarkTenants has fifty tenants who queue mails at random times. It measures the time
// from the call that queues a mail until the mail server gets it, for forty of them:
// without the ten others, and with them. Five of the ten have a slow server, and five a
// dead one.
func BenchmarkTenants(b *testing.B) {
	for _, x := range []struct {
		name  string
		start func(w *world)
	}{
		{"River", func(w *world) { w.start() }},
		{"Run", func(w *world) {
			ctx, cancel := context.WithCancel(w.Context())
			ended := make(chan error, 1)
			go func() { ended <- w.Run(ctx) }()
			w.Cleanup(func() { cancel(); <-ended })
		}},
	} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				alone, together := tenantTimes(b, 40, x.start), tenantTimes(b, 50, x.start)
				for _, p := range []struct {
					name string
					part float64
				}{{"median", 0.5}, {"p99", 0.99}} {
					a, t := quantile(alone, p.part), quantile(together, p.part)
					b.ReportMetric(a.Seconds()*1000, p.name+"-alone-ms")
					b.ReportMetric(t.Seconds()*1000, p.name+"-ms")
					b.ReportMetric(float64(t)/float64(a), p.name+"-ratio")
				}
			}
		})
	}
}

// quantile returns a quantile of sorted times.
func quantile(list []time.Duration, part float64) time.Duration {
	return list[int(part*float64(len(list)-1))]
}

// tenantTimes returns the times of the mails of the first 40 of n tenants, sorted.
func tenantTimes(b *testing.B, n int, start func(w *world)) (times []time.Duration) {
	var mu sync.Mutex
	queued := make(map[string]time.Time) // by UID
	send := func(ctx context.Context, tag string, m *invite.Message) error {
		var i int
		_ = must(fmt.Sscanf(tag, "tenant %d", &i))(b)
		wait := 5 * time.Millisecond
		switch {
		case i >= 45:
			wait = 30 * time.Second // until the connection fails
		case i >= 40:
			wait = 3 * time.Second
		}
		if i < 40 {
			mu.Lock()
			times = append(times, time.Since(queued[m.UID]))
			mu.Unlock()
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		if i >= 45 {
			return fmt.Errorf("dial tcp: i/o timeout")
		}
		return nil
	}
	w := open(b, newDSN(b), desk.Options{Clients: byTag(send)}, nil)
	start(w)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 1))
			for end := time.Now().Add(time.Duration(*seconds) * time.Second); time.Now().Before(end); {
				time.Sleep(time.Duration(random.ExpFloat64() * 50 / float64(*rate) * float64(time.Second)))
				e := soon(10)
				e.UID = fmt.Sprintf("%d-%d@example.com", i, random.Uint64())
				mu.Lock()
				queued[e.UID] = time.Now()
				mu.Unlock()
				must(w.Send(w.Context(), e, invite.Tag(fmt.Sprint("tenant ", i))))(b)
			}
		})
	}
	all.Wait()
	for w.count(`SELECT COUNT(*) FROM convene_mails m JOIN convene_meetings USING (uid) WHERE state IN ('pending', 'sending') AND substr(tag, 8)::int < 40`) > 0 {
		time.Sleep(20 * time.Millisecond)
	}
	w.stop()
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(times)
	return times
}
