package riverdesk_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/desk/riverdesk"
)

// roles has the main functions of other processes that a test starts, by the variable that
// has their settings.
var roles = map[string]func(settings string) error{}

// quiet is a logger for tests. DESK_LOG makes it loud.
func quiet() *slog.Logger {
	if os.Getenv("DESK_LOG") != "" {
		return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	return slog.New(slog.NewTextHandler(io.Discard, nil))
}

// must fails the test if there is an error, and returns the value.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// check compares two values.
func check(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// world is a process with a queue and a desk.
type world struct {
	testing.TB
	*desk.Desk
	*riverdesk.Queue
	db *sql.DB

	mu   sync.Mutex
	sent map[string]int // by Message-ID
}

// outbox counts the mails that go out.
func (w *world) outbox(_ context.Context, m *invite.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent[m.ID]++
	return nil
}

// open opens a desk and its queue as one process does. Its mails go to send. If that is
// nil, they are counted.
func open(t testing.TB, dsn string, o desk.Options, send invite.SenderFunc) *world {
	t.Helper()
	w := &world{TB: t, db: must(sql.Open("pgx", dsn))(t), sent: make(map[string]int)}
	t.Cleanup(func() { _ = w.db.Close() })
	w.db.SetMaxOpenConns(20)
	w.db.SetMaxIdleConns(20)
	listen := must(pgxpool.New(t.Context(), dsn))(t)
	t.Cleanup(listen.Close)
	quietly := &riverdesk.Options{Logger: quiet()}
	if _, ok := t.(*testing.B); ok {
		w.Queue = must(riverdesk.New(w.db, listen, quietly))(t)
	} else { // a job runs for a second, and one of a dead process is rescued after three
		w.Queue = must(riverdesk.NewWithTimes(w.db, listen, quietly, time.Second, 3*time.Second))(t)
	}
	if err := w.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if send == nil {
		send = w.outbox
	}
	o.Enqueue = w.Enqueue
	if o.Logger == nil {
		o.Logger = quiet()
	}
	w.Desk = must(desk.Open(t.Context(), w.db, invite.New(send, &invite.Options{Parallel: 4}), &o))(t)
	return w
}

// start starts the queue until the test ends.
func (w *world) start() {
	w.Helper()
	if err := w.Start(w.Context(), w.Desk); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(w.stop)
}

// stop stops the queue.
func (w *world) stop() {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := w.Stop(ctx); err != nil {
		w.Error(err)
	}
}

// soon is a meeting with n attendees, in a week.
func soon(n int) ical.Event {
	start := time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, 7)
	e := ical.Event{
		Summary: "Lunch", Start: start, End: start.Add(time.Hour), TimeZone: "UTC",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
	}
	for i := range n {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("p%d@example.com", i)})
	}
	return e
}

// book stores a meeting with n attendees.
func (w *world) book(n int, opts ...invite.SendOption) string {
	w.Helper()
	return must(w.Send(w.Context(), soon(n), opts...))(w).Event.UID
}

// move moves a meeting.
func (w *world) move(uid string) error {
	_, err := w.Update(w.Context(), uid, func(e *ical.Event) error {
		e.Start, e.End = e.Start.Add(time.Minute), e.End.Add(time.Minute)
		return nil
	})
	return err
}

// rename changes a meeting, but not its time.
func (w *world) rename(uid string) error {
	_, err := w.Update(w.Context(), uid, func(e *ical.Event) error {
		e.Summary, e.Location = e.Summary+"!", e.Location+"!"
		return nil
	})
	return err
}

// count counts the rows that a query counts.
func (w *world) count(query string, args ...any) (n int) {
	w.Helper()
	if err := w.db.QueryRowContext(w.Context(), query, args...).Scan(&n); err != nil {
		w.Fatal(err)
	}
	return n
}

// guard is the time after which a test gives up.
const guard = 2 * time.Minute

// until waits for a condition.
func (w *world) until(what string, f func() bool) {
	w.Helper()
	for begin := time.Now(); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > guard {
			w.Fatalf("after %v: not yet: %s", guard, what)
		}
	}
}

// pending counts the mails that have no result yet.
func (w *world) pending() int {
	return w.count(`SELECT COUNT(*) FROM convene_mails WHERE state IN ('pending', 'sending')`)
}

// idle waits until no mail is pending, and no job is due.
func (w *world) idle() {
	w.Helper()
	w.until("all mails have a result", func() bool { return w.pending() == 0 })
	w.until("no job is due", func() bool {
		return w.count(`SELECT COUNT(*) FROM river_job WHERE kind = 'convene' AND state IN ('available', 'running', 'retryable')`) == 0
	})
}

// states returns the states of the jobs of a meeting, in the order of their making.
func (w *world) states(uid string) (out []string) {
	w.Helper()
	rows := must(w.db.QueryContext(w.Context(), `SELECT state FROM river_job WHERE args->>'uid' = $1 ORDER BY id`, uid))(w)
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			w.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// text returns a value as JSON.
func text(t testing.TB, v any) string {
	t.Helper()
	return string(must(json.Marshal(v))(t))
}
