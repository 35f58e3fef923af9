package desk

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// Event is something that happened to a meeting. [Options].OnEvent is told of it. It is
// plain data, so a program can keep it as JSON.
type Event struct {
	// ID is unique. An event that is told again has the same.
	ID   string    `json:"id"`
	Kind EventKind `json:"kind"`
	// UID is the meeting's, and Tag its [invite.Meeting.Tag].
	UID string `json:"uid"`
	Tag string `json:"tag,omitempty"`
	// Time is the time at which the desk stored it, in whole microseconds. Events of
	// one transaction about a meeting differ in it. So a program that keeps events can
	// order the events of a meeting by Time, as long as no clock is set back.
	Time time.Time `json:"time"`
	// Attendee is the address of the attendee whom it is about. It may be "" for a
	// held mail.
	Attendee string `json:"attendee,omitempty"`
	// Answer is set for EventAnswered and EventDelegated, and Proposal for
	// EventProposed. Delivery is set for events about a mail of the desk.
	Answer   *invite.Answer   `json:"answer,omitempty"`
	Proposal *invite.Proposal `json:"proposal,omitempty"`
	Delivery *invite.Delivery `json:"delivery,omitempty"`
	// Drift is set for EventDrifted.
	Drift *organizer.Drift `json:"drift,omitempty"`
	// HeldID is the ID of the [HeldMail].
	HeldID string `json:"heldId,omitempty"`
	// Reason says in words why a mail is held, or why a mail or a calendar failed. Then
	// it has up to 500 octets of the server's words, on one line. It is a stranger's
	// text: escape it in a page.
	Reason string `json:"reason,omitempty"`
}

// EventKind is the kind of an [Event].
type EventKind string

// The values of [EventKind].
const (
	// EventAnswered: an attendee has answered.
	EventAnswered EventKind = "answered"
	// EventProposed: an attendee asks for another time.
	EventProposed EventKind = "proposed"
	// EventDelegated: an attendee sends somebody else.
	EventDelegated EventKind = "delegated"
	// EventUndelivered: a server reports that a mail did not arrive.
	EventUndelivered EventKind = "undelivered"
	// EventHeld: a mail came in that needs a person. See [Desk.Held].
	EventHeld EventKind = "held"
	// EventSent: a mail was handed over, or a person has said that it arrived, see
	// [Desk.Resolve]. Then Reason says so.
	EventSent EventKind = "sent"
	// EventFailed: a mail was refused for good, or tried in vain for days, or not sent
	// because its meeting was over before its turn came.
	EventFailed EventKind = "failed"
	// EventLeftover: nobody knows whether a mail arrived, because the server gave no
	// clear reply, or because the program ended while it handed the mail over.
	EventLeftover EventKind = "leftover"
	// EventDrifted: the organizer has changed or deleted the entry in their own
	// calendar, see [Options].Calendar. Each change is told once, as long as it stays.
	// To take it into the meeting, and tell the attendees, call [Desk.Update] with the
	// Update of the [organizer.Drift]. To make a deleted entry again, call
	// [Desk.RestoreEntry].
	EventDrifted EventKind = "drifted"
	// EventCalendarFailed: the calendar of the organizer could not be reached, or refused
	// the entry. Reason has the error. It is told once, and again only after a success.
	// The desk tries again by itself.
	EventCalendarFailed EventKind = "calendar-failed"
)

// mostInside is the time for which OnEvent may work. All writers of SQLite wait for it.
const mostInside = 2 * time.Second

// errBroken reports a transaction that the failure of OnEvent has broken, because its
// deadline ended a statement. The transaction is run again without OnEvent.
var errBroken = errors.New("desk: OnEvent broke the transaction")

// telling stores and tells the events of one transaction about one meeting.
type telling struct {
	*Desk
	tx   *sql.Tx
	key  string
	keep bool // events are kept for later, and OnEvent is not called
	kept bool // an event was kept
}

// inTxTelling runs f in a transaction as inTx does. If OnEvent breaks the transaction,
// it is run again, and the events are kept for later.
func (d *Desk) inTxTelling(ctx context.Context, f func(tx *sql.Tx, keep bool) error) error {
	err := d.inTx(ctx, func(tx *sql.Tx) error { return f(tx, d.keepEvents) })
	if errors.Is(err, errBroken) && d.tx == nil {
		d.log().ErrorContext(ctx, "desk: an event is kept for later", "error", discreet.Error(err))
		err = d.inTx(ctx, func(tx *sql.Tx) error { return f(tx, true) })
	}
	return err
}

// tell tells events in the transaction that stores them. If OnEvent fails, or an earlier
// event of the meeting waits, they are kept for later.
func (t *telling) tell(ctx context.Context, events []Event) error {
	if t.options.OnEvent == nil || len(events) == 0 {
		return nil
	}
	now := t.now().UTC().Truncate(time.Microsecond) // as PostgreSQL keeps times
	var waiting int
	if err := t.tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM convene_events WHERE uid = $1 LIMIT 1) AS x`, t.key).Scan(&waiting); err != nil {
		return err
	}
	for i, e := range events {
		e.ID, e.Time = rand.Text(), now.Add(time.Duration(i)*time.Microsecond)
		var cause error
		if waiting == 0 && !t.keep {
			if cause = t.callOnEvent(ctx, t.tx, e); errors.Is(cause, errBroken) {
				return cause
			}
			if cause == nil {
				continue
			}
			t.log().ErrorContext(ctx, "desk: an event is kept for later", "kind", e.Kind, "uid", e.UID, "error", discreet.Error(cause))
		}
		waiting++
		if err := t.store(ctx, e, cause); err != nil {
			return err
		}
	}
	return nil
}

// store keeps an event for another try.
func (t *telling) store(ctx context.Context, e Event, cause error) error {
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("desk: event: %w", err)
	}
	reason := "waits for an earlier event of the meeting"
	if cause != nil {
		reason = cause.Error()
	}
	t.kept = true
	_, err = t.tx.ExecContext(ctx, `INSERT INTO convene_events (id, uid, at, due, tries, cause, data) VALUES ($1, $2, $3, $4, 1, $5, $6)`,
		e.ID, t.key, e.Time.UnixNano(), millis(e.Time.Add(delay(1))), text(reason), string(data))
	return err
}

// callOnEvent calls OnEvent in a savepoint of its own, so that its writes can be undone. The
// error is errBroken if they cannot.
func (c *core) callOnEvent(ctx context.Context, tx *sql.Tx, e Event) error {
	if _, err := tx.ExecContext(ctx, `SAVEPOINT convene_event`); err != nil {
		return err
	}
	inside, cancel := context.WithTimeout(context.WithValue(ctx, insideKey{}, tx), mostInside)
	failed := c.onEvent(inside, tx, e)
	cancel()
	if failed != nil {
		if _, err := tx.ExecContext(ctx, `ROLLBACK TO SAVEPOINT convene_event`); err != nil {
			return fmt.Errorf("%w: %w; %w", errBroken, failed, err)
		}
	}
	if _, err := tx.ExecContext(ctx, `RELEASE SAVEPOINT convene_event`); err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	return failed
}

// onEvent calls OnEvent. A panic there is a failure, so that one event that OnEvent cannot
// take does not end the process again and again.
func (c *core) onEvent(ctx context.Context, tx *sql.Tx, e Event) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("desk: OnEvent panicked: %v\n%s", x, debug.Stack())
		}
	}()
	return c.options.OnEvent(ctx, tx, e)
}
