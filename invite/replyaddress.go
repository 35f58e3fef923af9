package invite

import (
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/mailauth"
)

// ReplyAddress makes an address for each meeting and attendee that answers come
// to, such as desk+TOKEN@example.com. The token is signed, so an answer to this
// address is the attendee's, whatever mailbox it is sent from. The address is the
// organizer of the calendar object and the mail's Reply-To. Event.Organizer and
// From stay as they are.
//
// The server has to deliver plus-addresses (RFC 5233) to the mailbox. Anybody who
// sees an invitation can answer in its attendee's name, also somebody it is
// forwarded to. See docs/answers.md.
type ReplyAddress struct {
	// Mailbox is the address that the token is put into, such as
	// desk@example.com. It may have at most 34 octets in front of its @.
	Mailbox string
	// Keys are secrets of at least 16 octets. The first signs, and all verify. To
	// change the key, put a new one in front, and remove the old one when its
	// meetings are over.
	Keys [][]byte
	// Lifetime is the time for which a token is valid after the end of the
	// meeting, or after it was made if that is later. The end of a series is the
	// end of its last occurrence. A token of an endless series is valid as long
	// as the series has no end. A token has a day and no hour, so it can be valid for
	// up to two days longer. 0 is two years.
	//
	// An address that was given to an attendee stays theirs for this meeting. If the
	// meeting gets a later end, the token is valid for longer too.
	Lifetime time.Duration
}

// tokens returns r as package mailauth has it.
func (r *ReplyAddress) tokens() *mailauth.Tokens { return (*mailauth.Tokens)(r) }

// String returns the mailbox, and no key, so that a log cannot show one.
func (r ReplyAddress) String() string {
	return fmt.Sprintf("ReplyAddress of %s with %d keys", r.Mailbox, len(r.Keys))
}

// GoString is [ReplyAddress.String], for the format %#v.
func (r ReplyAddress) GoString() string { return r.String() }

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

// renew returns the address that an attendee has, or a new one if its token has ended
// or its key is gone. end is the end of the meeting. An empty email is all attendees
// together.
func (r *ReplyAddress) renew(has string, e *ical.Event, email string, end, now time.Time) string {
	return r.tokens().Renew(has, e.UID, email, end, now)
}
