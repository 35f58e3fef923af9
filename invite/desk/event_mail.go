package desk

import (
	"strings"

	"github.com/convene-go/convene/invite"
)

// mostReason limits the octets of a server's words in [Event.Reason]. The Delivery of the
// event has more of them.
const mostReason = 500

// eventOfMail returns the event about the present state of a mail. Its kind is "" if no
// event tells of that state.
func eventOfMail(uid, tag string, d invite.Delivery) Event {
	return Event{Kind: kindOf(d.State), UID: uid, Tag: tag, Attendee: d.To, Delivery: &d, Reason: wordsOf(&d)}
}

// wordsOf returns the server's words about a mail on one line, cut if they are long.
func wordsOf(d *invite.Delivery) string {
	s := text(strings.Join(strings.Fields(d.Reply), " "))
	if len(s) > mostReason {
		s = strings.ToValidUTF8(s[:mostReason], "") + "…"
	}
	return s
}

// kindOf returns the kind of the event that tells of a state of a mail, or "".
func kindOf(s invite.DeliveryState) EventKind {
	switch s {
	case invite.DeliveryDelivered:
		return EventSent
	case invite.DeliveryRefused:
		return EventFailed
	case invite.DeliveryUnknown:
		return EventLeftover
	case invite.DeliveryUndelivered:
		return EventUndelivered
	}
	return ""
}
