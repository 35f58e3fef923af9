package smtpsend

import (
	"fmt"
	"strings"
)

// SendError reports the recipients of a message that do not have it, or may not
// have it, with the causes. All others have it.
//
// A program that does not import this package finds the errors through
// Unwrap() []error. Each of them has the methods Recipient() string,
// Refused() bool and Uncertain() bool.
type SendError struct {
	// Accepted are the recipients that the server took the message for, in
	// the order of the message.
	Accepted []string
	// Errors has one error for each other recipient, in the order of the
	// message. If one cause kept the whole message from all recipients, it is
	// that one error alone, with an empty Address.
	Errors []*Error
}

// newSendError returns the error for the results of the recipients, which are
// nil for those that were accepted. It returns nil if all of them were.
func newSendError(to []string, results []*Error) error {
	if cause := common(results); cause != nil {
		return &SendError{Errors: []*Error{cause}}
	}
	e := new(SendError)
	for i, r := range results {
		if r == nil {
			e.Accepted = append(e.Accepted, to[i])
			continue
		}
		one := *r // recipients that failed together share it
		one.Address = to[i]
		e.Errors = append(e.Errors, &one)
	}
	if len(e.Errors) == 0 {
		return nil
	}
	return e
}

// common returns the cause if the whole message met one, and nil otherwise.
func common(results []*Error) *Error {
	for _, r := range results {
		if r == nil || r != results[0] || r.Phase == PhaseRcpt {
			return nil
		}
	}
	return results[0]
}

// Error returns the text of the one error, or the number of recipients and the
// text of each error.
func (e *SendError) Error() string {
	total := len(e.Accepted) + len(e.Errors)
	if total == 1 && len(e.Errors) == 1 {
		return e.Errors[0].Error()
	}
	parts := make([]string, len(e.Errors))
	for i, r := range e.Errors {
		parts[i] = r.detail()
	}
	return fmt.Sprintf("smtpsend: %d of %d recipients: %s", len(parts), total, strings.Join(parts, "; "))
}

// Unwrap returns e.Errors.
func (e *SendError) Unwrap() []error {
	errs := make([]error, len(e.Errors))
	for i, r := range e.Errors {
		errs[i] = r
	}
	return errs
}
