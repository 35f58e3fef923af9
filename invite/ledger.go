package invite

import (
	"crypto/sha256"
	"slices"
	"strconv"
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
			Comment: o.call.comment, Stamp: stamp, MessageID: ids.of(l, stamp), State: Pending,
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
		return body.Cancellation
	case n.before != nil:
		return body.Update
	}
	return body.Invitation
}

// identifier makes Message-IDs.
type identifier struct {
	organizer, domain string // of the last
	buf               []byte
}

// of makes the same identifier for the same mail, so that a receiver who gets it
// twice can tell. Its right side is the organizer's domain (RFC 5322, section
// 3.6.4).
func (x *identifier) of(l letter, stamp time.Time) string {
	n := &l[0]
	b := append(append(x.buf[:0], n.event.UID...), '\n')
	b = append(append(b, n.method...), '\n')
	b = append(strconv.AppendInt(b, int64(n.sequence), 10), '\n')
	b = append(n.event.RecurrenceID.UTC().AppendFormat(b, time.RFC3339), '\n')
	b = append(strconv.AppendInt(b, stamp.Unix(), 10), '\n')
	for i := range l {
		b = append(append(b, l[i].key()...), '\n')
	}
	sum := sha256.Sum256(b)
	b = base32Lower.AppendEncode(append(b[:0], '<'), sum[:15])
	b = append(append(b, '@'), x.domainOf(n.event.Organizer.Email)...)
	x.buf = append(b, '>')
	return string(x.buf)
}

func (x *identifier) domainOf(organizer string) string {
	if x.domain == "" || x.organizer != organizer {
		x.organizer, x.domain = organizer, "invalid"
		if ascii, err := address.ASCII(organizer); err == nil {
			x.domain = ascii[strings.LastIndexByte(ascii, '@')+1:]
		}
	}
	return x.domain
}
