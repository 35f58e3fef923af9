package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/convene-go/convene/internal/discreet"
)

// delay is the pause after a number of tries that failed: a minute, then twice as long
// each time, and at most an hour.
func delay(tries int) time.Duration {
	return min(time.Minute<<min(max(tries-1, 0), 10), time.Hour)
}

// retell tells the kept events of a meeting in their order, until one fails.
func (d *Desk) retell(ctx context.Context, key string) error {
	if d.options.OnEvent == nil {
		return nil
	}
	// Mostly there is none, and then no transaction is needed.
	keys, err := d.keys(ctx, `SELECT uid FROM convene_events WHERE uid = $1 LIMIT 1`, key)
	if err != nil || len(keys) == 0 {
		return err
	}
	for first := true; ; first = false {
		more := false
		err := d.inTxTelling(ctx, func(tx *sql.Tx, keep bool) (err error) {
			// A deleted meeting has no events.
			if err := d.dialect.lockMeeting(ctx, tx, key); err != nil {
				return err
			}
			t := &telling{Desk: d, tx: tx, key: key, keep: keep}
			more, err = t.first(ctx, first)
			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

// first tells the oldest kept event of the meeting. It reports whether others may be
// told now. If the event is not due yet, and only due events are meant, the others wait
// for it.
func (t *telling) first(ctx context.Context, onlyDue bool) (more bool, err error) {
	var id, data string
	var due int64
	var tries int
	err = t.tx.QueryRowContext(ctx, `SELECT id, data, due, tries FROM convene_events WHERE uid = $1 ORDER BY at, id LIMIT 1`, t.key).
		Scan(&id, &data, &due, &tries)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	}
	now := t.now()
	if onlyDue && due > millis(now) {
		_, err := t.tx.ExecContext(ctx, `UPDATE convene_events SET due = $1 WHERE uid = $2 AND due < $1`, due, t.key)
		return false, err
	}
	// Only the transaction that deletes the row tells it.
	r, err := t.tx.ExecContext(ctx, `DELETE FROM convene_events WHERE id = $1`, id)
	if err := exactly(1, errLost, r, err); err != nil {
		if errors.Is(err, errLost) {
			return false, nil
		}
		return false, err
	}
	var e Event
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		return false, fmt.Errorf("desk: event %s: %w", id, err)
	}
	failed := errors.New("broke the transaction")
	if !t.keep {
		if failed = t.callOnEvent(ctx, t.tx, e); failed == nil || errors.Is(failed, errBroken) {
			return true, failed
		}
	}
	t.log().ErrorContext(ctx, "desk: an event is kept for later again", "kind", e.Kind, "uid", e.UID, "tries", tries+1, "error", discreet.Error(failed))
	due = millis(now.Add(delay(tries + 1)))
	if _, err := t.tx.ExecContext(ctx, `INSERT INTO convene_events (id, uid, at, due, tries, cause, data) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, t.key, e.Time.UnixNano(), due, tries+1, text(failed.Error()), data); err != nil {
		return false, err
	}
	_, err = t.tx.ExecContext(ctx, `UPDATE convene_events SET due = $1 WHERE uid = $2 AND due < $1`, due, t.key)
	return false, err
}
