package invitetest

import "errors"

// isRefused reports whether err says that trying again is useless.
func isRefused(err error) bool {
	var r interface{ Refused() bool }
	return errors.As(err, &r) && r.Refused()
}

// isUncertain reports whether err says that the mail may have arrived.
func isUncertain(err error) bool {
	var u interface{ Uncertain() bool }
	return errors.As(err, &u) && u.Uncertain()
}

// recipientError is an error about one recipient alone.
type recipientError interface {
	error
	Recipient() string
}

// recipientErrors returns the errors about single recipients in err's tree.
func recipientErrors(err error) []recipientError {
	switch e := err.(type) {
	case recipientError:
		return []recipientError{e}
	case interface{ Unwrap() error }:
		return recipientErrors(e.Unwrap())
	case interface{ Unwrap() []error }:
		var all []recipientError
		for _, part := range e.Unwrap() {
			all = append(all, recipientErrors(part)...)
		}
		return all
	}
	return nil
}
