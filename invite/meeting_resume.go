package invite

import (
	"context"
	"fmt"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/plan"
)

// waiting returns the indexes of the deliveries that are to be sent. These are
// the pending ones. With the option [ResendUnknown] they include mails that may
// have arrived, unless a later mail to the same attendee has overtaken them.
func (m *Meeting) waiting(o *settings) (out []int) {
	old := make(map[int]bool)
	if o.resendUnknown {
		for _, i := range m.overtakenByLater() {
			old[i] = true
		}
	}
	for i := range m.Deliveries {
		switch m.Deliveries[i].State {
		case DeliveryPending:
			out = append(out, i)
		case DeliveryUnknown, DeliverySending:
			if o.resendUnknown && !old[i] {
				out = append(out, i)
			}
		}
	}
	return out
}

// unsent makes the letters of the waiting deliveries again. Deliveries with one
// Message-ID are one mail to several attendees. It leaves out deliveries whose
// attendee has nothing to see any more.
func (m *Meeting) unsent(p *plan.Plan, o *settings) []letter {
	var out []letter
	last := make(map[string]int) // the letter of a Message-ID
	w := plan.NewRewriter(o.planned(m), p)
	for _, i := range m.waiting(o) {
		d := &m.Deliveries[i]
		n, ok := w.Notice(i)
		if !ok {
			continue
		}
		r := recipient{Notice: &n, index: i, mayHaveArrived: d.State != DeliveryPending}
		to := d.To
		if o.oneMail {
			to = ""
		}
		r.replyTo = m.ReplyAddresses[address.Key(to)]
		if at, ok := last[d.MessageID]; ok {
			out[at] = append(out[at], r)
			continue
		}
		last[d.MessageID] = len(out)
		out = append(out, letter{r})
	}
	return out
}

// takeBack makes mails that may have arrived pending, because they are to be sent
// again, and records this in the ledger.
func (m *Meeting) takeBack(ctx context.Context, list []letter, o *settings) error {
	var changed []Delivery
	for _, l := range list {
		for i := range l {
			if d := &m.Deliveries[l[i].index]; d.State != DeliveryPending {
				d.State, d.Reply, d.Time = DeliveryPending, "", o.Now().UTC()
				changed = append(changed, *d)
			}
		}
	}
	if len(changed) == 0 || o.Ledger == nil {
		return nil
	}
	if _, err := o.Ledger.Record(ctx, m.Event.UID, changed); err != nil {
		return fmt.Errorf("invite: ledger: %w", err)
	}
	return nil
}
