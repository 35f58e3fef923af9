package desktest

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/desk"
)

// TestTxWhole checks that a call that fails in a transaction of the caller leaves nothing
// behind, although the caller commits.
func TestTxWhole(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var fails bool
		w := newWorld(t, x, desk.Options{Enqueue: func(ctx context.Context, tx *sql.Tx, _ desk.Job) error {
			if !fails {
				return nil
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO no_such_table VALUES (1)`) // PostgreSQL ends the transaction
			return errors.Join(errOwn, err)
		}})
		w.withBookings()
		ctx := t.Context()
		e := lunch(2)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 10}
		uid := w.send(e)
		w.deliver(uid)
		before := shown(t, w.meeting(uid))
		calls := map[string]func(d *desk.Desk) error{
			"Send":   func(d *desk.Desk) error { _, err := d.Send(ctx, lunch(1)); return err },
			"Update": func(d *desk.Desk) error { _, err := d.Update(ctx, uid, move(time.Hour)); return err },
			"Cancel": func(d *desk.Desk) error { _, err := d.Cancel(ctx, uid); return err },
			"UpdateFollowing": func(d *desk.Desk) error {
				_, _, err := d.UpdateFollowing(ctx, uid, e.Start.AddDate(0, 0, 3), move(73*time.Hour))
				return err
			},
		}
		for name, call := range calls {
			err := w.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
				fails = true
				if err := call(d); !errors.Is(err, errOwn) {
					t.Errorf("%s = %v, want the error of Enqueue", name, err)
				}
				fails = false
				_, err := tx.ExecContext(ctx, `INSERT INTO booking (uid, n) VALUES ($1, 0)`, name)
				return err
			})
			if err != nil {
				t.Errorf("InTx with %s = %v", name, err)
			}
			check(t, "meetings after "+name, 1, w.count(`SELECT COUNT(*) FROM convene_meetings`))
			check(t, "the meeting after "+name, before, shown(t, w.meeting(uid)))
		}
		check(t, "bookings", len(calls), w.count(`SELECT COUNT(*) FROM booking`))
	})
}
