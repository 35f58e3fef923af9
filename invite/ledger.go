package invite

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
)

// enter adds the letters to the ledger, as pending. What a letter says beside its
// notices is kept there alone.
func (m *Meeting) enter(list []letter, action body.Action, o *Options) {
	m.Deliveries = slices.Grow(m.Deliveries, len(list))
	stamp := o.Now().UTC().Truncate(time.Second)
	var ids identifier
	for _, l := range list {
		n := &l[0]
		d := Delivery{
			Method: n.method, Sequence: n.sequence, RecurrenceID: n.event.RecurrenceID, Action: actionOf(n, action),
			Comment: o.call.comment, Stamp: stamp, MessageID: ids.next(l, stamp), State: DeliveryPending,
		}
		for i := range l {
			l[i].entry, d.To = len(m.Deliveries), l[i].attendee.Email
			m.Deliveries = append(m.Deliveries, d)
		}
	}
}

// actionOf is what a notice's mail does, where the call does not say.
func actionOf(n *notice, action body.Action) body.Action {
	switch {
	case action != "":
		return action
	case n.method == ical.MethodCancel:
		return body.ActionCancellation
	case n.before != nil:
		return body.ActionUpdate
	}
	return body.ActionInvitation
}

// identifier makes Message-IDs. Their right side is the organizer's domain (RFC
// 5322, section 3.6.4).
type identifier struct {
	of     *content // what all below is made of
	head   []byte   // what is hashed in front of the recipients
	domain string
	buf    []byte
}

// next makes the same identifier for the same mail, so that a receiver who gets it
// twice can tell.
func (x *identifier) next(l letter, stamp time.Time) string {
	if x.of != l[0].content {
		x.begin(l[0].content, stamp)
	}
	b := append(x.buf[:0], x.head...)
	for i := range l {
		b = append(append(b, l[i].key()...), '\n')
	}
	sum := sha256.Sum256(b)
	b = base32Lower.AppendEncode(append(b[:0], '<'), sum[:15])
	x.buf = append(append(append(b, '@'), x.domain...), '>')
	return string(x.buf)
}

func (x *identifier) begin(c *content, stamp time.Time) {
	x.of, x.domain = c, "invalid"
	x.head = fmt.Appendf(x.head[:0], "%s\n%s\n%d\n%s\n%d\n", c.event.UID, c.method, c.sequence,
		c.event.RecurrenceID.UTC().Format(time.RFC3339), stamp.Unix())
	if ascii, err := address.ASCII(c.event.Organizer.Email); err == nil {
		x.domain = ascii[strings.LastIndexByte(ascii, '@')+1:]
	}
}
