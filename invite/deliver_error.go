package invite

import (
	"slices"

	"github.com/convene-go/convene/internal/address"
)

// recipientError is an error about one recipient alone, or about all if Recipient
// returns "". See [Sender].
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
		if e.Recipient() == "" {
			return nil // it is about all of them
		}
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

// stateOf returns the state of a mail after a try that ended with err. It asks the
// methods of the error, never its text.
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

// says asks the outermost error with the method T. Of joined errors, one that
// says yes is enough: among several attempts one may have arrived.
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
