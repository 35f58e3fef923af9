package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/inbox"
)

// Received is the effect of a mail that came in.
type Received struct {
	// UID is the meeting that the mail is about, or "" if it is about none.
	UID string `json:"uid,omitempty"`
	// Outcome says how the mail was taken in. The verdict [invite.VerdictNotAnAnswer]
	// stands for a mail that answers nothing, and also for octets that are no mail at all.
	// Reason tells them apart for people. A program calls [invite.Read] first if it has
	// to, for example to answer a webhook with the status 400.
	Outcome invite.Outcome `json:"outcome"`
	// Events are the events of the mail, as [Options].OnEvent is told of them. They have
	// neither ID nor Time, because they are also here if there is no OnEvent.
	Events []Event `json:"events,omitempty"`
}

// Receive takes a mail in. It finds the meeting by the token in an address, by the UID,
// or by a Message-ID, and applies the mail by the policy of the desk ([Options].Policy, or
// Policies for tenants). Attendees whom somebody delegated to, or who ask for the current
// version, are invited. A mail that is held for a person is kept, see [Desk.Held]. A mail
// that the policy refuses is not kept, and no event tells of it. Only the verdict says so,
// which is [invite.VerdictUnknownAttendee] or [invite.VerdictUnverified]. If the answer is
// right all the same, give it to [Desk.Answer].
//
// The same mail is one mail, however often and from whatever source it comes: the second
// time, the verdict is [invite.VerdictDuplicate]. Its octets and its Recipient decide, not
// its ID. A mail that cannot be read, or that is about no meeting, is no error. So an error
// means that the mail should come again later.
func (d *Desk) Receive(ctx context.Context, mail *inbox.Mail) (Received, error) {
	if err := d.enter(ctx); err != nil {
		return Received{}, err
	}
	began := d.clock()
	r, tag, err := d.takeMail(ctx, mail)
	if err == nil {
		d.tellApplied(ctx, began, viaMail, tag, &r)
	}
	return r, err
}

// takeMail is Receive, and also returns the tag of the meeting.
func (d *Desk) takeMail(ctx context.Context, mail *inbox.Mail) (out Received, tag string, err error) {
	if mail == nil {
		return unread(errors.New("there is no mail: it is nil")), "", nil
	}
	in, err := invite.Read(bytes.NewReader(mail.Data), &invite.ReadOptions{Recipient: mail.Recipient, Verified: mail.Verified})
	if err != nil {
		return unread(err), "", nil
	}
	keys, err := d.candidates(ctx, in)
	if err != nil {
		return Received{}, "", err
	}
	none := Received{Outcome: invite.Outcome{Verdict: invite.VerdictUnknownEvent, Reason: "is about no meeting of this desk" + d.ofTag()}}
	if len(keys) == 0 && in.Event == nil {
		none.Outcome = invite.Outcome{Verdict: invite.VerdictNotAnAnswer, Reason: in.Reason}
	}
	out = none
	for _, key := range keys {
		r, tagged, err := d.receive(ctx, key, in, mail)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case err != nil:
			return out, "", err
		}
		if out = out.with(r); out.UID == r.UID {
			tag = tagged
		}
	}
	return out, tag, nil
}

// unread is the effect of octets that are no mail.
func unread(err error) Received {
	return Received{Outcome: invite.Outcome{Verdict: invite.VerdictNotAnAnswer, Reason: err.Error()}}
}

// with returns the effect of a mail on two meetings. A mail about two meetings is an
// answer to each, but the outcome is about the first that it changes.
func (r Received) with(next Received) Received {
	changes := func(o invite.Outcome) int {
		switch o.Verdict {
		case invite.VerdictUnknownEvent:
			return 0
		case invite.VerdictApplied, invite.VerdictUndeliverable:
			return 2
		}
		return 1
	}
	events := append(r.Events[:len(r.Events):len(r.Events)], next.Events...)
	if changes(next.Outcome) > changes(r.Outcome) || r.UID == "" && next.Outcome.Verdict != invite.VerdictUnknownEvent {
		r = next
	}
	r.Events = events
	return r
}

// mostKey limits the octets of a key that is looked up. No stored key is longer.
const mostKey = 1000

// The statements, for keysOf, that find the meetings of mails.
const (
	byMessageID = `SELECT DISTINCT uid FROM convene_mails WHERE message_id`
	byReceipt   = `SELECT DISTINCT uid FROM convene_mails WHERE receipt <> '' AND receipt`
)

// candidates returns the keys of the meetings that a mail may be about. The meetings that
// a token names come first. One statement finds all, so that the database is asked once.
func (d *Desk) candidates(ctx context.Context, in *invite.Inbound) ([]string, error) {
	k := in.Keys()
	var s statement
	s.add(`SELECT uid FROM (`)
	empty := s.Len()
	for i, x := range []struct {
		query string
		list  []string
	}{
		{`SELECT DISTINCT uid FROM convene_addresses WHERE address`, k.ReplyAddresses},
		{`SELECT uid FROM convene_meetings WHERE uid`, k.UIDs},
		{byMessageID, k.MessageIDs},
		{byReceipt, k.Receipts},
	} {
		list := lookable(x.list)
		if len(list) == 0 {
			continue
		}
		if s.Len() > empty {
			s.add(` UNION ALL `)
		}
		s.add(fmt.Sprintf(`SELECT %d AS place, uid FROM (`, i) + x.query)
		s.in(list).add(fmt.Sprintf(`) AS k%d`, i))
	}
	if s.Len() == empty {
		return nil, nil
	}
	found, err := d.keys(ctx, s.add(`) AS found ORDER BY place, uid`).String(), s.args...)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	return d.known(ctx, slices.DeleteFunc(found, func(key string) bool {
		again := seen[key]
		seen[key] = true
		return again
	}))
}

// keysOf returns the keys that a statement selects. The statement ends with the name of a
// column, and list has the values of this column.
func (d *Desk) keysOf(ctx context.Context, query string, list []string) ([]string, error) {
	if list = lookable(list); len(list) == 0 {
		return nil, nil
	}
	var s statement
	s.add(query)
	keys, err := d.keys(ctx, s.in(list).add(` ORDER BY uid`).String(), s.args...)
	if err != nil {
		return nil, err
	}
	return d.known(ctx, keys)
}

// lookable returns the keys of a mail that may be stored.
func lookable(list []string) (out []string) {
	for _, key := range list {
		if len(key) <= mostKey && text(key) == key {
			out = append(out, key)
		}
	}
	return out
}

// mailID names a mail that came in for a meeting.
func mailID(key string, mail *inbox.Mail) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s %d %s ", len(key), key, len(mail.Recipient), mail.Recipient)
	_, _ = io.Copy(h, bytes.NewReader(mail.Data))
	return hex.EncodeToString(h.Sum(nil)[:20])
}

// errSeen reports that a mail was received already.
var errSeen = errors.New("desk: the mail was received already")

// receive takes a mail in for one meeting, and returns its tag.
func (d *Desk) receive(ctx context.Context, key string, in *invite.Inbound, mail *inbox.Mail) (out Received, tag string, err error) {
	id := mailID(key, mail)
	if r, tag, ok, err := d.seen(ctx, id); ok || err != nil {
		return r, tag, err
	}
	s, err := d.change(ctx, key, freeAnswers, func(was *stored, c *invite.Client, _ bool) (*step, error) {
		s, o := d.apply(ctx, was, c, func(m *invite.Meeting) (*invite.Meeting, invite.Outcome) { return m.Apply(in, d.policy(was.meeting)) })
		out = Received{UID: was.meeting.Event.UID, Outcome: o}
		x := incoming{Desk: d, id: id, was: was, outcome: o, applied: s.events, from: in.Attendee.Email, mail: mail}
		switch {
		case o.Held:
			s.also = func(tx *sql.Tx) error { return x.hold(ctx, tx, s, &out) }
		case s.meeting != was.meeting:
			s.also = func(tx *sql.Tx) error { return d.noteReceived(ctx, tx, id, was.key, receivedDone, o, "") }
		}
		return s, nil
	})
	if errors.Is(err, errSeen) {
		r, tag, _, err := d.seen(ctx, id)
		return r, tag, err
	}
	if err != nil {
		return Received{}, "", err
	}
	out.Events = s.events
	return out, s.meeting.Tag, nil
}

// The values of the column state of convene_received.
const (
	receivedDone      = "done"
	receivedHeld      = "held"
	receivedDismissed = "dismissed"
)

// seen returns the outcome of a mail that was received already, and the tag of its meeting.
func (d *Desk) seen(ctx context.Context, id string) (r Received, tag string, ok bool, err error) {
	var name, reason string
	err = d.reader().QueryRowContext(ctx, `SELECT m.name, m.tag, r.reason FROM convene_received r JOIN convene_meetings m ON m.uid = r.uid WHERE r.id = $1`, id).
		Scan(&name, &tag, &reason)
	if errors.Is(err, sql.ErrNoRows) {
		return Received{}, "", false, nil
	}
	o := invite.Outcome{Verdict: invite.VerdictDuplicate, Reason: "was received already: " + reason}
	return Received{UID: name, Outcome: o}, tag, err == nil, err
}

// noteReceived stores that a mail was received. The error is errSeen if it was before.
func (d *Desk) noteReceived(ctx context.Context, tx *sql.Tx, id, key, state string, o invite.Outcome, mail string) error {
	r, err := tx.ExecContext(ctx, `INSERT INTO convene_received (id, uid, state, verdict, reason, mail, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
		id, key, state, string(o.Verdict), text(o.Reason), mail, millis(d.now()))
	return exactly(1, errSeen, r, err)
}

// policy is the policy for answers to a meeting, with the clock of the desk.
func (d *Desk) policy(m *invite.Meeting) *invite.Policy {
	p := invite.Policy{}
	if d.options.Policy != nil {
		p = *d.options.Policy
	}
	if d.options.Policies != nil {
		if own := d.options.Policies(m); own != nil {
			p = *own
		}
	}
	if p.Now == nil {
		p.Now = d.now
	}
	return &p
}
