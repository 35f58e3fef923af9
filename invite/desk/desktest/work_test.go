package desktest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// due returns the time at which a meeting has work.
func (w *world) due(uid string) time.Time {
	w.Helper()
	return must(w.Due(w.Context(), nil, desk.Job{Kind: desk.JobMail, UID: uid}))(w)
}

// TestRetry checks that a mail that fails for a while is tried again, after pauses that
// grow, and that a later mail to the same attendee waits for it.
func TestRetry(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(2))
		p := invite.Proposal{Email: address(0), Start: lunch(1).Start.Add(time.Hour), Via: "link", Stamp: w.clock.Now()}
		must(w.Propose(w.Context(), uid, p))(w)
		must(w.DeclineProposal(w.Context(), uid, w.meeting(uid).Proposals[0].ID))(w)
		w.mails.Fail(address(0), "temporary")
		begin := w.clock.Now()
		for i, pause := range []time.Duration{0, 1, 2, 4, 8, 16, 32, 60, 60} {
			if got := w.due(uid).Sub(begin); got != pause*time.Minute {
				w.Errorf("try %d is due after %v, want %v", i, got, pause*time.Minute)
			}
			w.clock.Advance(pause * time.Minute)
			begin = w.clock.Now()
			w.deliver(uid)
		}
		w.checkStates("after nine tries", uid, pending, delivered, pending)
		w.mails.Fail(address(0), "")
		w.clock.Advance(time.Hour)
		w.deliver(uid)
		w.clock.Advance(time.Hour)
		w.deliver(uid)
		w.checkStates("at last", uid, delivered, delivered, delivered)
		if due := w.due(uid); !due.IsZero() {
			w.Errorf("due = %v, want never", due)
		}
	})
}

// TestTriedInVain checks that a mail is refused after five days of tries.
func TestTriedInVain(t *testing.T) {
	eachFollower(t, func(w *world, _ *follower) {
		uid := w.send(nextMonth())
		w.mails.Fail(address(0), "temporary")
		begin := w.clock.Now()
		for !w.due(uid).IsZero() {
			w.clock.Advance(max(w.due(uid).Sub(w.clock.Now()), 0))
			w.deliver(uid)
		}
		w.checkStates("at last", uid, refused)
		if passed := w.clock.Now().Sub(begin); passed < 4*24*time.Hour || passed > 6*24*time.Hour {
			w.Errorf("it was tried for %v, want about five days", passed)
		}
		check(w, "events", []string{"failed p0"}, w.told())
	})
}

// TestSettle checks that ten edits in a minute are one mail, and that edits without end do
// not keep a mail back for ever.
func TestSettle(t *testing.T) {
	eachWorld(t, desk.Options{Settle: time.Minute}, func(w *world) {
		uid := w.send(lunch(1))
		w.deliver(uid)
		check(w, "invitations", 1, len(w.mails.Messages()))
		w.mails.Reset()
		edit := func() { must(w.Update(w.Context(), uid, move(time.Minute)))(w) }
		for range 10 {
			edit()
			w.clock.Advance(6 * time.Second)
			w.deliver(uid)
		}
		check(w, "mails at once", 0, len(w.mails.Messages()))
		w.clock.Advance(time.Minute)
		w.deliver(uid)
		check(w, "mails", 1, len(w.mails.Messages()))
		w.mails.Reset()
		for range 100 {
			edit()
			w.clock.Advance(12 * time.Second)
			w.deliver(uid)
		}
		check(w, "mails in 20 minutes of edits", 2, len(w.mails.Messages()))
		edit()
		must(w.Cancel(w.Context(), uid))(w)
		w.mails.Reset()
		w.deliver(uid)
		check(w, "mails of a cancellation", 1, len(w.mails.Messages()))
	})
}

// TestResendUnknown checks that a mail that may have arrived is sent again as the same
// mail, if the options say so, and not for ever.
func TestResendUnknown(t *testing.T) {
	eachWorld(t, desk.Options{ResendUnknownAfter: time.Hour}, func(w *world) {
		uid := w.send(lunch(1))
		w.mails.Fail(address(0), "unknown")
		w.deliver(uid)
		w.checkStates("after the first try", uid, unknown)
		w.deliver(uid)
		check(w, "mails", 1, len(w.mails.MessagesTo(address(0))))
		for range 20 {
			w.clock.Advance(time.Hour)
			w.deliver(uid)
		}
		all := w.mails.MessagesTo(address(0))
		check(w, "mails in 20 hours", 6, len(all))
		for _, m := range all {
			check(w, "Message-ID", all[0].ID, m.ID)
		}
		if due := w.due(uid); !due.IsZero() {
			w.Errorf("due = %v, want never", due)
		}

		// A mail that a later one has overtaken is not sent again.
		uid = w.send(lunch(1))
		w.deliver(uid)
		w.mails.Fail(address(0), "")
		must(w.Update(w.Context(), uid, move(time.Hour)))(w)
		w.deliver(uid)
		w.mails.Reset()
		w.clock.Advance(2 * time.Hour)
		w.deliver(uid)
		w.checkStates("after two hours", uid, unknown, delivered)
		check(w, "mails", 0, len(w.mails.Messages()))
		if due := w.due(uid); !due.IsZero() {
			w.Errorf("due = %v, want never", due)
		}
	})
}

// TestLeftovers checks that a mail that a crash left as sending becomes unknown, that the
// next mail to its attendee goes out then, and that a late result counts all the same.
func TestLeftovers(t *testing.T) {
	eachFollower(t, func(w *world, _ *follower) {
		uid := w.send(lunch(2))
		l := w.Ledger()
		claim := w.meeting(uid).Deliveries
		for i := range claim {
			claim[i].State = sending
		}
		if lost, err := l.Record(w.Context(), uid, claim); err != nil || len(lost) > 0 {
			w.Fatal(lost, err)
		}
		must(w.Update(w.Context(), uid, move(time.Hour)))(w)
		w.deliver(uid)
		w.checkStates("while they are sent", uid, sending, sending, pending, pending)
		w.clock.Advance(time.Minute)
		check(w, "leftovers", 0, must(w.Leftovers(w.Context(), w.clock.Now().Add(-time.Hour)))(w))
		check(w, "leftovers", 2, must(w.Leftovers(w.Context(), w.clock.Now()))(w))
		w.deliver(uid)
		w.checkStates("after Leftovers", uid, unknown, unknown, delivered, delivered)
		claim[0].State = delivered
		if _, err := l.Record(w.Context(), uid, claim[:1]); err != nil {
			w.Fatal(err)
		}
		w.checkStates("after a late result", uid, delivered, unknown, delivered, delivered)
		check(w, "events", []string{"leftover p0", "leftover p1", "sent p0", "sent p0", "sent p1"}, w.told())
	})
}

// TestLeftoversBroken checks that a meeting which cannot be read does not hide the leftovers
// of others.
func TestLeftoversBroken(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uids := []string{w.send(lunch(1)), w.send(lunch(1)), w.send(lunch(1))}
		slices.Sort(uids)
		must(w.db.Exec(`UPDATE convene_mails SET state = 'sending'`))(w)
		must(w.db.Exec(`UPDATE convene_meetings SET doc = '{' WHERE name = $1`, uids[0]))(w)
		w.clock.Advance(time.Minute)
		n, err := w.Leftovers(w.Context(), w.clock.Now())
		if n != 2 || err == nil || !strings.Contains(err.Error(), uids[0]) {
			w.Errorf("leftovers %d, %v, want 2 and an error about %s", n, err, uids[0])
		}
		w.checkStates("after Leftovers", uids[2], unknown)
	})
}

// TestQueue checks the methods for the adapter of a queue.
func TestQueue(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var jobs []desk.Job
		var fail error
		w := newWorld(t, x, desk.Options{Enqueue: func(ctx context.Context, tx *sql.Tx, j desk.Job) error {
			jobs = append(jobs, j)
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM convene_mails WHERE uid = $1`, j.UID).Scan(&n); err != nil || n == 0 {
				t.Errorf("Enqueue sees %d mails, %v", n, err)
			}
			return fail
		}})
		uid := w.send(lunch(1))
		job := desk.Job{Kind: desk.JobMail, UID: uid}
		check(t, "jobs", []desk.Job{job}, jobs)
		var waiting []desk.Job
		for j, err := range w.Waiting(t.Context(), time.Time{}) {
			waiting = append(waiting, must(j, err)(t))
		}
		check(t, "waiting", []desk.Job{job}, waiting)
		if err := w.Work(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		for j := range w.Waiting(t.Context(), time.Time{}) {
			t.Errorf("waiting: %v", j)
		}
		if err := w.Work(t.Context(), desk.Job{Kind: "other", UID: uid}); err == nil {
			t.Error("Work of an unknown kind = nil")
		}
		fail = errors.New("queue is full")
		if _, err := w.Update(t.Context(), uid, move(time.Hour)); !errors.Is(err, fail) {
			t.Errorf("Update = %v, want the error of Enqueue", err)
		}
		check(t, "sequence", 0, w.meeting(uid).Event.Sequence)
		must(w.Answer(t.Context(), uid, w.yes(address(0))))(t)
		check(t, "jobs", 2, len(jobs))
	})
}

// TestManyDeliver has several processes deliver the same meetings at once. Each mail goes
// out once.
func TestManyDeliver(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		w.o.Parallel = 4
		var uids []string
		for range 10 {
			uids = append(uids, w.send(lunch(10)))
		}
		var all sync.WaitGroup
		for range 3 {
			d := w.other(desk.Options{})
			for _, uid := range uids {
				all.Go(func() {
					if err := d.Deliver(w.Context(), uid); err != nil {
						w.Error(err)
					}
				})
			}
		}
		all.Wait()
		seen := make(map[string]int)
		for _, m := range w.mails.Messages() {
			seen[m.ID]++
		}
		check(w, "mails", 100, len(seen))
		for id, n := range seen {
			if n != 1 {
				w.Errorf("the mail %s went out %d times", id, n)
			}
		}
	})
}

// TestCannotBeMade checks that a mail that cannot be made is tried again later, and does
// not stop the mails of other meetings.
func TestCannotBeMade(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(1))
		d := open(w.T, w.db, &desk.Options{Now: w.clock.Now}, invite.New(nil, nil)) // no sender
		if err := d.Deliver(w.Context(), uid); err != nil {
			w.Errorf("Deliver = %v, want nil, because the database has not failed", err)
		}
		if got := w.due(uid).Sub(w.clock.Now()); got != time.Minute {
			w.Errorf("due after %v, want a minute", got)
		}
		w.checkStates("without a sender", uid, pending)
	})
}

// TestRun checks that Run sends the mails of this process and of others, and ends between
// two mails.
func TestRun(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{Settle: time.Minute, RemindBefore: remindBefore.RemindBefore, ResendUnknownAfter: time.Hour})
		w.o.Parallel = 4
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.Desk.Run(ctx) }()
		w.send(lunch(2))
		must(w.mails.Wait(t.Context(), 2))(t)
		must(w.other(desk.Options{}).Send(t.Context(), lunch(3)))(t)
		must(w.mails.Wait(t.Context(), 5))(t)
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
}

// TestRunStops checks that the mails after the end of the context stay pending, and that
// the mail in flight has its result.
func TestRunStops(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{})
		ctx, stop := context.WithCancel(t.Context())
		d := open(t, w.db, &desk.Options{Now: w.clock.Now}, invite.New(invite.SenderFunc(func(ctx context.Context, m *invite.Message) error {
			stop()
			return nil
		}), nil))
		uid := w.send(lunch(3))
		if err := d.Run(ctx); err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		w.checkStates("after the end", uid, delivered, pending, pending)
	})
}

// TestRunLock checks that one process alone runs a desk on SQLite, and that the mails that
// it finds as sending are leftovers.
func TestRunLock(t *testing.T) {
	w := newWorld(t, newSQLite(t), desk.Options{})
	one, stopOne := context.WithCancel(t.Context())
	ended := make(chan string)
	entered := make(chan struct{})
	hold := invite.SenderFunc(func(context.Context, *invite.Message) error { close(entered); <-one.Done(); return nil })
	first := open(t, w.database.open(t), &desk.Options{Now: w.clock.Now}, invite.New(hold, nil))
	uid := w.send(lunch(1))
	go func() { ended <- fmt.Sprint("first: ", first.Run(one)) }()
	<-entered // the first has the lock, and a mail in its hands
	told := make(lines, 100)
	second := w.other(desk.Options{Logger: slog.New(slog.NewTextHandler(told, nil))})
	two, stopTwo := context.WithTimeout(t.Context(), time.Minute) // a guard, if it does not wait
	go func() { ended <- fmt.Sprint("second: ", second.Run(two)) }()
	for line := ""; !strings.Contains(line, "another process runs this desk"); {
		select {
		case line = <-told:
		case <-two.Done():
			t.Fatal("the second does not wait for the first")
		}
	}
	stopTwo()
	check(t, "ended", "second: <nil>", <-ended)
	w.checkStates("while the first runs", uid, sending)
	stopOne()
	check(t, "ended", "first: <nil>", <-ended)
	w.checkStates("after the first", uid, delivered)

	claim := w.meeting(w.send(lunch(1)))
	claim.Deliveries[0].State = sending
	must(w.Ledger().Record(t.Context(), claim.Event.UID, claim.Deliveries))(t)
	last := w.send(lunch(1))
	three, stopThree := context.WithCancel(t.Context())
	go func() { ended <- fmt.Sprint("third: ", w.Desk.Run(three)) }()
	must(w.mails.Wait(t.Context(), 1))(t)
	stopThree()
	check(t, "ended", "third: <nil>", <-ended)
	w.checkStates("of a leftover", claim.Event.UID, unknown)
	w.checkStates("of another meeting", last, delivered)
}

// lines are the lines of a log.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// TestFilter selects meetings.
func TestFilter(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		day := func(n int) time.Time { return time.Date(2027, 2, n, 0, 0, 0, 0, time.UTC) }
		add := func(uid string, start time.Time, rule *ical.Recurrence, opts ...invite.SendOption) {
			e := lunch(1)
			e.UID, e.Start, e.End, e.Recurrence = uid, start, start.Add(time.Hour), rule
			w.send(e, opts...)
		}
		add("a", day(5).Add(9*time.Hour), nil, invite.Tag("one"))
		add("b", day(6).Add(9*time.Hour), nil)
		add("weekly", day(2).Add(9*time.Hour), &ical.Recurrence{Freq: ical.FreqWeekly}, invite.Tag("one"))
		add("monthly", day(3).Add(9*time.Hour), &ical.Recurrence{Freq: ical.FreqMonthly, Count: 2})
		w.mails.Fail(address(0), "unknown")
		w.deliver("b")
		for _, tt := range []struct {
			name string
			f    desk.Filter
			want string
		}{
			{"all", desk.Filter{}, "[weekly monthly a b]"},
			{"tag", desk.Filter{Tag: "one"}, "[weekly a]"},
			{"day", desk.Filter{From: day(5), To: day(6)}, "[a]"},
			{"within a meeting", desk.Filter{From: day(5).Add(9*time.Hour + time.Minute), To: day(5).Add(9*time.Hour + 2*time.Minute)}, "[a]"},
			{"end of a meeting", desk.Filter{From: day(5).Add(10 * time.Hour), To: day(6)}, "[]"},
			{"from", desk.Filter{From: day(6)}, "[weekly monthly b]"},
			{"to", desk.Filter{To: day(3)}, "[weekly]"},
			{"far", desk.Filter{From: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}, "[weekly]"},
			{"unknown", desk.Filter{Unknown: true}, "[b]"},
		} {
			got := []string{}
			for m, err := range w.Meetings(w.Context(), tt.f) {
				got = append(got, must(m, err)(w).Event.UID)
			}
			check(w, tt.name, tt.want, fmt.Sprint(got))
		}
	})
}

// TestPages checks that all meetings come once, and that the caller may use the desk while
// it has one, even with one connection.
func TestPages(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		w.db.SetMaxOpenConns(1)
		const n = 250
		tx := must(w.db.Begin())(w)
		defer tx.Rollback()
		for range n {
			must(w.WithTx(tx).Send(w.Context(), lunch(1)))(w)
		}
		if err := tx.Commit(); err != nil {
			w.Fatal(err)
		}
		d := open(w.T, w.db, nil)
		seen := make(map[string]bool)
		for m, err := range d.Meetings(w.Context(), desk.Filter{}) {
			uid := must(m, err)(w).Event.UID
			must(d.Meeting(w.Context(), uid))(w)
			seen[uid] = true
		}
		check(w, "meetings", n, len(seen))
	})
}

// TestOneConnection does everything with a pool of one connection, as many programs have
// it for SQLite. A desk that needed a second one inside a transaction would wait for ever.
func TestOneConnection(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{})
		w.pool = 1
		w.Desk = w.other(desk.Options{
			RemindBefore: remindBefore.RemindBefore, ResendUnknownAfter: time.Hour, Settle: time.Second,
			Policy:  &invite.Policy{InsecureAnyFrom: true, Uninvited: invite.UninvitedHold},
			OnEvent: func(ctx context.Context, tx *sql.Tx, e desk.Event) error { return nil },
			Enqueue: func(ctx context.Context, tx *sql.Tx, j desk.Job) error { return nil },
		})
		ctx, stop := context.WithTimeout(t.Context(), time.Minute) // a guard against waiting for ever
		defer stop()
		ended := make(chan error)
		run, stopRun := context.WithCancel(ctx)
		go func() { ended <- w.Desk.Run(run) }()
		e := lunch(2)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 10}
		uid := w.send(e)
		must(w.mails.Wait(ctx, 2))(t)
		must(w.Update(ctx, uid, move(time.Hour)))(t)
		old, rest, err := w.UpdateFollowing(ctx, uid, e.Start.AddDate(0, 0, 21).Add(time.Hour), func(e *ical.Event) error { e.Location = "Roof"; return nil })
		if err != nil || old == nil || rest == nil {
			t.Fatal(old, rest, err)
		}
		must(w.Answer(ctx, uid, w.yes(address(0))))(t)
		w.reply(address(1), ical.StatusAccepted)
		must(w.Leftovers(ctx, w.clock.Now()))(t)
		for range w.Waiting(ctx, time.Time{}) {
		}
		for range w.Held(ctx) {
		}
		w.clock.Advance(time.Hour)
		must(w.mails.Wait(ctx, 4))(t)
		stopRun()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if ctx.Err() != nil {
			t.Error("a minute was not enough")
		}
	})
}
