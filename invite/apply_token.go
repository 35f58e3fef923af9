package invite

import (
	"bytes"
	"slices"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/mailauth"
	"github.com/convene-go/convene/invite/internal/series"
)

// mostTokens limits the tokens that are looked at in one mail.
const mostTokens = 10

// mostMACs limits the MACs of the search for the attendee of a token. They take about
// five milliseconds.
const mostMACs = 20_000

// findToken looks for our tokens in the addresses that the mail came to, and keeps the
// attendee of a valid one. If there are tokens, but each is forged, expired or of
// another meeting, the mail is refused.
//
// Nearly every token is in Meeting.ReplyAddresses, so that one MAC verifies it. Any
// other may have been replaced by a later one. It is tried with the attendee whom the
// mail names, and with its author. All other attendees are tried only if the mail has
// the UID of the meeting, and if mostMACs are enough.
func (x *intake) findToken() error {
	r := x.p.ReplyAddress
	if r == nil {
		return nil
	}
	if err := r.check(); err != nil {
		return refuse(VerdictUnverified, "%v", err)
	}
	found := x.tokens()
	if len(found) == 0 {
		return nil
	}
	return x.verify(found)
}

// tokens returns the tokens in the ORGANIZER of the answer, in the delivery
// addresses, and in To and Cc, in this order.
func (x *intake) tokens() (found []mailauth.Token) {
	m := x.in.Mail
	list := m.DeliveredTo
	if x.in.isAnswer() {
		list = append([]string{x.in.Event.Organizer.Email}, list...)
	}
	for _, a := range append(m.To[:len(m.To):len(m.To)], m.Cc...) {
		list = append(list, a.Address)
	}
	seen := make(map[string]bool)
	for _, addr := range list {
		raw := x.p.ReplyAddress.tokens().Find(addr)
		if raw == nil || seen[string(raw)] {
			continue
		}
		seen[string(raw)] = true
		if found = append(found, raw); len(found) == mostTokens {
			break
		}
	}
	return found
}

// verify finds the attendee of a token. The first that is valid counts.
func (x *intake) verify(list []mailauth.Token) error {
	t, uid, ended := x.p.ReplyAddress.tokens(), x.m.Event.UID, false
	believed := func(raw mailauth.Token, email string) bool {
		if x.expired(raw, email) {
			ended = true
			return false
		}
		return x.believe(email)
	}
	given := mailauth.Given(list, x.m.ReplyAddresses)
	named := []string{"", x.in.Attendee.Email, author(x.in.Mail)}
	for i, raw := range list {
		if email, ok := t.Signed(raw, uid, slices.Concat(given[i], named)); ok && believed(raw, email) {
			return nil
		}
	}
	found := x.search(list)
	for i, raw := range list {
		if email, ok := found[i]; ok && believed(raw, email) {
			return nil
		}
	}
	if ended {
		return refuse(VerdictUnverified, "came to an address whose token has expired")
	}
	return refuse(VerdictUnverified, "came to an address whose token is not of this meeting, or forged")
}

// search tries the tokens of a mail with the UID of the meeting with all attendees, if
// mostMACs are enough. It returns the attendees by the indexes of their tokens.
func (x *intake) search(list []mailauth.Token) map[int]string {
	t, uid := x.p.ReplyAddress.tokens(), x.m.Event.UID
	if x.in.Event == nil || !sameUID(x.in.Event.UID, uid) {
		return nil
	}
	all := x.addresses()
	if t.MACs(list, len(all)) > mostMACs {
		return nil
	}
	return t.Search(list, uid, all)
}

// expired reports whether the verified token of an attendee is not valid any more. If
// the meeting holds the token, the day in it is not decisive, because the meeting may
// have got a later end since. Only then is the series searched for its end.
func (x *intake) expired(raw mailauth.Token, email string) bool {
	t, now := x.p.ReplyAddress.tokens(), x.p.Now()
	if !raw.IsEndless() {
		if !raw.Expired(now) {
			return false
		}
		if held := t.Find(x.m.ReplyAddresses[address.Key(email)]); !bytes.Equal(held, raw) {
			return true
		}
	}
	return t.Ended(raw, series.LastEnd(&x.m.Event), now)
}

// believe keeps the attendee of a valid token in x.token. It reports false if the
// attendee is not invited any more. An empty email stands for all attendees together.
func (x *intake) believe(email string) bool {
	if email == "" {
		x.token.valid = true
		return true
	}
	key := address.Key(email)
	for a := range x.m.everybody() {
		if address.HasKey(a.Email, key) {
			x.token = token{email: a.Email, valid: true}
			return true
		}
	}
	return false
}

// addresses returns the addresses of all attendees, each once. They are at most one
// more than mostMACs, because more are not searched.
func (x *intake) addresses() (out []string) {
	seen := make(map[string]bool)
	for a := range x.m.everybody() {
		if key := address.Key(a.Email); !seen[key] {
			seen[key] = true
			out = append(out, a.Email)
		}
		if len(out) > mostMACs {
			break
		}
	}
	return out
}
