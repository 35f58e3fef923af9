package desktest

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/invitetest"
)

const (
	pending   = invite.DeliveryPending
	sending   = invite.DeliverySending
	delivered = invite.DeliveryDelivered
	refused   = invite.DeliveryRefused
	unknown   = invite.DeliveryUnknown
	overtaken = invite.DeliveryOvertaken
)

// TestStored checks that a meeting comes back as it was planned, whatever the case of its
// UID, and that its mails leave in Deliver.
func TestStored(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		e := lunch(3)
		e.UID = "Mixed-CASE@example.com"
		m := must(w.Send(w.Context(), e, invite.Tag("tenant")))(w)
		checkMeeting(w, "meeting", m, w.meeting(strings.ToLower(e.UID)))
		check(w, "mails before Deliver", 0, len(w.mails.Messages()))
		w.deliver(strings.ToUpper(e.UID))
		w.checkStates("after Deliver", e.UID, delivered, delivered, delivered)
		w.deliver(e.UID)
		check(w, "mails", 3, len(w.mails.Messages()))
		if _, err := w.Send(w.Context(), e); len(ical.FieldErrors(err)) != 1 {
			w.Errorf("Send of a stored UID = %v, want an error about the field UID", err)
		}
		if _, err := w.Meeting(w.Context(), "other"); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Meeting = %v, want ErrNotFound", err)
		}
		if err := w.Deliver(w.Context(), "other"); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Deliver = %v, want ErrNotFound", err)
		}
	})
}

// TestCalls makes each call about a meeting.
func TestCalls(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		ctx := w.Context()
		e := lunch(2)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 10}
		uid := w.send(e)
		w.deliver(uid)
		start := e.Start.AddDate(0, 0, 7)
		for _, step := range []struct {
			name string
			call func() (*invite.Meeting, error)
			want string
		}{
			{"Update", func() (*invite.Meeting, error) { return w.Update(ctx, uid, move(time.Hour), invite.Comment("Later")) }, "REQUEST REQUEST"},
			{"Remind", func() (*invite.Meeting, error) { return w.Remind(ctx, uid, invite.OnlyTo(address(0))) }, "REQUEST"},
			{"Reinvite", func() (*invite.Meeting, error) { return w.Reinvite(ctx, uid, []string{address(1)}) }, "REQUEST"},
			{"Refuse", func() (*invite.Meeting, error) { return w.Refuse(ctx, uid, "eve@example.com", time.Time{}) }, "CANCEL"},
			{"Propose", func() (*invite.Meeting, error) {
				p := invite.Proposal{Email: address(0), Start: e.Start.Add(2 * time.Hour), Via: "link", Stamp: w.clock.Now()}
				o, err := w.Propose(ctx, uid, p)
				check(w, "Propose", invite.VerdictApplied, o.Verdict)
				return w.meeting(uid), err
			}, ""},
			{"DeclineProposal", func() (*invite.Meeting, error) { return w.DeclineProposal(ctx, uid, w.meeting(uid).Proposals[0].ID) }, "DECLINECOUNTER"},
			{"AcceptProposal", func() (*invite.Meeting, error) { return w.AcceptProposal(ctx, uid, w.meeting(uid).Proposals[0].ID) }, "REQUEST REQUEST"},
			{"Cancel", func() (*invite.Meeting, error) { return w.Cancel(ctx, uid, invite.Occurrence(start.Add(2*time.Hour))) }, "CANCEL CANCEL"},
		} {
			w.mails.Reset()
			m, err := step.call()
			if err != nil {
				w.Fatalf("%s: %v", step.name, err)
			}
			checkMeeting(w, step.name+": the meeting", m, w.meeting(uid))
			w.deliver(uid)
			var methods []string
			for _, x := range w.mails.Messages() {
				_, method, _ := strings.Cut(string(invitetest.Calendar(x)), "METHOD:")
				method, _, _ = strings.Cut(method, "\r\n")
				methods = append(methods, method)
			}
			check(w, step.name+": methods", step.want, strings.Join(methods, " "))
		}
		if _, err := w.AcceptProposal(ctx, uid, "none"); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("AcceptProposal = %v, want ErrNotFound", err)
		}
		if _, err := w.Update(ctx, "none", move(0)); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Update = %v, want ErrNotFound", err)
		}
	})
}

// TestFollowing checks that both halves are stored together, and that each attendee gets
// the rest before the end of the old series.
func TestFollowing(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		e := lunch(2)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 10}
		uid := w.send(e)
		w.deliver(uid)
		w.mails.Reset()
		old, rest, err := w.UpdateFollowing(w.Context(), uid, e.Start.AddDate(0, 0, 21), func(e *ical.Event) error {
			e.Start, e.End = e.Start.AddDate(0, 0, 21).Add(time.Hour), e.End.AddDate(0, 0, 21).Add(time.Hour)
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
		checkMeeting(w, "old", old, w.meeting(uid))
		checkMeeting(w, "rest", rest, w.meeting(rest.Event.UID))
		w.mails.Fail(address(1), "temporary")
		w.deliver(uid)
		check(w, "mails before the rest", 0, len(w.mails.Messages()))
		w.deliver(rest.Event.UID)
		w.checkStates("of the rest", rest.Event.UID, delivered, pending)
		w.clock.Advance(6 * time.Second)
		w.deliver(uid)
		w.checkStates("of the old", uid, delivered, delivered, delivered, pending)
		w.mails.Fail(address(1), "refused")
		w.clock.Advance(time.Hour)
		w.deliver(rest.Event.UID)
		w.clock.Advance(time.Hour)
		w.deliver(uid)
		w.checkStates("of the old, after the rest was refused", uid, delivered, delivered, delivered, overtaken)
	})
}

// TestChangeAgain checks that a change that lost a race is made again, from the meeting as
// it is then.
func TestChangeAgain(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(2))
		other := w.other(desk.Options{})
		runs := 0
		_, err := w.Update(w.Context(), uid, func(e *ical.Event) error {
			if runs++; runs <= 5 { // more often than a change is planned without a lock
				if _, err := other.Update(w.Context(), uid, func(e *ical.Event) error { e.Description += "x"; return nil }); err != nil {
					return err
				}
				if _, err := other.Answer(w.Context(), uid, w.yes(address(runs%2))); err != nil {
					return err
				}
			}
			e.Summary = "Dinner"
			return nil
		})
		if err != nil || runs != 6 {
			w.Errorf("Update = %v after %d runs, want nil after 6", err, runs)
		}
		m := w.meeting(uid)
		check(w, "event", "Dinner xxxxx", m.Event.Summary+" "+m.Event.Description)
		check(w, "accepted", 2, m.Tally().Accepted)
	})
}

// TestAnswersMeanwhile checks that the function of an update is called once if only
// answers come in meanwhile.
func TestAnswersMeanwhile(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(2))
		runs := 0
		_, err := w.Update(w.Context(), uid, func(e *ical.Event) error {
			runs++
			e.Location = "Roof"
			_, err := w.other(desk.Options{}).Answer(w.Context(), uid, w.yes(address(0)))
			return err
		})
		if err != nil || runs != 1 {
			w.Errorf("Update = %v after %d runs, want nil after 1", err, runs)
		}
		check(w, "answers", 1, len(w.meeting(uid).Answers))
	})
}

// TestOvertaken checks that an update is planned again if a mail goes out meanwhile that
// the plan took for not sent.
func TestOvertaken(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(1))
		runs := 0
		_, err := w.Update(w.Context(), uid, func(e *ical.Event) error {
			if runs++; runs == 1 {
				w.deliver(uid)
			}
			return move(time.Hour)(e)
		})
		if err != nil {
			w.Fatal(err)
		}
		w.checkStates("after the update", uid, delivered, pending)
		check(w, "calls of the function", 1, runs) // the event is the same, so only the plan is made again
		check(w, "action of the second mail", body.ActionUpdate, w.meeting(uid).Deliveries[1].Action)
		w.deliver(uid)
		check(w, "mails", 2, len(w.mails.Messages()))
	})
}

// TestTx checks that a meeting and the caller's own rows commit together.
func TestTx(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		ctx := w.Context()
		must(w.db.Exec(`CREATE TABLE booking (uid TEXT PRIMARY KEY)`))(w)
		book := func(commit bool) string {
			tx := must(w.db.BeginTx(ctx, nil))(w)
			defer tx.Rollback()
			m := must(w.WithTx(tx).Send(ctx, lunch(1)))(w)
			must(tx.Exec(`INSERT INTO booking VALUES ($1)`, m.Event.UID))(w)
			must(w.WithTx(tx).Update(ctx, m.Event.UID, move(time.Hour)))(w)
			if must(w.WithTx(tx).Meeting(ctx, m.Event.UID))(w).Event.Sequence != 1 {
				w.Error("the transaction does not see its own change")
			}
			if commit {
				if err := tx.Commit(); err != nil {
					w.Fatal(err)
				}
			}
			return m.Event.UID
		}
		if _, err := w.Meeting(ctx, book(false)); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Meeting after a rollback = %v, want ErrNotFound", err)
		}
		uid := book(true)
		check(w, "bookings", 1, w.count(`SELECT COUNT(*) FROM booking`))
		w.checkStates("after the commit", uid, overtaken, pending)
	})
}

// TestTxLocks checks that a change in the caller's transaction locks the meeting, so that
// another change waits for it.
func TestTxLocks(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(2))
		ctx := w.Context()
		tx := must(w.db.BeginTx(ctx, nil))(w)
		defer tx.Rollback()
		must(w.WithTx(tx).Update(ctx, uid, move(time.Hour)))(w)
		done := make(chan error)
		go func() {
			_, err := w.other(desk.Options{}).Answer(ctx, uid, w.yes(address(0)))
			done <- err
		}()
		must(w.WithTx(tx).Answer(ctx, uid, w.yes(address(1))))(w)
		if err := tx.Commit(); err != nil {
			w.Fatal(err)
		}
		if err := <-done; err != nil {
			w.Fatal(err)
		}
		check(w, "accepted", 2, w.meeting(uid).Tally().Accepted)
	})
}

// TestTxConflict checks that a change in the caller's transaction fails if a mail goes out
// between its plan and its statement. On SQLite nobody else can write then.
func TestTxConflict(t *testing.T) {
	w := newWorld(t, newPostgres(t), desk.Options{})
	uid := w.send(lunch(1))
	tx := must(w.db.BeginTx(t.Context(), nil))(w)
	defer tx.Rollback()
	_, err := w.WithTx(tx).Update(t.Context(), uid, func(e *ical.Event) error {
		w.deliver(uid)
		return move(time.Hour)(e)
	})
	if !errors.Is(err, desk.ErrConflict) {
		t.Errorf("Update = %v, want ErrConflict", err)
	}
}

// TestTxDeferred checks that a transaction that has read before somebody else wrote gets
// ErrConflict, and not an error of SQLite.
func TestTxDeferred(t *testing.T) {
	w := newWorld(t, newSQLite(t), desk.Options{})
	uid := w.send(lunch(1))
	conn := must(w.db.Conn(t.Context()))(w)
	defer conn.Close()
	tx := must(conn.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true}))(w) // the driver makes it deferred
	defer tx.Rollback()
	must(w.WithTx(tx).Meeting(t.Context(), uid))(w)
	must(w.Answer(t.Context(), uid, w.yes(address(0))))(w)
	if _, err := w.WithTx(tx).Update(t.Context(), uid, move(time.Hour)); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("Update = %v, want ErrConflict", err)
	}
}

// TestRefused checks that nothing is stored if a call is refused.
func TestRefused(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		e := lunch(1)
		e.Summary = ""
		e.Start = time.Time{}
		if _, err := w.Send(w.Context(), e); err == nil {
			w.Error("Send of an event without a start = nil")
		}
		uid := w.send(lunch(1))
		before := w.meeting(uid)
		oops := errors.New("oops")
		if _, err := w.Update(w.Context(), uid, func(*ical.Event) error { return oops }); !errors.Is(err, oops) {
			w.Errorf("Update = %v, want the error of the function", err)
		}
		if _, err := w.Update(w.Context(), uid, func(e *ical.Event) error { e.UID = "other"; return nil }); err == nil {
			w.Error("Update of the UID = nil")
		}
		if _, err := w.Update(w.Context(), uid, nil); err == nil {
			w.Error("Update with a nil function = nil")
		}
		checkMeeting(w, "meeting", before, w.meeting(uid))
		check(w, "meetings", 1, w.count(`SELECT COUNT(*) FROM convene_meetings`))
	})
}

// TestClients checks that each tag has the client of its own.
func TestClients(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var tags []string
		d := open(t, x.open(t), &desk.Options{Clients: func(_ context.Context, m *invite.Meeting) (*invite.Client, error) {
			tags = append(tags, m.Tag)
			if m.Tag != "a" {
				return nil, errors.New("no such tenant")
			}
			return invite.New(nil, nil), nil
		}}, nil)
		e := lunch(1)
		e.Start = time.Now().Add(24 * time.Hour).Truncate(time.Second)
		e.End = e.Start.Add(time.Hour)
		m := must(d.Send(t.Context(), e, invite.Tag("a")))(t)
		if _, err := d.Update(t.Context(), m.Event.UID, move(time.Hour)); err != nil {
			t.Error(err)
		}
		if _, err := d.Send(t.Context(), e, invite.Tag("b")); err == nil {
			t.Error("Send for an unknown tenant = nil")
		}
		check(t, "tags", []string{"a", "a", "b"}, tags)
	})
}
