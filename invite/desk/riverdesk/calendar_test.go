package riverdesk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/desk/riverdesk"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

// in returns a function for Options.Calendar.
func in(c organizer.Calendar) func(context.Context, *invite.Meeting) (organizer.Calendar, error) {
	return func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return c, nil }
}

// answer lets an attendee accept by telephone.
func (w *world) answer(uid string, i int) {
	w.Helper()
	a := invite.Answer{Email: fmt.Sprintf("p%d@example.com", i), Status: ical.StatusAccepted, Via: "phone", Stamp: time.Now()}
	if o := must(w.Answer(w.Context(), uid, a))(w); o.Verdict != invite.VerdictApplied {
		w.Fatalf("Answer = %+v", o)
	}
}

// calendarJobs counts the jobs for calendars in some states.
func (w *world) calendarJobs(states ...string) int {
	w.Helper()
	return w.count(`SELECT COUNT(*) FROM river_job WHERE args->>'kind' = 'calendar' AND state IN ('` + strings.Join(states, "','") + `')`)
}

// TestCalendar checks that the entry of a meeting follows, and that ten answers are one Put.
func TestCalendar(t *testing.T) {
	memory := new(organizertest.Memory)
	w := open(t, newDSN(t), desk.Options{Calendar: in(memory), CalendarEvery: time.Second}, nil)
	noSweeps(w)
	uid := w.book(10)
	w.start()
	w.until("there is an entry", func() bool { return len(memory.Entries()) == 1 })
	w.until("no job waits", func() bool { return w.calendarJobs("available", "scheduled", "running") == 0 })
	before, done := memory.Calls().Puts, w.calendarJobs("completed")
	for i := range 10 {
		w.answer(uid, i)
	}
	check(t, "jobs for ten answers", 1, w.calendarJobs("available", "scheduled", "running"))
	w.until("all answers are in the calendar", func() bool {
		n := 0
		for _, a := range memory.Entries()[0].Event.Attendees {
			if a.Status == ical.StatusAccepted {
				n++
			}
		}
		return n == 10
	})
	w.until("no job waits", func() bool { return w.calendarJobs("available", "scheduled", "running") == 0 })
	check(t, "Puts for ten answers", before+1, memory.Calls().Puts)
	check(t, "completed jobs", done+1, w.calendarJobs("completed"))
	check(t, "mails of the server", 0, memory.Mails())
}

// TestCalendarFails has a calendar that is away. The job waits for its time, and a change
// does not wake it. The mails go out.
func TestCalendarFails(t *testing.T) {
	memory := new(organizertest.Memory)
	memory.Fail(organizertest.ErrDown)
	w := open(t, newDSN(t), desk.Options{Calendar: in(memory), CalendarEvery: time.Millisecond}, nil)
	noSweeps(w)
	w.start()
	uid := w.book(2)
	w.until("the calendar was called", func() bool { return memory.Calls().Gets > 0 })
	w.until("the job waits", func() bool { return w.calendarJobs("scheduled") == 1 && w.calendarJobs("available", "running") == 0 })
	w.answer(uid, 0)
	w.until("the mails are sent", func() bool { return w.pending() == 0 })
	check(t, "calls", 1, memory.Calls().Gets)
	due := must(w.Due(t.Context(), nil, desk.Job{Kind: desk.JobCalendar, UID: uid}))(t)
	if in := time.Until(due); in < 30*time.Second || in > time.Minute {
		t.Errorf("the next try is in %v, want a minute", in)
	}
}

// TestCalendarSweep loses the job for a calendar, while the job for the mails of the meeting
// waits. The sweep makes it again.
func TestCalendarSweep(t *testing.T) {
	memory := new(organizertest.Memory)
	w := open(t, newDSN(t), desk.Options{Calendar: in(memory), CalendarEvery: time.Millisecond}, nil)
	w.book(1)
	must(w.db.Exec(`DELETE FROM river_job WHERE args->>'kind' = 'calendar'`))(t)
	must(w.db.Exec(`UPDATE river_job SET state = 'scheduled', scheduled_at = now() + interval '1 hour'`))(t)
	w.start()
	w.until("there is an entry", func() bool { return len(memory.Entries()) == 1 })
}

// TestEnqueueLater queues a job that has nothing to do for an hour. The same again, and one
// with more time, do not wake it. A job that has work earlier does.
func TestEnqueueLater(t *testing.T) {
	w := open(t, newDSN(t), desk.Options{}, nil)
	begin := time.Now().Truncate(time.Second)
	for _, x := range []struct {
		due  time.Time
		want string
	}{
		{begin.Add(time.Hour), "scheduled"}, {begin.Add(time.Hour), "scheduled"}, {begin.Add(2 * time.Hour), "scheduled"},
		{begin.Add(time.Minute), "available"}, {time.Time{}, "available"},
	} {
		tx := must(w.db.Begin())(t)
		if err := w.Enqueue(t.Context(), tx, desk.Job{Kind: desk.JobCalendar, UID: "m@example.com", Due: x.due}); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		check(t, "states", []string{x.want}, w.states("m@example.com"))
	}
}

// stuck is a calendar that does not answer.
type stuck struct{}

func (stuck) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	<-ctx.Done()
	return o, ctx.Err()
}

func (stuck) Put(context.Context, organizer.Object) (organizer.Object, error) {
	return organizer.Object{}, errors.New("not called")
}

func (stuck) Delete(context.Context, organizer.Object) error { return errors.New("not called") }

// TestCalendarTenants has ten tenants whose calendars do not answer, with more meetings
// than there are workers. All mails go out, and the entries of the others are made.
func TestCalendarTenants(t *testing.T) {
	memory := new(organizertest.Memory)
	w := open(t, newDSN(t), desk.Options{CalendarEvery: time.Millisecond, Calendar: func(_ context.Context, m *invite.Meeting) (organizer.Calendar, error) {
		if strings.HasPrefix(m.Tag, "dead") {
			return stuck{}, nil
		}
		return memory, nil
	}}, nil)
	noSweeps(w)
	const meetings, good = 20, 20
	for range meetings {
		for i := range 10 {
			w.book(1, invite.Tag(fmt.Sprint("dead", i)))
		}
	}
	for i := range good {
		w.book(1, invite.Tag(fmt.Sprint("good", i)))
	}
	w.start()
	w.until("all mails are sent", func() bool { return w.pending() == 0 })
	w.until("the entries of the others are made", func() bool { return len(memory.Entries()) == good })
	if n := w.count(`SELECT COUNT(*) FROM river_job WHERE queue = $1`, riverdesk.CalendarLaneOf("dead0")); n == 0 {
		t.Error("no job went to the lane of a tenant")
	}
	check(t, "jobs for mails in lanes", 0, w.count(`SELECT COUNT(*) FROM river_job WHERE queue LIKE 'convene_%' AND args->>'kind' = 'calendar'`))
}
