package desk

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/plan"
)

// Resolve ends the state unknown of a mail, because a person has found out whether the
// mail arrived. messageID is [invite.Delivery.MessageID]. Of a mail to several attendees,
// all deliveries that are unknown are meant.
//
// If the mail arrived, it is delivered, with an [EventSent]. If it did not, it is pending
// and goes out again at once, as the same mail. If a later mail to the attendee says as
// much, it is overtaken instead, and does not go out again.
//
// If the meeting has no such mail in the state unknown, the error is [ErrNotFound]. A
// mail that is being sent is not unknown yet, see [Desk.Leftovers].
func (d *Desk) Resolve(ctx context.Context, uid, messageID string, arrived bool) (*invite.Meeting, error) {
	s, err := d.change(ctx, uid, freeChanges, func(was *stored, _ *invite.Client, _ bool) (*step, error) {
		s := d.resolved(was.meeting, messageID, arrived)
		if s == nil {
			return nil, fmt.Errorf("%w: meeting %.80s has no unknown mail %.80q", ErrNotFound, uid, messageID)
		}
		s.also = func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE convene_mails SET tries = 0, due = $1 WHERE uid = $2 AND message_id = $3 AND state = 'pending'`,
				millis(d.now()), was.key, text(messageID))
			return err
		}
		return s, nil
	})
	return s.result(err)
}

// saidToHaveArrived is the Reason of the event of a mail that a person has resolved.
const saidToHaveArrived = "was said to have arrived"

// resolved is the step that Resolve makes. It is nil if no such mail is unknown.
func (d *Desk) resolved(was *invite.Meeting, messageID string, arrived bool) *step {
	m := *was
	m.Deliveries = slices.Clone(was.Deliveries)
	s := &step{meeting: &m}
	found := false
	for i := range m.Deliveries {
		x := &m.Deliveries[i]
		if x.State != invite.DeliveryUnknown || x.MessageID != messageID {
			continue
		}
		found = true
		x.Reply, x.Time = "", d.now().UTC()
		switch {
		case arrived:
			x.State = invite.DeliveryDelivered
			e := eventOfMail(was.Event.UID, was.Tag, *x)
			e.Reason = saidToHaveArrived
			s.events = append(s.events, e)
		case saysAsMuch(x, m.Deliveries[i+1:]):
			x.State = invite.DeliveryOvertaken
		default:
			x.State = invite.DeliveryPending
			s.again = true
		}
	}
	if !found {
		return nil
	}
	return s
}

// saysAsMuch reports whether one of the later mails goes to the same attendee and says
// all that a mail said, as the option [invite.ResendUnknown] sees it.
func saysAsMuch(x *invite.Delivery, later []invite.Delivery) bool {
	return slices.ContainsFunc(later, func(y invite.Delivery) bool {
		return plan.ShowsMeeting(y.Method, plan.Action(y.Action)) && address.Same(x.To, y.To) && (y.RecurrenceID.IsZero() || y.RecurrenceID.Equal(x.RecurrenceID))
	})
}
