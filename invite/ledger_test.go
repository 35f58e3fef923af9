package invite_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/convene-go/convene/invite"
)

// TestLedger has one call of the store fail. No mail is sent after it.
func TestLedger(t *testing.T) {
	broken := errors.New("disk full")
	pending, sending, delivered := invite.DeliveryPending, invite.DeliverySending, invite.DeliveryDelivered
	tests := []struct {
		name  string
		fail  int // the number of the call of the store that fails; 0 is Begin
		mails int
		want  []invite.DeliveryState
	}{
		{"never", -1, 3, []invite.DeliveryState{delivered, delivered, delivered}},
		{"before the first", 1, 0, []invite.DeliveryState{pending, pending, pending}},
		{"after the first", 2, 1, []invite.DeliveryState{delivered, pending, pending}},
		{"after the second", 3, 2, []invite.DeliveryState{delivered, delivered, pending}},
		{"after the last", 4, 3, []invite.DeliveryState{delivered, delivered, delivered}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(recorder)
			calls := 0
			var stored []*invite.Meeting
			c := s.client().WithLedger(invite.WholeMeeting(func(_ context.Context, m *invite.Meeting) error {
				if calls++; calls-1 == tt.fail {
					return broken
				}
				stored = append(stored, reload(t, m))
				return nil
			}))
			m, err := c.Send(context.Background(), trio())
			if errors.Is(err, broken) != (tt.fail >= 0) {
				t.Errorf("Send = %v, want the error of the store if it failed", err)
			}
			check(t, "states", tt.want, states(m))
			if len(s.mails) != tt.mails {
				t.Errorf("%d mails, want %d", len(s.mails), tt.mails)
			}
			check(t, "stored at the end", tt.want, states(stored[len(stored)-1]))
			for i, m := range stored[:min(tt.mails+1, len(stored))] {
				want := []invite.DeliveryState{pending, pending, pending}
				for n := range i {
					want[n] = delivered
				}
				if i > 0 {
					want[i-1] = sending
				}
				check(t, fmt.Sprint("stored ", i), want, states(m))
			}
		})
	}
}

// TestLedgerBegin has a store that fails before the first mail. Nothing is sent.
func TestLedgerBegin(t *testing.T) {
	broken := errors.New("disk full")
	s := new(recorder)
	m := mustSend(t, s.client(), trio())
	s.take()
	c := s.client().WithLedger(invite.WholeMeeting(func(context.Context, *invite.Meeting) error { return broken }))
	after := trio()
	after.Location = "Roof"
	if got, err := c.Update(context.Background(), m, after); got != m || !errors.Is(err, broken) || len(s.mails) > 0 {
		t.Errorf("Update = %p, %v with %d mails, want the meeting as it was", got, err, len(s.mails))
	}
}

// TestContextEnds ends the context after the first mail. The other mails are pending,
// and Resume sends them.
func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := new(recorder)
	records := 0
	c := s.client().WithLedger(invite.WholeMeeting(func(ctx context.Context, m *invite.Meeting) error {
		if records++; records == 2 {
			cancel() // between the claim and the mail, which is still sent
		}
		return ctx.Err()
	}))
	m, err := c.Send(ctx, trio())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Send = %v, want context.Canceled", err)
	}
	check(t, "states", []invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryPending, invite.DeliveryPending}, states(m))
	s.take()
	must(t)(s.client().Resume(context.Background(), m))
	check(t, "resumed", []string{"bob@example.test", "cy@example.test"}, s.take())
}
