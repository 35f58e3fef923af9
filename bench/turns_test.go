package bench

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// inARow is 1 if each call comes after calls of others, as in a service that does other
// work between two mails. Its code and data are in no cache then. With more, they are.
var inARow = flag.Int("in-a-row", 1, "calls of one client before the turn of the next")

// client does the work that is compared, once.
type client struct {
	name string
	send func() error
}

// takeTurns lets all clients do their work in turn. It reports for each the median
// time for one of its n mails, and how many times longer than the first the others
// take.
func takeTurns(b *testing.B, clients []client, n int) {
	times := turns(b, clients)
	for i, c := range clients {
		b.ReportMetric(times[i]/float64(n), "ns/"+c.name)
		if i > 0 {
			b.ReportMetric(times[i]/times[0], "x-"+c.name)
		}
	}
	b.ReportMetric(0, "ns/op") // the sum of all
}

// turns lets all clients do their work in turn, and returns the median time of each in
// nanoseconds. The order changes from round to round, because a client is slower after a
// client that has waited for the disk.
func turns(b *testing.B, clients []client) []float64 {
	took := make([][]time.Duration, len(clients))
	random := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		for _, c := range random.Perm(len(clients)) {
			for range *inARow {
				start := time.Now()
				if err := clients[c].send(); err != nil {
					b.Fatalf("%s: %v", clients[c].name, err)
				}
				took[c] = append(took[c], time.Since(start))
			}
		}
	}
	out := make([]float64, len(clients))
	for i := range took {
		out[i] = median(took[i])
	}
	return out
}

// median returns the median, because other work of the machine affects the mean more.
func median(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2].Nanoseconds())
}
