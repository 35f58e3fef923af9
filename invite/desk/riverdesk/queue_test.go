package riverdesk_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/desk/riverdesk"
)

// TestWakeUps queues mails of few meetings 2,000 times while their jobs run in two
// processes. No meeting is left with a mail that is due and no job. No mail goes out twice.
// Sweeps would find lost work, so they are switched off.
func TestWakeUps(t *testing.T) {
	dsn := newDSN(t)
	a, b := open(t, dsn, desk.Options{}, nil), open(t, dsn, desk.Options{}, nil)
	noSweeps(a)
	var uids []string
	for range 20 {
		uids = append(uids, a.book(1))
	}
	a.start()
	b.start()
	calls := 2000
	if testing.Short() {
		calls = 200
	}
	begin := time.Now()
	var all sync.WaitGroup
	var left atomic.Int32
	left.Store(int32(calls))
	for i := range 8 {
		w := []*world{a, b}[i%2]
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := w.move(uids[rand.IntN(len(uids))]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	t.Logf("queued in %v", time.Since(begin))
	a.idle()
	t.Logf("idle after %v", time.Since(begin))
	total := 0
	for _, w := range []*world{a, b} {
		total += len(w.sent)
		for id, n := range w.sent {
			if n > 1 {
				t.Errorf("%s went out %d times", id, n)
			}
		}
	}
	check(t, "mails that went out", a.count(`SELECT COUNT(*) FROM convene_mails WHERE state = 'delivered'`), total)
	if n := a.count(`SELECT COUNT(*) FROM convene_mails`); n != calls+len(uids) {
		t.Errorf("%d mails were queued, want %d", n, calls+len(uids))
	}
	t.Logf("%d mails went out, the others were overtaken; %d jobs", total, a.count(`SELECT COUNT(*) FROM river_job WHERE kind = 'convene'`))
}

// noSweeps keeps a live sweep job for a year, so that no other one is made.
func noSweeps(w *world) {
	w.Helper()
	tx := must(w.db.BeginTx(w.Context(), nil))(w)
	defer tx.Rollback()
	if err := w.Enqueue(w.Context(), tx, desk.Job{Kind: desk.JobSweep}); err != nil {
		w.Fatal(err)
	}
	must(tx.Exec(`UPDATE river_job SET state = 'scheduled', scheduled_at = now() + interval '1 year' WHERE args->>'kind' = 'sweep'`))(w)
	if err := tx.Commit(); err != nil {
		w.Fatal(err)
	}
}

// TestRolledBack queues a mail in a transaction that is rolled back. Nothing is left.
func TestRolledBack(t *testing.T) {
	w := open(t, newDSN(t), desk.Options{}, nil)
	tx := must(w.db.BeginTx(t.Context(), nil))(t)
	must(w.WithTx(tx).Send(t.Context(), soon(1)))(t)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	check(t, "jobs", 0, w.count(`SELECT COUNT(*) FROM river_job`))
}

// TestRetryWakes has a mail that fails for a while. Its job waits for a minute. An update
// of the meeting wakes it, and overtakes the mail.
func TestRetryWakes(t *testing.T) {
	var works atomic.Bool
	var w *world
	w = open(t, newDSN(t), desk.Options{}, func(ctx context.Context, m *invite.Message) error {
		if !works.Load() {
			return errors.New("451 later")
		}
		return w.outbox(ctx, m)
	})
	uid := w.book(1)
	w.start()
	waits := func() bool { return slices.Equal(w.states(uid), []string{"completed", "scheduled"}) }
	w.until("the next job waits", waits)
	due := must(w.Due(t.Context(), nil, desk.Job{Kind: desk.JobMail, UID: uid}))(t)
	if n := w.count(`SELECT COUNT(*) FROM river_job WHERE state = 'scheduled' AND args->>'uid' = $1 AND abs(extract(epoch FROM scheduled_at - $2::timestamptz)) < 0.01`, uid, due); n != 1 {
		t.Errorf("the job is not scheduled at %v, at which its mail is due", due)
	}
	works.Store(true)
	if err := w.move(uid); err != nil {
		t.Fatal(err)
	}
	w.idle()
	check(t, "mails that went out", 1, len(w.sent))
	check(t, "jobs", []string{"completed", "completed"}, w.states(uid))
}

// TestScheduled has an update that settles, and a reminder. Both go out when their times
// have come, by jobs that wait for these times.
func TestScheduled(t *testing.T) {
	w := open(t, newDSN(t), desk.Options{Settle: time.Second, RemindBefore: []time.Duration{7 * 24 * time.Hour}}, nil)
	noSweeps(w)
	w.start()
	e := soon(1)
	e.Start = time.Now().UTC().Truncate(time.Second).Add(7*24*time.Hour + 8*time.Second) // reminded in 8 seconds
	e.End = e.Start.Add(time.Hour)
	uid := must(w.Send(t.Context(), e))(t).Event.UID
	w.until("the invitation went out", func() bool { return w.pending() == 0 })
	if err := w.rename(uid); err != nil {
		t.Fatal(err)
	}
	w.until("the update went out", func() bool { return w.count(`SELECT COUNT(*) FROM convene_mails WHERE state = 'delivered'`) == 2 })
	w.until("the reminder went out", func() bool { return w.count(`SELECT COUNT(*) FROM convene_mails WHERE state = 'delivered'`) == 3 })
	w.idle()
	check(t, "mails that went out", 3, len(w.sent))
}

// TestSweep takes the jobs away. The sweep makes new ones.
func TestSweep(t *testing.T) {
	w := open(t, newDSN(t), desk.Options{}, nil)
	for range 3 {
		w.book(2)
	}
	must(w.db.Exec(`DELETE FROM river_job`))(t)
	w.start()
	w.idle()
	check(t, "mails that went out", 6, len(w.sent))
}

// TestLeftover has a mail whose process was killed 16 minutes ago. The sweep says so, and
// the next mail to its attendee goes out.
func TestLeftover(t *testing.T) {
	w := open(t, newDSN(t), desk.Options{}, nil)
	uid := w.book(1)
	must(w.db.Exec(`UPDATE convene_mails SET state = 'sending', changed = changed - 16 * 60000`))(t)
	if err := w.move(uid); err != nil {
		t.Fatal(err)
	}
	w.start()
	w.until("the leftover is unknown", func() bool { return w.count(`SELECT COUNT(*) FROM convene_mails WHERE state = 'unknown'`) == 1 })
	w.idle()
	check(t, "mails that went out", 1, len(w.sent))
}

// TestStop stops a queue in the middle of a meeting with many mails. It ends between two
// mails, and another process sends the rest.
func TestStop(t *testing.T) {
	dsn := newDSN(t)
	begun, stopping := make(chan struct{}, 1000), make(chan struct{})
	var a *world
	a = open(t, dsn, desk.Options{}, func(ctx context.Context, m *invite.Message) error {
		begun <- struct{}{}
		<-stopping
		return a.outbox(ctx, m)
	})
	a.book(200)
	a.start()
	<-begun
	go func() {
		time.Sleep(50 * time.Millisecond) // Stop has probably begun
		close(stopping)
	}()
	a.stop()
	if n := len(a.sent); n == 0 || n == 200 {
		t.Errorf("%d of 200 mails went out before the stop", n)
	}
	check(t, "mails in flight", 0, a.count(`SELECT COUNT(*) FROM convene_mails WHERE state = 'sending'`))
	b := open(t, dsn, desk.Options{}, nil)
	check(t, "jobs", 1, b.count(`SELECT COUNT(*) FROM river_job WHERE args->>'kind' = 'mail' AND state = 'available'`))
	b.start()
	b.idle()
	check(t, "mails that went out", 200, len(a.sent)+len(b.sent))
}

// TestStopWithContext ends the context of Start, which stops the queue, and gives Stop a
// context that has ended.
func TestStopWithContext(t *testing.T) {
	w := open(t, newDSN(t), desk.Options{}, nil)
	ended, cancel := context.WithCancel(t.Context())
	if err := w.Start(ended, w.Desk); err != nil {
		t.Fatal(err)
	}
	if err := w.Start(ended, w.Desk); err == nil {
		t.Error("a queue was started twice")
	}
	cancel()
	if err := w.Stop(ended); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	w.stop()
	if err := w.Start(t.Context(), w.Desk); err == nil {
		t.Error("a queue was started after its end")
	}
}

// TestRescue has a job whose process was killed. Another process does it.
func TestRescue(t *testing.T) {
	w := open(t, newDSN(t), desk.Options{}, nil)
	noSweeps(w)
	uid := w.book(2)
	must(w.db.Exec(`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now() - interval '10 seconds', attempted_by = '{dead}' WHERE args->>'uid' = $1`, uid))(t)
	w.start()
	w.idle()
	check(t, "mails that went out", 2, len(w.sent))
	check(t, "jobs", []string{"completed"}, w.states(uid))
}

// TestDeleted deletes a meeting that has a job.
func TestDeleted(t *testing.T) {
	w := open(t, newDSN(t), desk.Options{}, nil)
	tx := must(w.db.BeginTx(t.Context(), nil))(t)
	if err := w.Enqueue(t.Context(), tx, desk.Job{Kind: desk.JobMail, UID: "gone"}); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	w.start()
	w.until("the job has ended", func() bool { return slices.Equal(w.states("gone"), []string{"completed"}) })
}

// TestMigrateAtOnce has eight processes that begin on an empty database, with River in a
// schema of its own.
func TestMigrateAtOnce(t *testing.T) {
	dsn := newDSN(t)
	o := &riverdesk.Options{Schema: fmt.Sprintf("Own_River_%d", rand.Int()), Logger: quiet()}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			db := must(sql.Open("pgx", dsn))(t)
			defer db.Close()
			q := must(riverdesk.New(db, nil, o))(t)
			if err := q.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestOwnSchema works with River in a schema of its own, and without a listener.
func TestOwnSchema(t *testing.T) {
	db := must(sql.Open("pgx", newDSN(t)))(t)
	defer db.Close()
	schema := fmt.Sprintf("river_%d", rand.Int())
	q := must(riverdesk.New(db, nil, &riverdesk.Options{Schema: schema, Logger: quiet()}))(t)
	if err := q.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	sent := make(chan string, 1)
	d := must(desk.Open(t.Context(), db, invite.New(invite.SenderFunc(func(_ context.Context, m *invite.Message) error {
		sent <- m.ID
		return nil
	}), nil), &desk.Options{Enqueue: q.Enqueue, Logger: quiet()}))(t)
	must(d.Send(t.Context(), soon(1)))(t)
	must(db.Exec(`DELETE FROM "` + schema + `".river_job`))(t) // the sweep finds it
	if err := q.Start(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	select {
	case <-sent:
	case <-time.After(guard):
		t.Error("no mail went out")
	}
	if err := q.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestErrors has calls that cannot work.
func TestErrors(t *testing.T) {
	if _, err := riverdesk.New(nil, nil, nil); err == nil {
		t.Error("New without a database did not fail")
	}
	db := must(sql.Open("pgx", newDSN(t)))(t)
	defer db.Close()
	if _, err := riverdesk.New(db, nil, &riverdesk.Options{Workers: -1}); err == nil {
		t.Error("New with -1 workers did not fail")
	}
	if _, err := riverdesk.New(db, nil, &riverdesk.Options{Workers: 1 << 20}); err == nil {
		t.Error("New with a million workers did not fail")
	}
	q := must(riverdesk.New(db, nil, &riverdesk.Options{Logger: quiet()}))(t)
	if err := q.Start(t.Context(), nil); err == nil {
		t.Error("Start without a desk did not fail")
	}
	if err := q.Stop(t.Context()); err != nil {
		t.Errorf("Stop before Start failed: %v", err)
	}
	d := must(desk.Open(t.Context(), db, invite.New(nil, nil), &desk.Options{Enqueue: q.Enqueue, Logger: quiet()}))(t)
	if _, err := d.Send(t.Context(), soon(1)); err == nil {
		t.Error("a mail was queued without the tables of River")
	}
	db.SetMaxOpenConns(1)
	if err := q.Migrate(t.Context()); err == nil {
		t.Error("Migrate with one connection did not fail")
	}
}
