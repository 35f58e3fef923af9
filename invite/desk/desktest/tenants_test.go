package desktest

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/invitetest"
)

// tenants returns a function for Options.Clients. Each tag has a client of its own, whose
// sender is send.
func tenants(w *invite.Options, send func(ctx context.Context, tag string, m *invite.Message) error) func(context.Context, *invite.Meeting) (*invite.Client, error) {
	return func(_ context.Context, m *invite.Meeting) (*invite.Client, error) {
		return invite.New(invite.SenderFunc(func(ctx context.Context, x *invite.Message) error { return send(ctx, m.Tag, x) }), w), nil
	}
}

// TestRunTenants has ten tenants whose servers do not answer, with ten meetings each. The
// mails of the others go out all the same.
func TestRunTenants(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		sent := make(chan string, 100)
		d := open(t, x.open(t), &desk.Options{Clients: tenants(nil, func(ctx context.Context, tag string, m *invite.Message) error {
			if tag[0] == 's' {
				<-ctx.Done()
				return ctx.Err()
			}
			sent <- tag
			return nil
		})})
		for i := range 10 {
			for range 10 {
				must(d.Send(t.Context(), soon(1), invite.Tag(fmt.Sprint("slow", i))))(t)
			}
		}
		for i := range 40 {
			must(d.Send(t.Context(), soon(1), invite.Tag(fmt.Sprint("good", i))))(t)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.Run(ctx) }()
		guard := time.After(30 * time.Second)
		for n := range 40 {
			select {
			case <-sent:
			case <-guard:
				t.Fatalf("%d of 40 mails went out", n)
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestSlice has a sender that takes 25 seconds for each mail. After a minute, Deliver
// finishes the mails in flight, and begins no more. The rest stays due, and no try of it
// is counted.
func TestSlice(t *testing.T) {
	for _, parallel := range []int{1, 2} {
		t.Run(fmt.Sprint(parallel), func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, x database) {
				w := newWorld(t, x, desk.Options{})
				var sent atomic.Int32
				o := *w.o
				o.Parallel = parallel
				d := open(t, w.db, &desk.Options{Now: w.clock.Now}, invite.New(invite.SenderFunc(func(context.Context, *invite.Message) error {
					w.clock.Advance(25 * time.Second)
					sent.Add(1)
					return nil
				}), &o))
				uid := w.send(lunch(10))
				for _, want := range []int{3, 6, 9, 10} {
					if err := d.Deliver(t.Context(), uid); err != nil {
						t.Fatal(err)
					}
					n := int(sent.Load())
					if parallel == 1 {
						check(t, "mails that went out", want, n)
					}
					due := must(d.Due(t.Context(), nil, desk.Job{Kind: desk.JobMail, UID: uid}))(t)
					if n < 10 && (due.IsZero() || due.After(w.clock.Now())) {
						t.Errorf("after %d mails the rest is due at %v, want now", n, due)
					}
				}
				check(t, "mails that went out", 10, int(sent.Load()))
				check(t, "tries", 0, w.count(`SELECT SUM(tries) FROM convene_mails`))
			})
		})
	}
}

// TestSliceClocks has a client with another clock than the desk. The mails for which there
// was no time stay due, although no time has passed for the desk.
func TestSliceClocks(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{})
		clock := new(invitetest.Clock)
		d := open(t, w.db, &desk.Options{Now: w.clock.Now}, invite.New(invite.SenderFunc(func(context.Context, *invite.Message) error {
			clock.Advance(25 * time.Second)
			return nil
		}), invitetest.Options(clock)))
		uid := w.send(lunch(4))
		sent, due := invite.DeliveryDelivered, invite.DeliveryPending
		for _, want := range [][]invite.DeliveryState{{sent, sent, sent, due}, {sent, sent, sent, sent}} {
			if err := d.Deliver(t.Context(), uid); err != nil {
				t.Fatal(err)
			}
			w.checkStates("after a slice", uid, want...)
		}
		check(t, "tries", 0, w.count(`SELECT SUM(tries) FROM convene_mails`))
	})
}

// TestWaiting asks for the jobs that wait.
func TestWaiting(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var queued []desk.Job
		w := newWorld(t, x, desk.Options{
			Settle:  time.Hour,
			Clients: tenants(nil, func(context.Context, string, *invite.Message) error { return nil }),
			Enqueue: func(_ context.Context, _ *sql.Tx, j desk.Job) error { queued = append(queued, j); return nil },
		})
		job := func(uid, tag string) desk.Job { return desk.Job{Kind: desk.JobMail, UID: uid, Tag: tag} }
		var jobs []desk.Job
		for _, tag := range []string{"b", "a", ""} {
			w.clock.Advance(time.Second)
			jobs = append(jobs, job(w.send(lunch(1), invite.Tag(tag)), tag))
		}
		check(t, "queued", jobs, queued)
		waiting := func(until time.Time) (out []desk.Job) {
			for j, err := range w.Waiting(t.Context(), until) {
				out = append(out, must(j, err)(t))
			}
			return out
		}
		check(t, "waiting now", jobs, waiting(w.clock.Now()))
		w.deliver(jobs[0].UID)
		must(w.Update(t.Context(), jobs[0].UID, move(time.Hour)))(t)
		check(t, "waiting now, after an update that settles", jobs[1:], waiting(w.clock.Now()))
		check(t, "waiting in an hour", append(jobs[1:3:3], jobs[0]), waiting(w.clock.Now().Add(time.Hour)))
		check(t, "waiting at any time", append(jobs[1:3:3], jobs[0]), waiting(time.Time{}))
	})
}

// TestSweepJob finds a mail that was being handed over for long, and forgets old mails.
func TestSweepJob(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(1))
		w.deliver(uid)
		w.reply(address(0), ical.StatusAccepted)
		must(w.db.Exec(`UPDATE convene_mails SET state = 'sending'`))(w)
		sweep := desk.Job{Kind: desk.JobSweep}
		work := func() {
			w.Helper()
			if err := w.Work(w.Context(), sweep); err != nil {
				w.Fatal(err)
			}
		}
		w.clock.Advance(14 * time.Minute)
		work()
		w.checkStates("after 14 minutes", uid, invite.DeliverySending)
		w.clock.Advance(2 * time.Minute)
		work()
		w.checkStates("after 16 minutes", uid, unknown)
		check(w, "received mails", 1, w.count(`SELECT COUNT(*) FROM convene_received`))
		w.clock.Advance(91 * 24 * time.Hour)
		work()
		check(w, "received mails after 91 days", 0, w.count(`SELECT COUNT(*) FROM convene_received`))
		if due := must(w.Due(w.Context(), nil, sweep))(w); !due.IsZero() {
			w.Errorf("a sweep is due at %v, want never", due)
		}
		if err := w.WithTx(new(sql.Tx)).Work(w.Context(), sweep); err == nil {
			w.Error("Work in a transaction did not fail")
		}
	})
}
