package desktest

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// reminders returns the recipients of the mails without a calendar object, and forgets all
// mails.
func (w *world) reminders() string {
	w.Helper()
	var out []string
	for _, m := range w.mails.Messages() {
		if !strings.Contains(string(m.Data), "text/calendar") {
			name, _, _ := strings.Cut(m.To[0], "@")
			out = append(out, name)
		}
	}
	w.mails.Reset()
	return strings.Join(out, " ")
}

// at moves the clock to a time, and does the work that is due there, as Run would.
func (w *world) at(t time.Time, uid string) {
	w.Helper()
	w.clock.Advance(t.Sub(w.clock.Now()))
	for range 10 {
		if due := w.due(uid); due.IsZero() || due.After(t) {
			return
		}
		w.deliver(uid)
	}
	w.Errorf("at %v there is work without end", t)
}

// remindBefore are the times of the tests.
var remindBefore = desk.Options{RemindBefore: []time.Duration{24 * time.Hour, time.Hour}}

// TestRemindBefore checks that attendees who accepted or have not answered are reminded a
// day and an hour before the start, each once.
func TestRemindBefore(t *testing.T) {
	eachWorld(t, remindBefore, func(w *world) {
		e := lunch(4)
		e.Attendees[3].Kind = ical.KindRoom
		uid := w.send(e)
		w.at(w.clock.Now(), uid)
		check(w, "at once", "", w.reminders())
		must(w.Answer(w.Context(), uid, w.yes(address(0))))(w)
		no := w.yes(address(1))
		no.Status = ical.StatusDeclined
		must(w.Answer(w.Context(), uid, no))(w)
		w.at(e.Start.Add(-24*time.Hour-time.Second), uid)
		check(w, "a second too early", "", w.reminders())
		w.at(e.Start.Add(-24*time.Hour), uid)
		check(w, "a day before", "p0 p2", w.reminders())
		w.at(e.Start.Add(-23*time.Hour), uid)
		check(w, "an hour later", "", w.reminders())
		w.at(e.Start.Add(-30*time.Minute), uid)
		check(w, "half an hour before", "p0 p2", w.reminders())
		w.at(e.Start.Add(time.Hour), uid)
		check(w, "after the start", "", w.reminders())
		if due := w.due(uid); !due.IsZero() {
			w.Errorf("due = %v, want never", due)
		}
	})
}

// TestRemindMoved checks that a moved meeting has new reminders, and a cancelled one none.
func TestRemindMoved(t *testing.T) {
	eachWorld(t, remindBefore, func(w *world) {
		e := lunch(1)
		uid := w.send(e)
		w.deliver(uid)
		w.at(e.Start.Add(-20*time.Hour), uid)
		check(w, "the first", "p0", w.reminders())
		must(w.Update(w.Context(), uid, move(48*time.Hour)))(w)
		w.at(e.Start.Add(-time.Hour), uid)
		check(w, "at the old time", "", w.reminders())
		w.at(e.Start.Add(24*time.Hour), uid)
		check(w, "a day before the new time", "p0", w.reminders())
		must(w.Cancel(w.Context(), uid))(w)
		w.at(e.Start.Add(48*time.Hour), uid)
		check(w, "of a cancelled meeting", "", w.reminders())
	})
}

// TestRemindChangedThen checks that a reminder whose time has come is not lost if the
// meeting changes before it is queued, and does not come twice.
func TestRemindChangedThen(t *testing.T) {
	eachWorld(t, remindBefore, func(w *world) {
		e := lunch(1)
		uid := w.send(e)
		w.at(w.clock.Now(), uid)
		w.clock.Advance(e.Start.Add(-24*time.Hour + time.Second).Sub(w.clock.Now()))
		must(w.Answer(w.Context(), uid, w.yes(address(0))))(w)
		w.at(w.clock.Now(), uid)
		check(w, "reminders", "p0", w.reminders())
		must(w.Update(w.Context(), uid, func(e *ical.Event) error { e.Description = "New"; return nil }))(w)
		w.at(w.clock.Now(), uid)
		check(w, "reminders after a change", "", w.reminders())
	})
}

// TestRemindSeries reminds of each occurrence, also of a moved one, and of none that is
// cancelled. After a pause, one mail stands for all reminders of an occurrence.
func TestRemindSeries(t *testing.T) {
	eachWorld(t, remindBefore, func(w *world) {
		e := lunch(1)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
		uid := w.send(e)
		w.deliver(uid)
		week := func(n int) time.Time { return e.Start.AddDate(0, 0, 7*n) }
		must(w.Cancel(w.Context(), uid, invite.Occurrence(week(1))))(w)
		must(w.Update(w.Context(), uid, func(e *ical.Event) error {
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: week(2), Start: week(2).Add(-5 * time.Hour), End: week(2).Add(-4 * time.Hour)})
			return nil
		}))(w)
		w.at(week(0).Add(-2*time.Hour), uid)
		check(w, "the first", "p0", w.reminders())
		w.at(week(0).Add(-time.Hour), uid)
		check(w, "the first again", "p0", w.reminders())
		w.at(week(1), uid)
		check(w, "the cancelled one", "", w.reminders())
		w.at(week(2).Add(-29*time.Hour), uid)
		check(w, "the moved one", "p0", w.reminders())
		w.at(week(3).Add(-30*time.Minute), uid)
		check(w, "the fourth after a pause", "p0", w.reminders())
		w.at(week(4).Add(-24*time.Hour), uid)
		check(w, "the fifth", "p0", w.reminders())
	})
}

// TestRemindAllDay reminds of a day by its zone.
func TestRemindAllDay(t *testing.T) {
	eachWorld(t, desk.Options{RemindBefore: []time.Duration{time.Hour}}, func(w *world) {
		e := lunch(1)
		e.AllDay, e.TimeZone = true, "America/New_York"
		e.Start, e.End = time.Date(2027, 2, 3, 0, 0, 0, 0, time.UTC), time.Date(2027, 2, 4, 0, 0, 0, 0, time.UTC)
		uid := w.send(e)
		w.at(time.Date(2027, 2, 3, 3, 59, 0, 0, time.UTC), uid)
		check(w, "before 23:00 in New York", "", w.reminders())
		w.at(time.Date(2027, 2, 3, 4, 0, 0, 0, time.UTC), uid)
		check(w, "at 23:00 in New York", "p0", w.reminders())
	})
}

// TestRemindLater plans the reminders of meetings that were stored without.
func TestRemindLater(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		e := lunch(1)
		uid := w.send(e)
		w.at(w.clock.Now(), uid)
		w.Desk = w.other(remindBefore)
		w.at(e.Start.Add(-time.Hour), uid)
		check(w, "an hour before", "p0", w.reminders())
	})
}

// TestRemindAtOnce has several processes remind at once. Each attendee has one mail.
func TestRemindAtOnce(t *testing.T) {
	eachWorld(t, remindBefore, func(w *world) {
		e := lunch(3)
		uid := w.send(e)
		w.deliver(uid)
		w.mails.Reset()
		w.clock.Advance(e.Start.Add(-time.Hour).Sub(w.clock.Now()))
		errs := make(chan error)
		for range 6 {
			d := w.other(remindBefore)
			go func() { errs <- d.Deliver(w.Context(), uid) }()
		}
		for range 6 {
			if err := <-errs; err != nil {
				w.Error(err)
			}
		}
		w.at(w.clock.Now(), uid)
		check(w, "mails", 3, len(w.mails.Messages()))
	})
}

// TestRemindClocks checks that each reminder is sent once, although a clock is set back
// after it was sent, or another process has a clock that is slow, and then an answer comes.
func TestRemindClocks(t *testing.T) {
	eachWorld(t, remindBefore, func(w *world) {
		e := lunch(1)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily}
		uid := w.send(e)
		w.deliver(uid)
		for i, start := range []time.Time{e.Start, e.Start.AddDate(0, 0, 1)} {
			w.at(start.Add(-time.Hour), uid)
			w.mails.Reset()
			w.clock.Advance(-2 * time.Second)
			a := w.yes(address(0))
			a.RecurrenceID, a.Stamp = start, a.Stamp.Add(time.Duration(i)*time.Minute)
			must(w.Answer(w.Context(), uid, a))(w)
			w.at(start.Add(-time.Hour), uid)
			check(w, "reminders for the second time", "", w.reminders())
		}
		w.at(e.Start.AddDate(0, 0, 1).Add(time.Minute), uid)
		check(w, "reminders of the next day", "p0", w.reminders())
	})
}
