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
	r, err := render(list, m, o)
	if err != nil {
		return nil, err
	}
	out := m.clone()
	return out, c.deliver(ctx, list, r, out, o)
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
		if (d.State == Pending || unknown && d.State == Unknown) && !overtaken {
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
	for _, i := range m.open(o.call.resendUnknown) {
		d := m.Deliveries[i]
		n, ok := m.notice(&d)
		if !ok {
			continue
		}
		n.replyTo = m.ReplyAddresses[address.Key(choose(o.Shared, "", d.To))]
		if last := len(out) - 1; last >= 0 && out[last].id == d.MessageID {
			out[last].notices = append(out[last].notices, n)
			out[last].entries = append(out[last].entries, i)
			continue
		}
		out = append(out, letter{notices: []Notice{n}, action: d.Action, comment: d.Comment,
			stamp: d.Stamp, id: d.MessageID, entries: []int{i}})
	}
	return out
}

// notice makes the notice of an entry again; false where the attendee has
// nothing to see any more.
func (m *Meeting) notice(d *Delivery) (Notice, bool) {
	n := Notice{Attendee: m.recipient(d.To), Method: d.Method, Sequence: d.Sequence}
	if before := m.versionBefore(d.Sequence); before != nil {
		n.Before = seen(before, d.To, d.RecurrenceID)
	}
	if d.Method == ical.MethodCancel {
		p := &Plan{Event: m.Event}
		p.Event.Sequence = d.Sequence
		was := n.Before
		if was == nil {
			was = seen(&m.Event, d.To, d.RecurrenceID)
		}
		if was == nil {
			return n, false
		}
		n.Event = p.cancelled(was, n.Attendee)
		return n, true
	}
	n.Event = seen(&m.Event, d.To, d.RecurrenceID)
	return n, n.Event != nil
}

// recipient returns the attendee of an address, as the event has them or had
// them before the change.
func (m *Meeting) recipient(email string) ical.Attendee {
	versions := []*ical.Event{&m.Event}
	for i := range slices.Backward(m.Before) {
		versions = append(versions, &m.Before[i])
	}
	list := people(versions...)
	if i := indexOf(list, email); i >= 0 {
		return list[i]
	}
	return ical.Attendee{Email: email}
}

// seen is what the attendee sees of e: the whole, or the occurrence with that
// original start; nil for nothing.
func seen(e *ical.Event, email string, id time.Time) *ical.Event {
	v := viewOf(e, email)
	switch {
	case id.IsZero():
		return v.whole
	case v.whole != nil:
		return occurrence(v.whole, id)
	}
	return find(v.alone, id)
}
