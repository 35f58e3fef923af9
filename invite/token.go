package invite

import (
	"crypto/hmac"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// mostTo is how many tokens are looked at in one mail.
const mostTo = 10

// token is what a verified address says.
type token struct {
	email string // the attendee; "" for none, or for a token of the whole meeting
}

// findToken looks for a token of ours in the addresses that the mail came to. One
// that is forged, expired or of another meeting refuses the mail.
func (x *intake) findToken() error {
	r := x.p.ReplyAddress
	if r == nil {
		return nil
	}
	if err := r.check(); err != nil {
		return refuse(VerdictUnverified, "%v", err)
	}
	var refused error
	for _, raw := range x.tokens() {
		t, err := x.verify(raw)
		if err == nil {
			x.token = t
			return nil
		}
		refused = err
	}
	return refused
}

// tokens are those in the addresses that the mail was sent to and came to, and
// in the organizer's as the answer has it.
func (x *intake) tokens() (found [][]byte) {
	m := x.in.Mail
	list := append([]string{x.in.Event.Organizer.Email}, m.DeliveredTo...)
	for _, a := range append(m.To[:len(m.To):len(m.To)], m.Cc...) {
		list = append(list, a.Address)
	}
	for _, addr := range list {
		if raw := x.p.ReplyAddress.raw(addr); raw != nil && len(found) < mostTo {
			found = append(found, raw)
		}
	}
	return found
}

// verify finds whose token it is. All keys and attendees are tried, and compared
// in constant time.
func (x *intake) verify(raw []byte) (t token, err error) {
	day, mac := raw[:2], raw[2:]
	emails := x.m.addresses()
	genuine := false
	for _, key := range x.p.ReplyAddress.Keys {
		for _, email := range emails {
			if hmac.Equal(mac, sign(key, day, x.m.Event.UID, email)) {
				genuine, t.email = true, email
			}
		}
	}
	switch {
	case !genuine:
		return t, refuse(VerdictUnverified, "came to an address whose token is not of this meeting, or forged")
	case expired(raw, x.p.Now()):
		return t, refuse(VerdictUnverified, "came to an address whose token has expired")
	}
	return t, nil
}

// addresses are those of everybody invited, to the whole or to an occurrence, and
// the empty one, which stands for all.
func (m *Meeting) addresses() []string {
	out, seen := []string{""}, map[string]bool{}
	add := func(list []ical.Attendee) {
		for i := range list {
			if key := address.Key(list[i].Email); !seen[key] {
				seen[key] = true
				out = append(out, list[i].Email)
			}
		}
	}
	add(m.Event.Attendees)
	for i := range m.Event.Overrides {
		add(m.Event.Overrides[i].Attendees)
	}
	return out
}
