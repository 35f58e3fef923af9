package invite

import (
	"context"
	"slices"

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
	named := recipientErrors(err)
	if !slices.ContainsFunc(ledger, func(d Delivery) bool { return errorFor(d.To, named) != nil }) {
		named = nil // an error that names nobody of the mail is about all of them
	}
	for i := range ledger {
		d := &ledger[i]
		cause := err
		if len(named) > 0 {
			cause = errorFor(d.To, named)
		}
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

// errorFor returns the error that names a recipient, or nil.
func errorFor(email string, named []recipientError) error {
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
	switch {
	case err == nil:
		return Delivered
	case says(err, func(e interface{ Uncertain() bool }) bool { return e.Uncertain() }):
		return Unknown
	case says(err, func(e interface{ Refused() bool }) bool { return e.Refused() }):
		return Refused
	}
	return Pending
}

// says asks the outermost error with the method T. Of joined errors one is
// enough: among several attempts one may have arrived.
func says[T any](err error, ask func(T) bool) bool {
	if e, ok := err.(T); ok {
		return ask(e)
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return says(e.Unwrap(), ask)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), func(part error) bool { return says(part, ask) })
	}
	return false
}
