package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/convene-go/convene/invite"
)

// step is the next version of a meeting, before it is stored.
type step struct {
	meeting *invite.Meeting // the meeting as it will be; the stored one if nothing changes
	rest    *invite.Meeting // a new meeting that is stored with it, or nil
	events  []Event
	settle  time.Duration
	also    func(tx *sql.Tx) error // stores more in the same transaction; may be nil
	again   bool                   // a mail that was not pending goes out
}

// planner makes the next version of a stored meeting. It may be called several times.
// locked says that the desk has locked the row, so that it must not call the program. In
// the caller's transaction locked is false, because there the program holds the lock.
type planner func(was *stored, c *invite.Client, locked bool) (*step, error)

// The number of times that a change of the organizer and one of an attendee is planned
// without a lock, and the number of times in all. Without a lock, a long plan keeps nobody
// waiting, and may call the program. With it, many short changes cannot make a long one
// start again for ever.
const freeChanges, freeAnswers, mostTries = 3, 1, 50

// errUnlocked is returned by a planner that has to call the program, and may not because
// the row is locked.
var errUnlocked = errors.New("desk: the event changed meanwhile")

// change plans the next version of a meeting and stores it. If somebody else was faster,
// it plans again from the meeting as it is then. In the caller's transaction, the row is
// locked first.
func (d *Desk) change(ctx context.Context, uid string, free int, f planner) (*step, error) {
	if err := d.enter(ctx); err != nil {
		return nil, err
	}
	key := keyOf(uid)
	if d.tx != nil {
		out, err := d.changeLocked(ctx, key, nil, f, false)
		if errors.Is(err, errLost) {
			err = fmt.Errorf("%w: %.80s", ErrConflict, uid)
		}
		return out, err
	}
	for try := 1; ; try++ {
		was, client, err := d.readFor(ctx, key)
		if err != nil {
			return nil, err
		}
		var out *step
		if try <= free {
			out, err = d.changeFree(ctx, was, client, f)
		} else {
			out, err = d.changeLocked(ctx, key, client, f, true)
		}
		if !errors.Is(err, errLost) && !errors.Is(err, errUnlocked) {
			return out, err
		}
		if errors.Is(err, errUnlocked) {
			if out, err = d.changeFree(ctx, was, client, f); !errors.Is(err, errLost) {
				return out, err
			}
		}
		if try >= mostTries {
			return nil, fmt.Errorf("%w: %.80s: %d times", ErrConflict, uid, try)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(rand.N(time.Duration(min(try, 10)) * time.Millisecond)): // so that two do not collide again
		}
	}
}

// readFor reads a meeting, and finds the client for its mails, outside of any
// transaction of the desk.
func (d *Desk) readFor(ctx context.Context, key string) (*stored, *invite.Client, error) {
	was, err := d.read(ctx, d.reader(), key)
	if err != nil {
		return nil, nil, err
	}
	client, err := d.clientFor(ctx, was.meeting)
	return was, client, err
}

// changeFree plans without a lock. The version of the row shows whether somebody else
// was faster.
func (d *Desk) changeFree(ctx context.Context, was *stored, client *invite.Client, f planner) (*step, error) {
	s, err := f(was, client, false)
	if err != nil {
		return nil, err
	}
	if s.meeting == was.meeting && s.also == nil && len(s.events) == 0 {
		return s, nil
	}
	return s, d.inTxTelling(ctx, func(tx *sql.Tx, keep bool) error { return d.put(ctx, tx, was, s, keep) })
}

// changeLocked locks the row first, so that nobody can be faster. On PostgreSQL a mail
// can still go out meanwhile.
func (d *Desk) changeLocked(ctx context.Context, key string, client *invite.Client, f planner, locked bool) (s *step, err error) {
	err = d.inTxTelling(ctx, func(tx *sql.Tx, keep bool) error {
		if err := d.dialect.lockMeeting(ctx, tx, key); err != nil {
			return err
		}
		was, err := d.read(ctx, tx, key)
		if err != nil {
			return err
		}
		if client == nil {
			if client, err = d.clientFor(ctx, was.meeting); err != nil {
				return err
			}
		}
		if s, err = f(was, client, locked); err != nil {
			return err
		}
		return d.put(ctx, tx, was, s, keep)
	})
	return s, err
}

// put stores a step.
func (d *Desk) put(ctx context.Context, tx *sql.Tx, was *stored, s *step, keep bool) error {
	p := pace{now: d.now(), settle: s.settle}
	if s.rest != nil {
		if err := d.putNew(ctx, tx, s.rest, p); err != nil {
			return err
		}
		p.follows = keyOf(s.rest.Event.UID)
	}
	fresh := s.again
	if s.meeting != was.meeting {
		if err := updateMeeting(ctx, tx, was, s.meeting, p); err != nil {
			return err
		}
		again, err := d.planReminder(ctx, tx, was.key, s.meeting)
		if err != nil {
			return err
		}
		if d.options.Calendar != nil && entryDiffers(was.meeting, s.meeting) {
			if err := d.planEntry(ctx, tx, was.key); err != nil {
				return err
			}
		}
		fresh = fresh || again || len(s.meeting.Deliveries) > len(was.mails)
	} else if err := d.stillThere(ctx, tx, was.key); err != nil {
		return err
	}
	if s.also != nil {
		if err := s.also(tx); err != nil {
			return err
		}
	}
	t := &telling{Desk: d, tx: tx, key: was.key, keep: keep}
	if err := t.tell(ctx, s.events); err != nil {
		return err
	}
	if !fresh && !t.kept {
		return nil
	}
	d.hasQueued(tx)
	return d.enqueue(ctx, tx, was.key)
}

// stillThere locks a meeting that a step does not change. The error is ErrNotFound if
// somebody has deleted it, so that nothing is stored about it.
func (d *Desk) stillThere(ctx context.Context, tx *sql.Tx, key string) error {
	if err := d.dialect.lockMeeting(ctx, tx, key); err != nil {
		return err
	}
	return d.knows(ctx, tx, key)
}

// putNew stores a new meeting.
func (d *Desk) putNew(ctx context.Context, tx *sql.Tx, m *invite.Meeting, p pace) error {
	switch ok, err := insertMeeting(ctx, tx, m, p); {
	case err != nil:
		return err
	case !ok:
		return taken(m.Event.UID)
	}
	key := keyOf(m.Event.UID)
	if _, err := d.planReminder(ctx, tx, key, m); err != nil {
		return err
	}
	if err := d.planEntry(ctx, tx, key); err != nil {
		return err
	}
	d.hasQueued(tx)
	return d.enqueue(ctx, tx, key)
}

// enqueue tells the queue that a meeting has mails.
func (d *Desk) enqueue(ctx context.Context, tx *sql.Tx, key string) error {
	return d.enqueueJob(ctx, tx, Job{Kind: JobMail, UID: key}, d.options.Clients != nil)
}

// enqueueJob tells the queue of a job, with the tag of the meeting if tagged is set.
func (d *Desk) enqueueJob(ctx context.Context, tx *sql.Tx, j Job, tagged bool) error {
	if d.options.Enqueue == nil {
		return nil
	}
	if tagged {
		err := tx.QueryRowContext(ctx, `SELECT tag FROM convene_meetings WHERE uid = $1`, j.UID).Scan(&j.Tag)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	if err := d.options.Enqueue(ctx, tx, j); err != nil {
		return fmt.Errorf("desk: Options.Enqueue: %w", err)
	}
	return nil
}
