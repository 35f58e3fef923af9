package rsvp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/mailauth"
)

// statuses are the answers that a link can propose. Their indexes stand in tokens.
var statuses = []ical.Status{"", ical.StatusAccepted, ical.StatusTentative, ical.StatusDeclined}

// token is the content of a link. As text it is in base 32, which survives every
// program that finds links in a text. Its octets are:
//
//   - one with the version, the form of the UID, and the answer,
//   - two with the last day on which the link is valid,
//   - eight of a MAC over the meeting and the attendee, who is found by it,
//   - if the link is about one occurrence: eight with its original start, in Unix seconds,
//   - the UID: 16 octets if it is a UUID, and otherwise its text,
//   - 16 of a MAC over all of these.
type token struct {
	status   ical.Status
	day      mailauth.Token
	attendee [attendeeMAC]byte
	date     time.Time // zero if the link is about the whole meeting
	uid      string
}

// The parts of a token, in octets.
const (
	attendeeMAC = 8
	tokenMAC    = 16
	tokenHead   = 1 + 2 + attendeeMAC
	dateOctets  = 8
	uuidOctets  = 16
)

// The bits of the first octet of a token.
const (
	tokenVersion = 0x10
	tokenDate    = 0x08
	tokenUUID    = 0x04
	tokenStatus  = 0x03
)

// The uses of a key. They separate the MACs from each other, and from those of
// other packages with the same key.
const (
	useLink     = "convene rsvp link 1"
	useAttendee = "convene rsvp attendee 1"
	useForm     = "convene rsvp form 1"
	useState    = "convene rsvp state 1"
	useID       = "convene rsvp id 1"
)

// signer makes and verifies the MACs of one key.
type signer struct{ key []byte }

// sum returns a MAC over a use of the key and parts, each with its length.
func (k signer) sum(use string, parts ...string) []byte {
	mac := hmac.New(sha256.New, k.key)
	var head []byte
	for _, p := range append([]string{use}, parts...) {
		head = append(strconv.AppendInt(head[:0], int64(len(p)), 10), 0)
		mac.Write(head)
		mac.Write([]byte(p))
	}
	return mac.Sum(nil)
}

// attendee returns the name of an attendee of a meeting in its links.
func (k signer) attendee(uid, email string) [attendeeMAC]byte {
	return [attendeeMAC]byte(k.sum(useAttendee, address.Lower(uid), address.Key(email)))
}

// seal returns a token as text.
func (k signer) seal(t token) string {
	code := byte(max(slices.Index(statuses, t.status), 0))
	uid := []byte(t.uid)
	if id, err := uuid.Parse(t.uid); err == nil && id.String() == t.uid {
		uid, code = id[:], code|tokenUUID
	}
	raw := append([]byte{tokenVersion | code}, t.day[:2]...)
	raw = append(raw, t.attendee[:]...)
	if !t.date.IsZero() {
		raw[0] |= tokenDate
		raw = binary.BigEndian.AppendUint64(raw, uint64(t.date.Unix()))
	}
	raw = append(raw, uid...)
	raw = append(raw, k.sum(useLink, string(raw))[:tokenMAC]...)
	return mailauth.Base32.EncodeToString(raw)
}

// open returns the token in a text, if this key has sealed it. It refuses every text
// except the one that seal returns.
func (k signer) open(text string) (t token, ok bool) {
	raw, ok := decode32(text)
	if !ok || len(raw) <= tokenHead+tokenMAC {
		return t, false
	}
	content := raw[:len(raw)-tokenMAC]
	if !hmac.Equal(raw[len(content):], k.sum(useLink, string(content))[:tokenMAC]) {
		return t, false
	}
	t.status, t.day = statuses[raw[0]&tokenStatus], mailauth.Token(raw[1:3])
	t.attendee = [attendeeMAC]byte(raw[3:tokenHead])
	uid := content[tokenHead:]
	if raw[0]&tokenDate != 0 {
		if len(uid) <= dateOctets {
			return t, false
		}
		t.date = time.Unix(int64(binary.BigEndian.Uint64(uid)), 0).UTC()
		uid = uid[dateOctets:]
	}
	switch {
	case raw[0]&^(tokenDate|tokenUUID|tokenStatus) != tokenVersion, raw[0]&tokenUUID != 0 && len(uid) != uuidOctets:
		return t, false
	case raw[0]&tokenUUID != 0:
		t.uid = uuid.UUID(uid).String()
	default:
		t.uid = string(uid)
	}
	return t, true
}

// decode32 returns the octets of a text in base 32. It is false for a text that is not
// the one way to write them.
func decode32(text string) ([]byte, bool) {
	if len(text) > maxLink {
		return nil, false
	}
	raw, err := mailauth.Base32.DecodeString(text)
	return raw, err == nil && mailauth.Base32.EncodeToString(raw) == text
}
