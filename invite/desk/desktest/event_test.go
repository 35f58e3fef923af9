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
	"github.com/convene-go/convene/invite/desk"
)

// follower is a program's own table, which follows the events.
type follower struct {
	fail func(ctx context.Context, tx *sql.Tx, e desk.Event) error
}

// onEvent writes the event into the program's table.
func (f *follower) onEvent(ctx context.Context, tx *sql.Tx, e desk.Event) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO told (id, kind, attendee) VALUES ($1, $2, $3)`, e.ID, string(e.Kind), e.Attendee); err != nil {
		return err
	}
	if f.fail != nil {
		return f.fail(ctx, tx, e)
	}
	return nil
}

// eachFollower runs a test with a desk whose events a table follows.
func eachFollower(t *testing.T, f func(w *world, x *follower)) {
	eachDatabase(t, func(t *testing.T, x database) {
		var follow follower
		w := newWorld(t, x, desk.Options{OnEvent: follow.onEvent})
		must(w.db.Exec(`CREATE TABLE told (id TEXT PRIMARY KEY, kind TEXT NOT NULL, attendee TEXT NOT NULL)`))(w)
		f(w, &follow)
	})
}

// told returns the events that the program has stored, sorted.
func (w *world) told() (out []string) {
	w.Helper()
	rows := must(w.db.Query(`SELECT kind, attendee FROM told ORDER BY kind, attendee`))(w)
	defer rows.Close()
	for rows.Next() {
		var kind, attendee string
		if err := rows.Scan(&kind, &attendee); err != nil {
			w.Fatal(err)
		}
		out = append(out, kind+" "+strings.TrimSuffix(attendee, "@example.com"))
	}
	return out
}

// TestEvents checks that each event comes once.
func TestEvents(t *testing.T) {
	eachFollower(t, func(w *world, _ *follower) {
		uid := w.send(lunch(4))
		w.mails.Fail(address(1), "refused")
		w.mails.Fail(address(2), "unknown")
		w.mails.Fail(address(3), "temporary")
		w.deliver(uid)
		w.deliver(uid)
		w.reply(address(0), ical.StatusAccepted)
		must(w.Answer(w.Context(), uid, w.yes(address(1))))(w)
		must(w.Answer(w.Context(), uid, w.yes(address(1))))(w)
		p := invite.Proposal{Email: address(2), Start: lunch(1).Start.Add(time.Hour), Via: "link", Stamp: w.clock.Now()}
		must(w.Propose(w.Context(), uid, p))(w)
		check(w, "events", []string{"answered p0", "answered p1", "failed p1", "leftover p2", "proposed p2", "sent p0"}, w.told())
		check(w, "kept events", 0, w.count(`SELECT COUNT(*) FROM convene_events`))
	})
}

// TestEventFails checks that the fact stays and the writes of OnEvent are undone if it
// fails, that later events of the meeting wait, and that all come once in the end.
func TestEventFails(t *testing.T) {
	oops := errors.New("oops")
	for _, tt := range []struct {
		name string
		fail func(ctx context.Context, tx *sql.Tx, e desk.Event) error
	}{
		{"error", func(context.Context, *sql.Tx, desk.Event) error { return oops }},
		{"statement", func(ctx context.Context, tx *sql.Tx, _ desk.Event) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO there_is_no_such_table VALUES (1)`)
			return err
		}},
		{"statement whose time is over", func(ctx context.Context, tx *sql.Tx, _ desk.Event) error {
			<-ctx.Done()
			_, err := tx.ExecContext(ctx, `DELETE FROM told`)
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachFollower(t, func(w *world, f *follower) {
				uid := w.send(lunch(2))
				f.fail = tt.fail
				must(w.Answer(w.Context(), uid, w.yes(address(0))))(w)
				f.fail = nil
				must(w.Answer(w.Context(), uid, w.yes(address(1))))(w)
				check(w, "accepted", 2, w.meeting(uid).Tally().Accepted)
				check(w, "events while the first waits", []string(nil), w.told())
				w.deliver(uid) // not due yet
				check(w, "events before the next try", []string(nil), w.told())
				f.fail = tt.fail
				w.clock.Advance(time.Minute)
				w.deliver(uid)
				check(w, "events after a second failure", []string(nil), w.told())
				f.fail = nil
				w.clock.Advance(2 * time.Minute)
				w.deliver(uid)
				check(w, "events at last", []string{"answered p0", "answered p1", "sent p0", "sent p1"}, w.told())
				check(w, "kept events", 0, w.count(`SELECT COUNT(*) FROM convene_events`))
			})
		})
	}
}

// TestEventBreaks checks that the fact stays if OnEvent breaks the transaction itself.
func TestEventBreaks(t *testing.T) {
	eachFollower(t, func(w *world, f *follower) {
		uid := w.send(lunch(1))
		f.fail = func(_ context.Context, tx *sql.Tx, _ desk.Event) error {
			return errors.Join(errors.New("oops"), tx.Rollback())
		}
		must(w.Answer(w.Context(), uid, w.yes(address(0))))(w)
		check(w, "accepted", 1, w.meeting(uid).Tally().Accepted)
		w.deliver(uid)
		w.checkStates("after Deliver", uid, delivered)
		check(w, "events", []string(nil), w.told())
		f.fail = nil
		w.clock.Advance(time.Hour)
		w.deliver(uid)
		check(w, "events", []string{"answered p0", "sent p0"}, w.told())
	})
}

// TestInside checks that a desk can be called inside OnEvent in the transaction alone.
func TestInside(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var w *world
		var uid string
		var outside, ledger, inside error
		w = newWorld(t, x, desk.Options{OnEvent: func(ctx context.Context, tx *sql.Tx, e desk.Event) error {
			if e.Kind != desk.EventAnswered || e.Attendee != address(0) {
				return nil
			}
			_, outside = w.Answer(ctx, uid, w.yes(address(1)))
			ledger = w.Ledger().Begin(ctx, must(w.WithTx(tx).Meeting(ctx, uid))(w))
			_, inside = w.WithTx(tx).Update(ctx, uid, func(e *ical.Event) error { e.Description = "Ann comes."; return nil })
			return inside
		}})
		w.db.SetMaxOpenConns(1)
		uid = w.send(lunch(2))
		must(w.Answer(t.Context(), uid, w.yes(address(0))))(w)
		if !errors.Is(outside, desk.ErrInside) || inside != nil {
			t.Errorf("outside the transaction: %v, want ErrInside; inside: %v, want nil", outside, inside)
		}
		if !errors.Is(ledger, desk.ErrInside) {
			t.Errorf("a ledger outside the transaction: %v, want ErrInside", ledger)
		}
		tx := must(w.db.Begin())(t)
		defer tx.Rollback()
		if err := w.WithTx(tx).Ledger().Begin(t.Context(), new(invite.Meeting)); err == nil || !strings.Contains(err.Error(), "in a transaction") {
			t.Errorf("a ledger of a transaction: %v, want a refusal", err)
		}
		must(0, tx.Rollback())(t)
		check(t, "description", "Ann comes.", w.meeting(uid).Event.Description)
	})
}

// TestEventPanics checks that a panic in OnEvent is a failure: the fact stays, the desk
// goes on, and the event comes later.
func TestEventPanics(t *testing.T) {
	eachFollower(t, func(w *world, f *follower) {
		uid := w.send(lunch(2))
		f.fail = func(context.Context, *sql.Tx, desk.Event) error { panic("index out of range") }
		must(w.Answer(w.Context(), uid, w.yes(address(0))))(w)
		w.deliver(uid)
		w.checkStates("after the panics", uid, delivered, delivered)
		check(w, "accepted", 1, w.meeting(uid).Tally().Accepted)
		check(w, "events", []string(nil), w.told())
		f.fail = nil
		w.clock.Advance(time.Hour)
		w.deliver(uid)
		check(w, "events at last", []string{"answered p0", "sent p0", "sent p1"}, w.told())
	})
}
