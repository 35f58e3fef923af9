package desk

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/inbox"
)

// HeldMail is a mail that a person has to decide about.
type HeldMail struct {
	// ID names it for [Desk.ApplyHeld] and [Desk.Dismiss].
	ID string
	// UID is the meeting that it is about.
	UID string
	// Time is the time at which the desk received it.
	Time time.Time
	// Reason says in words why it is held.
	Reason string
	// Letter has the text of the mail if it is a letter in words, and is nil otherwise. If
	// it is an answer, give it to [Desk.Answer], and call [Desk.Dismiss].
	// [Desk.ApplyHeld] does not understand it, so it stays held.
	Letter *invite.Letter
	// Mail is the mail as it came.
	Mail *inbox.Mail
}

// storedMail is a held mail as it is stored.
type storedMail struct {
	*inbox.Mail
	Letter *invite.Letter `json:"letter,omitempty"`
}

// mostHeld is the number of held mails of one meeting that are kept. Everybody who knows
// the UID of a meeting can send such mails.
const mostHeld = 100

// mostHeldOctets limits the octets of these mails as they are stored. One mail is kept
// however large it is.
const mostHeldOctets = 32 << 20

// incoming is a mail that is held, at least in part.
type incoming struct {
	*Desk
	id      string
	was     *stored
	outcome invite.Outcome
	applied []Event // the events of the part that was applied
	from    string
	mail    *inbox.Mail
}

// hold keeps the mail for a person. If too many are kept already, the part that was
// applied counts all the same, and the outcome says that nobody will see the rest. Such a
// mail may come again if nothing of it was applied.
func (x *incoming) hold(ctx context.Context, tx *sql.Tx, s *step, out *Received) error {
	o := x.outcome
	data, err := json.Marshal(storedMail{x.mail, o.Letter})
	if err != nil {
		return err
	}
	var n, octets int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(LENGTH(mail)), 0) FROM convene_received WHERE uid = $1 AND state = 'held'`, x.was.key).
		Scan(&n, &octets); err != nil {
		return err
	}
	if n >= mostHeld || n > 0 && octets+len(data) > mostHeldOctets {
		x.log().WarnContext(ctx, "desk: a mail is not held, because its meeting has too many held mails", "uid", x.was.key, "verdict", o.Verdict)
		x.log().DebugContext(ctx, "desk: a mail is not held", "uid", x.was.key, "reason", o.Reason)
		s.events = x.applied
		out.Outcome.Reason = "is not kept, because its meeting has too many held mails: " + o.Reason
		if s.meeting == x.was.meeting {
			return nil
		}
		return x.noteReceived(ctx, tx, x.id, x.was.key, receivedDone, o, "")
	}
	e := eventOf(x.was.meeting, EventHeld, x.from)
	e.HeldID, e.Reason = x.id, o.Reason
	if o.Letter != nil {
		e.Attendee = o.Letter.Email
	}
	s.events = append(x.applied[:len(x.applied):len(x.applied)], e)
	return x.noteReceived(ctx, tx, x.id, x.was.key, receivedHeld, o, string(data))
}

// Held yields the mails that need a person, meeting by meeting. An error ends it.
// Answers of people who are not invited are among them if Uninvited of the policy is
// [invite.UninvitedHold]. Otherwise such answers are refused, see [Desk.Receive]. Letters
// in words are among them if they came to a valid token, see [invite.Letter].
func (d *Desk) Held(ctx context.Context) iter.Seq2[HeldMail, error] {
	return func(yield func(HeldMail, error) bool) {
		if err := d.enter(ctx); err != nil {
			yield(HeldMail{}, err)
			return
		}
		ids, err := d.keys(ctx, `SELECT id FROM convene_received WHERE state = 'held' ORDER BY uid, at, id`)
		if err != nil {
			yield(HeldMail{}, err)
			return
		}
		for _, id := range ids {
			h, _, err := d.held(ctx, d.reader(), id)
			switch {
			case errors.Is(err, ErrNotFound):
			case !yield(h, err) || err != nil:
				return
			}
		}
	}
}

// held reads a held mail, and the key of its meeting.
func (d *Desk) held(ctx context.Context, q querier, id string) (h HeldMail, key string, err error) {
	var data string
	var at int64
	var tag string
	h = HeldMail{ID: id, Mail: new(inbox.Mail)}
	err = q.QueryRowContext(ctx, `SELECT m.name, m.uid, m.tag, r.reason, r.at, r.mail FROM convene_received r JOIN convene_meetings m ON m.uid = r.uid
		WHERE r.id = $1 AND r.state = 'held'`, text(id)).Scan(&h.UID, &key, &tag, &h.Reason, &at, &data)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !d.hasTag(tag) {
		err = notHeld(id)
	}
	if err != nil {
		return HeldMail{}, "", err
	}
	kept := storedMail{Mail: h.Mail}
	if err := json.Unmarshal([]byte(data), &kept); err != nil {
		return HeldMail{}, "", fmt.Errorf("desk: held mail %.80q: %w", id, err)
	}
	h.Letter = kept.Letter
	h.Time = fromMillis(at)
	return h, key, nil
}

// ApplyHeld takes a held mail in, because a person says that it is right. The author
// counts as the attendee, uninvited people join the meeting, and delegates are invited.
//
// If it, or a part of it, still cannot be taken in, for example because it proposes a time
// that cannot be read, or because it is a letter in words, it stays held. That is no error: Held of the outcome is true, and
// Reason says why. If no such mail is held, the error is [ErrNotFound].
func (d *Desk) ApplyHeld(ctx context.Context, id string) (Received, error) {
	if err := d.enter(ctx); err != nil {
		return Received{}, err
	}
	h, key, err := d.held(ctx, d.reader(), id)
	if err != nil {
		return Received{}, err
	}
	in, err := invite.Read(bytes.NewReader(h.Mail.Data), &invite.ReadOptions{Recipient: h.Mail.Recipient, Verified: h.Mail.Verified})
	if err != nil {
		return Received{}, err
	}
	began := d.clock()
	var out Received
	s, err := d.change(ctx, key, freeAnswers, func(was *stored, c *invite.Client, _ bool) (*step, error) {
		p := d.policy(was.meeting)
		p.InsecureAnyFrom, p.Uninvited, p.Delegates = true, invite.UninvitedAdd, invite.DelegatesAllow
		s, o := d.apply(ctx, was, c, func(m *invite.Meeting) (*invite.Meeting, invite.Outcome) { return m.Apply(in, p) })
		out = Received{UID: was.meeting.Event.UID, Outcome: o, Events: s.events}
		if o.Held { // a part of it still needs a person
			return s, nil
		}
		switch o.Verdict {
		case invite.VerdictApplied, invite.VerdictUndeliverable, invite.VerdictDuplicate, invite.VerdictStale:
			s.also = func(tx *sql.Tx) error { return d.endHeld(ctx, tx, id, receivedDone) }
		}
		return s, nil
	})
	if err != nil {
		return Received{}, err
	}
	d.tellApplied(ctx, began, viaHeld, s.meeting.Tag, &out)
	return out, nil
}

// Dismiss ends a held mail without taking it in. If it comes again, it is a duplicate. If
// no such mail is held, the error is [ErrNotFound].
func (d *Desk) Dismiss(ctx context.Context, id string) error {
	if err := d.enter(ctx); err != nil {
		return err
	}
	return d.inTx(ctx, func(tx *sql.Tx) error {
		if _, _, err := d.held(ctx, tx, id); err != nil {
			return err
		}
		return d.endHeld(ctx, tx, id, receivedDismissed)
	})
}

// endHeld gives a held mail another state, and drops its text.
func (d *Desk) endHeld(ctx context.Context, tx *sql.Tx, id, state string) error {
	r, err := tx.ExecContext(ctx, `UPDATE convene_received SET state = $1, mail = '' WHERE id = $2 AND state = 'held'`, state, text(id))
	return exactly(1, notHeld(id), r, err)
}

// notHeld is the error about a mail that is not held.
func notHeld(id string) error { return fmt.Errorf("%w: held mail %.80q", ErrNotFound, id) }
