package httpsend

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// MaxPause is the longest pause that a sender waits for by itself if the API asks for one.
// During a longer pause, Send fails at once, and the error is temporary.
const MaxPause = time.Minute

// ErrTooLarge is the cause of an [Error] for a mail that is larger than the API takes.
// Nothing was sent.
var ErrTooLarge = errors.New("message is too large for the API")

// ErrTooMany is the cause of an [Error] for a mail with more recipients than the API takes
// in one call. Nothing was sent.
var ErrTooMany = errors.New("message has too many recipients for the API")

// ErrRecipients is the cause of an [Error] for a mail whose header names people who are no
// recipients of its envelope, if the API has no envelope and would mail them. Nothing was
// sent.
var ErrRecipients = errors.New("message names people in its header that it is not to be sent to")

// ErrPaused is the cause of an [Error] for a mail that was not tried, because the API asked
// for a pause that is longer than [MaxPause]. Nothing was sent.
var ErrPaused = errors.New("the API has asked for a pause")

// Error is a failure to hand a mail to an API. If it is neither Temporary nor Unknown, the
// mail is refused for good.
//
// The methods Recipient, Refused and Uncertain let a program judge the error through an
// interface of its own, without importing this package.
type Error struct {
	// API is the name of the package, as in "mailgun".
	API string
	// Address is the recipient that the error is about, as the message gave it. It is
	// empty if the error is about the whole message.
	Address string
	// Status is the status code of HTTP, and 0 if no answer came or none was asked for.
	Status int
	// Code is the error code of the API, as in "MessageRejected", and "" if it gave none.
	Code string
	// Text is the text of the API in one line, without secrets. It is cut after 2,000 octets.
	Text string
	// RetryAfter is the pause that the API asks for, at most a day. It is 0 if it asks for
	// none.
	RetryAfter time.Duration
	// Temporary reports that nobody has the mail, and that a later attempt may succeed, if
	// need be after somebody has put the key or the account right.
	Temporary bool
	// Unknown reports that the mail may have arrived: it was sent whole, and no answer of
	// the API came. If it is sent again, it may arrive twice.
	Unknown bool
	// Err is the cause if there was no answer, and nil otherwise. The context's error is
	// reachable through it.
	Err error
}

// Error returns the recipient, and the answer or the cause.
func (e *Error) Error() string {
	parts := []string{"httpsend/" + e.API}
	if e.Address != "" {
		parts = append(parts, e.Address)
	}
	answer := e.Code
	if e.Status != 0 {
		answer = strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, e.Code))
	}
	if answer != "" {
		parts = append(parts, answer)
	}
	if e.Text != "" {
		parts = append(parts, e.Text)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	text := strings.Join(parts, ": ")
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(" (again after %v)", e.RetryAfter)
	}
	if e.Unknown {
		text += " (delivery unknown)"
	}
	return text
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// Recipient returns e.Address, which is empty if e is about the whole message.
func (e *Error) Recipient() string { return e.Address }

// Refused reports whether the API does not take this mail.
func (e *Error) Refused() bool { return !e.Temporary && !e.Unknown }

// Uncertain returns e.Unknown.
func (e *Error) Uncertain() bool { return e.Unknown }
