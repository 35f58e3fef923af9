package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/within"
)

// Job is work at one meeting, for a queue. It is plain data. What there is to do stands
// in the database, so a job that is done twice or too late does no harm. Two jobs with one
// Kind and one UID are the same job.
type Job struct {
	Kind JobKind `json:"kind"`
	// UID is the UID of the meeting in lower case. It is "" if the job is about all
	// meetings.
	UID string `json:"uid"`
	// Tag is the [invite.Meeting.Tag] of the meeting if [Options].Clients is set, and
	// always for a JobCalendar. A queue can divide its workers among tenants by it. Work
	// does not need it.
	Tag string `json:"tag,omitempty"`
	// Due is the time before which the job has nothing to do. The zero time stands for
	// now. Only [Options].Enqueue is told of it. See [Desk.Due] for the time at which a
	// job has work again.
	Due time.Time `json:"due,omitzero"`
}

// JobKind is the kind of a [Job].
type JobKind string

// The values of [JobKind].
const (
	// JobMail sends the mails of a meeting that are due, its reminders too, and tells
	// the events that are kept.
	JobMail JobKind = "mail"
	// JobCalendar makes the entry in the organizer's own calendar follow the meeting,
	// see [Options].Calendar. It waits for the organizer's server, so it needs workers
	// of its own, and must not delay a JobMail.
	JobCalendar JobKind = "calendar"
	// JobSweep turns the mails that have been in the state sending for 15 minutes into
	// unknown (see [Desk.Leftovers]), and forgets the mails that came in more than 90
	// days ago. It is about all meetings, and its UID is "". Nothing enqueues it: the
	// adapter of a queue does it every minute. [Desk.Run] does so, too.
	JobSweep JobKind = "sweep"
)

// check returns an error if the kind of the job is unknown.
func (j Job) check() error {
	if j.Kind != JobMail && j.Kind != JobCalendar && j.Kind != JobSweep {
		return fmt.Errorf("desk: a job of the kind %.40q is not known", j.Kind)
	}
	return nil
}

// Work does the work of a job that is due now. It ends between two mails if ctx is done.
// After a minute it begins no more mails, and returns. The rest is due then, see [Desk.Due].
// A mail or a calendar that fails is no error: its row has the time of the next try, see
// [Desk.Due].
// A meeting that was deleted has no work, which is no error either.
// An error means that the database failed, or that the job is of an unknown kind.
func (d *Desk) Work(ctx context.Context, j Job) error {
	if d.tx != nil {
		return errors.New("desk: Work cannot be used in a transaction")
	}
	if err := j.check(); err != nil {
		return err
	}
	d = d.forAll()
	switch j.Kind {
	case JobSweep:
		return d.sweep(ctx)
	case JobCalendar:
		return d.syncEntry(ctx, j.UID)
	}
	if err := d.Deliver(ctx, j.UID); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil // the meeting was deleted, so there is no work
}

// The times of JobSweep.
const (
	leftoverAfter  = 15 * time.Minute // longer than any server takes for one mail (RFC 5321, section 4.5.3.2)
	forgetReceived = 90 * 24 * time.Hour
)

// sweep is Work of a JobSweep.
func (d *Desk) sweep(ctx context.Context) error {
	d.checkPool(ctx)
	now := d.now()
	if _, err := d.Leftovers(ctx, now.Add(-leftoverAfter)); err != nil {
		return err
	}
	_, err := d.db.ExecContext(ctx, `DELETE FROM convene_received WHERE state <> 'held' AND at < $1`, millis(now.Add(-forgetReceived)))
	return err
}

// slice is the time after which a call of Deliver begins no more mails, so that a meeting
// with many mails, or with a slow server, does not keep a worker from the other meetings.
const slice = time.Minute

// Deliver sends the due mails of one meeting. It is Work of a [JobMail]. Several
// processes may call it for one meeting at once, and each mail is sent by one of them.
func (d *Desk) Deliver(ctx context.Context, uid string) error {
	if d.tx != nil {
		return errors.New("desk: Deliver cannot be used in a transaction")
	}
	if err := d.enter(ctx); err != nil {
		return err
	}
	key := keyOf(uid)
	if err := d.knows(ctx, d.db, key); err != nil {
		return err
	}
	if err := d.retell(ctx, key); err != nil {
		return err
	}
	if err := d.remind(ctx, key); err != nil {
		return err
	}
	was, client, err := d.readFor(ctx, key)
	if err != nil {
		return err
	}
	return d.deliverMails(ctx, was, client)
}

// deliverMails sends the due mails of a meeting.
func (d *Desk) deliverMails(ctx context.Context, was *stored, client *invite.Client) error {
	due, err := d.selectMails(ctx, was)
	if err == nil && len(due.numbers) > 0 {
		err = d.refuseLate(ctx, was, due)
	}
	if err != nil || len(due.numbers) == 0 {
		return err
	}
	l := d.newLedger(ctx)
	l.tag = was.meeting.Tag
	m := was.masked(due)
	watched, late := within.Watch(ctx)
	out, err := client.WithLedger(l).Resume(watched, m, append(due.options(), invite.Within(slice))...)
	l.end(ctx, m.Event.UID)
	if l.failed != nil {
		return l.failed
	}
	d.logMails(ctx, m.Event.UID, err, out == m)
	if ctx.Err() != nil || *late || isLate(ctx, err) {
		return nil // the rest is due, as it was
	}
	return d.rescheduleRest(ctx, was, m, out, l, due)
}

// isLate reports whether mails were not begun because the deadline of ctx is too near. The
// limiter of the sender would let them through only later.
func isLate(ctx context.Context, err error) bool {
	_, ok := ctx.Deadline()
	return ok && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded)
}

// masked returns the meeting for a call that sends only the due mails. All other open
// mails have an end there: the pending ones count as overtaken, and the unknown ones as
// delivered. Later mails to their recipients are not due either.
func (s *stored) masked(due *selection) *invite.Meeting {
	m := *s.meeting
	m.Deliveries = slices.Clone(m.Deliveries)
	for i := range m.Deliveries {
		x := &m.Deliveries[i]
		switch {
		case due.numbers[x.N]:
		case x.State == invite.DeliveryPending:
			x.State = invite.DeliveryOvertaken
		case x.State == invite.DeliveryUnknown, x.State == invite.DeliverySending:
			x.State = invite.DeliveryDelivered
		}
	}
	return &m
}

// rescheduleRest gives the due mails that were not tried another time, so that nobody looks
// at them again and again. A mail that cannot be made, because a file of it is gone, has a
// reply. It counts as a mail that failed for a while.
func (d *Desk) rescheduleRest(ctx context.Context, was *stored, before, after *invite.Meeting, l *ledger, due *selection) error {
	rest := l.untried(before, after, due)
	if len(rest) == 0 {
		return nil
	}
	var refused []invite.Delivery
	err := d.inTxTelling(ctx, func(tx *sql.Tx, keep bool) error {
		refused = nil
		now := d.now()
		open := make(map[string]int) // by recipient: the last earlier mail that is open
		for i := range after.Deliveries {
			x := &after.Deliveries[i]
			how, ok := rest[x.N]
			if ok {
				before, waits := open[address.Key(x.To)]
				if !waits {
					before = none
				}
				list, err := l.reschedule(ctx, tx, was, x, how, before, now)
				if err != nil {
					return err
				}
				refused = append(refused, list...)
			}
			if x.State == invite.DeliveryPending || x.State == invite.DeliverySending {
				open[address.Key(x.To)] = x.N
			}
		}
		return l.tellResults(ctx, tx, was.key, refused, keep)
	})
	if err == nil {
		l.logRefused(ctx, before.Event.UID, refused)
		d.tellEnded(ctx, before.Event.UID, before.Tag, refused)
	}
	return err
}

// reschedule is Desk.reschedule for a mail of a call. It returns the mail if it is refused.
func (l *ledger) reschedule(ctx context.Context, tx *sql.Tx, was *stored, x *invite.Delivery, how untried, before int, now time.Time) (refused []invite.Delivery, err error) {
	if how != unmade || before != none {
		return nil, l.Desk.reschedule(ctx, tx, was, x.N, how, before, now)
	}
	mine := []invite.Delivery{*x}
	got, err := setMails(ctx, tx, was.key, mine, now, func(s *statement) { s.add(` AND state = 'pending'`) })
	if err != nil || !got[x.N] {
		return nil, err
	}
	return l.postpone(ctx, tx, was.key, *x, now)
}

// untried is the reason why a mail was not tried.
type untried int

// The values of untried.
const (
	leftOut untried = iota // the attendee has nothing to see any more, or a later mail says as much
	failed                 // it waits for an earlier mail, or no mail of the call can be made
	unmade                 // it alone cannot be made, and its delivery says why
)

// untried returns the due mails without a result.
func (l *ledger) untried(before, after *invite.Meeting, due *selection) map[int]untried {
	out := make(map[int]untried)
	for i := range before.Deliveries {
		x, y := &before.Deliveries[i], &after.Deliveries[i]
		switch {
		case !due.numbers[x.N] || l.recorded[x.N]:
		case after != before && *x == *y:
			out[x.N] = leftOut
		case y.State == invite.DeliveryPending && after != before && y.Reply != "":
			out[x.N] = unmade
		case y.State == invite.DeliveryPending || after == before:
			out[x.N] = failed
		}
	}
	return out
}

// none is no mail.
const none = -1

// reschedule gives a mail that was not tried another time, or ends it. before is the open mail
// that it waits for, or none.
func (d *Desk) reschedule(ctx context.Context, tx *sql.Tx, was *stored, n int, how untried, before int, now time.Time) (err error) {
	x := was.mails[n]
	switch {
	case how == leftOut && x.State == invite.DeliveryPending:
		_, err = tx.ExecContext(ctx, `UPDATE convene_mails SET state = 'overtaken', reply = '', at = $1, changed = $2 WHERE uid = $3 AND n = $4 AND state = 'pending'`,
			nanos(now), millis(now), was.key, n)
	case how == leftOut:
		_, err = tx.ExecContext(ctx, `UPDATE convene_mails SET due = $1 WHERE uid = $2 AND n = $3 AND state = 'unknown'`, never, was.key, n)
	case before != none:
		_, err = tx.ExecContext(ctx, `UPDATE convene_mails SET due = COALESCE((SELECT b.due FROM convene_mails b WHERE b.uid = $1 AND b.n = $2 AND b.state = 'pending'), $3)
			WHERE uid = $1 AND n = $4 AND state IN ('pending', 'unknown')`, was.key, before, millis(now.Add(waitForOthers)), n)
	default:
		_, err = tx.ExecContext(ctx, `UPDATE convene_mails SET tries = tries + 1, due = $1 WHERE uid = $2 AND n = $3 AND state IN ('pending', 'unknown')`,
			millis(now.Add(delay(x.tries+1))), was.key, n)
	}
	return err
}
