package smtpsend

import (
	"fmt"
	"strings"
)

// DeliveryError says which recipients of a message do not have it, or may not
// have it, and why. All others have it.
//
// A program that does not import this package finds the recipients through
// Unwrap() []error: each is an error with the methods Recipient() string,
// Refused() bool and Uncertain() bool.
type DeliveryError struct {
	// Accepted are the recipients that the server took the message for, in
	// the order of the message.
	Accepted []string
	// Recipients are the others, in the order of the message.
	Recipients []*RecipientError
}

// newDeliveryError pairs each recipient with its result, nil for accepted. It
// returns nil when all were accepted.
func newDeliveryError(to []string, results []*Error) *DeliveryError {
	e := new(DeliveryError)
	for i, r := range results {
		if r == nil {
			e.Accepted = append(e.Accepted, to[i])
			continue
		}
		e.Recipients = append(e.Recipients, &RecipientError{Address: to[i], Err: r})
	}
	if len(e.Recipients) == 0 {
		return nil
	}
	return e
}

// Error returns the one cause that all recipients share, or else each
// recipient with its cause.
func (e *DeliveryError) Error() string {
	if cause := e.common(); cause != nil {
		return cause.Error()
	}
	total := len(e.Accepted) + len(e.Recipients)
	if total == 1 {
		return e.Recipients[0].Error()
	}
	parts := make([]string, len(e.Recipients))
	for i, r := range e.Recipients {
		parts[i] = r.Address + ": " + r.Err.detail()
	}
	return fmt.Sprintf("smtpsend: %d of %d recipients: %s", len(parts), total, strings.Join(parts, "; "))
}

// common returns the cause when the whole message met one, nil otherwise.
func (e *DeliveryError) common() *Error {
	if len(e.Accepted) > 0 || len(e.Recipients) == 0 {
		return nil
	}
	first := e.Recipients[0].Err
	for _, r := range e.Recipients {
		if r.Err != first || r.Err.Phase == PhaseRcpt {
			return nil
		}
	}
	return first
}

// Unwrap returns e.Recipients as errors.
func (e *DeliveryError) Unwrap() []error {
	errs := make([]error, len(e.Recipients))
	for i, r := range e.Recipients {
		errs[i] = r
	}
	return errs
}

// RecipientError is why one recipient does not have a message, or may not
// have it.
type RecipientError struct {
	// Address is the forward path as the message gave it.
	Address string
	// Err is the cause. Recipients that failed together share it.
	Err *Error
}

// Error returns the address and the cause.
func (e *RecipientError) Error() string {
	return "smtpsend: " + e.Address + ": " + e.Err.detail()
}

// Unwrap returns e.Err.
func (e *RecipientError) Unwrap() error { return e.Err }

// Recipient returns e.Address.
func (e *RecipientError) Recipient() string { return e.Address }

// Refused reports whether the message was turned down for good, see
// [Error.Refused].
func (e *RecipientError) Refused() bool { return e.Err.Refused() }

// Uncertain reports whether the recipient may have the message all the same.
func (e *RecipientError) Uncertain() bool { return e.Err.Unknown }
