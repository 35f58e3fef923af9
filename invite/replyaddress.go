package invite

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
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

const (
	twoYears = 731 * 24 * time.Hour
	tokenMAC = 16                // octets of the HMAC that are kept
	tokenLen = 29                // characters of day and MAC in base 32
	minKey   = 16                // octets
	daySpan  = 24 * time.Hour    // what a token counts its life in
	tokenUse = "convene reply 1" // what the keys sign, and nothing else
)

// clone is a copy of r that shares nothing with it; nil stays nil.
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
	if _, err := address.ASCII(r.Mailbox); err != nil {
		return fmt.Errorf("invite: ReplyAddress.Mailbox: %w", err)
	}
	if local := r.local(); len(local)+1+tokenLen > 64 {
		return fmt.Errorf("invite: ReplyAddress.Mailbox: %d octets in front of the @, %d leave room for the token",
			len(local), 64-1-tokenLen)
	}
	if len(r.Keys) == 0 {
		return errors.New("invite: ReplyAddress.Keys: is missing")
	}
	for i, k := range r.Keys {
		if len(k) < minKey {
			return fmt.Errorf("invite: ReplyAddress.Keys[%d]: has %d octets, %d are the least", i, len(k), minKey)
		}
	}
	return nil
}

func (r *ReplyAddress) local() string { return r.Mailbox[:strings.LastIndexByte(r.Mailbox, '@')] }

// address is the one for an attendee of a meeting; an empty email is for all.
func (r *ReplyAddress) address(uid, email string, expires time.Time) string {
	day := uint16(min(max(expires.Unix()/int64(daySpan/time.Second)+1, 0), 1<<16-1))
	raw := binary.BigEndian.AppendUint16(nil, day)
	raw = append(raw, sign(r.Keys[0], raw, uid, email)...)
	return r.local() + "+" + base32Lower.EncodeToString(raw) + r.Mailbox[len(r.local()):]
}

// sign is the MAC over a day, a meeting and an attendee.
func sign(key, day []byte, uid, email string) []byte {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s\x00%s%d\x00%s\x00%s", tokenUse, day, len(uid), strings.ToLower(uid), address.Key(email))
	return mac.Sum(nil)[:tokenMAC]
}

// raw takes the octets of a token out of an address; nil where it has none.
func (r *ReplyAddress) raw(addr string) []byte {
	addr = address.Key(addr)
	box := address.Key(r.Mailbox)
	at := strings.LastIndexByte(box, '@')
	prefix, suffix := box[:at]+"+", box[at:]
	if len(addr) != len(prefix)+tokenLen+len(suffix) || !strings.HasPrefix(addr, prefix) || !strings.HasSuffix(addr, suffix) {
		return nil
	}
	raw, err := base32Lower.DecodeString(addr[len(prefix) : len(prefix)+tokenLen])
	if err != nil {
		return nil
	}
	return raw
}

// until is when the token of a meeting that is sent now shall expire.
func (r *ReplyAddress) until(end, now time.Time) time.Time {
	return later(end, now).Add(or(r.Lifetime, twoYears))
}

// holds tells whether an address has a token of one of the keys that is valid
// at a time.
func (r *ReplyAddress) holds(addr, uid, email string, at time.Time) bool {
	raw := r.raw(addr)
	if raw == nil || expired(raw, at) {
		return false
	}
	for _, key := range r.Keys {
		if hmac.Equal(raw[2:], sign(key, raw[:2], uid, email)) {
			return true
		}
	}
	return false
}

func expired(raw []byte, at time.Time) bool {
	return at.Unix()/int64(daySpan/time.Second) > int64(binary.BigEndian.Uint16(raw))
}

// stamp gives each notice the address that its answer is to come to. One that was
// given out stays, because clients take another organizer for another meeting;
// also where the options name none any more.
func (r *ReplyAddress) stamp(p *plan, m *Meeting, o *settings) error {
	if r == nil && len(m.ReplyAddresses) == 0 {
		return nil
	}
	known := make(map[string]string, len(m.ReplyAddresses)+len(p.notices))
	maps.Copy(known, m.ReplyAddresses)
	if r != nil {
		if err := r.check(); err != nil {
			return err
		}
		m.ReplyAddresses = known
	}
	for i := range p.notices {
		n := &p.notices[i]
		email := choose(o.oneMail, "", n.attendee.Email)
		key := address.Key(email)
		if r != nil {
			known[key] = r.renew(known[key], &p.event, email, o.Now())
		}
		n.replyTo = known[key]
	}
	return nil
}

// renew returns the address that an attendee has, or a new one where it would
// not last until the meeting is over.
func (r *ReplyAddress) renew(has string, e *ical.Event, email string, now time.Time) string {
	end := later(e.Start, e.End)
	if r.holds(has, e.UID, email, later(end, now)) {
		return has
	}
	return r.address(e.UID, email, r.until(end, now))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
