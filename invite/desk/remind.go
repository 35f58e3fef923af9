package desk

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/series"
)

// nobodyDue is the time of a meeting that has no reminder any more.
const nobodyDue int64 = 1 << 62

// planReminder stores the next time at which the attendees of a meeting are to be
// reminded. A time that has come, and at which nobody was reminded yet, stays. It reports
// whether there is another time than before.
func (d *Desk) planReminder(ctx context.Context, tx *sql.Tx, key string, m *invite.Meeting) (bool, error) {
	if len(d.options.RemindBefore) == 0 {
		return false, nil
	}
	from := d.now().Add(time.Millisecond)
	var due int64
	switch err := tx.QueryRowContext(ctx, `SELECT due FROM convene_reminders WHERE uid = $1`, key).Scan(&due); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return false, err
	case fromMillis(due).Before(from):
		from = fromMillis(due)
	}
	next, err := d.storeReminder(ctx, tx, key, m, from)
	return next != due && next != nobodyDue, err
}

// storeReminder stores the time of the next reminder at or after from, and returns it.
func (d *Desk) storeReminder(ctx context.Context, tx *sql.Tx, key string, m *invite.Meeting, from time.Time) (due int64, err error) {
	due = nobodyDue
	if next, ok := d.nextReminder(m, from); ok {
		due = millis(next)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO convene_reminders (uid, due) VALUES ($1, $2) ON CONFLICT (uid) DO UPDATE SET due = excluded.due`, key, due)
	return due, err
}

// nextReminder returns the time of the next reminder at or after from.
func (d *Desk) nextReminder(m *invite.Meeting, from time.Time) (next time.Time, ok bool) {
	if m.Event.Cancelled || m.Unsent {
		return next, false
	}
	for _, before := range d.options.RemindBefore {
		for o := range startsFrom(&m.Event, from.Add(before)) {
			if at := o.Start.Add(-before); !ok || at.Before(next) {
				next, ok = at, true
			}
			break
		}
	}
	return next, ok
}

// startsFrom yields the occurrences that start at or after from. The days of an all-day
// meeting start at midnight in its zone.
func startsFrom(e *ical.Event, from time.Time) iter.Seq[ical.Occurrence] {
	if !e.AllDay {
		return e.Occurrences(from, time.Time{})
	}
	return func(yield func(ical.Occurrence) bool) {
		zone, err := e.Zone()
		if err != nil {
			zone = time.UTC
		}
		for o := range e.Occurrences(from.UTC().Add(-dayAround), time.Time{}) {
			year, month, day := o.Start.Date()
			o.Start = time.Date(year, month, day, 0, 0, 0, 0, zone)
			if !o.Start.Before(from) && !yield(o) {
				return
			}
		}
	}
}

// remind queues the reminders of a meeting that are due. Of several reminders of one
// occurrence that are due at once, because nobody was at work, one is sent.
func (d *Desk) remind(ctx context.Context, key string) error {
	if len(d.options.RemindBefore) == 0 {
		return nil
	}
	now := d.now()
	var due int64
	err := d.db.QueryRowContext(ctx, `SELECT due FROM convene_reminders WHERE uid = $1`, key).Scan(&due)
	if errors.Is(err, sql.ErrNoRows) || err == nil && due > millis(now) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = d.change(ctx, key, freeChanges, func(was *stored, c *invite.Client, _ bool) (*step, error) {
		m := d.remindAll(ctx, was, c, fromMillis(due), now)
		return &step{meeting: m, also: func(tx *sql.Tx) error {
			// The row is the lock: each reminder is queued by one transaction.
			r, err := tx.ExecContext(ctx, `UPDATE convene_reminders SET due = $1 WHERE uid = $2 AND due = $3`, nobodyDue, key, due)
			if err := exactly(1, errReminded, r, err); err != nil {
				return err
			}
			_, err = d.storeReminder(ctx, tx, key, m, now.Add(time.Millisecond))
			return err
		}}, nil
	})
	if errors.Is(err, errReminded) {
		return nil
	}
	return err
}

// errReminded reports that somebody else has queued the reminders, or moved the meeting.
var errReminded = errors.New("desk: the reminders have changed meanwhile")

// remindAll returns the meeting with the reminders whose time lies between since and now.
// If a clock was set back, or is slow, since may be before reminders that are sent already.
func (d *Desk) remindAll(ctx context.Context, was *stored, c *invite.Client, since, now time.Time) *invite.Meeting {
	m := was.meeting
	if m.Event.Cancelled || m.Unsent {
		return m
	}
	longest, last := slices.Max(d.options.RemindBefore), was.lastReminders()
	for o := range startsFrom(&m.Event, now) {
		if o.Start.Sub(now) > longest {
			break
		}
		due := slices.ContainsFunc(d.options.RemindBefore, func(before time.Duration) bool {
			at := o.Start.Add(-before)
			return !at.Before(since) && !at.After(now) && at.After(last[o.RecurrenceID.Unix()])
		})
		if !due {
			continue
		}
		to := toRemind(m, o.RecurrenceID)
		if len(to) == 0 {
			continue
		}
		out, err := c.RemindStart(ctx, m, o.RecurrenceID, to, invite.QueueOnly(), invite.AllowPast())
		if err != nil {
			d.log().ErrorContext(ctx, "desk: a reminder cannot be made", "uid", m.Event.UID, "start", o.Start, "error", discreet.Error(err))
			continue
		}
		m = out
	}
	return m
}

// lastReminders returns the time at which the last reminder of each occurrence was queued,
// by the original start of the occurrence.
func (s *stored) lastReminders() map[int64]time.Time {
	out := make(map[int64]time.Time)
	for _, x := range s.mails {
		if x.Method == "" {
			start := x.RecurrenceID.Unix()
			out[start] = series.Later(out[start], x.since)
		}
	}
	return out
}

// toRemind returns the attendees who accepted or have not answered. Rooms and other
// resources need no reminder.
func toRemind(m *invite.Meeting, start time.Time) (out []string) {
	for _, a := range m.Attendees(start) {
		switch {
		case a.Kind == ical.KindRoom, a.Kind == ical.KindResource:
		case a.Status == ical.StatusAccepted, a.Status == ical.StatusNeedsAction, a.Status == "":
			out = append(out, a.Email)
		}
	}
	return out
}

// planReminders plans the reminders of the meetings that were stored when the options had
// none.
func (d *Desk) planReminders(ctx context.Context) error {
	if len(d.options.RemindBefore) == 0 {
		return nil
	}
	keys, err := d.keys(ctx, `SELECT uid FROM convene_meetings m WHERE ends > $1 AND NOT EXISTS (SELECT 1 FROM convene_reminders r WHERE r.uid = m.uid) ORDER BY uid`, millis(d.now()))
	if err != nil {
		return err
	}
	for _, key := range keys {
		err := d.inTx(ctx, func(tx *sql.Tx) error {
			if err := d.dialect.lockMeeting(ctx, tx, key); err != nil {
				return err
			}
			was, err := read(ctx, tx, key)
			if err != nil {
				return err
			}
			if ok, err := d.planReminder(ctx, tx, key, was.meeting); err != nil || !ok {
				return err
			}
			return d.enqueue(ctx, tx, key)
		})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}
