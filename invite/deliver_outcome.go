package invite

import (
	"errors"
	"slices"

	"github.com/convene-go/convene/internal/address"
)

// errWaits is the error of a mail that was not tried.
var errWaits = errors.New("waits for an earlier mail to the same attendee")

// deliveryError returns a [*DeliveryError], or nil if no recipient failed.
func deliveryError(failed []*RecipientError) error {
	if len(failed) == 0 {
		return nil
	}
	return &DeliveryError{failed}
}

// recordResult writes the result of a letter into its deliveries. It returns an error
// for each recipient who has not got the mail.
func (l letter) recordResult(m *Meeting, r *result, o *settings) []*RecipientError {
	failed := l.recordError(m, r.err, o)
	if len(failed) < len(l) {
		l.noteReceipt(m, &r.receipt)
	}
	return failed
}

// recordError is recordResult without the receipt.
func (l letter) recordError(m *Meeting, err error, o *settings) []*RecipientError {
	if err == nil {
		l.note(m, DeliveryDelivered, "", o)
		return nil
	}
	var failed []*RecipientError
	named := recipientErrors(err)
	if !slices.ContainsFunc(l, func(n recipient) bool { return errorFor(n.Attendee.Email, named) != nil }) {
		named = nil // an error that names nobody of the mail is about all of them
	}
	for i := range l {
		cause := err
		if len(named) > 0 {
			cause = errorFor(l[i].Attendee.Email, named)
		}
		failed = append(failed, l[i:i+1].setFailed(m, stateOf(cause), cause, o)...)
	}
	return failed
}

// setFailed sets the state of the letter's deliveries, and returns one error for each
// if there is a cause.
func (l letter) setFailed(m *Meeting, state DeliveryState, cause error, o *settings) []*RecipientError {
	if cause == nil {
		l.note(m, state, "", o)
		return nil
	}
	l.note(m, state, cause.Error(), o)
	failed := make([]*RecipientError, len(l))
	for i := range l {
		d := &m.Deliveries[l[i].index]
		if l[i].mayHaveArrived && state == DeliveryPending {
			d.State = DeliveryUnknown // as an earlier try left it
		}
		failed[i] = &RecipientError{d.To, d.State, cause}
	}
	return failed
}

// unknownAgain makes deliveries unknown again that are pending for another try, and
// reports whether there are any. Otherwise the next call would send them again without
// [ResendUnknown].
func (l letter) unknownAgain(m *Meeting) (any bool) {
	for i := range l {
		if l[i].mayHaveArrived {
			m.Deliveries[l[i].index].State, any = DeliveryUnknown, true
		}
	}
	return any
}

// mostReply limits the octets of Delivery.Reply. A server may answer with 500 KB for
// each recipient, and all of it would be stored.
const mostReply = 2 << 10

// mostReceipt limits the octets of Delivery.Receipt.
const mostReceipt = 500

// noteReceipt writes the names that the server gave to the mail into the deliveries of the
// recipients who have it.
func (l letter) noteReceipt(m *Meeting, r *Receipt) {
	if r.ID == "" && len(r.Of) == 0 {
		return
	}
	of := make(map[string]string, len(r.Of)) // by the key of the address
	for to, id := range r.Of {
		of[address.Key(to)] = id
	}
	for i := range l {
		d := &m.Deliveries[l[i].index]
		if d.State != DeliveryDelivered {
			continue
		}
		id, ok := of[l[i].Key()]
		if !ok {
			id = r.ID
		}
		d.Receipt = foreignText(id, mostReceipt)
	}
}

// note sets the state of the letter's deliveries. reply is the text of the Sender.
func (l letter) note(m *Meeting, state DeliveryState, reply string, o *settings) {
	reply = foreignText(reply, mostReply)
	for i := range l {
		d := &m.Deliveries[l[i].index]
		d.State, d.Reply, d.Receipt, d.Time = state, reply, "", o.Now().UTC()
	}
}
