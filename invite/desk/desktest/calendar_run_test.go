package desktest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

// run runs a desk until the returned function is called.
func run(t *testing.T, d *desk.Desk) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for begin := time.Now(); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatalf("after a minute: not yet: %s", what)
		}
	}
}

// TestRunCalendars has dozens of tenants whose calendars do not answer, with many meetings
// each. The mails of all tenants go out, and the entries of the others are made.
func TestRunCalendars(t *testing.T) {
	const dead, good, meetings = 40, 10, 3
	eachDatabase(t, func(t *testing.T, x database) {
		var sent atomic.Int32
		memory := new(organizertest.Memory)
		d := open(t, x.open(t), &desk.Options{
			CalendarEvery: time.Millisecond,
			Calendar: func(_ context.Context, m *invite.Meeting) (organizer.Calendar, error) {
				if strings.HasPrefix(m.Tag, "dead") {
					return waiting{}, nil
				}
				return memory, nil
			},
		}, invite.New(invite.SenderFunc(func(context.Context, *invite.Message) error { sent.Add(1); return nil }), nil))
		for i := range dead {
			for range meetings {
				must(d.Send(t.Context(), soon(1), invite.Tag(fmt.Sprint("dead", i))))(t)
			}
		}
		for i := range good {
			for range meetings {
				must(d.Send(t.Context(), soon(1), invite.Tag(fmt.Sprint("good", i))))(t)
			}
		}
		stop := run(t, d)
		eventually(t, "all mails are sent", func() bool { return sent.Load() == (dead+good)*meetings })
		eventually(t, "the entries of the others are made", func() bool { return len(memory.Entries()) == good*meetings })
		m := must(d.Send(t.Context(), soon(1), invite.Tag("dead0")))(t)
		eventually(t, "a mail of a tenant with a dead calendar is sent", func() bool {
			return must(d.Meeting(t.Context(), m.Event.UID))(t).Deliveries[0].State == delivered
		})
		stop()
	})
}

// waiting is a calendar that does not answer.
type waiting struct{}

func (waiting) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	<-ctx.Done()
	return o, ctx.Err()
}

func (c waiting) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	return c.Get(ctx, o)
}

func (c waiting) Delete(ctx context.Context, o organizer.Object) error {
	_, err := c.Get(ctx, o)
	return err
}

// alone is a calendar that notes whether two calls for one entry overlap.
type alone struct {
	*organizertest.Memory
	mu      sync.Mutex
	busy    map[string]int
	overlap atomic.Int32
}

// enter notes the begin of a call, and returns its end.
func (c *alone) enter(uid string) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[uid]++; c.busy[uid] > 1 {
		c.overlap.Add(1)
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.busy[uid]--
	}
}

func (c *alone) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	defer c.enter(o.UID)()
	time.Sleep(time.Millisecond)
	return c.Memory.Get(ctx, o)
}

func (c *alone) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	defer c.enter(o.UID)()
	time.Sleep(time.Millisecond)
	return c.Memory.Put(ctx, o)
}

// TestTwoProcesses has four processes that work at the same entries all the time, while
// attendees answer. No answer is lost in the calendar, nothing is taken for the
// organizer's, and no two calls for one entry overlap.
func TestTwoProcesses(t *testing.T) {
	const guests = 40
	eachDatabase(t, func(t *testing.T, x database) {
		w := newDiary(t, x)
		c := &alone{Memory: w.memory, busy: make(map[string]int)}
		o := desk.Options{CalendarEvery: time.Nanosecond, Calendar: func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return c, nil }}
		var uids []string
		for range 3 {
			uids = append(uids, w.send(lunch(guests)))
		}
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 4 {
			d := w.with(o)
			all.Go(func() {
				for ctx.Err() == nil {
					for j, err := range d.Waiting(t.Context(), w.clock.Now()) {
						if err != nil {
							t.Error(err)
							return
						}
						if j.Kind == desk.JobCalendar {
							if err := d.Work(t.Context(), j); err != nil {
								t.Error(err)
							}
						}
					}
				}
			})
		}
		d := w.with(o)
		for i := range guests {
			for _, uid := range uids {
				must(d.Answer(t.Context(), uid, w.yes(address(i))))(t)
			}
			w.clock.Advance(time.Millisecond)
		}
		eventually(t, "there is no work", func() bool {
			w.clock.Advance(time.Millisecond)
			return w.count(`SELECT COUNT(*) FROM convene_entries WHERE due < $1`, int64(1)<<62) == 0
		})
		stop()
		all.Wait()
		for _, uid := range uids {
			w.checkEntry("at last", uid)
			accepted := 0
			for _, a := range w.entry(uid).Attendees {
				if a.Status == ical.StatusAccepted {
					accepted++
				}
			}
			check(t, "attendees who accepted", guests, accepted)
		}
		check(t, "calls that overlap", 0, int(c.overlap.Load()))
		check(t, "drifts", []string{}, w.drifts())
		t.Logf("%d answers were %d Puts", guests*len(uids), w.memory.Calls().Puts)
	})
}

// TestMigrate changes tables of the first version, on PostgreSQL also if they are not in
// the first schema of the connection.
func TestMigrate(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{})
		uid := w.send(lunch(2))
		must(w.Answer(t.Context(), uid, w.yes(address(0))))(t)
		want := w.meeting(uid)
		for _, s := range []string{`DROP TABLE convene_entries`, `DELETE FROM convene_schema WHERE version = 2`} {
			must(w.db.Exec(s))(t)
		}
		if x.driver == "pgx" {
			must(w.db.Exec(`CREATE SCHEMA ` + x.schema() + `_first`))(t)
			schema := x.schema()
			x.dsn = strings.Replace(x.dsn, "search_path="+schema, "search_path="+schema+"_first,"+schema, 1)
		}
		memory := new(organizertest.Memory)
		d := open(t, x.open(t), &desk.Options{Now: w.clock.Now, Calendar: func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return memory, nil }})
		checkMeeting(t, "after the migration", want, must(d.Meeting(t.Context(), uid))(t))
		check(t, "rows", 1, w.count(`SELECT COUNT(*) FROM convene_entries`)) // by the old search_path
		if err := d.Work(t.Context(), job(uid)); err != nil {
			t.Fatal(err)
		}
		check(t, "entries", 1, len(memory.Entries()))
		check(t, "versions", 2, w.count(`SELECT MAX(version) FROM convene_schema`))
	})
}
