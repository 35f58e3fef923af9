package desktest

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/invitetest"
)

// TestLate checks that an invitation that waited until its meeting was over is not sent, and
// that an event says so.
func TestLate(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var events []desk.Event
		var l stepLog
		w := newWorld(t, x, desk.Options{})
		w.Desk = w.other(desk.Options{
			Observe: l.observe,
			OnEvent: func(_ context.Context, _ *sql.Tx, e desk.Event) error { events = append(events, e); return nil },
		})
		over := lunch(1).End.Sub(w.clock.Now())
		weekly := lunch(1)
		weekly.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 2}
		w.mails.Fail(address(0), invitetest.FailureTemporary)
		single, series, changed := w.send(lunch(1)), w.send(weekly), w.send(lunch(1))
		for _, uid := range []string{single, series} {
			w.deliver(uid)
			w.checkStates("before", uid, pending)
		}
		w.mails.Fail(address(0), "")
		w.deliver(changed)
		must(w.Cancel(t.Context(), changed))(t)

		w.clock.Advance(over - time.Second)
		w.mails.Fail(address(0), invitetest.FailureTemporary)
		w.deliver(single)
		w.checkStates("during the meeting", single, pending) // it was tried
		w.mails.Fail(address(0), "")
		w.clock.Advance(2 * time.Hour)
		events = nil
		l.take()
		sent := len(w.mails.Messages())
		w.deliver(single)
		w.checkStates("when it is over", single, invite.DeliveryRefused)
		check(t, "mails", sent, len(w.mails.Messages()))
		check(t, "steps", []string{"result refused error"}, l.take())
		if len(events) != 1 || events[0].Kind != desk.EventFailed || events[0].Reason != "was not sent, because the meeting is over" {
			t.Errorf("events %+v", events)
		}
		if due := w.due(single); !due.IsZero() {
			t.Errorf("the meeting has work at %v", due)
		}
		w.deliver(series)
		w.checkStates("a series that goes on", series, invite.DeliveryDelivered)
		w.deliver(changed)
		w.checkStates("a cancellation", changed, invite.DeliveryDelivered, invite.DeliveryDelivered)
		w.deliver(w.send(lunch(1), invite.AllowPast()))
		check(t, "mails with AllowPast", sent+3, len(w.mails.Messages()))
	})
}
