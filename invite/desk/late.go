package desk

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/internal/series"
)

// lateReply is the reply of a mail that is not sent any more.
const lateReply = "was not sent, because the meeting is over"

// refuseLate ends the due mails that invite to a meeting that is over, for example because
// its mail server was away for so long. They are refused, and an event says so. It removes
// them from due. These mails are sent all the same:
//
//   - A mail that was made after the end, because its call had the option [invite.AllowPast].
//   - A cancellation, which says that nothing took place.
//   - A mail to an attendee who may have a version of the meeting that is not over. Otherwise
//     they would come to a meeting that was earlier, or to a series that has ended.
func (d *Desk) refuseLate(ctx context.Context, was *stored, due *selection) error {
	now := d.now()
	if !series.IsPast(&was.meeting.Event, now) {
		return nil
	}
	end := series.LastEnd(&was.meeting.Event)
	needed := was.tellEnd(now)
	var late []invite.Delivery
	for _, n := range sortedNumbers(due.numbers) {
		if x := was.mails[n]; x.isLate(end) && !needed[x.MessageID] {
			x.State, x.Reply, x.Receipt, x.Time = invite.DeliveryRefused, lateReply, "", now.UTC()
			late = append(late, x.Delivery)
			delete(due.numbers, n)
		}
	}
	if len(late) == 0 {
		return nil
	}
	l := d.newLedger(ctx)
	var refused []invite.Delivery
	err := d.inTxTelling(ctx, func(tx *sql.Tx, keep bool) error {
		got, err := setMails(ctx, tx, was.key, late, now, func(s *statement) { s.add(` AND state = 'pending'`) })
		if err != nil {
			return err
		}
		refused = among(late, got)
		return l.tellResults(ctx, tx, was.key, refused, keep)
	})
	if err != nil || len(refused) == 0 {
		return err
	}
	d.log().WarnContext(ctx, "desk: mails were not sent, because their meeting is over", "uid", was.meeting.Event.UID, "mails", len(refused))
	d.tellEnded(ctx, was.meeting.Event.UID, was.meeting.Tag, refused)
	return nil
}

// tellEnd returns the Message-IDs of the mails to attendees who may have an earlier version
// of a meeting that is not over. A mail that tells of a change shows that its attendee has
// one. A mail to several attendees goes out whole.
func (s *stored) tellEnd(now time.Time) map[string]bool {
	if !slices.ContainsFunc(s.meeting.Before, func(e ical.Event) bool { return !series.IsPast(&e, now) }) {
		return nil
	}
	know := make(map[string]bool) // by the key of the address
	for _, x := range s.mails {
		switch x.State {
		case invite.DeliveryDelivered, invite.DeliveryUnknown, invite.DeliverySending:
			know[address.Key(x.To)] = true
		}
		if x.Action == body.ActionUpdate {
			know[address.Key(x.To)] = true
		}
	}
	out := make(map[string]bool)
	for _, x := range s.mails {
		if x.Method == ical.MethodRequest && know[address.Key(x.To)] {
			out[x.MessageID] = true
		}
	}
	return out
}

// isLate reports whether a mail that waits was made before the meeting ended, and invites to
// it or reminds of it.
func (m *mail) isLate(end time.Time) bool {
	made := m.Stamp
	if made.IsZero() { // an older version of this library made it
		made = m.since
	}
	return m.State == invite.DeliveryPending && (m.Method == ical.MethodRequest || m.Method == "") && made.Before(end)
}
