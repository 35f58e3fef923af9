package invite

import (
	"slices"

	"github.com/convene-go/convene/internal/address"
)

// Keys are the identifiers by which the meeting of a mail can be looked up, each
// once and at most 50 of a kind.
type Keys struct {
	// UIDs are the identifiers in its calendar object, in lower case, because
	// Exchange changes the case.
	UIDs []string
	// MessageIDs are the Message-IDs of our mails that it answers or returns,
	// with angle brackets: see Delivery.MessageID.
	MessageIDs []string
	// Receipts are the names by which a provider may know the mail that it returns: see
	// Delivery.Receipt.
	Receipts []string
	// ReplyAddresses are the addresses that it came to, and the organizer's in its
	// calendar object, in lower case: see Meeting.ReplyAddresses.
	ReplyAddresses []string
}

// Keys returns the identifiers by which the meeting of the mail can be looked up.
func (in *Inbound) Keys() Keys {
	var k Keys
	if in.Calendar != nil {
		for i := range in.Calendar.Events {
			k.UIDs = with(k.UIDs, lowered(in.Calendar.Events[i].UID))
		}
	}
	if in.Mail == nil {
		return k
	}
	m := in.Mail
	if m.Returned != nil {
		k.MessageIDs, k.Receipts = ourIDs(m.Returned), receiptsIn(m.Returned)
	}
	if m.Disposition != nil {
		k.MessageIDs = with(k.MessageIDs, m.Disposition.MessageID)
	}
	k.MessageIDs = with(k.MessageIDs, m.InReplyTo)
	for _, id := range m.References {
		k.MessageIDs = with(k.MessageIDs, id)
	}
	if in.Event != nil {
		k.ReplyAddresses = with(k.ReplyAddresses, address.Key(in.Event.Organizer.Email))
	}
	for _, to := range m.DeliveredTo {
		k.ReplyAddresses = with(k.ReplyAddresses, address.Key(to))
	}
	for _, to := range slices.Concat(m.To, m.Cc) {
		k.ReplyAddresses = with(k.ReplyAddresses, address.Key(to.Address))
	}
	return k
}

// mostKeys limits the keys of each kind that are taken from one mail.
const mostKeys = 50

// with adds a key that is not there yet.
func with(list []string, key string) []string {
	if key == "" || len(list) >= mostKeys || slices.Contains(list, key) {
		return list
	}
	return append(list, key)
}
