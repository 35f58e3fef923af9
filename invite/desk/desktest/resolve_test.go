package desktest

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// resolve says whether a mail arrived.
func (w *world) resolve(uid string, n int, arrived bool) {
	w.Helper()
	m := must(w.Resolve(w.Context(), uid, w.meeting(uid).Deliveries[n].MessageID, arrived))(w)
	checkMeeting(w, "the meeting that Resolve returns", m, w.meeting(uid))
}

// unknownMails counts the meetings that a person has to look at.
func (w *world) unknownMails() (n int) {
	w.Helper()
	for m, err := range w.Meetings(w.Context(), desk.Filter{Unknown: true}) {
		n += must(m, err)(w).Tally().Unknown
	}
	return n
}

// TestResolve has a person say of two mails whether they arrived. One is delivered, and
// the other goes out again at once, as the same mail.
func TestResolve(t *testing.T) {
	eachFollower(t, func(w *world, _ *follower) {
		uid := w.send(lunch(3))
		w.mails.Fail(address(0), "unknown")
		w.mails.Fail(address(1), "unknown")
		w.deliver(uid)
		w.checkStates("at first", uid, unknown, unknown, delivered)
		ids := w.meeting(uid).Deliveries
		for _, wrong := range []struct{ uid, id string }{{uid, ids[2].MessageID}, {uid, ""}, {uid, "\x00"}, {"none", ids[0].MessageID}} {
			if _, err := w.Resolve(w.Context(), wrong.uid, wrong.id, true); !errors.Is(err, desk.ErrNotFound) {
				w.Errorf("Resolve of %q = %v, want ErrNotFound", wrong, err)
			}
		}
		w.clock.Advance(time.Hour)
		w.mails.Fail(address(1), "")
		w.resolve(uid, 0, true)
		w.checkStates("after the first word", uid, delivered, unknown, delivered)
		check(w, "unknown mails", 1, w.unknownMails())
		check(w, "time of the delivery", w.clock.Now().UTC(), w.meeting(uid).Deliveries[0].Time)
		w.resolve(uid, 1, false)
		w.checkStates("after the second word", uid, delivered, pending, delivered)
		if due := w.due(uid); due.After(w.clock.Now()) {
			w.Errorf("the mail is due at %v, want now, %v", due, w.clock.Now())
		}
		w.deliver(uid)
		w.checkStates("at last", uid, delivered, delivered, delivered)
		check(w, "unknown mails", 0, w.unknownMails())
		again := w.mails.MessagesTo(address(1))
		if len(again) != 2 || again[0].ID != again[1].ID {
			w.Errorf("%d mails, want the same mail twice", len(again))
		}
		check(w, "events", []string{"leftover p0", "leftover p1", "sent p0", "sent p1", "sent p2"}, w.told())
		if _, err := w.Resolve(w.Context(), uid, ids[0].MessageID, true); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Resolve for the second time = %v, want ErrNotFound", err)
		}
	})
}

// TestResolveTx resolves a mail in a transaction of the caller.
func TestResolveTx(t *testing.T) {
	eachFollower(t, func(w *world, _ *follower) {
		uid := w.send(lunch(1))
		w.mails.Fail(address(0), "unknown")
		w.deliver(uid)
		id := w.meeting(uid).Deliveries[0].MessageID
		tx := must(w.db.BeginTx(w.Context(), nil))(w)
		must(w.WithTx(tx).Resolve(w.Context(), uid, id, true))(w)
		if err := tx.Rollback(); err != nil {
			w.Fatal(err)
		}
		w.checkStates("after a rollback", uid, unknown)
		check(w, "events", []string{"leftover p0"}, w.told())
	})
}

// TestResolveShared resolves a mail to several attendees, which counts as one.
func TestResolveShared(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		for _, arrived := range []bool{true, false} {
			uid := w.send(lunch(3), invite.OneMail())
			w.mails.Fail("", "unknown")
			w.mails.Fail(address(1), "refused")
			w.deliver(uid)
			w.checkStates("at first", uid, unknown, refused, unknown)
			w.mails.Fail("", "")
			w.mails.Reset()
			w.resolve(uid, 0, arrived)
			want := map[bool]invite.DeliveryState{true: delivered, false: pending}[arrived]
			w.checkStates("after the word", uid, want, refused, want)
			w.deliver(uid)
			w.checkStates("at last", uid, delivered, refused, delivered)
			if got := w.mails.Messages(); arrived != (len(got) == 0) || !arrived && len(got[0].To) != 2 {
				w.Errorf("arrived: %v; the mails that went out again: %d", arrived, len(got))
			}
		}
	})
}

// TestResolveOvertaken says that a mail did not arrive after a later one has said as much.
func TestResolveOvertaken(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(1))
		w.mails.Fail(address(0), "unknown")
		w.deliver(uid)
		w.mails.Fail(address(0), "")
		must(w.Update(w.Context(), uid, move(time.Hour)))(w)
		w.deliver(uid)
		w.mails.Reset()
		w.resolve(uid, 0, false)
		w.checkStates("after the word", uid, overtaken, delivered)
		w.deliver(uid)
		check(w, "mails", 0, len(w.mails.Messages()))
		if due := w.due(uid); !due.IsZero() {
			w.Errorf("due = %v, want never", due)
		}

		// A reminder without a calendar object says less than the invitation.
		uid = w.send(lunch(1))
		w.mails.Fail(address(0), "unknown")
		w.deliver(uid)
		w.mails.Fail(address(0), "")
		p := invite.Proposal{Email: address(0), Start: lunch(1).Start.Add(time.Hour), Via: "link", Stamp: w.clock.Now()}
		must(w.Propose(w.Context(), uid, p))(w)
		must(w.DeclineProposal(w.Context(), uid, w.meeting(uid).Proposals[0].ID))(w)
		w.deliver(uid)
		w.resolve(uid, 0, false)
		w.checkStates("after an answer to a proposal", uid, pending, delivered)
	})
}

// TestResolveLate has the result of a mail come after a person has resolved it.
func TestResolveLate(t *testing.T) {
	for _, tt := range []struct {
		name    string
		arrived bool
		again   bool // whether the mail has gone out again before the result comes
		late    invite.Delivery
		want    invite.DeliveryState
		mails   int // after the next Deliver
	}{
		{"arrived, delivered", true, false, invite.Delivery{State: delivered}, delivered, 0},
		{"arrived, refused", true, false, invite.Delivery{State: refused, Reply: "no"}, delivered, 0},
		{"arrived, failed for a while", true, false, invite.Delivery{State: pending, Reply: "later"}, delivered, 0},
		{"lost, delivered", false, false, invite.Delivery{State: delivered}, delivered, 0},
		{"lost, refused", false, false, invite.Delivery{State: refused, Reply: "no"}, refused, 0},
		{"lost and sent again, refused", false, true, invite.Delivery{State: refused, Reply: "no"}, delivered, 1},
		{"lost and sent again, failed for a while", false, true, invite.Delivery{State: pending, Reply: "later"}, delivered, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachFollower(t, func(w *world, _ *follower) {
				uid := w.send(lunch(1))
				l := w.Ledger()
				claim := w.meeting(uid).Deliveries
				claim[0].State = sending
				must(l.Record(w.Context(), uid, claim))(w)
				w.clock.Advance(time.Minute)
				check(w, "leftovers", 1, must(w.Leftovers(w.Context(), w.clock.Now()))(w))
				w.resolve(uid, 0, tt.arrived)
				if tt.again {
					w.deliver(uid)
				}
				claim[0].State, claim[0].Reply = tt.late.State, tt.late.Reply
				if lost, err := l.Record(w.Context(), uid, claim); err != nil || len(lost) > 0 {
					w.Errorf("Record = %v, %v", lost, err)
				}
				w.deliver(uid)
				w.checkStates("at last", uid, tt.want)
				check(w, "mails", tt.mails, len(w.mails.Messages()))
				if due := w.due(uid); !due.IsZero() {
					w.Errorf("due = %v, want never", due)
				}
			})
		})
	}
}

// TestResolveTries says that a mail did not arrive that was sent again in vain. Its tries
// begin anew.
func TestResolveTries(t *testing.T) {
	eachWorld(t, desk.Options{ResendUnknownAfter: time.Hour}, func(w *world) {
		uid := w.send(lunch(1))
		w.mails.Fail(address(0), "unknown")
		for range 10 {
			w.deliver(uid)
			w.clock.Advance(time.Hour)
		}
		w.checkStates("after all tries", uid, unknown)
		must(w.db.Exec(`UPDATE convene_mails SET due = 4000000000000 WHERE state = 'unknown'`))(w) // as if it waited for another mail
		w.mails.Fail(address(0), "temporary")
		w.resolve(uid, 0, false)
		w.deliver(uid)
		w.checkStates("after a try", uid, pending)
		if got := w.due(uid).Sub(w.clock.Now()); got != time.Minute {
			w.Errorf("due after %v, want a minute, as after the first try", got)
		}
	})
}

// TestResolveEnqueues checks that the queue hears of a mail that goes out again, and not of
// one that has arrived.
func TestResolveEnqueues(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		jobs := 0
		w := newWorld(t, x, desk.Options{Enqueue: func(context.Context, *sql.Tx, desk.Job) error { jobs++; return nil }})
		uid := w.send(lunch(2))
		w.mails.Fail("", "unknown")
		w.deliver(uid)
		jobs = 0
		w.resolve(uid, 0, true)
		check(t, "jobs after a mail that arrived", 0, jobs)
		w.resolve(uid, 1, false)
		check(t, "jobs after a mail that did not", 1, jobs)
	})
}
