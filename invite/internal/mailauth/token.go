package mailauth

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
)

// Tokens makes and verifies addresses with a signed token, such as
// desk+TOKEN@example.com. A token is 18 octets in base 32: the last day on which
// it is valid, and a MAC over this day, the meeting and the attendee. Tokens has
// the fields of invite.ReplyAddress, so that a pointer to the one type can be
// converted to a pointer to the other.
type Tokens struct {
	Mailbox  string
	Keys     [][]byte
	Lifetime time.Duration
}

const (
	maxLocal    = 64                   // octets in front of the @ (RFC 5321, section 4.5.3.1.1)
	tokenMAC    = 16                   // octets of the HMAC that are kept
	tokenOctets = 2 + tokenMAC         // of day and MAC
	tokenText   = 29                   // characters of these in base 32
	minKey      = 16                   // the least octets of a key
	day         = 24 * 60 * 60         // seconds
	lastDay     = 1<<16 - 1            // the last day that a token can hold
	tokenUse    = "convene reply 1"    // separates these MACs from others with the same key
	twoYears    = 731 * 24 * time.Hour // the default of Tokens.Lifetime
)

// Base32 is lower case without padding. It survives programs that change the case of
// addresses.
var Base32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Check reports a setting that cannot work. The error begins with the field's name.
func (t *Tokens) Check() error {
	if _, err := address.ASCII(t.Mailbox); err != nil {
		return fieldError("Mailbox", "%w", err)
	}
	if local := t.local(); len(local)+1+tokenText > maxLocal {
		return fieldError("Mailbox", "%d octets in front of the @, %d leave room for the token",
			len(local), maxLocal-1-tokenText)
	}
	return t.CheckKeys()
}

// CheckKeys is [Tokens.Check] without the Mailbox.
func (t *Tokens) CheckKeys() error {
	if len(t.Keys) == 0 {
		return fieldError("Keys", "is missing")
	}
	if t.Lifetime < 0 {
		return fieldError("Lifetime", "%v is negative", t.Lifetime)
	}
	for i, k := range t.Keys {
		if len(k) < minKey {
			return fieldError(fmt.Sprintf("Keys[%d]", i), "has %d octets, %d are the least", len(k), minKey)
		}
	}
	return nil
}

// fieldError reports a field of [Tokens].
func fieldError(field, format string, args ...any) error {
	return fmt.Errorf("%s: %w", field, fmt.Errorf(format, args...))
}

// local returns the part of the mailbox in front of the @.
func (t *Tokens) local() string { return t.Mailbox[:strings.LastIndexByte(t.Mailbox, '@')] }

// Address returns the address of an attendee of a meeting. It is valid until the end
// of the day after expires, in UTC, and at most until 2149. An empty email stands for
// all attendees together.
func (t *Tokens) Address(uid, email string, expires time.Time) string {
	raw := Day(expires)
	raw = append(raw, sign(t.Keys[0], raw, uid, email)...)
	return t.local() + "+" + Base32.EncodeToString(raw) + t.Mailbox[len(t.local()):]
}

// sign returns the MAC over a day, a meeting and an attendee.
func sign(key, day []byte, uid, email string) []byte { return newSigner(key, uid).sum(day, email) }

// Token is a token that was found in an address and is not verified yet.
type Token []byte

// Find returns the token in an address. It is nil if there is none.
func (t *Tokens) Find(addr string) Token {
	addr = address.Key(addr)
	box := address.Key(t.Mailbox)
	at := strings.LastIndexByte(box, '@')
	prefix, suffix := box[:at]+"+", box[at:]
	if len(addr) != len(prefix)+tokenText+len(suffix) || !strings.HasPrefix(addr, prefix) || !strings.HasSuffix(addr, suffix) {
		return nil
	}
	raw, err := Base32.DecodeString(addr[len(prefix) : len(prefix)+tokenText])
	if err != nil || len(raw) != tokenOctets { // the decoder skips line ends
		return nil
	}
	return raw
}

// Signed returns the address among emails that the token was made for, with the
// meeting's UID. It is [Tokens.Search] for one token.
func (t *Tokens) Signed(raw Token, uid string, emails []string) (email string, ok bool) {
	email, ok = t.Search([]Token{raw}, uid, emails)[0]
	return email, ok
}

// Day returns the beginning of a token that is valid until the end of the day after
// expires, in UTC, and at most until 2149: its last day, in two octets.
func Day(expires time.Time) Token {
	return binary.BigEndian.AppendUint16(nil, uint16(dayOf(expires)))
}

// Expired reports whether the last day of the token is over.
func (raw Token) Expired(now time.Time) bool {
	return now.Unix()/day > int64(binary.BigEndian.Uint16(raw))
}

// IsEndless reports whether the token was made for a meeting without an end. Its day is
// the last one that 16 bits can hold, in 2149.
func (raw Token) IsEndless() bool { return binary.BigEndian.Uint16(raw) == lastDay }

// Ended reports whether a token that was given to an attendee is not valid any more.
// end is the end of the meeting as it is now. The token is valid until its day, or until
// Lifetime after end if that is later. The day of an endless token does not count.
func (t *Tokens) Ended(raw Token, end, now time.Time) bool {
	over := now.Unix()/day > t.dayAfter(end)
	return over && (raw.IsEndless() || raw.Expired(now))
}

// Renew returns the reply address for a mail that is sent now. has is the attendee's
// present address, or "". Renew keeps it as long as its key is there and its token has
// not ended. Otherwise it makes an address that is valid for the Lifetime after the
// later of the two times.
func (t *Tokens) Renew(has, uid, email string, end, now time.Time) string {
	if raw := t.Find(has); raw != nil && !t.Ended(raw, end, now) {
		if _, ok := t.Signed(raw, uid, []string{email}); ok {
			return has
		}
	}
	if now.After(end) {
		end = now
	}
	return t.Address(uid, email, end.Add(t.life()))
}

// life returns the Lifetime or its default.
func (t *Tokens) life() time.Duration {
	if t.Lifetime == 0 {
		return twoYears
	}
	return t.Lifetime
}

// dayAfter returns the last day of a token of a meeting with the given end.
func (t *Tokens) dayAfter(end time.Time) int64 { return dayOf(end.Add(t.life())) }

// dayOf returns the day after expires, counted from 1970 and at most lastDay.
func dayOf(expires time.Time) int64 { return min(max(expires.Unix()/day+1, 0), lastDay) }
