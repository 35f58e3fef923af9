package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log"
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
)

// rooms answers invitations in the name of the rooms.
type rooms struct {
	config
	desk   *desk.Desk
	client *invite.Client // sends the answers
}

// The calendars of all rooms. A row outlives the meeting, so that a late mail does not bring
// the meeting back.
const calendars = `
CREATE TABLE IF NOT EXISTS calendars (
	room TEXT, uid TEXT, sequence INTEGER, start_at INTEGER, end_at INTEGER, status TEXT,
	PRIMARY KEY (room, uid))`

func openRooms(ctx context.Context, s *service) (*rooms, error) {
	_, err := s.db.ExecContext(ctx, calendars)
	return &rooms{config: s.config, desk: s.desk, client: invite.New(s.sender, nil)}, err
}

// receive takes a mail in that came to a room. It may get a mail twice, and answers twice then.
func (r *rooms) receive(ctx context.Context, mail *inbox.Mail) error {
	in, err := invite.Read(bytes.NewReader(mail.Data), &invite.ReadOptions{Recipient: mail.Recipient, Verified: mail.Verified})
	if err != nil || in.Event == nil || in.Kind != invite.KindRequest && in.Kind != invite.KindCancel {
		return nil // such as a reminder
	}
	var answer *invite.Response
	err = r.desk.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
		room, err := r.addressed(ctx, d, in)
		if err != nil || room == "" {
			return err
		}
		answer, err = decide(ctx, tx, room, in)
		return err
	})
	if err != nil || answer == nil {
		return err
	}
	log.Print("room: ", answer.As, ": ", answer.Status, ": ", in.Event.Summary)
	return r.client.Respond(ctx, in, *answer)
}

// addressed returns the address of the room to which the desk sent the mail. It is "" if the desk
// did not send it. The Message-ID is the proof: nobody else can guess it. Some providers replace
// it, and leave the field that repeats it alone.
func (r *rooms) addressed(ctx context.Context, d *desk.Desk, in *invite.Inbound) (string, error) {
	m, err := d.Meeting(ctx, in.Event.UID)
	if errors.Is(err, desk.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	ids := append(in.Mail.Values(invite.HeaderMessageID), in.Mail.MessageID)
	for _, sent := range m.Deliveries {
		if slices.Contains(ids, sent.MessageID) && r.room(sent.To) != "" {
			return sent.To, nil
		}
	}
	return "", nil
}

// decide writes an invitation or a cancellation into the calendar of a room. It returns the room's
// answer, or nil if there is none: to a cancellation, and to a mail older than the last.
func decide(ctx context.Context, tx *sql.Tx, room string, in *invite.Inbound) (*invite.Response, error) {
	e := in.Event
	a := &invite.Response{As: room, Status: ical.StatusAccepted, Automatic: true}
	switch taken, err := conflict(ctx, tx, room, e); {
	case err != nil:
		return nil, err
	case in.Kind == invite.KindCancel:
		a.Status = "cancelled"
	case e.Recurrence != nil || !e.RecurrenceID.IsZero():
		a.Status, a.Comment = ical.StatusDeclined, "This room takes no series."
	case taken:
		a.Status, a.Comment = ical.StatusDeclined, "The room is taken at that time."
	}
	done, err := tx.ExecContext(ctx, `
		INSERT INTO calendars (room, uid, sequence, start_at, end_at, status) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (room, uid) DO UPDATE SET sequence = excluded.sequence, start_at = excluded.start_at,
			end_at = excluded.end_at, status = excluded.status WHERE excluded.sequence >= calendars.sequence`,
		room, e.UID, e.Sequence, e.Start.Unix(), e.End.Unix(), string(a.Status))
	if err != nil {
		return nil, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 || in.Kind == invite.KindCancel {
		return nil, err
	}
	return a, nil
}

// conflict reports whether another meeting has the room at the time of e.
func conflict(ctx context.Context, tx *sql.Tx, room string, e *ical.Event) (taken bool, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM calendars
			WHERE room = $1 AND uid <> $2 AND status = 'accepted' AND start_at < $4 AND end_at > $3)`,
		room, e.UID, e.Start.Unix(), e.End.Unix()).Scan(&taken)
	return taken, err
}
