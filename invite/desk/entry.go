package desk

import (
	"cmp"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// defaultCalendarEvery is [Options].CalendarEvery if it is 0.
const defaultCalendarEvery = 3 * time.Second

// Entry returns the entry of a meeting in the organizer's own calendar, as the desk has
// kept it. Its Event is not set. If the desk has not made an entry, or its first try has
// not succeeded yet, the error is [ErrNotFound].
func (d *Desk) Entry(ctx context.Context, uid string) (organizer.Object, error) {
	if err := d.enter(ctx); err != nil {
		return organizer.Object{}, err
	}
	var data string
	if err := d.knows(ctx, d.reader(), keyOf(uid)); err != nil {
		return organizer.Object{}, err
	}
	err := d.reader().QueryRowContext(ctx, `SELECT data FROM convene_entries WHERE uid = $1 AND data <> ''`, keyOf(uid)).Scan(&data)
	var o organizer.Object
	if err == nil {
		o, err = entryOf(keyOf(uid), data)
	}
	if errors.Is(err, sql.ErrNoRows) || err == nil && o.Tag == "" {
		return organizer.Object{}, fmt.Errorf("%w: an entry of meeting %.80s", ErrNotFound, uid)
	}
	return o, err
}

// entryOf reads the column data of an entry.
func entryOf(key, data string) (o organizer.Object, err error) {
	if data == "" {
		return o, nil
	}
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(data)))
	if err == nil {
		err = json.NewDecoder(z).Decode(&o)
	}
	if err != nil {
		return o, fmt.Errorf("desk: the entry of meeting %.80s: %w", key, err)
	}
	return o, nil
}

// entryData returns the column data of an entry. Each change of the meeting stores the entry
// twice, and compressed it has a tenth of the octets.
func entryData(o organizer.Object) (string, error) {
	var out strings.Builder
	text := base64.NewEncoder(base64.StdEncoding, &out)
	z := gzip.NewWriter(text)
	err := json.NewEncoder(z).Encode(o)
	if err := cmp.Or(err, z.Close(), text.Close()); err != nil {
		return "", fmt.Errorf("desk: the entry of meeting %.80s: %w", o.UID, err)
	}
	return out.String(), nil
}

// RestoreEntry lets the desk make the entry of a meeting in the organizer's own calendar
// again, because the organizer has deleted it. It only queues the work. If the entry
// exists, it stays. If the meeting is not stored, the error is [ErrNotFound].
func (d *Desk) RestoreEntry(ctx context.Context, uid string) error {
	if err := d.enter(ctx); err != nil {
		return err
	}
	if d.options.Calendar == nil {
		return errors.New("desk: restore an entry: there is no Options.Calendar")
	}
	key := keyOf(uid)
	return d.inTx(ctx, func(tx *sql.Tx) error {
		if err := d.stillThere(ctx, tx, key); err != nil {
			return err
		}
		// A call that works at the entry finds that data is empty, and leaves it so.
		now := d.now()
		_, err := tx.ExecContext(ctx, `INSERT INTO convene_entries (uid, change, data, told, owner, due, tries, reason) VALUES ($1, 1, '', '', '', $2, 0, '')
			ON CONFLICT (uid) DO UPDATE SET change = convene_entries.change + 1, data = '', told = '', tries = 0,
			due = CASE WHEN convene_entries.owner = '' THEN excluded.due ELSE convene_entries.due END`, key, millis(now))
		if err != nil {
			return err
		}
		d.hasQueued(tx)
		return d.enqueueJob(ctx, tx, Job{Kind: JobCalendar, UID: key}, true)
	})
}

// entryDiffers reports whether the entry of a meeting may have to follow a change. The
// mails do not count.
func entryDiffers(was, now *invite.Meeting) bool {
	a, b := *was, *now
	a.Deliveries, b.Deliveries = nil, nil
	return !reflect.DeepEqual(a, b)
}

// planEntry stores that the entry of a meeting has to follow a change. Many changes are one
// job. While a call works at the entry, and while a calendar that has failed has its pause,
// the time of the next job stays as it is.
func (d *Desk) planEntry(ctx context.Context, tx *sql.Tx, key string) error {
	if d.options.Calendar == nil {
		return nil
	}
	next := d.now().Add(d.options.CalendarEvery)
	var due int64
	err := tx.QueryRowContext(ctx, `INSERT INTO convene_entries (uid, change, data, told, owner, due, tries, reason) VALUES ($1, 1, '', '', '', $2, 0, '')
		ON CONFLICT (uid) DO UPDATE SET change = convene_entries.change + 1,
		due = CASE WHEN convene_entries.owner = '' AND convene_entries.tries = 0 AND convene_entries.due > excluded.due THEN excluded.due ELSE convene_entries.due END
		RETURNING due`, key, millis(next)).Scan(&due)
	if err != nil || due != millis(next) {
		return err // if there is an earlier time, the queue has the job
	}
	return d.enqueueJob(ctx, tx, Job{Kind: JobCalendar, UID: key, Due: next.UTC()}, true)
}

// planEntries plans the entries of the meetings that were stored when the options had no
// calendar, except those that are over. A queue learns of them from Waiting.
func (d *Desk) planEntries(ctx context.Context) error {
	if d.options.Calendar == nil {
		return nil
	}
	const missing = ` FROM convene_meetings m WHERE ends > $1 AND NOT EXISTS (SELECT 1 FROM convene_entries x WHERE x.uid = m.uid)`
	now := millis(d.now())
	keys, err := d.keys(ctx, `SELECT uid`+missing+` LIMIT 1`, now) // mostly there is none
	if err != nil || len(keys) == 0 {
		return err
	}
	return d.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO convene_entries (uid, change, data, told, owner, due, tries, reason)
			SELECT uid, 1, '', '', '', $1, 0, ''`+missing+` ORDER BY uid ON CONFLICT (uid) DO NOTHING`, now)
		return err
	})
}
