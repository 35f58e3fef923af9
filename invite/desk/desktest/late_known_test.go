package desktest

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/invitetest"
)

// TestLateUpdate checks that an update goes out although its meeting is over, if the attendee
// has a version that is not over. Otherwise they would come to a meeting that was.
func TestLateUpdate(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		ctx := w.Context()
		weekly := lunch(1)
		weekly.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
		earlier, ends, room, never := w.send(lunch(1)), w.send(weekly), w.send(lunch(1)), w.send(lunch(1))
		for _, uid := range []string{earlier, ends, room} {
			w.deliver(uid)
		}
		w.clock.Advance(lunch(1).Start.Sub(w.clock.Now()) - time.Hour)
		for _, uid := range []string{earlier, never} {
			must(w.Update(ctx, uid, move(-time.Hour)))(t)
		}
		must(w.Update(ctx, room, func(e *ical.Event) error { e.Location = "Roof"; return nil }))(t)
		must(w.Cancel(ctx, ends, invite.OccurrenceAndLater(weekly.Start.AddDate(0, 0, 7))))(t)

		w.clock.Advance(90 * time.Minute) // the meeting has the same place as lunch, and is over
		w.deliver(earlier)
		w.checkStates("a meeting that began earlier than the attendee knows", earlier, invite.DeliveryDelivered, invite.DeliveryDelivered)
		w.deliver(never)
		w.checkStates("an attendee who knows nothing", never, invite.DeliveryOvertaken, invite.DeliveryRefused)
		w.clock.Advance(24 * time.Hour)
		w.deliver(ends)
		w.checkStates("a series that goes on as the attendee knows it", ends, invite.DeliveryDelivered, invite.DeliveryDelivered)
		w.deliver(room)
		w.checkStates("another room", room, invite.DeliveryDelivered, invite.DeliveryRefused)

		must(w.Update(ctx, room, move(30*24*time.Hour)))(t)
		w.deliver(room)
		w.checkStates("a meeting that was over and has a new time", room, invite.DeliveryDelivered, invite.DeliveryRefused, invite.DeliveryDelivered)
	})
}

// TestLateRest checks that an attendee learns of the end of a series although the meeting
// that went on from it is over before its mail went out.
func TestLateRest(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		weekly := lunch(1)
		weekly.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
		uid := w.send(weekly)
		w.deliver(uid)
		second := weekly.Start.AddDate(0, 0, 7)
		w.clock.Advance(second.Sub(w.clock.Now()) - time.Hour)
		_, rest, err := w.UpdateFollowing(w.Context(), uid, second, func(e *ical.Event) error {
			e.Location, e.Recurrence = "Roof", nil
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(24 * time.Hour)
		for range 3 {
			w.deliver(rest.Event.UID)
			w.deliver(uid)
			w.clock.Advance(time.Minute)
		}
		w.checkStates("the rest", rest.Event.UID, invite.DeliveryRefused)
		w.checkStates("the series", uid, invite.DeliveryDelivered, invite.DeliveryDelivered)
	})
}

// TestLateDates checks that AllowPast mails a series of single dates that is over.
func TestLateDates(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		e := lunch(1)
		e.Recurrence = &ical.Recurrence{Include: []time.Time{e.Start.AddDate(0, 0, 1)}}
		w.clock.Advance(30 * 24 * time.Hour)
		uid := w.send(e, invite.AllowPast(), invite.AllowLint("recurrence-include"))
		w.mails.Fail(address(0), invitetest.FailureTemporary)
		w.deliver(uid)
		w.mails.Fail(address(0), "")
		w.clock.Advance(time.Hour)
		w.deliver(uid)
		w.checkStates("", uid, invite.DeliveryDelivered)
	})
}

// TestLateOneMail checks that a mail to several attendees goes out whole.
func TestLateOneMail(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(2), invite.OneMail())
		w.deliver(uid)
		w.clock.Advance(lunch(1).Start.Sub(w.clock.Now()) - time.Hour)
		must(w.Update(w.Context(), uid, func(e *ical.Event) error {
			e.Attendees = append(e.Attendees, ical.Attendee{Email: address(2)})
			return move(-time.Hour)(e)
		}))(t)
		w.clock.Advance(90 * time.Minute)
		w.deliver(uid)
		for _, d := range w.meeting(uid).Deliveries {
			if late := d.To == address(2); late != (d.State == invite.DeliveryRefused) {
				t.Errorf("mail to %s, %s: %s", d.To, d.Action, d.State)
			}
		}
	})
}
