package desk

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/series"
	"github.com/convene-go/convene/invite/organizer"
)

// The times of the work at an entry. A call that works at an entry has it alone, until
// entryLease is over. So two calls of two processes never change an entry at once, as long
// as their clocks differ by less than the difference of these two times.
const (
	longestSync = time.Minute     // the time for the work with the calendar
	entryLease  = 3 * time.Minute // the time after which the process of the call counts as dead
)

// The limits of the tries with a calendar that fails.
const (
	mostEntryTries = 750                // a month of tries, of which most are an hour apart
	longestPause   = 7 * 24 * time.Hour // the longest pause that a server may ask for
)

// syncing is the work at the entry of one meeting.
type syncing struct {
	*Desk
	key     string
	owner   string // names this call
	change  int64  // the changes of the meeting that were read
	due     int64
	tries   int
	told    string
	meeting *invite.Meeting
	version int64            // of the meeting
	last    organizer.Object // as the call before has left it
	began   time.Time        // for the step; zero if nobody observes it
}

// syncEntry makes the entry of a meeting follow the meeting, if that is due. It is Work of
// a [JobCalendar]. An error means that the database failed.
func (d *Desk) syncEntry(ctx context.Context, uid string) error {
	if d.options.Calendar == nil {
		return nil
	}
	if err := d.enter(ctx); err != nil {
		return err
	}
	x, err := d.readEntry(ctx, keyOf(uid))
	if err != nil || x == nil {
		return err
	}
	x.began = d.clock()
	work, cancel := context.WithTimeout(ctx, longestSync)
	defer cancel()
	calendar, failed := x.calendar(work)
	trying := x.last
	if failed == nil && calendar != nil {
		trying, failed = x.last.Trying(x.meeting)
	}
	if ok, err := x.claim(ctx, trying); err != nil || !ok {
		return err
	}
	next, news := x.last, &driftNews{told: x.told}
	if failed == nil && calendar != nil {
		var drift *organizer.Drift
		next, drift, failed = x.sync(work, calendar, trying)
		if failed == nil {
			news = newsOf(withAnswers(drift, mostAnswers), x.told)
			failed = x.takeAnswers(ctx, news)
		} else if drift != nil { // Sync may report it this once
			news = newsOf(withAnswers(drift, 0), x.told)
		}
	}
	return x.end(ctx, next, news, failed)
}

// readEntry reads an entry that is due, and its meeting, in one statement. It returns nil
// if there is none.
func (d *Desk) readEntry(ctx context.Context, key string) (*syncing, error) {
	x := &syncing{Desk: d, key: key, owner: rand.Text()}
	var doc, data string
	err := d.db.QueryRowContext(ctx, `SELECT x.change, x.due, x.tries, x.told, x.data, m.version, m.doc FROM convene_entries x
		JOIN convene_meetings m ON m.uid = x.uid WHERE x.uid = $1 AND x.due <= $2`, key, millis(d.now())).
		Scan(&x.change, &x.due, &x.tries, &x.told, &data, &x.version, &doc)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	was, err := newStored(key, x.version, doc)
	if err != nil {
		return nil, err
	}
	x.meeting = was.meeting
	x.last, err = entryOf(key, data)
	return x, err
}

// calendar returns the calendar of the meeting, or nil.
func (x *syncing) calendar(ctx context.Context) (c organizer.Calendar, err error) {
	defer recovered(&err, "Options.Calendar")
	if c, err = x.options.Calendar(ctx, x.meeting); err != nil {
		return nil, fmt.Errorf("Options.Calendar: %w", err)
	}
	return c, nil
}

// claim stores that this call works at the entry, and the data that it may write. So if
// the process is killed, its own change is not taken for the organizer's. It reports false
// if somebody else was faster, or the meeting has changed meanwhile.
func (x *syncing) claim(ctx context.Context, trying organizer.Object) (bool, error) {
	data, err := entryData(trying)
	if err != nil {
		return false, err
	}
	err = x.inStatement(ctx, func(q querier) error {
		r, err := q.ExecContext(ctx, `UPDATE convene_entries SET owner = $1, due = $2, data = $3 WHERE uid = $4 AND due = $5 AND change = $6`,
			x.owner, millis(x.now().Add(entryLease)), data, x.key, x.due, x.change)
		return exactly(1, errLost, r, err)
	})
	if errors.Is(err, errLost) {
		return false, nil
	}
	return err == nil, err
}

// sync calls the calendar.
func (x *syncing) sync(ctx context.Context, c organizer.Calendar, last organizer.Object) (next organizer.Object, drift *organizer.Drift, err error) {
	next = last // after a panic
	defer recovered(&err, "the calendar")
	return organizer.Sync(ctx, c, x.meeting, last)
}

// recovered makes an error of a panic, so that one calendar does not end the process again
// and again.
func recovered(err *error, what string) {
	if x := recover(); x != nil {
		*err = fmt.Errorf("%s panicked: %v\n%s", what, x, debug.Stack())
	}
}

// end stores the result of the call, and gives the entry back. If ctx is done, that is the
// reason of the failure, and no try is counted.
func (x *syncing) end(ctx context.Context, next organizer.Object, news *driftNews, failed error) error {
	stopped := failed != nil && ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestAfter)
	defer cancel()
	data, err := entryData(next)
	if err != nil {
		return err
	}
	r := x.after(failed, stopped)
	err = x.inTxTelling(ctx, func(tx *sql.Tx, keep bool) error {
		if err := x.dialect.lockMeeting(ctx, tx, x.key); err != nil {
			return err
		}
		// If the meeting has changed, the entry is due again, but a pause stays. If
		// RestoreEntry has made data empty, it stays so.
		soon := min(r.due, millis(x.now().Add(x.options.CalendarEvery)))
		if r.tries > 0 {
			soon = r.due
		}
		u, err := tx.ExecContext(ctx, `UPDATE convene_entries SET owner = '', tries = $1, reason = $2,
			due = CASE WHEN change = $3 THEN CAST($4 AS BIGINT) ELSE CAST($5 AS BIGINT) END,
			told = CASE WHEN data = '' THEN '' ELSE CAST($6 AS TEXT) END, data = CASE WHEN data = '' THEN '' ELSE CAST($7 AS TEXT) END
			WHERE uid = $8 AND owner = $9`, r.tries, r.reason, x.change, r.due, soon, news.told, data, x.key, x.owner)
		if err := exactly(1, errLost, u, err); err != nil {
			return err
		}
		if stopped {
			return x.tell(ctx, tx, keep, news, nil)
		}
		return x.tell(ctx, tx, keep, news, failed)
	})
	if errors.Is(err, errLost) { // the meeting was deleted, or the call took longer than its lease
		x.log().DebugContext(ctx, "desk: the result of a calendar came too late", "uid", x.key)
		return nil
	}
	if err == nil && !stopped {
		x.logResult(ctx, failed, r)
		x.tellStep(ctx, x.began, invite.Step{Kind: invite.StepCalendar, UID: x.meeting.Event.UID, Tag: x.meeting.Tag, N: -1, Err: failed})
	}
	return err
}

// tried is the state of an entry after a call.
type tried struct {
	due    int64
	tries  int
	reason string
	gaveUp bool
}

// after returns the state after a call that has failed or not. stopped says that the
// program wants to stop.
func (x *syncing) after(failed error, stopped bool) tried {
	now := x.now()
	switch {
	case stopped:
		return tried{due: millis(now), tries: x.tries, reason: reasonOf(failed)}
	case failed != nil && x.tries+1 >= mostEntryTries:
		return tried{due: nobodyDue, reason: reasonOf(failed), gaveUp: true}
	case failed != nil:
		pause := max(delay(x.tries+1), min(organizer.RetryAfter(failed), longestPause))
		return tried{due: millis(now.Add(pause)), tries: x.tries + 1, reason: reasonOf(failed)}
	}
	out := tried{due: nobodyDue}
	if every := x.options.DriftEvery; every > 0 && !x.meeting.Event.Cancelled && now.Before(series.LastEnd(&x.meeting.Event)) {
		out.due = millis(now.Add(every))
	}
	return out
}

// logResult logs the first of several failures, and their end. The words of the server are
// for level debug alone.
func (x *syncing) logResult(ctx context.Context, failed error, r tried) {
	if failed != nil {
		x.log().DebugContext(ctx, "desk: the calendar of a meeting failed", "uid", x.key, "error", withoutCredentials(failed))
	}
	switch {
	case r.gaveUp:
		x.log().ErrorContext(ctx, "desk: the calendar of a meeting failed for too long: giving up until the meeting changes", "uid", x.key, "status", discreet.Code(failed.Error()))
	case failed != nil && x.tries == 0:
		x.log().WarnContext(ctx, "desk: the calendar of a meeting failed: trying again", "uid", x.key, "after", fromMillis(r.due).Sub(x.now()), "status", discreet.Code(failed.Error()))
	case failed == nil && x.tries > 0:
		x.log().InfoContext(ctx, "desk: the calendar of a meeting can be reached again", "uid", x.key)
	}
}

// credentials is the part of an address that may have a password, also if the password has an
// @ or a slash that is not encoded. A port is no password.
var credentials = regexp.MustCompile(`://([^/\s:"]*:[^/\s"]*[^/\s"\d][^\s"]*@|[^/\s"]*@)`)

// withoutCredentials returns the text of an error without passwords in addresses. The
// program makes the calendar, and its error may have the address.
func withoutCredentials(err error) string {
	return credentials.ReplaceAllString(err.Error(), "://…@")
}

// reasonOf returns the text of an error as the tables have it, on one line.
func reasonOf(err error) string {
	d := invite.Delivery{Reply: withoutCredentials(err)}
	return wordsOf(&d)
}

// freeEntries takes the entries from the calls that an earlier process has not ended.
func (d *Desk) freeEntries(ctx context.Context) error {
	if d.options.Calendar == nil {
		return nil
	}
	return d.inStatement(ctx, func(q querier) error {
		_, err := q.ExecContext(ctx, `UPDATE convene_entries SET owner = '', due = $1 WHERE owner <> ''`, millis(d.now()))
		return err
	})
}
