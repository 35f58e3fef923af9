package desk

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"time"

	"github.com/convene-go/convene/invite"
)

// Due returns the time at which a job has work again, for the adapter of a queue. It may
// be in the past. It is zero if there is none. The adapter ends a job and calls Due in one
// transaction, in this order, so that no work is missed. If tx is nil, Due reads without a
// transaction.
func (d *Desk) Due(ctx context.Context, tx *sql.Tx, j Job) (time.Time, error) {
	if err := j.check(); err != nil || j.Kind == JobSweep || j.Kind == JobCalendar && d.options.Calendar == nil {
		return time.Time{}, err
	}
	q := d.reader()
	if tx != nil {
		q = tx
	} else if err := d.enter(ctx); err != nil {
		return time.Time{}, err
	}
	var due sql.NullInt64
	s := d.jobs(j.Kind, keyOf(j.UID))
	err := q.QueryRowContext(ctx, `SELECT MIN(due) FROM (`+s.String()+`) AS x`, s.args...).Scan(&due)
	if err != nil || !due.Valid {
		return time.Time{}, err
	}
	return time.UnixMilli(due.Int64).UTC(), nil
}

// jobs returns the statement that selects the times at which meetings have work of a kind:
// uid and due. If key is not "", only this meeting is selected.
func (d *Desk) jobs(kind JobKind, key string) *statement {
	var s statement
	one := func() {
		if key != "" {
			s.add(` AND uid = ?`, key)
		}
	}
	if kind == JobCalendar {
		s.add(`SELECT uid, due FROM convene_entries WHERE due < ?`, nobodyDue)
		one()
		return &s
	}
	s.add(`SELECT uid, due FROM convene_mails WHERE state = 'pending'`)
	one()
	if len(d.options.RemindBefore) > 0 {
		s.add(` UNION ALL SELECT uid, due FROM convene_reminders WHERE due < ?`, nobodyDue)
		one()
	}
	if d.options.OnEvent != nil {
		s.add(` UNION ALL SELECT uid, due FROM convene_events WHERE due > 0`)
		one()
	}
	if after := d.options.ResendUnknownAfter; after > 0 {
		s.add(` UNION ALL SELECT uid, CASE WHEN due > changed + ? THEN due ELSE changed + ? END FROM convene_mails
			WHERE state = 'unknown' AND due >= 0 AND tries < ?`, after.Milliseconds(), after.Milliseconds(), mostResends)
		one()
	}
	return &s
}

// Waiting yields the jobs that have work at or before a time, each once. Jobs of the kind
// JobMail come before those of the kind JobCalendar. Of a kind, those that wait longest
// come first. The zero time stands for all jobs that have work, now or later. The
// adapter of a queue gives them to the queue again, in case the queue has lost them. A
// program without a queue does their work itself, now and then.
func (d *Desk) Waiting(ctx context.Context, until time.Time) iter.Seq2[Job, error] {
	return func(yield func(Job, error) bool) {
		if err := d.enter(ctx); err != nil {
			yield(Job{}, err)
			return
		}
		for _, kind := range d.kinds() {
			jobs, err := d.waiting(ctx, kind, until)
			if err != nil {
				yield(Job{}, err)
				return
			}
			for _, j := range jobs {
				if !yield(j, nil) {
					return
				}
			}
		}
	}
}

// kinds returns the kinds of jobs that meetings can have.
func (d *Desk) kinds() []JobKind {
	if d.options.Calendar == nil {
		return []JobKind{JobMail}
	}
	return []JobKind{JobMail, JobCalendar}
}

// waiting is Waiting for one kind, at once.
func (d *Desk) waiting(ctx context.Context, kind JobKind, until time.Time) (out []Job, err error) {
	before := int64(nobodyDue)
	if !until.IsZero() {
		before = millis(until)
	}
	s := d.jobs(kind, "")
	query := s.wrapped(`SELECT x.uid, COALESCE(m.tag, '') FROM (`, `) AS x LEFT JOIN convene_meetings m ON m.uid = x.uid
		WHERE x.due <= ? GROUP BY x.uid, m.tag ORDER BY MIN(x.due), x.uid`, before)
	rows, err := d.reader().QueryContext(ctx, query, s.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		j := Job{Kind: kind}
		if err := rows.Scan(&j.UID, &j.Tag); err != nil {
			return nil, err
		}
		if kind == JobMail && d.options.Clients == nil {
			j.Tag = ""
		}
		out = append(out, j)
	}
	return out, rows.Err()
}

// wrapped returns the statement inside of another one.
func (s *statement) wrapped(before, after string, args ...any) string {
	inner := s.String()
	s.Reset()
	s.add(after, args...)
	return before + inner + s.String()
}

// keys returns the keys that a statement selects.
func (d *Desk) keys(ctx context.Context, query string, args ...any) (out []string, err error) {
	rows, err := d.reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		out = append(out, key)
	}
	return out, rows.Err()
}

// leftoverReply is the reply of a mail that was being handed over when its process ended.
const leftoverReply = "was being handed over, and no result came: it may or may not have arrived"

// Leftovers turns the mails that have been in the state sending since before the given
// time into unknown, and returns their number. A crash leaves such mails. The time only
// decides when people are told. If a result comes all the same, it counts. Later mails to
// the same recipients may go out then. A person ends the state unknown by [Desk.Resolve].
func (d *Desk) Leftovers(ctx context.Context, before time.Time) (int, error) {
	if err := d.enter(ctx); err != nil {
		return 0, err
	}
	keys, err := d.keys(ctx, `SELECT DISTINCT uid FROM convene_mails WHERE state = 'sending' AND changed < $1 ORDER BY uid`, millis(before))
	if err != nil {
		return 0, err
	}
	n := 0
	var failed []error
	for _, key := range keys { // one that cannot be read does not hide the others
		m, err := d.leftoversOf(ctx, key, before)
		if n += m; err != nil && !errors.Is(err, ErrNotFound) {
			failed = append(failed, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return n, errors.Join(failed...)
}

// leftoversOf is Leftovers for one meeting.
func (d *Desk) leftoversOf(ctx context.Context, key string, before time.Time) (n int, err error) {
	l := d.newLedger(ctx)
	var was *stored
	var told []invite.Delivery
	err = d.inTxTelling(ctx, func(tx *sql.Tx, keep bool) (err error) {
		told = nil
		was, err = read(ctx, tx, key)
		if errors.Is(err, ErrNotFound) {
			return nil // it was deleted meanwhile
		} else if err != nil {
			return err
		}
		now := d.now()
		var list []invite.Delivery
		for _, x := range was.meeting.Deliveries {
			if x.State == invite.DeliverySending && was.mails[x.N].changed.Before(before) {
				x.State, x.Reply, x.Time = invite.DeliveryUnknown, leftoverReply, now.UTC()
				list = append(list, x)
			}
		}
		got, err := setMails(ctx, tx, key, list, now, func(s *statement) { s.add(` AND state = 'sending' AND changed < ?`, millis(before)) })
		if err != nil {
			return err
		}
		n = len(got)
		told = among(list, got)
		if err := l.tellResults(ctx, tx, key, told, keep); err != nil || n == 0 {
			return err
		}
		return d.enqueue(ctx, tx, key)
	})
	if err != nil || len(told) == 0 {
		return n, err
	}
	for _, x := range told {
		d.log().WarnContext(ctx, "desk: a mail may or may not have arrived", "uid", was.meeting.Event.UID, "n", x.N, "messageId", x.MessageID)
	}
	d.tellEnded(ctx, was.meeting.Event.UID, was.meeting.Tag, told)
	return n, nil
}
