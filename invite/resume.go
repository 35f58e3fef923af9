package invite

import (
	"context"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Resume sends what the ledger of a meeting says is pending, and never what is
// delivered or refused. What may have arrived is sent again only with the option
// [ResendUnknown], as the same mail: same Message-ID, UID and SEQUENCE. A mail
// that a later one has overtaken is left out.
func (c *Client) Resume(ctx context.Context, m *Meeting, opts ...SendOption) (*Meeting, error) {
	if c.sender == nil {
		return nil, ErrNoSender
	}
	o := c.options.forMeeting(m, opts)
	list := m.unsent(o)
	r, err := render(list, m, make(indexes), o)
	if err != nil {
		return nil, err
	}
	out := m.clone()
	err = c.deliver(ctx, list, r, out, o)
	r.release()
	return out, err
}

// open are the entries of the ledger that wait to be sent, those of unknown
// result included where asked, without those that a later one overtook.
func (m *Meeting) open(unknown bool) []int {
	var out []int
	later := make(map[overtaker]bool) // what comes after the entry at hand
	for i := len(m.Deliveries) - 1; i >= 0; i-- {
		d := &m.Deliveries[i]
		to := address.Key(d.To)
		overtaken := later[overtaker{to, time.Time{}.Unix()}] || later[overtaker{to, d.RecurrenceID.Unix()}]
		if (d.State == DeliveryPending || unknown && d.State == DeliveryUnknown) && !overtaken {
			out = append(out, i)
		}
		if d.Method != ical.MethodDeclineCounter {
			later[overtaker{to, d.RecurrenceID.Unix()}] = true
		}
	}
	slices.Reverse(out)
	return out
}

// overtaker is what a later mail to the same attendee says all of that an earlier
// one would say: it is about the whole meeting, or about the same occurrence.
type overtaker struct {
	to         string
	occurrence int64
}

// unsent makes the letters of the open entries again. Those with one Message-ID
// are one shared mail.
func (m *Meeting) unsent(o *Options) []letter {
	var out []letter
	x := make(indexes)
	for _, i := range m.open(o.call.resendUnknown) {
		d := &m.Deliveries[i]
		n := notice{attendee: m.recipient(d.To, x), entry: i}
		if n.content = m.content(d, n.attendee, x); n.content == nil {
			continue
		}
		n.replyTo = m.ReplyAddresses[address.Key(choose(o.Shared, "", d.To))]
		if last := len(out) - 1; last >= 0 && m.Deliveries[out[last][0].entry].MessageID == d.MessageID {
			out[last] = append(out[last], n)
			continue
		}
		out = append(out, letter{n})
	}
	return out
}

// content makes what an entry said again; nil where the attendee has nothing to
// see any more.
func (m *Meeting) content(d *Delivery, a *ical.Attendee, x indexes) *content {
	c := &content{method: d.Method, sequence: d.Sequence}
	if before := m.versionBefore(d.Sequence); before != nil {
		c.before = x.seen(before, d.To, d.RecurrenceID)
	}
	c.event = x.seen(&m.Event, d.To, d.RecurrenceID)
	if d.Method == ical.MethodCancel {
		was := c.before
		if was == nil {
			was = c.event
		}
		if was == nil {
			return nil
		}
		c.event = x.cancelled(was, a, d.Sequence)
	}
	if c.event == nil {
		return nil
	}
	return c
}

// recipient returns the attendee of an address, as the event has them or had
// them before the change.
func (m *Meeting) recipient(email string, x indexes) *ical.Attendee {
	key := address.Key(email)
	if a := x.attendee(&m.Event, key); a != nil {
		return a
	}
	for i := len(m.Before) - 1; i >= 0; i-- {
		if a := x.attendee(&m.Before[i], key); a != nil {
			return a
		}
	}
	return &ical.Attendee{Email: email}
}

// seen is what the attendee sees of e: the whole, or the occurrence with that
// original start; nil for nothing.
func (x indexes) seen(e *ical.Event, email string, id time.Time) *ical.Event {
	v := x.view(e, email)
	switch {
	case id.IsZero():
		return v.whole
	case v.whole != nil:
		return occurrence(v.whole, id)
	}
	return find(v.alone, id)
}
