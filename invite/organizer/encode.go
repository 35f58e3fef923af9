package organizer

import (
	"errors"

	"github.com/convene-go/convene/invite"
)

// Encode returns the entry of a meeting as it should lie in the organizer's calendar. It
// has the real organizer, never an address with a token, and every attendee with the
// answer that counts now, also for single occurrences. SCHEDULE-AGENT=CLIENT on every
// ATTENDEE keeps a CalDAV server from mailing them (RFC 6638, section 7.1). Equal
// meetings give equal bytes.
func Encode(m *invite.Meeting) (Object, error) {
	return Object{}, errors.New("organizer: not built yet")
}
