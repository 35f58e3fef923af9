package invite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/convene-go/convene/internal/address"
)

// deliver sends the letters one after the other and writes into the meeting what
// became of each. One that fails does not keep the others from being tried; a
// Record that fails does, because what it could not store would be sent twice.
func (c *Client) deliver(ctx context.Context, letters []letter, r *renderer, m *Meeting, o *Options) error {
	var failed []*RecipientError
	waiting := make(map[string]bool) // the recipients of mails that are still to be sent
	sent := context.WithoutCancel(ctx)
	for i, l := range letters {
		if err := cmp.Or(ctx.Err(), l.mustWait(waiting)); err != nil {
			failed = append(failed, l.fail(m, DeliveryPending, err, o)...)
			continue
		}
		message, err := r.finished(i, l)
		if err != nil {
			failed = append(failed, l.fail(m, DeliveryPending, err, o)...)
			waiting[l.recipients()] = true
			continue
		}
		// Until the result is recorded the mail may or may not be on its way.
		l.note(m, DeliveryUnknown, inFlight, o)
		if err := o.record(ctx, m); err != nil {
			l.note(m, DeliveryPending, "", o)
			return errors.Join(deliveryError(failed), err)
		}
		failed = append(failed, l.outcome(m, c.sender.Send(ctx, message), o)...)
		if m.Deliveries[l[0].entry].State == DeliveryPending {
			waiting[l.recipients()] = true
		}
		if i == len(letters)-1 {
			m.forget()
		}
		if err := o.record(sent, m); err != nil {
			return errors.Join(deliveryError(failed), err)
		}
	}
	m.forget()
	return deliveryError(failed)
}

// mustWait reports whether an earlier mail to the same attendee has to go first:
// a cancellation of the series that came after one of its occurrences would
// take this too.
func (l letter) mustWait(waiting map[string]bool) error {
	if len(waiting) > 0 && waiting[l.recipients()] {
		return errWaits
	}
	return nil
}

// errWaits is why a mail was not tried.
var errWaits = errors.New("waits for an earlier mail to the same attendee")

// inFlight is what the ledger says of a mail whose sending was interrupted.
const inFlight = "handed over, and no result recorded"

func deliveryError(failed []*RecipientError) error {
	if len(failed) == 0 {
		return nil
	}
	return &DeliveryError{failed}
}

// record calls Options.Record.
func (o *Options) record(ctx context.Context, m *Meeting) error {
	if o.Record == nil {
		return nil
	}
	if err := o.Record(ctx, m); err != nil {
		return fmt.Errorf("invite: record: %w", err)
	}
	return nil
}

// outcome writes the result of a letter into its entries of the ledger.
func (l letter) outcome(m *Meeting, err error, o *Options) []*RecipientError {
	if err == nil {
		l.note(m, DeliveryDelivered, "", o)
		return nil
	}
	var failed []*RecipientError
	named := recipientErrors(err)
	if !slices.ContainsFunc(l, func(n notice) bool { return errorFor(n.attendee.Email, named) != nil }) {
		named = nil // an error that names nobody of the mail is about all of them
	}
	for i := range l {
		cause := err
		if len(named) > 0 {
			cause = errorFor(l[i].attendee.Email, named)
		}
		failed = append(failed, l[i:i+1].fail(m, stateOf(cause), cause, o)...)
	}
	return failed
}

// fail sets the state of the letter's entries, and returns one error for each
// if there is a cause.
func (l letter) fail(m *Meeting, state DeliveryState, cause error, o *Options) []*RecipientError {
	if cause == nil {
		l.note(m, state, "", o)
		return nil
	}
	l.note(m, state, cause.Error(), o)
	failed := make([]*RecipientError, len(l))
	for i := range l {
		failed[i] = &RecipientError{m.Deliveries[l[i].entry].To, state, cause}
	}
	return failed
}

// note sets the state of the letter's entries.
func (l letter) note(m *Meeting, state DeliveryState, reply string, o *Options) {
	for i := range l {
		d := &m.Deliveries[l[i].entry]
		d.State, d.Reply, d.Time = state, reply, o.Now().UTC()
	}
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
		return DeliveryDelivered
	case says(err, func(e interface{ Uncertain() bool }) bool { return e.Uncertain() }):
		return DeliveryUnknown
	case says(err, func(e interface{ Refused() bool }) bool { return e.Refused() }):
		return DeliveryRefused
	}
	return DeliveryPending
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
