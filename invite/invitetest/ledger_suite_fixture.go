package invitetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// begun is a meeting that was passed to Begin of a ledger. Its mails are numbered
// from 0.
type begun struct {
	*invite.Meeting
	ledger invite.Ledger
	ctx    context.Context
}

// begin queues a meeting with n attendees, and passes it to Begin.
func begin(ctx context.Context, l invite.Ledger, n int, opts ...invite.SendOption) (*begun, error) {
	m, err := queued(n, opts...)
	if err != nil {
		return nil, err
	}
	if err := l.Begin(ctx, m); err != nil {
		return nil, fmt.Errorf("calling Begin with a new meeting returned %w, want nil", err)
	}
	return &begun{m, l, ctx}, nil
}

// queued returns a meeting with n attendees whose mails are pending.
func queued(n int, opts ...invite.SendOption) (*invite.Meeting, error) {
	start := time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, 30)
	e := ical.Event{
		Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "UTC",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
	}
	for i := range n {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("p%d@example.com", i)})
	}
	c := invite.New(nil, &invite.Options{Files: noFiles})
	m, err := c.Send(context.Background(), e, append(opts, invite.QueueOnly())...)
	if err != nil {
		return nil, fmt.Errorf("invitetest: %w", err)
	}
	return m, nil
}

// noFiles stands for the files of a program. The suite sends no mail, so nothing asks it.
func noFiles(context.Context, string, string, string) ([]byte, error) {
	return nil, errors.New("invitetest: the file is not kept")
}

// later returns the meeting that a later call makes from the queued one. For each
// mail that the call overtakes, it has a new mail to the same recipient.
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

// rows returns the numbered deliveries of the meeting in another state.
func (b *begun) rows(state invite.DeliveryState, numbers ...int) []invite.Delivery {
	var out []invite.Delivery
	for _, n := range numbers {
		d := b.Deliveries[n]
		d.State, d.Time = state, time.Now().UTC().Truncate(time.Second)
		if state == invite.DeliveryDelivered {
			d.Receipt = fmt.Sprintf("receipt%d", n)
		}
		out = append(out, d)
	}
	return out
}

// set records a state of some mails, and expects that nothing is lost.
func (b *begun) set(state invite.DeliveryState, numbers ...int) error {
	return b.try(nil, b.rows(state, numbers...)...)
}

// refuses claims mails, and expects that all claims are refused.
func (b *begun) refuses(numbers ...int) error {
	return b.try(numbers, b.rows(invite.DeliverySending, numbers...)...)
}

// try records changes, and compares the numbers of the lost claims with want.
func (b *begun) try(want []int, changed ...invite.Delivery) error {
	lost, err := b.ledger.Record(b.ctx, b.Event.UID, changed)
	if err != nil {
		return fmt.Errorf("calling Record with %s returned %w, want nil", shown(changed), err)
	}
	slices.Sort(lost)
	if !slices.Equal(lost, want) {
		return fmt.Errorf("calling Record with %s returned lost = %v, want %v: %s", shown(changed), lost, want, explain(lost, want))
	}
	return nil
}

// explain says in words how lost differs from want.
func explain(lost, want []int) string {
	var text []string
	if n := without(want, lost); len(n) > 0 {
		text = append(text, fmt.Sprintf("the claims of the mails %v should be refused", n))
	}
	if n := without(lost, want); len(n) > 0 {
		text = append(text, fmt.Sprintf("the changes of the mails %v should not be refused", n))
	}
	if len(text) == 0 {
		return "each number should be listed once"
	}
	return strings.Join(text, ", and ")
}

// without returns the numbers of list that other does not have.
func without(list, other []int) []int {
	return slices.DeleteFunc(slices.Clone(list), func(n int) bool { return slices.Contains(other, n) })
}

// shown returns changes for an error text: their numbers and states.
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

// inOrder calls functions in order, up to the first error.
func inOrder(list ...func() error) error {
	for _, f := range list {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}
