package desktest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/desk"
)

// errOwn is an error of the program.
var errOwn = errors.New("the chair is taken")

// withBookings makes a table of the program.
func (w *world) withBookings() {
	w.Helper()
	must(w.db.Exec(`CREATE TABLE booking (uid TEXT PRIMARY KEY, n BIGINT NOT NULL)`))(w)
}

// book sends a meeting and stores a booking in a transaction of the desk.
func (w *world) book(ctx context.Context, tx *sql.Tx, d *desk.Desk) (uid string, err error) {
	m, err := d.Send(ctx, lunch(1))
	if err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO booking (uid, n) VALUES ($1, 0)`, m.Event.UID)
	return m.Event.UID, err
}

// checkBookings compares the number of bookings and of meetings.
func (w *world) checkBookings(when string, want int) {
	w.Helper()
	check(w, "bookings "+when, want, w.count(`SELECT COUNT(*) FROM booking`))
	check(w, "meetings "+when, want, w.count(`SELECT COUNT(*) FROM convene_meetings`))
	check(w, "mails "+when, want, w.count(`SELECT COUNT(*) FROM convene_mails`))
}

// TestInTx checks that a meeting and the program's own rows commit together, or are rolled
// back together.
func TestInTx(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		w.withBookings()
		w.db.SetMaxOpenConns(1) // nothing needs a second connection
		ctx := w.Context()
		var uid string
		err := w.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) (err error) {
			if uid, err = w.book(ctx, tx, d); err != nil {
				return err
			}
			if _, err := d.Update(ctx, uid, move(time.Hour)); err != nil {
				return err
			}
			m, err := d.Meeting(ctx, uid)
			if err == nil && m.Event.Sequence != 1 {
				w.Error("the transaction does not see its own change")
			}
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
		w.checkStates("after the commit", uid, overtaken, pending)
		check(w, "bookings", 1, w.count(`SELECT COUNT(*) FROM booking`))
		if err := w.InTx(ctx, nil); err == nil {
			w.Error("InTx with a nil function = nil")
		}
	})
}

// TestInTxFails checks that nothing is stored if the function fails or panics, that its
// error comes back after one run, and that the desk goes on afterwards.
func TestInTxFails(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		w.withBookings()
		w.db.SetMaxOpenConns(1)
		ctx := w.Context()
		runs := 0
		for _, tt := range []struct {
			name string
			end  func(tx *sql.Tx, d *desk.Desk) error
			want error
		}{
			{"error", func(*sql.Tx, *desk.Desk) error { return errOwn }, errOwn},
			{"error of the desk", func(_ *sql.Tx, d *desk.Desk) error { _, err := d.Meeting(ctx, "none"); return err }, desk.ErrNotFound},
			{"panic", func(*sql.Tx, *desk.Desk) error { panic(errOwn) }, errOwn},
			{"end by itself", func(tx *sql.Tx, _ *desk.Desk) error { return tx.Rollback() }, sql.ErrTxDone},
		} {
			runs = 0
			err := recovered(func() error {
				return w.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
					runs++
					if _, err := w.book(ctx, tx, d); err != nil {
						return err
					}
					return tt.end(tx, d)
				})
			})
			if !errors.Is(err, tt.want) || runs != 1 {
				w.Errorf("%s: InTx = %v after %d runs, want %v after 1", tt.name, err, runs, tt.want)
			}
			w.checkBookings("after "+tt.name, 0)
		}
		must(w.Send(ctx, lunch(1)))(w)
	})
}

// recovered calls f, and returns the error that it panics with.
func recovered(f func() error) (err error) {
	defer func() {
		if x, ok := recover().(error); ok {
			err = x
		}
	}()
	return f()
}

// TestInTxStops checks that the function is not run again after ctx has ended.
func TestInTxStops(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		ctx, stop := context.WithCancel(w.Context())
		runs := 0
		err := w.InTx(ctx, func(*sql.Tx, *desk.Desk) error {
			runs++
			stop()
			return desk.ErrConflict
		})
		if !errors.Is(err, context.Canceled) || !errors.Is(err, desk.ErrConflict) || runs != 1 {
			w.Errorf("InTx = %v after %d runs, want context.Canceled and ErrConflict after 1", err, runs)
		}
	})
}

// TestInTxDeadlock lets two transactions lock two rows in reverse order. PostgreSQL ends
// one of them, and both end well. On SQLite, the second one waits from its beginning.
func TestInTxDeadlock(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		w.withBookings()
		ctx := w.Context()
		must(w.db.Exec(`INSERT INTO booking (uid, n) VALUES ('a', 0), ('b', 0)`))(w)
		uid := w.send(lunch(2))
		var locked sync.WaitGroup // the first runs wait for each other between their rows
		locked.Add(2)
		var runs atomic.Int64
		change := func(who int, rows ...string) error {
			first := true
			return w.other(desk.Options{}).InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
				runs.Add(1)
				for _, row := range rows {
					if _, err := tx.ExecContext(ctx, `UPDATE booking SET n = n + 1 WHERE uid = $1`, row); err != nil {
						return fmt.Errorf("row %s: %w", row, err)
					}
					if first && w.driver == "pgx" {
						first = false
						locked.Done()
						locked.Wait()
					}
				}
				_, err := d.Answer(ctx, uid, w.yes(address(who)))
				return err
			})
		}
		failed := make(chan error, 2)
		go func() { failed <- change(0, "a", "b") }()
		go func() { failed <- change(1, "b", "a") }()
		for range 2 {
			if err := <-failed; err != nil {
				w.Error(err)
			}
		}
		check(w, "both rows", 4, w.count(`SELECT SUM(n) FROM booking`))
		check(w, "accepted", 2, w.meeting(uid).Tally().Accepted)
		if n := runs.Load(); w.driver == "pgx" && n < 3 {
			w.Errorf("the function ran %d times: there was no deadlock", n)
		}
	})
}

// TestInTxConflict checks that the function runs again if a mail goes out between a plan
// of the desk and its statement. On SQLite nobody else can write then.
func TestInTxConflict(t *testing.T) {
	w := newWorld(t, newPostgres(t), desk.Options{})
	w.withBookings()
	ctx := t.Context()
	uid := w.send(lunch(1))
	other, runs := w.other(desk.Options{}), 0
	err := w.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
		if _, err := w.book(ctx, tx, d); err != nil {
			return err
		}
		_, err := d.Update(ctx, uid, func(e *ical.Event) error {
			if runs++; runs == 1 {
				if err := other.Deliver(ctx, uid); err != nil {
					t.Error(err)
				}
			}
			return move(time.Hour)(e)
		})
		return err
	})
	if err != nil || runs != 2 {
		t.Errorf("InTx = %v after %d runs, want nil after 2", err, runs)
	}
	w.checkStates("after the conflict", uid, delivered, pending)
	check(t, "bookings", 1, w.count(`SELECT COUNT(*) FROM booking`))
}

// TestInTxBound checks that a conflict that never ends comes back in the end. The time is
// the fake one of synctest.
func TestInTxBound(t *testing.T) {
	eachBubble(t, func(t *testing.T, x database) {
		db := x.open(t)
		defer db.Close()
		d, runs, began := open(t, db, nil), 0, time.Now()
		err := d.InTx(t.Context(), func(*sql.Tx, *desk.Desk) error {
			runs++
			return fmt.Errorf("a row: %w", desk.ErrConflict)
		})
		if took := time.Since(began); !errors.Is(err, desk.ErrConflict) || runs < 10 || took > 2*time.Minute {
			t.Errorf("InTx = %v after %d runs and %v, want ErrConflict", err, runs, took)
		}
	})
}

// TestInTxBusy checks that a lock of another process, and a commit that a reader keeps
// waiting, are tried again. The time is the fake one of synctest.
func TestInTxBusy(t *testing.T) {
	for _, tt := range []struct {
		name, journal string
		reads         bool // the other transaction only reads
	}{
		{"at the beginning", "WAL", false},
		{"at the commit", "DELETE", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := newSQLite(t)
			x.dsn = strings.NewReplacer("busy_timeout(10000)", "busy_timeout(0)", "WAL", tt.journal).Replace(x.dsn)
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, x, desk.Options{})
				defer w.db.Close()
				w.withBookings()
				conn := must(w.db.Conn(t.Context()))(t)
				defer conn.Close()
				tx := must(conn.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: tt.reads}))(t)
				if err := tx.QueryRow(`SELECT COUNT(*) FROM booking`).Scan(new(int)); err != nil {
					t.Fatal(err)
				}
				go func() {
					time.Sleep(10 * time.Second)
					_ = tx.Rollback()
				}()
				began, runs := time.Now(), 0
				err := w.InTx(t.Context(), func(tx *sql.Tx, d *desk.Desk) error {
					runs++
					_, err := w.book(t.Context(), tx, d)
					return err
				})
				if took := time.Since(began); err != nil || took < 10*time.Second || tt.reads != (runs > 1) {
					t.Errorf("InTx = %v after %d runs and %v, want nil after the other transaction", err, runs, took)
				}
				w.checkBookings("at last", 1)
			})
		})
	}
}

// TestInTxLocks checks that a transaction of the desk is the only writer of SQLite from its
// beginning, also without _txlock.
func TestInTxLocks(t *testing.T) {
	x := newSQLite(t)
	x.dsn = strings.NewReplacer("_txlock=immediate&", "", "busy_timeout(10000)", "busy_timeout(0)").Replace(x.dsn)
	w := newWorld(t, x, desk.Options{})
	w.withBookings()
	ctx, other := t.Context(), x.open(t)
	must(other.Exec(`INSERT INTO booking (uid, n) VALUES ('before', 0)`))(t)
	err := w.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
		if _, err := other.Exec(`INSERT INTO booking (uid, n) VALUES ('meanwhile', 0)`); err == nil {
			t.Error("another process writes while the transaction is open")
		}
		_, err := w.book(ctx, tx, d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "bookings", 2, w.count(`SELECT COUNT(*) FROM booking`))
}

// TestInTxEventBreaks checks that the facts of a transaction stay if OnEvent breaks it, and
// that the events come once later.
func TestInTxEventBreaks(t *testing.T) {
	eachFollower(t, func(w *world, f *follower) {
		w.withBookings()
		ctx := w.Context()
		uid := w.send(lunch(2))
		f.fail = func(_ context.Context, tx *sql.Tx, _ desk.Event) error {
			return errors.Join(errOwn, tx.Rollback())
		}
		err := w.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
			if _, err := tx.ExecContext(ctx, `INSERT INTO booking (uid, n) VALUES ('own', 0)`); err != nil {
				return err
			}
			if _, err := d.Answer(ctx, uid, w.yes(address(0))); err != nil {
				return err
			}
			_, err := d.WithTx(tx).Answer(ctx, uid, w.yes(address(1)))
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
		check(w, "accepted", 2, w.meeting(uid).Tally().Accepted)
		check(w, "bookings", 1, w.count(`SELECT COUNT(*) FROM booking`))
		check(w, "events", []string(nil), w.told())
		f.fail = nil
		w.clock.Advance(time.Hour)
		w.deliver(uid)
		check(w, "events at last", []string{"answered p0", "answered p1", "sent p0", "sent p1"}, w.told())
	})
}
