package desktest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

// edit changes the entry as the organizer does.
func (w *diary) edit(uid string, change func(e *ical.Event)) {
	w.Helper()
	if err := w.memory.Edit(uid, change); err != nil {
		w.Fatal(err)
	}
}

// booked is a meeting that has an entry.
func (w *diary) booked(n int) string {
	w.Helper()
	uid := w.send(lunch(n))
	w.later(uid)
	w.checkEntry("at first", uid)
	return uid
}

// answered lets an attendee answer, and the entry follow.
func (w *diary) answered(uid string, i int) {
	w.Helper()
	must(w.Answer(w.Context(), uid, w.yes(address(i))))(w)
	w.later(uid)
}

// TestDrift has an organizer who renames the entry, and later moves it. Each is told once,
// and both stay in the calendar. The program takes them into the meeting.
func TestDrift(t *testing.T) {
	eachDiary(t, func(w *diary) {
		var last *organizer.Drift
		w.Desk = w.with(desk.Options{OnEvent: func(ctx context.Context, tx *sql.Tx, e desk.Event) error {
			if e.Drift != nil {
				last = e.Drift
			}
			return keepDrift(ctx, tx, e)
		}})
		uid := w.booked(5)
		w.edit(uid, func(e *ical.Event) { e.Summary = "Breakfast" })
		w.answered(uid, 0)
		w.answered(uid, 1)
		check(w, "drifts", []string{"summary"}, w.drifts())
		w.edit(uid, func(e *ical.Event) { e.Start, e.End = e.Start.Add(-4*time.Hour), e.End.Add(-4*time.Hour) })
		w.answered(uid, 2)
		w.answered(uid, 3)
		check(w, "drifts", []string{"summary", "time summary"}, w.drifts())
		e := w.entry(uid)
		if e.Summary != "Breakfast" || e.Start.Hour() != 8 {
			w.Errorf("the entry is %q at %v, want the organizer's", e.Summary, e.Start)
		}
		must(w.Update(w.Context(), uid, last.Update))(w)
		w.later(uid)
		w.checkEntry("after the Update", uid)
		check(w, "the summary", "Breakfast", w.meeting(uid).Event.Summary)
		w.answered(uid, 4)
		w.checkEntry("after a further answer", uid)
		check(w, "drifts", 2, len(w.drifts()))
	})
}

// TestTrackedAnswers has a server that takes answers in by itself, as Cyrus does. They count
// in the meeting, as answers and not as drifts. An answer of the desk that came later counts.
func TestTrackedAnswers(t *testing.T) {
	eachDiary(t, func(w *diary) {
		var told []string
		w.Desk = w.with(desk.Options{OnEvent: func(ctx context.Context, tx *sql.Tx, e desk.Event) error {
			if e.Answer != nil {
				told = append(told, e.Attendee+" "+string(e.Answer.Status)+" "+e.Answer.Via)
			}
			return keepDrift(ctx, tx, e)
		}})
		uid := w.booked(4)
		w.answered(uid, 3)
		set := func(i int, status ical.Status) {
			w.edit(uid, func(e *ical.Event) { e.Attendees[i].Status = status })
		}
		set(1, ical.StatusAccepted)
		set(2, ical.StatusTentative)
		set(3, ical.StatusDeclined) // the attendee has changed their mind
		w.answered(uid, 0)
		w.later(uid)
		w.checkEntry("with answers of the server", uid)
		want := []string{
			"p3@example.com accepted phone", "p0@example.com accepted phone",
			"p1@example.com accepted calendar", "p2@example.com tentative calendar", "p3@example.com declined calendar",
		}
		check(w, "answers", want, told)
		set(1, ical.StatusDeclined)
		a := w.yes(address(1))
		a.Status, a.Stamp = ical.StatusTentative, a.Stamp.Add(time.Second)
		w.clock.Advance(time.Minute)
		must(w.Answer(w.Context(), uid, a))(w)
		w.later(uid)
		w.later(uid)
		w.checkEntry("with a later answer of the desk", uid)
		check(w, "the status", ical.StatusTentative, w.meeting(uid).Status(address(1)))
		set(2, ical.StatusNeedsAction) // is no answer
		must(w.Update(w.Context(), uid, rename("Dinner")))(w)
		w.later(uid)
		w.later(uid)
		w.checkEntry("after a reset by a client", uid)
		check(w, "the status", ical.StatusTentative, w.meeting(uid).Status(address(2)))
		check(w, "drifts", []string{}, w.drifts())
	})
}

// TestDriftOfFailure has a server that refuses each change of an entry to which the organizer
// has added a guest, because it would mail them, and a reply that is lost while a change of
// the organizer is overwritten. The program is told of both, once.
func TestDriftOfFailure(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.booked(3)
		w.edit(uid, func(e *ical.Event) { e.Summary = "Breakfast" })
		w.memory.LoseReplies(1)
		must(w.Update(w.Context(), uid, rename("Dinner")))(w)
		w.later(uid)
		w.clock.Advance(time.Minute)
		w.later(uid)
		w.checkEntry("after the lost reply", uid)
		check(w, "drifts", []string{"summary"}, w.drifts())
		w.edit(uid, func(e *ical.Event) {
			e.Attendees[1].Status = ical.StatusTentative
			e.Attendees = append(e.Attendees, ical.Attendee{Email: "guest@example.test"})
		})
		w.memory.Before = func(c organizertest.Call) error {
			if c.Method == "Put" {
				return organizer.ErrWouldMail
			}
			return nil
		}
		for range 3 {
			must(w.Answer(w.Context(), uid, w.yes(address(0))))(w)
			w.clock.Advance(time.Hour)
			w.later(uid)
		}
		check(w, "drifts", []string{"attendee", "summary"}, w.drifts())
		w.memory.Before = nil
		w.clock.Advance(time.Hour)
		w.later(uid)
		check(w, "the drifts", []string{"attendee", "summary"}, w.drifts())
		check(w, "the status", ical.StatusTentative, w.meeting(uid).Status(address(1)))
	})
}

// TestTrackedMany has an entry with an answer of everybody to every date. The desk takes them
// in in pieces, so that no other work has to wait for long. None is told as a drift.
func TestTrackedMany(t *testing.T) {
	const people, dates = 60, 40
	eachDiary(t, func(w *diary) {
		e := lunch(people)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: dates}
		uid := w.send(e)
		w.later(uid)
		w.edit(uid, func(e *ical.Event) {
			for i := range dates {
				o := ical.Event{RecurrenceID: e.Start.AddDate(0, 0, 7*i), Attendees: slices.Clone(e.Attendees)}
				for j := range o.Attendees {
					o.Attendees[j].Status = ical.StatusAccepted
				}
				e.Overrides = append(e.Overrides, o)
			}
		})
		must(w.Answer(w.Context(), uid, w.yes(address(0))))(w)
		before := 1 // the answer above
		for range 7 {
			w.later(uid)
			n := len(w.meeting(uid).Answers)
			if n > before+500 {
				w.Fatalf("%d answers were taken in at once", n-before)
			}
			before = n
		}
		w.checkEntry("at last", uid)
		check(w, "the drifts", []string{}, w.drifts())
		if least := people * (dates - 1); before < least {
			w.Errorf("%d answers, want at least %d", before, least)
		}
	})
}

// TestTrackedDelegation has an attendee who delegates in the calendar, to somebody whom the
// meeting knows, and to a stranger. Everybody who can write to the calendar could name a
// stranger, so the desk mails them nothing, and the program decides.
func TestTrackedDelegation(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.booked(3)
		delegate := func(i int, to string) {
			w.edit(uid, func(e *ical.Event) { e.Attendees[i].Status, e.Attendees[i].DelegatedTo = ical.StatusDelegated, to })
			w.answered(uid, 0)
			w.later(uid)
		}
		mails := w.count(`SELECT COUNT(*) FROM convene_mails`)
		delegate(1, address(0))
		check(w, "drifts", []string{}, w.drifts())
		check(w, "the status of the first", ical.StatusDelegated, w.meeting(uid).Status(address(1)))
		delegate(2, "stranger@example.test")
		check(w, "drifts", []string{"status"}, w.drifts())
		check(w, "the status", ical.StatusNeedsAction, w.meeting(uid).Status(address(2)))
		check(w, "mails", mails, w.count(`SELECT COUNT(*) FROM convene_mails`))
	})
}

// TestTrackedMeanwhile has a server that takes an answer in, and an attendee who gives
// another one to the desk while the desk compares the two. The answer of the desk counts.
func TestTrackedMeanwhile(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.booked(2)
		w.edit(uid, func(e *ical.Event) { e.Attendees[1].Status = ical.StatusDeclined })
		w.memory.Before = func(organizertest.Call) error {
			w.memory.Before = nil
			must(w.Answer(w.Context(), uid, w.yes(address(1))))(w)
			return nil
		}
		w.answered(uid, 0)
		w.later(uid)
		w.later(uid)
		w.checkEntry("at last", uid)
		check(w, "the status", ical.StatusAccepted, w.meeting(uid).Status(address(1)))
	})
}

// TestTrackedStamp has servers whose entries have a time that is far in the past or in the
// future. Answers that they take in count from now on.
func TestTrackedStamp(t *testing.T) {
	eachDiary(t, func(w *diary) {
		for _, stamp := range []string{"19900101T000000Z", "20400101T000000Z"} {
			w.memory.Rewrite = func(data []byte) []byte {
				return regexp.MustCompile(`(?m)^(DTSTAMP|LAST-MODIFIED):.*\r$`).ReplaceAll(data, []byte("$1:"+stamp+"\r"))
			}
			uid := w.booked(2)
			w.answered(uid, 1)
			w.clock.Advance(time.Minute)
			o := must(w.memory.Get(w.Context(), organizer.Object{UID: uid}))(w)
			o.Data = bytes.Replace(o.Data, []byte("PARTSTAT=ACCEPTED"), []byte("PARTSTAT=DECLINED"), 1)
			must(w.memory.Put(w.Context(), o))(w)
			w.answered(uid, 0)
			w.later(uid)
			check(w, "the status", ical.StatusDeclined, w.meeting(uid).Status(address(1)))
			for _, a := range w.meeting(uid).Answers {
				if a.Via == "calendar" && !a.Stamp.Equal(w.clock.Now().Add(-3*time.Second)) {
					w.Errorf("the time of the answer is %v, want the present", a.Stamp)
				}
			}
			must(w.Answer(w.Context(), uid, w.yes(address(1))))(w)
			check(w, "the status after another answer", ical.StatusAccepted, w.meeting(uid).Status(address(1)))
		}
	})
}

// TestDriftAgain has an organizer who renames the entry, takes it back, and renames it
// again in the same way. These are two drifts.
func TestDriftAgain(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.booked(4)
		for i, name := range []string{"Breakfast", "Lunch", "Breakfast", "Dinner"} {
			w.edit(uid, func(e *ical.Event) { e.Summary = name })
			w.answered(uid, i)
		}
		check(w, "drifts", []string{"summary", "summary", "summary"}, w.drifts())
	})
}

// TestDriftInside has a program that takes a drift into the meeting in the transaction that
// tells it, and makes a deleted entry again.
func TestDriftInside(t *testing.T) {
	eachDiary(t, func(w *diary) {
		var d *desk.Desk
		d = w.with(desk.Options{OnEvent: func(ctx context.Context, tx *sql.Tx, e desk.Event) error {
			switch {
			case e.Drift == nil:
				return nil
			case e.Drift.Deleted:
				if err := d.WithTx(tx).RestoreEntry(ctx, e.UID); err != nil {
					return err
				}
			default:
				if _, err := d.WithTx(tx).Update(ctx, e.UID, e.Drift.Update); err != nil {
					return err
				}
			}
			return keepDrift(ctx, tx, e)
		}})
		w.Desk = d
		uid := w.booked(3)
		w.edit(uid, func(e *ical.Event) { e.Summary = "Breakfast" })
		w.answered(uid, 0)
		check(w, "the summary", "Breakfast", w.meeting(uid).Event.Summary)
		w.later(uid)
		w.checkEntry("after the Update", uid)
		w.memory.Remove(uid)
		w.answered(uid, 1)
		w.later(uid)
		w.checkEntry("made again", uid)
		check(w, "drifts", []string{"deleted", "summary"}, w.drifts())
		check(w, "kept events", 0, w.count(`SELECT COUNT(*) FROM convene_events`))
	})
}

// TestDriftKept has a program that fails at first. The event comes again.
func TestDriftKept(t *testing.T) {
	eachDiary(t, func(w *diary) {
		var fails atomic.Bool
		fails.Store(true)
		w.Desk = w.with(desk.Options{OnEvent: func(ctx context.Context, tx *sql.Tx, e desk.Event) error {
			if err := keepDrift(ctx, tx, e); err != nil || !fails.Load() {
				return err
			}
			return errors.New("not now")
		}})
		uid := w.booked(1)
		w.deliver(uid)
		w.edit(uid, func(e *ical.Event) { e.Summary = "Breakfast" })
		must(w.Update(w.Context(), uid, move(time.Hour)))(w)
		w.later(uid)
		check(w, "drifts", []string{}, w.drifts())
		fails.Store(false)
		for w.count(`SELECT COUNT(*) FROM convene_events`) > 0 {
			w.clock.Advance(time.Minute)
			w.deliver(uid)
		}
		check(w, "drifts", []string{"summary"}, w.drifts())
	})
}

// TestDeletedEntry has an organizer who deletes the entry. The desk does not make it again,
// until the program wants it.
func TestDeletedEntry(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.booked(4)
		for i := range 3 {
			w.memory.Remove(uid)
			w.answered(uid, i)
			must(w.Update(w.Context(), uid, move(time.Hour)))(w)
			w.later(uid)
			check(w, "drifts", i+1, len(w.drifts()))
			check(w, "the last drift", "deleted", w.drifts()[i])
			if w.entry(uid) != nil {
				w.Fatal("the entry was made again")
			}
			if err := w.RestoreEntry(w.Context(), uid); err != nil {
				w.Fatal(err)
			}
			w.work(uid)
			w.checkEntry("restored", uid)
		}
	})
}

// TestRestoreMeanwhile restores the entry while the calendar is at work, which finds that
// it was deleted.
func TestRestoreMeanwhile(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.booked(1)
		w.memory.Remove(uid)
		w.memory.Before = func(organizertest.Call) error {
			w.memory.Before = nil
			return w.RestoreEntry(w.Context(), uid)
		}
		w.answered(uid, 0)
		if w.entry(uid) != nil {
			w.Fatal("the test is empty: the work has not begun before")
		}
		w.later(uid)
		w.checkEntry("restored", uid)
	})
}

// TestDriftEvery looks at an entry now and then, until the meeting is over.
func TestDriftEvery(t *testing.T) {
	eachDiary(t, func(w *diary) {
		w.Desk = w.with(desk.Options{DriftEvery: 10 * time.Hour})
		uid := w.send(lunch(2))
		w.later(uid)
		w.edit(uid, func(e *ical.Event) { e.Summary = "Breakfast" })
		n := 0
		for ; w.dueIn(uid) >= 0; n++ {
			check(w, "the pause", 10*time.Hour, w.dueIn(uid))
			w.clock.Advance(10 * time.Hour)
			w.work(uid)
		}
		if n != 6 {
			w.Errorf("the desk has looked %d times, want every ten hours of the 53 hours until the meeting ends, and once afterwards", n)
		}
		check(w, "drifts", []string{"summary"}, w.drifts())
		check(w, "Puts", 1, w.memory.Calls().Puts)
		w.Desk = w.with(desk.Options{DriftEvery: 10 * time.Hour})
		uid = w.send(lunch(2))
		w.later(uid)
		must(w.Answer(w.Context(), uid, w.yes(address(1))))(w) // does not wait for the next look
		if in := w.dueIn(uid); in != 3*time.Second {
			w.Errorf("an answer follows in %v, want 3 seconds", in)
		}
	})
}

// TestLostReplies loses the replies of changes of the entry, while the meeting changes on.
// None of them is taken for a change by the organizer.
func TestLostReplies(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.send(lunch(4))
		for i := range 4 {
			w.memory.LoseReplies(1)
			w.later(uid)
			if w.entry(uid) == nil {
				w.Fatal("the test is empty: the change was not made")
			}
			must(w.Answer(w.Context(), uid, w.yes(address(i))))(w)
			must(w.Update(w.Context(), uid, move(time.Hour)))(w)
			w.clock.Advance(w.dueIn(uid))
		}
		w.work(uid)
		w.checkEntry("at last", uid)
		check(w, "entries", 1, len(w.memory.Entries()))
		check(w, "drifts", []string{}, w.drifts())
	})
}

// cut is a calendar whose process dies after a change, before the desk stores the result.
type cut struct {
	organizer.Calendar
	db *sql.DB // of the process
}

func (c cut) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	_, _ = c.Calendar.Put(ctx, o)
	_ = c.db.Close()
	return organizer.Object{}, context.Canceled
}

// TestWriteAhead has processes that die after each change of the entry, while the meeting
// changes on. Their changes are not taken for the organizer's.
func TestWriteAhead(t *testing.T) {
	eachDiary(t, func(w *diary) {
		uid := w.booked(4)
		for i := range 4 {
			must(w.Answer(w.Context(), uid, w.yes(address(i))))(w)
			must(w.Update(w.Context(), uid, move(time.Hour)))(w)
			db := w.database.open(w.T)
			o := desk.Options{Now: w.clock.Now, Calendar: func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return cut{w.memory, db}, nil }}
			dead := open(w.T, db, &o)
			w.clock.Advance(3 * time.Minute)
			puts := w.memory.Calls().Puts
			if err := dead.Work(w.Context(), job(uid)); err == nil {
				w.Fatal("the test is empty: Work could store its result")
			}
			check(w, "Puts", puts+1, w.memory.Calls().Puts)
			w.later(uid) // the entry belongs to the dead process for a while
			check(w, "Puts", puts+1, w.memory.Calls().Puts)
		}
		must(w.Update(w.Context(), uid, move(time.Hour)))(w)
		w.clock.Advance(3 * time.Minute)
		w.work(uid)
		w.checkEntry("at last", uid)
		check(w, "drifts", []string{}, w.drifts())
	})
}

// TestKeptDrift has a program that cannot take a drift for a while. Meanwhile the organizer
// changes the entry again, and takes it all back. The program is told of the entry as it is,
// and of nothing if it is as it was.
func TestKeptDrift(t *testing.T) {
	eachDiary(t, func(w *diary) {
		var fails atomic.Bool
		w.Desk = w.with(desk.Options{OnEvent: func(ctx context.Context, tx *sql.Tx, e desk.Event) error {
			if e.Drift != nil && fails.Load() {
				return errors.New("not now")
			}
			return keepDrift(ctx, tx, e)
		}})
		uid := w.booked(4)
		title := w.entry(uid).Summary
		set := func(to string) {
			w.edit(uid, func(e *ical.Event) { e.Summary = to })
			w.later(uid)
		}
		retell := func() {
			fails.Store(false)
			w.clock.Advance(2 * time.Hour)
			w.Deliver(w.Context(), uid)
		}
		fails.Store(true)
		set("Breakfast")
		w.answered(uid, 0)
		set("Supper")
		w.answered(uid, 1)
		retell()
		check(w, "drifts", []string{"summary"}, w.drifts())
		fails.Store(true)
		set("Tea")
		w.answered(uid, 2)
		set(title)
		w.answered(uid, 3)
		retell()
		check(w, "drifts after the organizer took it back", []string{"summary"}, w.drifts())
	})
}
