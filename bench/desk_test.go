package bench

import (
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/smtpsend"
)

// BenchmarkDesk sends the mails of a meeting to a server that takes some time for each,
// with 1, 4 and 8 mails in flight: without a store, and from a desk on each database.
// nodemailer does the same without a store, and with a row in the same database that it
// writes before and after each mail. All take turns. The time of a desk includes the
// storing of the meeting and its mails.
//
// The metrics are mails a second by the median turn, the share of the sending without a
// store, and how many times faster than nodemailer with the same database a desk is.
func BenchmarkDesk(b *testing.B) {
	peer := startNodemailer(b)
	delays, flights := []time.Duration{0, 5 * time.Millisecond, 20 * time.Millisecond}, []int{1, 4, 8}
	if testing.Short() {
		delays, flights = delays[1:2], flights[1:2]
	}
	for _, delay := range delays {
		for _, parallel := range flights {
			b.Run(fmt.Sprintf("%v/%d in flight", delay, parallel), func(b *testing.B) {
				benchmarkDesk(b, peer, delay, parallel)
			})
		}
	}
}

func benchmarkDesk(b *testing.B, peer *nodemailer, delay time.Duration, parallel int) {
	r := &race{server: &light{delay: delay}, parallel: parallel, n: 50 * (parallel + 1)}
	if testing.Short() {
		r.n = 20
	}
	r.listen(b)
	sender := r.sender(b)
	dbs := databases(b)
	clients := []client{r.client("none", r.withoutDesk(b, sender))}
	for _, x := range dbs {
		clients = append(clients, r.client(x.kind, r.withDesk(b, sender, x)))
	}
	if peer != nil {
		clients = append(clients, r.client("nodemailer", r.peer(peer, nil)))
		for _, x := range dbs {
			clients = append(clients, r.client("nodemailer-"+x.kind, r.peer(peer, x)))
		}
	}
	for _, c := range clients { // connects, and makes tables
		if err := c.send(); err != nil {
			b.Fatalf("%s: %v", c.name, err)
		}
	}
	times := turns(b, clients)
	rate := make(map[string]float64)
	for i, c := range clients {
		rate[c.name] = float64(r.n) / (times[i] / 1e9)
		b.ReportMetric(rate[c.name], c.name)
	}
	for _, x := range dbs {
		b.ReportMetric(rate[x.kind]/rate["none"], x.kind+"/none")
		if peer != nil {
			b.ReportMetric(rate[x.kind]/rate["nodemailer-"+x.kind], x.kind+"/nodemailer-"+x.kind)
		}
	}
	b.ReportMetric(0, "ns/op") // the sum of all
}

// race is one comparison: all clients send n mails to one server.
type race struct {
	server      *light
	addr        string
	port        int
	parallel, n int
}

// listen starts the server.
func (r *race) listen(b *testing.B) {
	l := listen(b)
	go r.server.serve(l)
	r.addr, r.port = l.Addr().String(), port(l)
}

// client is a client that is checked: the server must have got all mails.
func (r *race) client(name string, send func() error) client {
	return client{name, func() error {
		before := r.server.taken.Load()
		if err := send(); err != nil {
			return err
		}
		if n := r.server.taken.Load() - before; n != int64(r.n) {
			return fmt.Errorf("the server has got %d mails, and not %d", n, r.n)
		}
		return nil
	}}
}

// sender is a sender with a connection for each mail in flight.
func (r *race) sender(b *testing.B) *smtpsend.Sender {
	s, err := smtpsend.New(r.addr, &smtpsend.Options{
		TLS: smtpsend.TLSInsecureNone, Connections: r.parallel, ConnectionMessages: 1 << 30, ConnectionAge: time.Hour,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// withoutDesk sends from a client without a ledger.
func (r *race) withoutDesk(b *testing.B, s invite.Sender) func() error {
	c := inviter(s, &invite.Options{Parallel: r.parallel})
	e := meeting(b)
	e.Attendees = attendees(e.Attendees, r.n)
	return func() error {
		_, err := c.Send(b.Context(), e, invite.HideGuests())
		return err
	}
}

// withDesk stores a meeting, and sends its mails.
func (r *race) withDesk(b *testing.B, s invite.Sender, x *database) func() error {
	d := openDesk(b, x, s, r.parallel, stamp)
	e := meeting(b)
	e.Attendees = attendees(e.Attendees, r.n)
	return func() error {
		e := e
		e.UID = fmt.Sprintf("m%d@example.test", meetings.Add(1))
		if _, err := d.Send(b.Context(), e, invite.HideGuests()); err != nil {
			return err
		}
		return d.Deliver(b.Context(), e.UID)
	}
}

// meetings numbers the meetings of this process.
var meetings atomic.Int64

// openDesk opens a desk whose clock stands.
func openDesk(b *testing.B, x *database, s invite.Sender, parallel int, now time.Time) *desk.Desk {
	b.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	d, err := desk.Open(b.Context(), x.db, inviter(s, &invite.Options{Parallel: parallel}), &desk.Options{
		Policy: invite.InsecureAcceptAny(), Logger: quiet, Now: func() time.Time { return now },
	})
	if err != nil {
		b.Fatal(err)
	}
	return d
}

// peer lets nodemailer send, with rows in x if it is not nil.
func (r *race) peer(p *nodemailer, x *database) func() error {
	t := task{Port: r.port, Parallel: r.parallel, N: r.n}
	if x != nil {
		t.Store, t.Address = x.kind, x.peer
	}
	return func() error { return p.call(t) }
}

// BenchmarkCommit changes one row for each transaction, with 1 and 8 transactions at once,
// and reports the commits a second. They bound everything that is on the disk before the
// next step.
func BenchmarkCommit(b *testing.B) {
	for _, x := range databases(b) {
		if _, err := x.db.Exec(`CREATE TABLE counters (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)`); err != nil {
			b.Fatal(err)
		}
		for i := range 8 {
			if _, err := x.db.Exec(`INSERT INTO counters VALUES ($1, 0)`, i); err != nil {
				b.Fatal(err)
			}
		}
		for _, at := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d at once", x.kind, at), func(b *testing.B) {
				atOnce(b, at, func(worker, _ int) error {
					_, err := x.db.ExecContext(b.Context(), `UPDATE counters SET n = n + 1 WHERE id = $1`, worker)
					return err
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// atOnce calls f b.N times, from several workers at once. It is given the number of the
// worker and of the call.
func atOnce(b *testing.B, workers int, f func(worker, i int) error) {
	b.Helper()
	var next atomic.Int64
	errs := make(chan error, workers)
	b.ResetTimer()
	for w := range workers {
		go func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				if err := f(w, i); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range workers {
		if err := <-errs; err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
}
