package invite

import (
	"context"
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
)

// waiting returns the entries of the ledger that are to be sent: the pending
// ones, and with the option [ResendUnknown] those that may have arrived, unless a
// later mail to the same attendee has overtaken them.
func (m *Meeting) waiting(o *settings) (out []int) {
	old := make(map[int]bool)
	if o.resendUnknown {
		for _, i := range m.outdated() {
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

// unsent makes the letters of the waiting entries again. Those with one Message-ID
// are one mail to several.
func (m *Meeting) unsent(p *plan, o *settings) []letter {
	var out []letter
	last := make(map[string]int) // the letter of a Message-ID
	w := &rewriter{meeting: m, plan: p, history: m.history(), versions: make(map[*ical.Event]*ical.Event)}
	for _, i := range m.waiting(o) {
		d := &m.Deliveries[i]
		n := notice{attendee: w.recipient(d.To), entry: i, again: d.State != DeliveryPending}
		if n.content = w.content(d, n.attendee); n.content == nil {
			continue
		}
		n.replyTo = m.ReplyAddresses[address.Key(choose(o.oneMail, "", d.To))]
		if at, ok := last[d.MessageID]; ok {
			out[at] = append(out[at], n)
			continue
		}
		last[d.MessageID] = len(out)
		out = append(out, letter{n})
	}
	return out
}

// takeBack makes mails pending that may have arrived, because they are to be sent
// again.
func (m *Meeting) takeBack(ctx context.Context, list []letter, o *settings) error {
	var changed []Delivery
	for _, l := range list {
		for i := range l {
			if d := &m.Deliveries[l[i].entry]; d.State != DeliveryPending {
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

// rewriter makes the contents of mails again from a meeting and its ledger.
type rewriter struct {
	meeting  *Meeting
	plan     *plan
	history  *history
	versions map[*ical.Event]*ical.Event // earlier ones with answers
	last     *content
}

// content makes what an entry said again; nil if the attendee has nothing to see
// any more.
func (w *rewriter) content(d *Delivery, a *ical.Attendee) *content {
	c := content{method: d.Method, sequence: d.Sequence}
	if d.Action == body.ActionUpdate || d.Method == ical.MethodCancel {
		c.before = w.before(d)
	}
	c.event = w.plan.seen(&w.plan.event, d.To, d.RecurrenceID)
	if d.Method == ical.MethodCancel {
		was := c.before
		if was == nil {
			was = c.event
		}
		if was == nil {
			return nil
		}
		c.event = w.plan.cancelled(was, a, d.Sequence)
	}
	if c.event == nil {
		return nil
	}
	if d.Method == ical.MethodDeclineCounter {
		c.event = alone(c.event, a)
	}
	if w.last == nil || *w.last != c {
		w.last = &c
	}
	return w.last
}

// alone is an event with one attendee, and without its overrides.
func alone(e *ical.Event, a *ical.Attendee) *ical.Event {
	out := *e
	out.Attendees, out.Overrides = []ical.Attendee{*a}, nil
	return &out
}

// before returns what the recipient of an entry saw before it; nil for nothing.
func (w *rewriter) before(d *Delivery) *ical.Event {
	v := w.meeting.versionBefore(d.Sequence)
	if d.State == DeliveryPending {
		v = w.history.has(address.Key(d.To), d.RecurrenceID, v, w.meeting.Before)
	}
	if v == nil {
		return nil
	}
	if w.versions[v] == nil {
		filled := w.meeting.filled(*v)
		w.versions[v] = &filled
	}
	return w.plan.seen(w.versions[v], d.To, d.RecurrenceID)
}

// recipient returns the attendee of an address, as the event has them or had
// them before the change.
func (w *rewriter) recipient(email string) *ical.Attendee {
	key := address.Key(email)
	if a := w.plan.attendee(&w.plan.event, key); a != nil {
		return a
	}
	for i := len(w.meeting.Before) - 1; i >= 0; i-- {
		if a := w.plan.attendee(&w.meeting.Before[i], key); a != nil {
			return a
		}
	}
	return &ical.Attendee{Email: email}
}

// seen is what the attendee sees of e: the whole, or the occurrence with that
// original start; nil for nothing.
func (p *plan) seen(e *ical.Event, email string, id time.Time) *ical.Event {
	v := p.view(e, email)
	switch {
	case id.IsZero(), sameOccurrence(e, e.RecurrenceID, id): // a meeting may be one occurrence alone
		return v.whole
	case v.whole != nil:
		return p.answers.occurrence(v.whole, id)
	}
	return find(v.alone, id)
}
