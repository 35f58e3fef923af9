package invitetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/convene-go/convene/invite"
)

func checkStranger(ctx context.Context, l invite.Ledger) error {
	m, err := queued(1)
	if err != nil {
		return err
	}
	b := &begun{m, l, ctx}
	if lost, err := l.Record(ctx, m.Event.UID, b.rows(invite.DeliverySending, 0)); err == nil {
		return fmt.Errorf("calling Record with a claim for a meeting that is not stored returned lost = %v and no error, want an error", lost)
	}
	return nil
}

func checkApart(ctx context.Context, l invite.Ledger) error {
	a, err := begin(ctx, l, 3)
	if err != nil {
		return err
	}
	b, err := begin(ctx, l, 3)
	if err != nil {
		return err
	}
	err = inOrder(
		func() error { return a.set(invite.DeliverySending, 0, 1) },
		func() error { return a.set(invite.DeliveryDelivered, 0) },
		func() error { return b.set(invite.DeliverySending, 0, 1, 2) },
		func() error { return b.set(invite.DeliveryPending, 0, 1, 2) },
		func() error { return a.refuses(0, 1) },
		func() error { return a.set(invite.DeliverySending, 2) },
	)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wg.Go(func() {
			x, err := begin(ctx, l, 5)
			for n := 0; err == nil && n < 5; n++ {
				if err = x.set(invite.DeliverySending, n); err == nil {
					err = x.set(invite.DeliveryDelivered, n)
				}
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("with %d meetings at once: %w", len(errs), err)
	}
	return nil
}

func checkResume(ctx context.Context, l invite.Ledger) error {
	const mails, programs = 12, 2
	b, err := begin(ctx, l, mails)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	sent := make(map[string]int)
	sender := invite.SenderFunc(func(_ context.Context, m *invite.Message) error {
		mu.Lock()
		defer mu.Unlock()
		sent[m.ID]++
		return nil
	})
	errs := make([]error, programs)
	var wg sync.WaitGroup
	for i := range programs {
		wg.Go(func() {
			c := invite.New(sender, &invite.Options{Ledger: l, Parallel: 1 + 2*i})
			_, errs[i] = c.Resume(ctx, b.Meeting)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("calling Resume returned %w, want nil", err)
	}
	for _, d := range b.Deliveries {
		if n := sent[d.MessageID]; n != 1 {
			return fmt.Errorf("%d programs resumed a meeting at once, and mail %d was handed over %d times, want once", programs, d.N, n)
		}
	}
	return nil
}
