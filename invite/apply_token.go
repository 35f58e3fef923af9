package invite

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/mailauth"
)

// mostTokens limits the tokens that are looked at in one mail.
const mostTokens = 10

// findToken looks for one of our tokens in the addresses that the mail came to, and
// keeps the first valid one. If there are tokens, but each is forged, expired or of
// another meeting, the mail is refused.
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

// tokens returns the tokens in the ORGANIZER of the answer, in the delivery
// addresses, and in To and Cc, in this order.
func (x *intake) tokens() (found []mailauth.Token) {
	m := x.in.Mail
	list := append([]string{x.in.Event.Organizer.Email}, m.DeliveredTo...)
	for _, a := range append(m.To[:len(m.To):len(m.To)], m.Cc...) {
		list = append(list, a.Address)
	}
	for _, addr := range list {
		if raw := x.p.ReplyAddress.tokens().Find(addr); raw != nil && len(found) < mostTokens {
			found = append(found, raw)
		}
	}
	return found
}

// verify finds the attendee of a token. All keys and attendees are tried, and
// compared in constant time. It refuses a token that is not valid.
func (x *intake) verify(raw mailauth.Token) (t token, err error) {
	email, ok := x.p.ReplyAddress.tokens().Signed(raw, x.m.Event.UID, x.addresses())
	t.email = email
	switch {
	case !ok:
		return t, refuse(VerdictUnverified, "came to an address whose token is not of this meeting, or forged")
	case x.expired(raw, email):
		return t, refuse(VerdictUnverified, "came to an address whose token has expired")
	}
	return t, nil
}

// addresses returns the addresses of all attendees, each once: of the whole meeting,
// of its overrides, and of Meeting.Joined. The first address is empty, which stands
// for all attendees together.
func (x *intake) addresses() []string {
	out, seen := []string{""}, map[string]bool{}
	add := func(list []ical.Attendee) {
		for i := range list {
			if key := address.Key(list[i].Email); !seen[key] {
				seen[key] = true
				out = append(out, list[i].Email)
			}
		}
	}
	add(x.m.Event.Attendees)
	for i := range x.m.Event.Overrides {
		add(x.m.Event.Overrides[i].Attendees)
	}
	for i := range x.m.Joined {
		add([]ical.Attendee{x.m.Joined[i].Attendee})
	}
	return out
}
