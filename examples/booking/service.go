package main

// This file is the part to copy: a booking service that keeps its meetings on a desk.
// It knows nothing of the page, and nothing of the demonstration.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
)

// schema has the service's own tables. The desk makes its tables itself.
var schema = []string{
	`CREATE TABLE IF NOT EXISTS room (name TEXT PRIMARY KEY, booked BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS booking (uid TEXT PRIMARY KEY, room TEXT NOT NULL, starts BIGINT NOT NULL, ends BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS news (id TEXT PRIMARY KEY, uid TEXT NOT NULL, at BIGINT NOT NULL, text TEXT NOT NULL)`,
}

// errTaken reports a room that somebody else has booked.
var errTaken = errors.New("the room is taken at that time")

// service books rooms and invites people to them.
type service struct {
	db        *sql.DB
	desk      *desk.Desk
	organizer ical.Person // the mailbox to which the answers come
}

// openService makes the tables and the desk. policy says whose answers count.
func openService(ctx context.Context, db *sql.DB, client *invite.Client, policy *invite.Policy, organizer ical.Person) (*service, error) {
	for _, table := range schema {
		if _, err := db.ExecContext(ctx, table); err != nil {
			return nil, err
		}
	}
	d, err := desk.Open(ctx, db, client, &desk.Options{
		Policy:       policy,
		OnEvent:      addNews,
		RemindBefore: []time.Duration{24 * time.Hour, time.Hour},
	})
	return &service{db: db, desk: d, organizer: organizer}, err
}

// book books the room that is the location of the event, and invites the attendees. Both
// stand in one transaction, so no booking lacks its invitations, and nobody is invited to a
// room that is taken. The mails leave after the commit. The function may be called again,
// if somebody else was in the way.
func (s *service) book(ctx context.Context, e ical.Event) (m *invite.Meeting, err error) {
	e.Organizer = s.organizer
	err = s.desk.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
		if m, err = d.Send(ctx, e); err != nil {
			return err
		}
		return takeRoom(ctx, tx, m)
	})
	return m, err
}

// move moves a meeting to another start. It stays as long as it was.
func (s *service) move(ctx context.Context, uid string, start time.Time) error {
	return s.desk.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
		m, err := d.Update(ctx, uid, func(e *ical.Event) error {
			e.Start, e.End = start, start.Add(e.End.Sub(e.Start))
			return nil
		})
		if err != nil {
			return err
		}
		return takeRoom(ctx, tx, m)
	})
}

// acceptProposal moves a meeting to the time that an attendee asked for.
func (s *service) acceptProposal(ctx context.Context, uid, id string) error {
	return s.desk.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
		m, err := d.AcceptProposal(ctx, uid, id)
		if err != nil {
			return err
		}
		return takeRoom(ctx, tx, m)
	})
}

// cancel cancels a meeting, and frees its room.
func (s *service) cancel(ctx context.Context, uid string) error {
	return s.desk.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
		m, err := d.Cancel(ctx, uid)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM booking WHERE uid = $1`, m.Event.UID)
		return err
	})
}

// receive takes in a mail that came to the organizer's mailbox. After an error the mail
// comes again later.
func (s *service) receive(ctx context.Context, mail *inbox.Mail) error {
	r, err := s.desk.Receive(ctx, mail)
	if err == nil {
		slog.InfoContext(ctx, "mail received", "meeting", r.UID, "verdict", r.Outcome.Verdict, "reason", r.Outcome.Reason)
	}
	return err
}

// takeRoom notes the room and the time of a meeting. The row of the room is the lock: two
// bookings of one room wait for each other, so that the second one sees the first.
func takeRoom(ctx context.Context, tx *sql.Tx, m *invite.Meeting) error {
	uid, room, starts, ends := m.Event.UID, m.Event.Location, m.Event.Start.Unix(), m.Event.End.Unix()
	_, err := tx.ExecContext(ctx, `INSERT INTO room (name, booked) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET booked = room.booked + 1`, room)
	if err != nil {
		return err
	}
	var taken bool
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM booking WHERE room = $1 AND uid <> $2 AND starts < $3 AND ends > $4)`,
		room, uid, ends, starts).Scan(&taken)
	if err == nil && taken {
		err = &ical.FieldError{Field: "Start", Err: errTaken}
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO booking (uid, room, starts, ends) VALUES ($1, $2, $3, $4)
			ON CONFLICT (uid) DO UPDATE SET room = excluded.room, starts = excluded.starts, ends = excluded.ends`, uid, room, starts, ends)
	}
	return err
}

// addNews notes an event in the transaction in which the desk stores it. So each event is
// noted exactly once, also if the program is killed.
func addNews(ctx context.Context, tx *sql.Tx, e desk.Event) error {
	text := fmt.Sprintf("%s: %s %s", e.Kind, e.Attendee, e.Reason)
	if e.Answer != nil {
		text = fmt.Sprint(e.Attendee, " ", e.Answer.Status, " ", e.Answer.Comment)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO news (id, uid, at, text) VALUES ($1, $2, $3, $4)`, e.ID, e.UID, e.Time.UnixMilli(), text)
	return err
}
