package invite

import (
	"context"
	"errors"

	"github.com/convene-go/convene/internal/address"
)

// deliver sends the mails one after the other and records in m what became of
// each. One that fails does not keep the others from being tried.
func deliver(ctx context.Context, s Sender, mails []letter, m *Meeting, o *Options) error {
	first := len(m.Deliveries)
	for _, l := range mails {
		for _, n := range l.notices {
			m.Deliveries = append(m.Deliveries, Delivery{
				To: n.Attendee.Email, Method: n.Method, Sequence: n.Sequence,
				RecurrenceID: n.Event.RecurrenceID, MessageID: l.message.ID, State: Pending,
			})
		}
	}
	var failed []*RecipientError
	for _, l := range mails {
		ledger := m.Deliveries[first : first+len(l.notices)]
		first += len(l.notices)
		err := ctx.Err()
		if err == nil {
			err = s.Send(ctx, l.message)
		}
		failed = append(failed, record(ledger, err, o)...)
	}
	if len(failed) > 0 {
		return &DeliveryError{failed}
	}
	return nil
}

// record writes the outcome of one mail into its entries of the ledger.
func record(ledger []Delivery, err error, o *Options) []*RecipientError {
	var failed []*RecipientError
	for i := range ledger {
		d := &ledger[i]
		cause := causeFor(err, d.To)
		d.State, d.Time = stateOf(cause), o.Now().UTC()
		if cause != nil {
			d.Reply = cause.Error()
			failed = append(failed, &RecipientError{d.To, d.State, cause})
		}
	}
	return failed
}

// recipientError is an error about one recipient alone.
type recipientError interface {
	error
	Recipient() string
}

// causeFor returns the part of a Sender's error that is about one recipient: all
// of it, unless it names recipients.
func causeFor(err error, email string) error {
	named := recipientErrors(err)
	if len(named) == 0 {
		return err
	}
	for _, e := range named {
		if address.Same(e.Recipient(), email) {
			return e
		}
	}
	return nil
}

// recipientErrors returns the errors about single recipients in err's tree.
func recipientErrors(err error) []recipientError {
	switch e := err.(type) {
	case nil:
		return nil
	case recipientError:
		return []recipientError{e}
	case interface{ Unwrap() error }:
		return recipientErrors(e.Unwrap())
	case interface{ Unwrap() []error }:
		var out []recipientError
		for _, part := range e.Unwrap() {
			out = append(out, recipientErrors(part)...)
		}
		return out
	}
	return nil
}

// stateOf classifies an error by what it says of itself, never by its text.
func stateOf(err error) DeliveryState {
	var uncertain interface{ Uncertain() bool }
	var refused interface{ Refused() bool }
	switch {
	case err == nil:
		return Delivered
	case errors.As(err, &uncertain) && uncertain.Uncertain():
		return Unknown
	case errors.As(err, &refused) && refused.Refused():
		return Refused
	}
	return Pending
}
