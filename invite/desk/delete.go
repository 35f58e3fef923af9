package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrOpenMails reports a meeting that cannot be deleted, because a mail of it is pending
// or is being sent.
var ErrOpenMails = errors.New("desk: a mail of the meeting is pending or being sent")

// Delete removes everything that the desk has stored of a meeting: the event, the mails,
// the answers, the mails that came in, and the events that [Options].OnEvent has not
// taken yet. Nobody is told, so cancel a meeting first that has yet to take place. An
// answer that comes later is about no meeting ([invite.VerdictUnknownEvent]). The entry in
// the organizer's own calendar stays there as it is. The entry of a cancelled meeting goes
// if [Desk.Run] had time to remove it.
//
// If a mail of it is pending or is being sent, the error is [ErrOpenMails], and nothing
// is deleted: let [Desk.Run] send the mail, or cancel the meeting, and delete it
// afterwards. If the meeting is not stored, the error is [ErrNotFound].
func (d *Desk) Delete(ctx context.Context, uid string) error {
	if err := d.enter(ctx); err != nil {
		return err
	}
	key := keyOf(uid)
	lost := func(err error) bool { return errors.Is(err, errLost) && d.tx == nil }
	err := patiently(ctx, lost, func() error {
		return d.inTx(ctx, func(tx *sql.Tx) error { return d.delete(ctx, tx, key) })
	})
	if errors.Is(err, errLost) {
		return fmt.Errorf("%w: %.80s", ErrConflict, uid)
	}
	return err
}

// delete is Delete in a transaction. The error is errLost if a mail that was closed is
// open again. Nothing is deleted before all mails are found closed, because the caller may
// commit its transaction after an error.
func (d *Desk) delete(ctx context.Context, tx *sql.Tx, key string) error {
	if err := d.dialect.lockMeeting(ctx, tx, key); err != nil {
		return err
	}
	if err := d.knows(ctx, tx, key); err != nil {
		return err
	}
	var mails, open int
	err := tx.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM convene_mails WHERE uid = $1),
		(SELECT COUNT(*) FROM convene_mails WHERE uid = $1 AND state IN ('pending', 'sending')) FROM convene_meetings WHERE uid = $1`, key).Scan(&mails, &open)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return notStored(key)
	case err != nil:
		return err
	case open > 0:
		return fmt.Errorf("%w: %.80s: mails of this kind: %d", ErrOpenMails, key, open)
	}
	r, err := tx.ExecContext(ctx, `DELETE FROM convene_mails WHERE uid = $1 AND state NOT IN ('pending', 'sending')`, key)
	if err := exactly(mails, errLost, r, err); err != nil {
		return err
	}
	for _, table := range []string{"convene_addresses", "convene_received", "convene_events", "convene_reminders", "convene_entries", "convene_meetings"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE uid = $1`, key); err != nil {
			return err
		}
	}
	return nil
}
