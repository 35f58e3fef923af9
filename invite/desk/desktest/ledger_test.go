package desktest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/invitetest"
)

// readable is the ledger of a desk, which the suite can read.
type readable struct {
	invite.Ledger
	desk *desk.Desk
}

var _ invitetest.LedgerReader = readable{}

func (r readable) Meeting(ctx context.Context, uid string) (*invite.Meeting, error) {
	return r.desk.Meeting(ctx, uid)
}

// TestLedger runs the conformance suite of ledgers.
func TestLedger(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		d := open(t, x.open(t), nil)
		invitetest.TestLedger(t, func(*testing.T) invite.Ledger { return readable{d.Ledger(), d} })
	})
}

// TestSendAtOnce sends through a client with the ledger of a desk, without waiting for
// Run, and checks that Run sends the mail that failed.
func TestSendAtOnce(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		w.mails.Fail(address(1), "temporary")
		m, err := invite.New(w.mails, w.o).WithLedger(w.Ledger()).Send(w.Context(), lunch(2))
		if err == nil {
			w.Error("Send = nil, although a mail failed")
		}
		uid := m.Event.UID
		w.checkStates("at once", uid, delivered, pending)
		w.mails.Fail(address(1), "")
		w.clock.Advance(time.Minute)
		w.deliver(uid)
		w.checkStates("later", uid, delivered, delivered)
	})
}

// TestSendAtOnceStale checks that a call that was planned from an older state of the
// meeting fails at once. The time is the fake one of synctest.
func TestSendAtOnceStale(t *testing.T) {
	eachBubble(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{})
		defer w.db.Close()
		client := invite.New(w.mails, w.o)
		m := must(client.WithLedger(w.Ledger()).Send(t.Context(), lunch(2)))(t)
		must(w.Answer(t.Context(), m.Event.UID, w.yes(address(0))))(t)
		after := m.Event.Clone()
		after.Location = "Roof"
		w.mails.Reset()
		began := time.Now()
		if _, err := client.WithLedger(w.Ledger()).Update(t.Context(), m, after); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("Update = %v, want ErrConflict", err)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("the error took %v", took)
		}
		check(t, "mails", 0, len(w.mails.Messages()))
	})
}

// TestSendAtOnceMeanwhile lets another process claim a mail while a call stores that it is
// overtaken. On SQLite nobody else can write then.
func TestSendAtOnceMeanwhile(t *testing.T) {
	w := newWorld(t, newPostgres(t), desk.Options{})
	uid := w.send(lunch(1))
	m := w.meeting(uid)
	tx := must(w.db.Begin())(t)
	defer tx.Rollback()
	must(tx.Exec(`UPDATE convene_mails SET state = 'sending'`))(t)
	failed := make(chan error)
	go func() {
		after := m.Event.Clone()
		after.Location = "Roof"
		_, err := invite.New(w.mails, w.o).WithLedger(w.Ledger()).Update(t.Context(), m, after)
		failed <- err
	}()
	for w.count(`SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) OR NOT granted AND locktype = 'transactionid'`) == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; !errors.Is(err, desk.ErrConflict) {
		t.Errorf("Update = %v, want ErrConflict", err)
	}
	check(t, "mails", 0, len(w.mails.Messages()))
}
