//go:build unix

package invite_test

import (
	"flag"
	"fmt"
	"io"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// costTable asks for the table of [TestReadCostTable].
var costTable = flag.Bool("cost", false, "print the table of the costs of hostile mails")

// cpuOf returns the CPU time of f, the best of three.
func cpuOf(f func()) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range 3 {
		runtime.GC()
		before := cpuTime()
		f()
		best = min(best, cpuTime()-before)
		if best > time.Second {
			break
		}
	}
	return best
}

// cpuTime returns the CPU time of the process.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestReadCostTable prints what every kind of hostile mail costs. It is no test, because
// times depend on the machine:
//
//	go test ./invite/ -run TestReadCostTable -v -args -cost
//
// With GOGC=off the ratio is the ratio of the work alone, without the garbage collector.
func TestReadCostTable(t *testing.T) {
	if !*costTable {
		t.Skip("prints a table, with -args -cost")
	}
	const size = 1 << 20
	fmt.Println("| kind | Read, 1 MB | 2 MB | ratio | allocated, 1 MB | Occurrences, 1 MB | Apply, 1 MB |\n|---|---|---|---|---|---|---|")
	for _, k := range costKinds() {
		t.Run(k.name, func(t *testing.T) {
			small, large := strings.NewReader(k.mail(size)), strings.NewReader(k.mail(2*size))
			var in *invite.Inbound
			again := func(r *strings.Reader) func() {
				return func() {
					r.Seek(0, io.SeekStart)
					in, _ = invite.Read(r, nil)
				}
			}
			two, one, used := cpuOf(again(large)), cpuOf(again(small)), allocated(again(small))
			expanded, applied := cpuOf(func() { expand(in) }), cpuOf(func() { applyTo(in) })
			fmt.Printf("| %s | %d ms | %d ms | %.1f | %d MB | %d ms | %d ms |\n", k.name, one.Milliseconds(), two.Milliseconds(),
				float64(two)/float64(one), used>>20, expanded.Milliseconds(), applied.Milliseconds())
		})
	}
}

// expand expands the event of a mail for a year.
func expand(in *invite.Inbound) {
	if in == nil || in.Event == nil {
		return
	}
	from := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for range in.Event.Occurrences(from, from.AddDate(1, 0, 0)) {
	}
}

// applyTo applies a mail to a meeting with its UID.
func applyTo(in *invite.Inbound) {
	if in == nil || in.Event == nil {
		return
	}
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	m := &invite.Meeting{Event: ical.Event{UID: in.Event.UID, Start: start, End: start.Add(time.Hour), TimeZone: "UTC",
		Organizer: ical.Person{Email: "desk@example.test"}, Attendees: []ical.Attendee{{Email: "c@d"}, {Email: "a@b"}},
		Recurrence: &ical.Recurrence{Freq: ical.FreqDaily}}}
	m.Apply(in, &invite.Policy{InsecureAnyFrom: true})
}
