package invitetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/convene-go/convene/invite"
)

// closed lists the ways into a state in which a mail cannot be claimed. The last
// state of each way is that state.
var closed = [][]invite.DeliveryState{
	{invite.DeliverySending},
	{invite.DeliverySending, invite.DeliveryDelivered},
	{invite.DeliverySending, invite.DeliveryRefused},
	{invite.DeliverySending, invite.DeliveryUnknown},
}

func checkClaim(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, len(closed)+1)
	if err != nil {
		return err
	}
	for n, way := range closed {
		for _, state := range way {
			if err := b.set(state, n); err != nil {
				return err
			}
		}
		if err := b.refuses(n); err != nil {
			return fmt.Errorf("mail %d is %s: %w", n, way[len(way)-1], err)
		}
		if err := b.refuses(n); err != nil {
			return fmt.Errorf("claiming mail %d for the second time, after a refused claim: %w", n, err)
		}
	}
	if err := b.set(invite.DeliverySending, len(closed)); err != nil {
		return fmt.Errorf("mail %d is pending: %w", len(closed), err)
	}
	return nil
}

func checkClaimants(ctx context.Context, l invite.Ledger) error {
	const mails, claimants = 40, 8
	b, err := begin(ctx, l, mails)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	holders := make([]int, mails)
	errs := make([]error, claimants)
	var wg sync.WaitGroup
	for c := range claimants {
		wg.Go(func() {
			for first := 0; first < mails; first += 1 + c%3 { // one, two or three at once
				var claim []int
				for n := first; n < min(first+1+c%3, mails); n++ {
					claim = append(claim, n)
				}
				lost, err := l.Record(ctx, b.Event.UID, b.rows(invite.DeliverySending, claim...))
				if err != nil {
					errs[c] = fmt.Errorf("calling Record from one of %d goroutines returned %w, want nil", claimants, err)
					return
				}
				mu.Lock()
				for _, n := range claim {
					if !slices.Contains(lost, n) {
						holders[n]++
					}
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for n, count := range holders {
		if count != 1 {
			return fmt.Errorf("%d goroutines claimed mail %d at once, and the claims of %d of them hold, want 1", claimants, n, count)
		}
	}
	return nil
}

func checkWhole(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 3, invite.OneMail())
	if err != nil {
		return err
	}
	c, err := begin(ctx, l, 3, invite.OneMail())
	if err != nil {
		return err
	}
	err = inOrder(
		func() error { return b.set(invite.DeliverySending, 1) },
		func() error { return b.refuses(0, 1, 2) },
		func() error { return b.set(invite.DeliverySending, 0, 2) }, // still pending
		func() error { return b.refuses(0, 1, 2) },
	)
	if err != nil {
		return fmt.Errorf("mails 0, 1 and 2 are one mail to three recipients: %w", err)
	}
	const claimants = 8
	lost := make([][]int, claimants)
	errs := make([]error, claimants)
	var wg sync.WaitGroup
	for i := range claimants {
		wg.Go(func() {
			lost[i], errs[i] = l.Record(ctx, c.Event.UID, c.rows(invite.DeliverySending, 0, 1, 2))
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	won := 0
	for _, list := range lost {
		switch len(list) {
		case 0:
			won++
		case 3:
		default:
			return fmt.Errorf("claiming one mail to three recipients returned lost = %v, want all three numbers or none", list)
		}
	}
	if won != 1 {
		return fmt.Errorf("%d of %d claims of one mail to three recipients hold, want 1", won, claimants)
	}
	return nil
}

func checkLost(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 6)
	if err != nil {
		return err
	}
	return inOrder(
		func() error { return b.set(invite.DeliverySending, 0, 1, 4) },
		func() error {
			return b.try([]int{4}, slices.Concat(
				b.rows(invite.DeliveryDelivered, 0), b.rows(invite.DeliverySending, 4, 2), b.rows(invite.DeliveryUnknown, 1),
				b.rows(invite.DeliverySending, 3))...)
		},
		func() error { return b.refuses(2, 3) }, // the claims beside the refused one hold
		func() error { return b.refuses(0, 1) }, // and the results are stored
		func() error { return b.try(nil, b.rows(invite.DeliveryDelivered, 4)...) },
		func() error { return b.try([]int{4}, b.rows(invite.DeliverySending, 4, 5)...) },
		func() error { return b.refuses(5) },
	)
}
