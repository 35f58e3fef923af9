package smtpsend

import (
	"fmt"
	"slices"
	"strings"
)

// SendError lists the recipients for whom the server did not take the message, or
// may not have taken it, with the causes. For all others the server took it.
//
// A program that does not import this package finds the errors through
// Unwrap() []error. Each of them has the methods Recipient() string,
// Refused() bool and Uncertain() bool.
type SendError struct {
	// Accepted are the recipients for whom the server took the message, in
	// the order of the message.
	Accepted []string
	// Errors has one error for each other recipient, in the order of the
	// message. If one cause kept the message from all recipients, Errors has
	// this one error alone, with an empty Address.
	Errors []*Error
}

// newSendError returns the error for the results of the recipients. A result is
// nil if the recipient was accepted. The error is nil if all were accepted.
func newSendError(to []string, results []*Error) error {
	if !slices.ContainsFunc(results, func(r *Error) bool { return r != nil }) {
		return nil
	}
	if cause := common(results); cause != nil {
		return &SendError{Errors: []*Error{cause}}
	}
	e := new(SendError)
	for i, r := range results {
		if r == nil {
			e.Accepted = append(e.Accepted, to[i])
			continue
		}
		one := *r // a copy, because recipients that failed together share r
		one.Address = to[i]
		e.Errors = append(e.Errors, &one)
	}
	return e
}

// common returns the error that all results share, if it is about the whole
// message, and nil otherwise.
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
