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
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/organizer"
)

// tables are the tables of a desk that have rows of meetings.
var tables = []string{"convene_meetings", "convene_mails", "convene_addresses", "convene_received", "convene_events", "convene_reminders", "convene_entries"}

// rows counts the rows of a meeting in each table.
func (w *world) rows(uid string) map[string]int {
	w.Helper()
	out := make(map[string]int)
	for _, table := range tables {
		out[table] = w.count(`SELECT COUNT(*) FROM `+table+` WHERE uid = $1`, strings.ToLower(uid))
	}
	return out
}

// full makes a meeting with rows in all tables. It returns an answer to it.
func (w *world) full(f *follower) (uid string, answer []byte) {
	w.Helper()
	uid = w.send(lunch(2))
	w.deliver(uid)
	answer = w.mails.Reply(address(1), ical.StatusAccepted, invitetest.ClientGmail)
	w.reply(address(0), ical.StatusAccepted)
	eve := strings.ReplaceAll(string(w.mails.Reply(address(0), ical.StatusAccepted, invitetest.ClientEvolution)), address(0), "eve@example.com")
	f.fail = func(context.Context, *sql.Tx, desk.Event) error { return errors.New("oops") }
	if r := w.receive([]byte(eve)); !r.Outcome.Held {
		w.Fatalf("Receive = %+v, want held", r)
	}
	f.fail = nil
	for table, n := range w.rows(uid) {
		if n == 0 {
			w.Fatalf("the meeting has no row in %s, so the test is empty", table)
		}
	}
	return uid, answer
}

// eachFull runs a test with a desk on each database that uses all tables.
func eachFull(t *testing.T, f func(w *world, x *follower)) {
	eachFollower(t, func(w *world, x *follower) {
		w.o.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.com", Keys: [][]byte{[]byte("a secret of the test")}}
		w.Desk = w.other(desk.Options{
			OnEvent: x.onEvent, RemindBefore: []time.Duration{time.Hour}, Calendar: func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return nil, nil },
			Policy: &invite.Policy{InsecureAnyFrom: true, Uninvited: invite.UninvitedHold, Now: w.clock.Now},
		})
		f(w, x)
	})
}

// TestDelete removes a meeting from all tables, and nothing of another one.
func TestDelete(t *testing.T) {
	eachFull(t, func(w *world, f *follower) {
		ctx := w.Context()
		other, _ := w.full(f)
		uid, answer := w.full(f)
		before := w.rows(other)
		must(w.Update(ctx, uid, move(time.Hour)))(w)
		was := w.rows(uid)
		for _, when := range []string{"pending", "being sent"} {
			if err := w.Delete(ctx, uid); !errors.Is(err, desk.ErrOpenMails) {
				w.Errorf("Delete while mails are %s = %v, want ErrOpenMails", when, err)
			}
			check(w, "rows after a refused Delete", was, w.rows(uid))
			must(w.db.Exec(`UPDATE convene_mails SET state = 'sending' WHERE uid = $1 AND state = 'pending'`, uid))(w)
		}
		must(w.Leftovers(ctx, w.clock.Now().Add(time.Second)))(w)
		if err := w.Delete(ctx, strings.ToUpper(uid)); err != nil {
			w.Fatal(err)
		}
		for table, n := range w.rows(uid) {
			check(w, "rows in "+table, 0, n)
		}
		check(w, "rows of the other meeting", before, w.rows(other))
		if _, err := w.Meeting(ctx, uid); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Meeting = %v, want ErrNotFound", err)
		}
		if err := w.Delete(ctx, uid); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Delete for the second time = %v, want ErrNotFound", err)
		}
		if r := w.receive(answer); r.UID != "" || r.Outcome.Verdict != invite.VerdictUnknownEvent {
			w.Errorf("Receive of an answer = %+v, want an unknown event", r)
		}
		if _, err := w.Answer(ctx, uid, w.yes(address(0))); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Answer = %v, want ErrNotFound", err)
		}
		for h, err := range w.Held(ctx) {
			check(w, "meeting of a held mail", other, must(h, err)(w).UID)
		}
		if err := w.Work(ctx, desk.Job{Kind: desk.JobMail, UID: uid}); err != nil {
			w.Errorf("Work = %v, want nil", err)
		}
	})
}

// TestDeleteTx deletes a meeting in a transaction of the caller. An error changes nothing,
// although the caller commits.
func TestDeleteTx(t *testing.T) {
	eachFull(t, func(w *world, f *follower) {
		ctx := w.Context()
		uid, _ := w.full(f)
		try := func(commit bool) error {
			tx := must(w.db.BeginTx(ctx, nil))(w)
			defer tx.Rollback()
			err := w.WithTx(tx).Delete(ctx, uid)
			if commit {
				if err := tx.Commit(); err != nil {
					w.Fatal(err)
				}
			}
			return err
		}
		was := w.rows(uid)
		if err := try(false); err != nil {
			w.Error(err)
		}
		check(w, "rows after a rollback", was, w.rows(uid))
		must(w.Cancel(ctx, uid))(w)
		was = w.rows(uid)
		if err := try(true); !errors.Is(err, desk.ErrOpenMails) {
			w.Errorf("Delete = %v, want ErrOpenMails", err)
		}
		check(w, "rows after an error and a commit", was, w.rows(uid))
		w.deliver(uid)
		if err := try(true); err != nil {
			w.Error(err)
		}
		for table, n := range w.rows(uid) {
			check(w, "rows in "+table, 0, n)
		}
	})
}

// TestDeleteWhileSending deletes a meeting whose mail is still in the hands of a process
// that everybody takes for dead. Its late result is about no meeting, and its call ends.
func TestDeleteWhileSending(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{})
		uid := w.send(lunch(3))
		client := invite.New(invite.SenderFunc(func(ctx context.Context, m *invite.Message) error {
			if w.count(`SELECT COUNT(*) FROM convene_meetings`) == 0 {
				t.Error("a mail of the deleted meeting is sent")
				return nil
			}
			must(w.Leftovers(ctx, w.clock.Now().Add(time.Second)))(t)
			must(w.db.Exec(`UPDATE convene_mails SET state = 'overtaken' WHERE state = 'pending'`))(t)
			return w.Delete(ctx, uid)
		}), w.o)
		d := open(t, w.database.open(t), &desk.Options{Now: w.clock.Now}, client)
		if err := d.Deliver(t.Context(), uid); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("Deliver = %v, want ErrNotFound", err)
		}
		for table, n := range w.rows(uid) {
			check(t, "rows in "+table, 0, n)
		}
	})
}

// TestDeleteMeanwhile deletes a meeting while a mail for it is received. Nothing of the
// mail is kept.
func TestDeleteMeanwhile(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := ""
		d := w.other(desk.Options{
			Policy: &invite.Policy{InsecureAnyFrom: true, Uninvited: invite.UninvitedHold},
			Clients: func(ctx context.Context, m *invite.Meeting) (*invite.Client, error) { // called after the meeting was read
				return invite.New(nil, nil), w.Delete(ctx, uid)
			},
		})
		for _, who := range []string{address(0), "eve@example.com"} {
			uid = w.send(lunch(1))
			w.deliver(uid)
			reply := w.mails.Reply(address(0), ical.StatusAccepted, invitetest.ClientEvolution)
			r, err := d.Receive(w.Context(), &inbox.Mail{Data: []byte(strings.ReplaceAll(string(reply), address(0), who))})
			if err != nil || r.Outcome.Verdict != invite.VerdictUnknownEvent {
				w.Errorf("%s: Receive = %+v, %v", who, r, err)
			}
			for table, n := range w.rows(uid) {
				check(w, "rows in "+table, 0, n)
			}
		}
	})
}

// TestDeleteOld deletes old meetings as the documentation says, within the loop that finds
// them.
func TestDeleteOld(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		tx := must(w.db.Begin())(w)
		defer tx.Rollback()
		for i := range 150 { // more than are read at once
			e := lunch(1)
			e.Start, e.End = e.Start.AddDate(0, 0, -i-10), e.End.AddDate(0, 0, -i-10)
			if i == 100 {
				e.UID, e.Recurrence = "series", &ical.Recurrence{Freq: ical.FreqWeekly, Count: 100}
			}
			must(w.WithTx(tx).Send(w.Context(), e))(w)
		}
		if err := tx.Commit(); err != nil {
			w.Fatal(err)
		}
		future := w.send(lunch(1))
		w.deliver("series")
		limit := w.clock.Now()
		for m, err := range w.Meetings(w.Context(), desk.Filter{To: limit}) {
			if goesOn(must(m, err)(w), limit) {
				continue
			}
			if err := w.Delete(w.Context(), m.Event.UID); err != nil {
				w.Fatal(err)
			}
		}
		var left []string
		for m, err := range w.Meetings(w.Context(), desk.Filter{}) {
			left = append(left, must(m, err)(w).Event.UID)
		}
		check(w, "meetings that are left", []string{"series", future}, left)
	})
}

// goesOn reports whether a meeting has an occurrence after a time.
func goesOn(m *invite.Meeting, after time.Time) bool {
	for range m.Event.Occurrences(after, time.Time{}) {
		return true
	}
	return false
}
