package desktest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

// diary is a desk with a calendar in memory. The program keeps the drifts.
type diary struct {
	*world
	memory *organizertest.Memory
	log    lockedBuffer
}

// lockedBuffer is a buffer that several goroutines may write to.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// lines returns the lines with a level.
func (b *lockedBuffer) lines(level string) (out []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for line := range strings.Lines(b.String()) {
		if strings.Contains(line, "level="+level) {
			out = append(out, line)
		}
	}
	return out
}

// eachDiary runs a test with a desk that has a calendar, on each database.
func eachDiary(t *testing.T, f func(w *diary)) {
	eachDatabase(t, func(t *testing.T, x database) { f(newDiary(t, x)) })
}

// newDiary opens a desk on an empty database.
func newDiary(t *testing.T, x database) *diary {
	t.Helper()
	w := &diary{world: newWorld(t, x, desk.Options{}), memory: new(organizertest.Memory)}
	must(w.db.Exec(`CREATE TABLE drifts (id TEXT PRIMARY KEY, words TEXT NOT NULL)`))(w)
	w.Desk = w.with(desk.Options{})
	return w
}

// with opens another desk with the calendar, as another process would.
func (w *diary) with(o desk.Options) *desk.Desk {
	w.Helper()
	if o.Calendar == nil {
		o.Calendar = func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return w.memory, nil }
	}
	if o.OnEvent == nil {
		o.OnEvent = keepDrift
	}
	o.Logger = slog.New(slog.NewTextHandler(&w.log, nil))
	return w.other(o)
}

// keepDrift keeps drifts in the table of the program.
func keepDrift(ctx context.Context, tx *sql.Tx, e desk.Event) error {
	if e.Kind != desk.EventDrifted {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO drifts (id, words) VALUES ($1, $2)`, e.ID, wordsOf(e))
	return err
}

// wordsOf returns a drift in words.
func wordsOf(e desk.Event) string {
	if e.Drift.Deleted {
		return "deleted"
	}
	var out []string
	for _, c := range e.Drift.Changes {
		out = append(out, string(c.Field))
	}
	return strings.Join(out, " ")
}

// drifts returns the drifts that the program was told of, sorted.
func (w *diary) drifts() []string {
	w.Helper()
	return append([]string{}, must(texts(w.db, `SELECT words FROM drifts ORDER BY words`))(w)...)
}

// texts returns the column of texts that a statement selects.
func texts(db *sql.DB, query string, args ...any) (out []string, err error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// job is the work at the entry of a meeting.
func job(uid string) desk.Job { return desk.Job{Kind: desk.JobCalendar, UID: strings.ToLower(uid)} }

// work does the work at an entry that is due now.
func (w *diary) work(uid string) {
	w.Helper()
	if err := w.Work(w.Context(), job(uid)); err != nil {
		w.Fatal(err)
	}
}

// later lets the time pass for which changes wait, and does the work at an entry.
func (w *diary) later(uid string) {
	w.Helper()
	w.clock.Advance(3 * time.Second)
	w.work(uid)
}

// dueIn returns the time until the next work at an entry. It is -1 if there is none.
func (w *diary) dueIn(uid string) time.Duration {
	w.Helper()
	due := must(w.Due(w.Context(), nil, job(uid)))(w)
	if due.IsZero() {
		return -1
	}
	return due.Sub(w.clock.Now())
}

// entry returns the meeting in the calendar, or nil.
func (w *diary) entry(uid string) *ical.Event {
	w.Helper()
	for _, o := range w.memory.Entries() {
		if o.UID == uid {
			return &o.Event
		}
	}
	return nil
}

// shownEvent returns the parts of a meeting that the tests change, in words.
func shownEvent(e *ical.Event, attendees []ical.Attendee) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s %s %v", e.Summary, e.Start.UTC().Format(time.RFC3339), e.Cancelled)
	for _, a := range attendees {
		fmt.Fprintf(&s, " %s=%s", a.Email, max(string(a.Status), string(ical.StatusNeedsAction)))
	}
	return s.String()
}

// checkEntry checks that the entry is equal to the meeting, and that there is no work.
func (w *diary) checkEntry(when, uid string) {
	w.Helper()
	m, e := w.meeting(uid), w.entry(uid)
	if e == nil {
		w.Fatalf("%s: there is no entry", when)
	}
	check(w, when, shownEvent(&m.Event, m.Attendees(time.Time{})), shownEvent(e, e.Attendees))
	if in := w.dueIn(uid); in >= 0 {
		w.Errorf("%s: there is work in %v", when, in)
	}
	check(w, when+": mails of the server", 0, w.memory.Mails())
}

// TestEntryFollows checks that the entry follows each change, after three seconds, with one
// Put for each.
func TestEntryFollows(t *testing.T) {
	eachDiary(t, func(w *diary) {
		ctx, uid := w.Context(), ""
		second := false
		for _, step := range []struct {
			name string
			call func()
		}{
			{"Send", func() { uid = w.send(lunch(3)) }},
			{"Update", func() { must(w.Update(ctx, uid, move(time.Hour)))(w) }},
			{"Answer", func() { must(w.Answer(ctx, uid, w.yes(address(0))))(w) }},
			{"Receive", func() {
				w.deliver(uid)
				w.reply(address(1), ical.StatusDeclined)
			}},
			{"AcceptProposal", func() {
				p := invite.Proposal{Email: address(2), Start: lunch(1).Start.Add(5 * time.Hour), Via: "link", Stamp: w.clock.Now()}
				must(w.Propose(ctx, uid, p))(w)
				must(w.AcceptProposal(ctx, uid, w.meeting(uid).Proposals[0].ID))(w)
			}},
			{"a transaction", func() {
				err := w.InTx(ctx, func(_ *sql.Tx, d *desk.Desk) error {
					_, err := d.Update(ctx, uid, rename("In a transaction"))
					return err
				})
				if err != nil {
					w.Fatal(err)
				}
			}},
			{"a client with the ledger", func() {
				client := invite.New(w.mails, w.o).WithLedger(w.Ledger())
				m := w.meeting(uid)
				e := m.Event
				e.Summary = "By the ledger"
				must(client.Update(ctx, m, e))(w)
			}},
		} {
			before := w.memory.Calls().Puts
			step.call()
			if in := w.dueIn(uid); in != 3*time.Second {
				w.Fatalf("%s: the entry follows in %v, want 3 seconds", step.name, in)
			}
			w.work(uid) // too early
			check(w, step.name+": Puts before the time", before, w.memory.Calls().Puts)
			w.later(uid)
			w.checkEntry(step.name, uid)
			check(w, step.name+": Puts", before+1, w.memory.Calls().Puts)
			if o := must(w.Entry(ctx, strings.ToUpper(uid)))(w); second && (o.Tag == "" || len(o.Tried) > 0 || o.UID != uid) {
				w.Errorf("%s: Entry = %+v", step.name, o)
			}
			second = true
		}
		w.deliver(uid) // the fate of mails changes nothing
		last := w.meeting(uid).Deliveries
		if o := must(w.Undelivered(ctx, last[len(last)-1].MessageID, last[len(last)-1].To, "no such user"))(w); o.Verdict != invite.VerdictUndeliverable {
			w.Errorf("Undelivered = %+v", o)
		}
		if in := w.dueIn(uid); in != -1 {
			w.Errorf("after a delivery there is work in %v", in)
		}
		must(w.Cancel(ctx, uid))(w)
		w.later(uid)
		if e := w.entry(uid); e != nil {
			w.Errorf("the entry of a cancelled meeting is %+v", e)
		}
		check(w, "drifts", []string{}, w.drifts())
	})
}

// rename is a change that renames a meeting.
func rename(to string) func(e *ical.Event) error {
	return func(e *ical.Event) error {
		e.Summary = to
		return nil
	}
}

// TestEntryOfSeries divides a series. Both have entries.
func TestEntryOfSeries(t *testing.T) {
	eachDiary(t, func(w *diary) {
		e := lunch(2)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6}
		uid := w.send(e)
		w.later(uid)
		third := e.Start.AddDate(0, 0, 14)
		_, rest, err := w.UpdateFollowing(w.Context(), uid, third, func(e *ical.Event) error {
			e.Start, e.End = third.Add(time.Hour), third.Add(2*time.Hour)
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
		w.later(uid)
		w.work(rest.Event.UID)
		w.checkEntry("the old series", uid)
		w.checkEntry("the new series", rest.Event.UID)
	})
}

// TestEntryPace has ten answers in a second, which are one Put. An answer that comes while
// the calendar is at work is another one.
func TestEntryPace(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.send(lunch(12))
		w.later(uid)
		for i := range 10 {
			must(w.Answer(w.Context(), uid, w.yes(address(i))))(w)
			w.clock.Advance(100 * time.Millisecond)
		}
		w.memory.Before = func(c organizertest.Call) error {
			if c.Method == "Put" {
				w.memory.Before = nil
				must(w.Answer(w.Context(), uid, w.yes(address(11))))(w)
			}
			return nil
		}
		w.clock.Advance(2 * time.Second)
		w.work(uid)
		check(w, "Puts", 2, w.memory.Calls().Puts)
		if in := w.dueIn(uid); in != 3*time.Second {
			w.Errorf("after an answer during the work there is work in %v, want 3 seconds", in)
		}
		w.later(uid)
		w.checkEntry("at last", uid)
		check(w, "Puts", 3, w.memory.Calls().Puts)
		check(w, "drifts", []string{}, w.drifts())
	})
}

// TestCalendarAway has a calendar that is away for a day. The mails go out at once. The
// calendar is asked ever more seldom, the log has one line, without the password, and then
// the entry catches up.
func TestCalendarAway(t *testing.T) {
	eachDiary(t, func(w *diary) {
		w.memory.Fail(errors.New("Get \"https://ann:secret@cal.example.com/\": connection refused"))
		e := lunch(2)
		e.Start, e.End = e.Start.AddDate(0, 0, 7), e.End.AddDate(0, 0, 7)
		uid := w.send(e)
		w.later(uid)
		w.deliver(uid)
		w.checkStates("with a dead calendar", uid, delivered, delivered)
		begin := w.clock.Now()
		for w.clock.Now().Sub(begin) < 24*time.Hour {
			w.clock.Advance(time.Minute)
			if w.clock.Now().Minute()%10 == 0 { // a change does not shorten the pauses
				must(w.Update(w.Context(), uid, move(time.Minute)))(w)
			}
			w.work(uid)
		}
		if n := w.memory.Calls().Gets + w.memory.Calls().Puts; n < 24 || n > 32 {
			w.Errorf("the calendar was called %d times in a day", n)
		}
		warned := w.log.lines("WARN")
		if len(warned) != 1 || !strings.Contains(warned[0], "trying again") || strings.Contains(w.log.String(), "secret") {
			w.Errorf("the log: %s", w.log.String())
		}
		reason := must(texts(w.db, `SELECT reason FROM convene_entries`))(w)
		if len(reason) != 1 || !strings.Contains(reason[0], "connection refused") || strings.Contains(reason[0], "secret") {
			w.Errorf("the stored reason is %q", reason)
		}
		w.memory.Fail(nil)
		w.clock.Advance(w.dueIn(uid))
		w.work(uid)
		w.checkEntry("after a day", uid)
		check(w, "lines about the end", 1, len(w.log.lines("INFO")))
		check(w, "drifts", []string{}, w.drifts())
	})
}

// busy is an error of a server that asks for a pause.
type busy time.Duration

func (busy) Error() string               { return "busy" }
func (b busy) RetryAfter() time.Duration { return time.Duration(b) }

// TestCalendarBusy has a server that asks for a pause.
func TestCalendarBusy(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.send(lunch(1))
		for _, tt := range []struct{ asked, want time.Duration }{
			{time.Second, time.Minute}, {5 * time.Hour, 5 * time.Hour}, {1000 * time.Hour, 7 * 24 * time.Hour},
		} {
			w.memory.Fail(fmt.Errorf("wrapped: %w", busy(tt.asked)))
			w.clock.Advance(max(w.dueIn(uid), 0))
			w.work(uid)
			if got := w.dueIn(uid); got != tt.want {
				w.Errorf("after a server has asked for %v, the pause is %v, want %v", tt.asked, got, tt.want)
			}
		}
	})
}

// TestCalendarStopped ends the work while the calendar is called. No try is counted, and the
// next process goes on at once.
func TestCalendarStopped(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.send(lunch(1))
		w.clock.Advance(3 * time.Second)
		ctx, stop := context.WithCancel(w.Context())
		w.memory.Before = func(organizertest.Call) error { stop(); return nil }
		if err := w.Work(ctx, job(uid)); err != nil {
			w.Fatal(err)
		}
		w.memory.Before = nil
		check(w, "tries", 0, w.count(`SELECT SUM(tries) FROM convene_entries`))
		check(w, "warnings", 0, len(w.log.lines("WARN")))
		w.work(uid)
		w.checkEntry("after the next call", uid)
	})
}

// TestCalendarBroken has functions of the program that fail or panic. That is a failure of
// this calendar.
func TestCalendarBroken(t *testing.T) {
	eachDiary(t, func(w *diary) {
		for i, f := range []func() (organizer.Calendar, error){
			func() (organizer.Calendar, error) { return nil, errors.New("no such user") },
			func() (organizer.Calendar, error) { panic("no such user") },
			func() (organizer.Calendar, error) {
				return &organizertest.Memory{Before: func(organizertest.Call) error { panic("no such user") }}, nil
			},
		} {
			var told []string
			w.Desk = w.with(desk.Options{
				Calendar: func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return f() },
				OnEvent: func(_ context.Context, _ *sql.Tx, e desk.Event) error {
					if e.Kind == desk.EventCalendarFailed {
						told = append(told, e.Reason)
					}
					return nil
				},
			})
			uid := w.send(lunch(1))
			w.later(uid)
			if len(told) != 1 || !strings.Contains(told[0], "no such user") {
				w.Errorf("%d: the program is told of %q, want the failure", i, told)
			}
			if _, err := w.Entry(w.Context(), uid); !errors.Is(err, desk.ErrNotFound) {
				w.Errorf("%d: the entry that was only tried: %v, want ErrNotFound", i, err)
			}
			if got := w.dueIn(uid); got != time.Minute {
				w.Errorf("%d: the pause is %v, want a minute", i, got)
			}
			if lines := w.log.lines("WARN"); len(lines) != i+1 || !strings.Contains(lines[i], "trying again") {
				w.Errorf("%d: the log: %q", i, lines)
			}
		}
	})
}

// TestCalendarPassword has errors with addresses whose passwords are not encoded. Neither the
// log nor the tables have them, and an address without one is whole.
func TestCalendarPassword(t *testing.T) {
	eachDiary(t, func(w *diary) {
		for _, url := range []string{"https://ann:top@secret@cal.example.com/x", "https://ann:top/secret@cal.example.com/x", "https://ann%40example.com:top/s@secret@cal.example.com/x"} {
			w.memory.Fail(fmt.Errorf("Get %q: connection refused, as https://cal.example.com:8443/dav/ann@example.com/ is", url))
			uid := w.send(lunch(1))
			w.later(uid)
			reason := must(texts(w.db, `SELECT reason FROM convene_entries WHERE uid = $1`, strings.ToLower(uid)))(w)[0]
			if strings.Contains(reason, "secret") || strings.Contains(w.log.String(), "secret") || strings.Contains(reason, "top") {
				w.Errorf("%s: reason %q, log %s", url, reason, w.log.String())
			}
			if !strings.Contains(reason, "https://cal.example.com:8443/dav/ann@example.com/") {
				w.Errorf("%s: reason %q", url, reason)
			}
		}
	})
}

// TestCalendarTakesTime has a function of the program that waits until its context ends. It
// does not hold a worker for ever.
func TestCalendarTakesTime(t *testing.T) {
	eachDiary(t, func(w *diary) {
		called := false
		w.Desk = w.with(desk.Options{Calendar: func(ctx context.Context, _ *invite.Meeting) (organizer.Calendar, error) {
			called = true
			if end, ok := ctx.Deadline(); !ok || time.Until(end) > time.Minute {
				w.Errorf("Options.Calendar may take until %v (%v)", end, ok)
			}
			return w.memory, nil
		}})
		uid := w.send(lunch(1))
		w.later(uid)
		w.checkEntry("made", uid)
		check(w, "called", true, called)
	})
}

// TestNoCalendar has a desk without calendars, and one that has none for a meeting.
func TestNoCalendar(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		w := &diary{world: newWorld(t, x, desk.Options{})}
		uid := w.send(lunch(2))
		must(w.Answer(w.Context(), uid, w.yes(address(0))))(w)
		w.later(uid)
		check(t, "rows", 0, w.count(`SELECT COUNT(*) FROM convene_entries`))
		for j := range w.Waiting(t.Context(), time.Time{}) {
			check(t, "the kind of a job", desk.JobMail, j.Kind)
		}
		if err := w.RestoreEntry(t.Context(), uid); err == nil {
			t.Error("RestoreEntry without a calendar = nil")
		}
		w.Desk = w.other(desk.Options{Calendar: func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return nil, nil }})
		must(w.Answer(w.Context(), uid, w.yes(address(1))))(w)
		w.later(uid)
		if in := w.dueIn(uid); in != -1 {
			t.Errorf("a meeting without a calendar has work in %v", in)
		}
		if o, err := w.Entry(t.Context(), uid); !errors.Is(err, desk.ErrNotFound) && (err != nil || o.Tag != "") {
			t.Errorf("Entry = %+v, %v", o, err)
		}
	})
}

// TestCalendarLater sets the option when meetings are stored already. Those that are not
// over get entries.
func TestCalendarLater(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		w := &diary{world: newWorld(t, x, desk.Options{}), memory: new(organizertest.Memory)}
		must(w.db.Exec(`CREATE TABLE drifts (id TEXT PRIMARY KEY, words TEXT NOT NULL)`))(w)
		uid := w.send(lunch(1))
		past := lunch(1)
		past.Start, past.End = past.Start.AddDate(-1, 0, 0), past.End.AddDate(-1, 0, 0)
		old := w.send(past)
		for range 2 {
			w.Desk = w.with(desk.Options{})
			check(t, "rows", 1, w.count(`SELECT COUNT(*) FROM convene_entries`))
		}
		w.work(uid)
		w.work(old)
		w.checkEntry("the meeting", uid)
		if w.entry(old) != nil {
			t.Error("a meeting that is over has an entry")
		}
	})
}

// TestCalendarEnqueue checks that the queue is told in the transaction that stores the work,
// and once for many changes.
func TestCalendarEnqueue(t *testing.T) {
	eachDiary(t, func(w *diary) {
		var told []desk.Job
		w.Desk = w.with(desk.Options{Enqueue: func(ctx context.Context, tx *sql.Tx, j desk.Job) error {
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM convene_entries WHERE uid = $1`, j.UID).Scan(&n); err != nil || n != 1 {
				w.Errorf("Enqueue(%v) sees %d entries, %v", j, n, err)
			}
			if j.Kind == desk.JobCalendar {
				told = append(told, j)
			}
			return nil
		}})
		uid := w.send(lunch(9), invite.Tag("a tenant"))
		want := job(uid)
		want.Tag, want.Due = "a tenant", w.clock.Now().Add(3*time.Second).UTC()
		check(w, "jobs after Send", []desk.Job{want}, told)
		for i := range 9 {
			w.clock.Advance(100 * time.Millisecond)
			must(w.Answer(w.Context(), uid, w.yes(address(i))))(w)
		}
		check(w, "jobs after answers", 1, len(told))
		w.later(uid)
		_ = w.InTx(w.Context(), func(_ *sql.Tx, d *desk.Desk) error {
			must(d.Update(w.Context(), uid, move(time.Hour)))(w)
			return errors.New("changed my mind")
		})
		if in := w.dueIn(uid); in != -1 || len(told) != 2 {
			w.Errorf("after a transaction that failed, there is work in %v; jobs %v", in, told)
		}
		var waiting []desk.Job
		must(w.Update(w.Context(), uid, move(time.Hour)))(w)
		for j, err := range w.Waiting(w.Context(), w.clock.Now().Add(3*time.Second)) {
			waiting = append(waiting, must(j, err)(w))
		}
		want.Due = time.Time{}
		check(w, "waiting jobs", []desk.Job{{Kind: desk.JobMail, UID: want.UID}, want}, waiting)
	})
}

// TestEntryOfDeleted deletes a meeting, also while the calendar is at work.
func TestEntryOfDeleted(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.send(lunch(1))
		w.deliver(uid)
		w.later(uid)
		must(w.Answer(w.Context(), uid, w.yes(address(0))))(w)
		w.memory.Before = func(c organizertest.Call) error {
			if c.Method == "Put" {
				if err := w.Delete(w.Context(), uid); err != nil {
					w.Error(err)
				}
			}
			return nil
		}
		w.later(uid)
		check(w, "rows", 0, w.count(`SELECT COUNT(*) FROM convene_entries`))
		if _, err := w.Entry(w.Context(), uid); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Entry = %v, want ErrNotFound", err)
		}
		if err := w.RestoreEntry(w.Context(), uid); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("RestoreEntry = %v, want ErrNotFound", err)
		}
		if w.entry(uid) == nil {
			w.Error("Delete has removed the entry from the calendar")
		}
	})
}
