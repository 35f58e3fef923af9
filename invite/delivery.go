package invite

import (
	"cmp"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// Delivery is the fate of one mail to one recipient.
type Delivery struct {
	// N is its number in the meeting, from 0. It never changes.
	N int `json:"n"`
	// To is the recipient's address as the event has it.
	To string `json:"to"`
	// Method, Sequence and RecurrenceID repeat the mail's calendar object. Method is ""
	// for a mail without one, see [Client.RemindStart].
	Method       ical.Method `json:"method"`
	Sequence     int         `json:"sequence"`
	RecurrenceID time.Time   `json:"recurrenceId,omitzero"`
	// Action is the purpose of the mail. "" means [body.ActionInvitation].
	Action body.Action `json:"action,omitempty"`
	// Comment has the organizer's words in the mail.
	Comment string `json:"comment,omitempty"`
	// Attached is the number of the mail's files in [Meeting.Attached]. 0 means that it
	// has none.
	Attached int `json:"attached,omitempty"`
	// Stamp is the DTSTAMP and the Date of the mail. It stays if the mail is sent
	// again, because that is the same mail.
	Stamp time.Time `json:"stamp,omitzero"`
	// MessageID is the mail's Message-ID, with angle brackets. Deliveries with
	// one Message-ID are one mail to several attendees.
	MessageID string `json:"messageId"`
	// State says how far the mail came.
	State DeliveryState `json:"state"`
	// Reply is at most 2 KiB of the text of the Sender if the mail failed, for people. If
	// a report came later, Reply is `a report says "…"` with at most 500 octets of its
	// text, which nobody has checked.
	Reply string `json:"reply,omitempty"`
	// Receipt is the name by which the Sender's server knows the mail, and "" if it gave
	// none: see [ReceiptSender]. It has at most 500 octets. A text with spaces is a reply
	// that names nothing.
	Receipt string `json:"receipt,omitempty"`
	// Time is the time at which the state was reached. It is zero as long
	// as no call has tried to send the mail.
	Time time.Time `json:"time,omitzero"`
}

// DeliveryState says how far a mail came.
type DeliveryState string

// The values of [DeliveryState].
const (
	// DeliveryPending: the mail was not handed over yet. To try again is safe.
	DeliveryPending DeliveryState = "pending"
	// DeliverySending: a call has claimed the mail and is handing it over. If a
	// crash left it so, it may or may not have arrived.
	DeliverySending DeliveryState = "sending"
	// DeliveryDelivered: the mail was handed over to the Sender's server.
	DeliveryDelivered DeliveryState = "delivered"
	// DeliveryRefused: the server does not take the mail. To try again is
	// useless.
	DeliveryRefused DeliveryState = "refused"
	// DeliveryUnknown: the mail may or may not have been taken. To try again may
	// deliver it twice.
	DeliveryUnknown DeliveryState = "unknown"
	// DeliveryUndelivered: a server took the mail, and reported later that it did
	// not arrive.
	DeliveryUndelivered DeliveryState = "undelivered"
	// DeliveryOvertaken: a later mail took its place before it was handed over.
	DeliveryOvertaken DeliveryState = "overtaken"
)

// open reports whether a mail may still be sent: it is pending, or a call is
// handing it over.
func (s DeliveryState) open() bool { return s == DeliveryPending || s == DeliverySending }

// repeats reports whether a mail tells of no change: it is an invitation or a
// reminder.
func (d *Delivery) repeats() bool {
	action := cmp.Or(d.Action, body.ActionInvitation)
	return d.Method == ical.MethodRequest && (action == body.ActionReminder || action == body.ActionInvitation)
}
