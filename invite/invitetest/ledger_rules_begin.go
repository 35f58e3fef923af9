package invitetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

func checkBegin(ctx context.Context, l invite.Ledger) error {
	a, err := queued(3)
	if err != nil {
		return err
	}
	b, err := queued(2)
	if err != nil {
		return err
	}
	if err := l.Begin(ctx, a, b); err != nil {
		return fmt.Errorf("calling Begin with two new meetings returned %w, want nil", err)
	}
	x, y := &begun{a, l, ctx}, &begun{b, l, ctx}
	return inOrder(
		func() error { return x.set(invite.DeliverySending, 0, 1, 2) },
		func() error { return y.set(invite.DeliverySending, 0, 1) },
		func() error { return x.refuses(0, 1, 2) },
		func() error { return y.refuses(0, 1) },
	)
}

func checkStored(ctx context.Context, l invite.Ledger) error {
	reader, ok := l.(LedgerReader)
	if !ok {
		return errNoReader
	}
	agenda := invite.Attach(invite.File{Name: "Agenda.txt", MediaType: "text/plain", Data: []byte("1. Welcome")})
	b, err := begin(ctx, l, 4, invite.Tag("tenant"), invite.Comment("Welcome"), agenda)
	if err != nil {
		return err
	}
	want := *b.Meeting
	want.Deliveries = slices.Clone(want.Deliveries)
	same := func(when string) error {
		got, err := reader.Meeting(ctx, b.Event.UID)
		if err != nil {
			return fmt.Errorf("calling Meeting %s returned %w, want nil", when, err)
		}
		if err := sameJSON(&want, got); err != nil {
			return fmt.Errorf("%s the stored meeting differs from the meeting that the ledger was given: %w", when, err)
		}
		return nil
	}
	if err := same("after Begin"); err != nil {
		return err
	}
	changed := b.rows(invite.DeliverySending, 0, 2)
	want.Merge(changed)
	if err := inOrder(func() error { return b.try(nil, changed...) }, func() error { return same("after a claim") }); err != nil {
		return err
	}
	changed = b.rows(invite.DeliveryRefused, 0)
	changed[0].Reply = "550 5.1.1 nobody: ünknown"
	want.Merge(changed)
	claim := b.rows(invite.DeliverySending, 2) // mail 2 is claimed already
	claim[0].Reply, claim[0].Time = "again", claim[0].Time.Add(time.Hour)
	return inOrder(func() error { return b.try([]int{2}, append(changed, claim...)...) },
		func() error { return same("after a result and a refused claim") })
}

// sameJSON returns an error that shows the first difference of two meetings.
func sameJSON(want, got *invite.Meeting) error {
	var lines [2][]string
	for i, m := range []*invite.Meeting{want, got} {
		data, err := json.MarshalIndent(m, "", " ")
		if err != nil {
			return err
		}
		lines[i] = strings.Split(string(data), "\n")
	}
	for i := range max(len(lines[0]), len(lines[1])) {
		w, g := line(lines[0], i), line(lines[1], i)
		if w != g {
			return fmt.Errorf("line %d of the JSON is %q, want %q", i+1, g, w)
		}
	}
	return nil
}

// line returns list[i], or "" if the list is too short.
func line(list []string, i int) string {
	if i >= len(list) {
		return ""
	}
	return list[i]
}

func checkValues(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 3)
	if err != nil {
		return err
	}
	given := slices.Clone(b.Deliveries)
	for i := range b.Deliveries {
		b.Deliveries[i].State, b.Deliveries[i].MessageID = invite.DeliveryDelivered, "<other@example.com>"
	}
	b.Event.Attendees[0].Email = "other@example.com"
	b.Meeting = &invite.Meeting{Event: ical.Event{UID: b.Event.UID}, Deliveries: given}
	changed := b.rows(invite.DeliverySending, 0, 1)
	before := slices.Clone(changed)
	if err := b.try(nil, changed...); err != nil {
		return fmt.Errorf("after the caller changed the meeting that it had passed to Begin: %w", err)
	}
	for i, d := range before {
		if d != changed[i] {
			return fmt.Errorf("Record changed its argument from %+v to %+v", d, changed[i])
		}
	}
	for i := range changed {
		changed[i].State = invite.DeliveryPending
	}
	if err := b.refuses(0, 1); err != nil {
		return fmt.Errorf("after the caller changed the list that it had passed to Record: %w", err)
	}
	return nil
}

func checkOvertaken(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 3)
	if err != nil {
		return err
	}
	next := b.later(1)
	if err := l.Begin(ctx, next.Meeting); err != nil {
		return fmt.Errorf("calling Begin with a meeting that overtakes a pending mail returned %w, want nil", err)
	}
	err = inOrder(func() error { return next.refuses(1) }, func() error { return next.set(invite.DeliverySending, 3) })
	if err != nil {
		return fmt.Errorf("mail 1 is overtaken by mail 3: %w", err)
	}
	for n, way := range closed {
		b, err := begin(ctx, l, 2)
		if err != nil {
			return err
		}
		for _, state := range way {
			if err := b.set(state, 0); err != nil {
				return err
			}
		}
		if err := l.Begin(ctx, b.later(0).Meeting); err == nil {
			return fmt.Errorf("calling Begin with a meeting that overtakes mail 0 returned nil, but mail 0 is %s: want an error", way[len(way)-1])
		}
		if n > 0 {
			continue
		}
		// The call that claimed the mail goes on.
		err = inOrder(func() error { return b.set(invite.DeliveryDelivered, 0) }, func() error { return b.set(invite.DeliverySending, 1) })
		if err != nil {
			return fmt.Errorf("after Begin returned an error: %w", err)
		}
	}
	return nil
}

func checkTogether(ctx context.Context, l invite.Ledger) error {
	for _, first := range []bool{true, false} {
		b, err := begin(ctx, l, 2)
		if err != nil {
			return err
		}
		fresh, err := queued(1)
		if err != nil {
			return err
		}
		if err := b.set(invite.DeliverySending, 0); err != nil {
			return err
		}
		next := b.later(1, 0) // mail 1 is pending, mail 0 is not
		ms := []*invite.Meeting{fresh, next.Meeting}
		if !first {
			slices.Reverse(ms)
		}
		if err := l.Begin(ctx, ms...); err == nil {
			return errors.New("calling Begin with two meetings, one new and one that overtakes a mail in state sending, returned nil, want an error")
		}
		x := &begun{fresh, l, ctx}
		if lost, err := l.Record(ctx, fresh.Event.UID, x.rows(invite.DeliverySending, 0)); err == nil && len(lost) == 0 {
			return errors.New("after Begin returned an error, a mail of the new meeting can be claimed, so the meeting was stored")
		}
		if lost, err := l.Record(ctx, next.Event.UID, next.rows(invite.DeliverySending, 2)); err == nil && len(lost) == 0 {
			return errors.New("after Begin returned an error, a new mail of the other meeting can be claimed, so that mail was stored")
		}
		if err := b.set(invite.DeliverySending, 1); err != nil {
			return fmt.Errorf("after Begin returned an error, mail 1 should not be overtaken, but still pending: %w", err)
		}
	}
	return nil
}

func checkKept(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 5)
	if err != nil {
		return err
	}
	next := b.later(3) // in this meeting mails 0, 1, 2 and 4 are pending
	err = inOrder(
		func() error { return b.set(invite.DeliverySending, 0, 1, 2) },
		func() error { return b.set(invite.DeliveryDelivered, 0) },
		func() error { return b.set(invite.DeliveryUnknown, 2) },
	)
	if err != nil {
		return err
	}
	if err := l.Begin(ctx, next.Meeting); err != nil {
		return fmt.Errorf("calling Begin with a meeting that overtakes the pending mail 3 and changes no other mail returned %w, want nil", err)
	}
	want := []invite.DeliveryState{
		invite.DeliveryDelivered, invite.DeliverySending, invite.DeliveryUnknown, invite.DeliveryOvertaken,
	}
	for n, is := range want {
		if err := next.refuses(n); err != nil {
			return fmt.Errorf("mail %d should be %s after the later Begin: %w", n, is, err)
		}
	}
	return inOrder(
		func() error { return next.set(invite.DeliveryDelivered, 1) },
		func() error { return next.set(invite.DeliverySending, 4, 5) },
	)
}
