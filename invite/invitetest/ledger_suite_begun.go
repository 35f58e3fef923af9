package invitetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// begun is a meeting that a ledger was given by Begin. Its mails are numbered from 0.
type begun struct {
	*invite.Meeting
	ledger invite.Ledger
	ctx    context.Context
}

// begin queues a meeting and gives it to the ledger.
func begin(ctx context.Context, l invite.Ledger, n int, opts ...invite.SendOption) (*begun, error) {
	m, err := queued(n, opts...)
	if err != nil {
		return nil, err
	}
	if err := l.Begin(ctx, m); err != nil {
		return nil, fmt.Errorf("calling Begin with a new meeting returned %w", err)
	}
	return &begun{m, l, ctx}, nil
}

// queued returns a meeting whose mails are pending.
func queued(n int, opts ...invite.SendOption) (*invite.Meeting, error) {
	start := time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, 30)
	e := ical.Event{
		Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "UTC",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
	}
	for i := range n {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("p%d@example.com", i)})
	}
	m, err := invite.New(nil, nil).Send(context.Background(), e, append(opts, invite.QueueOnly())...)
	if err != nil {
		return nil, fmt.Errorf("invitetest: %w", err)
	}
	return m, nil
}

// later returns the meeting as a later call makes it, of the meeting as it was
// queued: with a new mail to the recipients of the mails that it overtakes.
func (b *begun) later(overtaken ...int) *begun {
	m := *b.Meeting
	m.Deliveries = slices.Clone(b.Deliveries)
	m.Event.Sequence++
	for _, n := range overtaken {
		d := m.Deliveries[n]
		m.Deliveries[n].State = invite.DeliveryOvertaken
		d.N, d.Sequence, d.MessageID = len(m.Deliveries), m.Event.Sequence, fmt.Sprintf("<later%d.%s", n, d.MessageID[1:])
		m.Deliveries = append(m.Deliveries, d)
	}
	return &begun{&m, b.ledger, b.ctx}
}

// rows are deliveries of the meeting in another state.
func (b *begun) rows(state invite.DeliveryState, numbers ...int) []invite.Delivery {
	var out []invite.Delivery
	for _, n := range numbers {
		d := b.Deliveries[n]
		d.State, d.Time = state, time.Now().UTC().Truncate(time.Second)
		out = append(out, d)
	}
	return out
}

// set records a state that holds for each of some mails.
func (b *begun) set(state invite.DeliveryState, numbers ...int) error {
	return b.try(nil, b.rows(state, numbers...)...)
}

// refuses claims mails, and expects that none of them can be claimed.
func (b *begun) refuses(numbers ...int) error {
	return b.try(numbers, b.rows(invite.DeliverySending, numbers...)...)
}

// try records changes, and compares the numbers that are lost.
func (b *begun) try(want []int, changed ...invite.Delivery) error {
	lost, err := b.ledger.Record(b.ctx, b.Event.UID, changed)
	if err != nil {
		return fmt.Errorf("calling Record with %s returned %w", shown(changed), err)
	}
	slices.Sort(lost)
	if !slices.Equal(lost, want) {
		return fmt.Errorf("calling Record with %s returned lost = %v, want %v", shown(changed), lost, want)
	}
	return nil
}

// shown are changes for an error text.
func shown(changed []invite.Delivery) string {
	out := ""
	for i, d := range changed {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("%d %s", d.N, d.State)
	}
	return "[" + out + "]"
}

// steps are what a rule does in order, up to the first error.
func steps(list ...func() error) error {
	for _, f := range list {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}
