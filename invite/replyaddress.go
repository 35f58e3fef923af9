package invite

import (
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/mailauth"
	"github.com/convene-go/convene/invite/internal/series"
)

// ReplyAddress makes an address for each meeting and attendee that answers come
// to, such as desk+TOKEN@example.com, and recognises it: the token is signed, so
// that an answer to it is the attendee's, whatever mailbox it is sent from. It
// is the organizer of the calendar object and the mail's Reply-To; Event.Organizer
// and From stay as they are.
//
// The server has to deliver plus-addresses (RFC 5233) to the mailbox. Who sees
// an invitation can answer in its attendee's name, and so can who it is
// forwarded to; see docs/answers.md.
type ReplyAddress struct {
	// Mailbox is the address that the token is put into, as desk@example.com;
	// at most 34 octets stand in front of its @.
	Mailbox string
	// Keys are secrets of at least 16 octets. The first signs, all verify: put
	// a new one in front, and take an old one away when its meetings are over.
	Keys [][]byte
	// Lifetime is how long a token is valid after the end of the meeting, or
	// after it was made if that is later; 0 is two years.
	Lifetime time.Duration
}

// tokens returns r as package mailauth has it.
func (r *ReplyAddress) tokens() *mailauth.Tokens { return (*mailauth.Tokens)(r) }

// clone returns a copy of r that shares nothing with it. Nil stays nil.
func (r *ReplyAddress) clone() *ReplyAddress {
	if r == nil {
		return nil
	}
	out := *r
	out.Keys = slices.Clone(r.Keys)
	for i := range out.Keys {
		out.Keys[i] = slices.Clone(out.Keys[i])
	}
	return &out
}

// check reports a setting that cannot work.
func (r *ReplyAddress) check() error {
	if err := r.tokens().Check(); err != nil {
		return fmt.Errorf("invite: ReplyAddress.%w", err)
	}
	return nil
}

// renew returns the address that an attendee has, or a new one if that would not last
// until the meeting is over. An empty email is all attendees together.
func (r *ReplyAddress) renew(has string, e *ical.Event, email string, now time.Time) string {
	return r.tokens().Renew(has, e.UID, email, series.Later(e.Start, e.End), now)
}
