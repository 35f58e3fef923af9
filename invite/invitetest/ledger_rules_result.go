package invitetest

import (
	"context"
	"fmt"

	"github.com/convene-go/convene/invite"
)

func checkTakenBack(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 5)
	if err != nil {
		return err
	}
	err = inOrder(
		func() error { return b.set(invite.DeliverySending, 0, 1, 2, 3) },
		func() error { return b.set(invite.DeliveryUnknown, 1) },
		func() error { return b.set(invite.DeliveryDelivered, 2) },
		func() error { return b.set(invite.DeliveryRefused, 3) },
	)
	if err != nil {
		return err
	}
	// Mails 2, 3 and 4 keep their state. Nothing is lost, because pending is no claim.
	if err := b.set(invite.DeliveryPending, 0, 1, 2, 3, 4); err != nil {
		return err
	}
	for n, was := range []invite.DeliveryState{invite.DeliverySending, invite.DeliveryUnknown} {
		if err := b.set(invite.DeliverySending, n); err != nil {
			return fmt.Errorf("mail %d was %s and was taken back, so it can be claimed: %w", n, was, err)
		}
	}
	for n, is := range []invite.DeliveryState{2: invite.DeliveryDelivered, 3: invite.DeliveryRefused} {
		if is == "" {
			continue
		}
		if err := b.refuses(n); err != nil {
			return fmt.Errorf("mail %d is %s and cannot be taken back, so it cannot be claimed: %w", n, is, err)
		}
	}
	return b.set(invite.DeliverySending, 4)
}

func checkLate(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 1)
	if err != nil {
		return err
	}
	return inOrder(
		func() error { return b.set(invite.DeliverySending, 0) },
		func() error { return b.set(invite.DeliveryUnknown, 0) },
		func() error { return b.set(invite.DeliveryDelivered, 0) },
		func() error { return b.set(invite.DeliveryPending, 0) }, // this does not hold
		func() error { return b.refuses(0) },
	)
}
