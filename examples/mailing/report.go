package main

import (
	"context"
	"fmt"
	"io"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// report prints what became of the mails, and names those that need a person.
func report(ctx context.Context, w io.Writer, d *desk.Desk, uid string) error {
	m, err := d.Meeting(ctx, uid)
	if err != nil {
		return err
	}
	t := m.Tally()
	fmt.Fprintf(w, "%s: %d guests, %d mails pending\n", m.Event.Summary, len(m.Event.Attendees), t.Pending)
	for _, x := range m.Deliveries {
		switch x.State {
		case invite.DeliveryUnknown, invite.DeliverySending, invite.DeliveryRefused, invite.DeliveryUndelivered:
			fmt.Fprintf(w, "%s %s %s %s\n", x.State, x.To, x.MessageID, x.Reply)
		}
	}
	return nil
}
