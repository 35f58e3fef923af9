package desktest

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convene-go/convene/invite/desk"
)

// eachBubble runs a test on each database with the fake time of synctest. The server of
// PostgreSQL has the real time.
func eachBubble(t *testing.T, f func(t *testing.T, x database)) {
	eachDatabase(t, func(t *testing.T, x database) {
		synctest.Test(t, func(t *testing.T) { f(t, x) })
	})
}

// TestWake checks that Run sends at once what a transaction of the desk has queued. In the
// fake time of synctest, no time passes until then.
func TestWake(t *testing.T) {
	eachBubble(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{})
		defer w.db.Close()
		w.withBookings()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.Desk.Run(ctx) }()
		time.Sleep(500 * time.Millisecond) // Run has looked, and waits for its next look
		var uid string
		for i, tt := range []struct {
			name string
			wait time.Duration
			call func() error
		}{
			{"Send", 0, func() (err error) { _, err = w.Send(ctx, lunch(1)); return err }},
			{"InTx", 0, func() error {
				return w.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) (err error) { uid, err = w.book(ctx, tx, d); return err })
			}},
			{"Update", 0, func() (err error) { _, err = w.Update(ctx, uid, move(time.Hour)); return err }},
			{"InTx with WithTx", 0, func() error {
				return w.InTx(ctx, func(tx *sql.Tx, _ *desk.Desk) error { _, err := w.book(ctx, tx, w.WithTx(tx)); return err })
			}},
			{"InTx within InTx", 0, func() error {
				return w.InTx(ctx, func(_ *sql.Tx, d *desk.Desk) error {
					return d.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error { _, err := w.book(ctx, tx, d); return err })
				})
			}},
			{"WithTx", time.Second, func() error {
				tx := must(w.db.BeginTx(ctx, nil))(t)
				defer tx.Rollback()
				if _, err := w.book(ctx, tx, w.WithTx(tx)); err != nil {
					return err
				}
				return tx.Commit()
			}},
		} {
			began := time.Now()
			if err := tt.call(); err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			must(w.mails.Wait(ctx, i+1))(t)
			if took := time.Since(began); took > tt.wait {
				t.Errorf("%s: the mail left after %v, want at most %v", tt.name, took, tt.wait)
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestInTxInside checks that OnEvent can use InTx of a desk in its transaction alone, and
// that Run sends at once what it queues.
func TestInTxInside(t *testing.T) {
	eachBubble(t, func(t *testing.T, x database) {
		var w *world
		var outside, inside error
		w = newWorld(t, x, desk.Options{OnEvent: func(ctx context.Context, tx *sql.Tx, e desk.Event) error {
			if e.Kind != desk.EventAnswered {
				return nil
			}
			outside = w.InTx(ctx, func(*sql.Tx, *desk.Desk) error { return nil })
			inside = w.WithTx(tx).InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error { _, err := w.book(ctx, tx, d); return err })
			return inside
		}})
		defer w.db.Close()
		w.withBookings()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.Desk.Run(ctx) }()
		uid := w.send(lunch(1))
		must(w.mails.Wait(ctx, 1))(t)
		time.Sleep(500 * time.Millisecond)
		began := time.Now()
		must(w.Answer(ctx, uid, w.yes(address(0))))(t)
		must(w.mails.Wait(ctx, 2))(t)
		check(t, "time until the mail left", time.Duration(0), time.Since(began))
		if !errors.Is(outside, desk.ErrInside) || inside != nil {
			t.Errorf("outside the transaction: %v, want ErrInside; inside: %v, want nil", outside, inside)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
