package ews

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/convene-go/convene/invite/organizer"
)

// Error is a request that failed. Its text has no credentials. Unwrap returns the error
// of package organizer that it means, if it means one.
type Error struct {
	// Op is the operation, such as "CreateItem".
	Op string
	// Status is the status of HTTP, 0 if there was no response.
	Status int
	// Code is the ResponseCode (MS-OXWSCDATA, section 2.2.5.24), such as
	// "ErrorItemNotFound". It is empty if the failure has none.
	Code string
	// Text is the server's explanation, at most 300 characters in one line.
	Text string
	// Pause is the time for which the server asked to be left alone, 0 if it did not.
	Pause time.Duration

	kind      error // of package organizer, or nil
	cause     error // of the connection or of this package, or nil
	permanent bool  // the same call fails again
	after     bool  // a part of the call has been stored
}

// Error returns "ews: Op: Code: Text".
func (e *Error) Error() string {
	parts := []string{"ews", e.Op}
	if e.Code != "" {
		parts = append(parts, e.Code)
	} else if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("status %d", e.Status))
	}
	if e.Text != "" {
		parts = append(parts, e.Text)
	}
	if e.cause != nil {
		parts = append(parts, e.cause.Error())
	}
	if e.after {
		parts = append(parts, "a part of the change is stored already")
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the error of package organizer and the error of the connection.
func (e *Error) Unwrap() []error {
	var errs []error
	for _, err := range []error{e.kind, e.cause} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// RetryAfter returns Pause, for [organizer.RetryAfter].
func (e *Error) RetryAfter() time.Duration { return e.Pause }

// Temporary reports whether the failure may go away by itself. It is true for a failure
// that has no meaning in the tables of the package.
func (e *Error) Temporary() bool {
	switch {
	case e.permanent:
		return false
	case e.kind != nil:
		return errors.Is(e.kind, organizer.ErrChanged)
	case e.Code != "":
		return meaningOf(e.Code) != meansPermanent
	case e.Status != 0:
		return e.Status >= 500 || e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout
	}
	return true
}

// afterwards marks an error that follows a change that was stored. A caller must not
// take it for an error that says that nothing was stored.
func afterwards(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	marked := *e
	marked.kind, marked.after = nil, true
	return &marked
}

// isCode reports whether err has one of the codes.
func isCode(err error, codes ...string) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Code == code {
			return true
		}
	}
	return false
}

// codeError returns the error for a code of the server.
func codeError(op, code, text string, pause time.Duration) *Error {
	return &Error{Op: op, Status: http.StatusOK, Code: code, Text: oneLine(text), Pause: pause, kind: meaningOf(code).err()}
}

// statusError returns the error for a status of HTTP without a code.
func statusError(op string, status int, text string, pause time.Duration) *Error {
	e := &Error{Op: op, Status: status, Text: oneLine(text), Pause: pause}
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		e.kind = organizer.ErrDenied
	}
	return e
}

// connectionError returns the error for a request without a response. The URL that
// net/http adds to its errors is left out.
func connectionError(ctx context.Context, op string, err error) *Error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	return &Error{Op: op, cause: err}
}

// refusal returns an error that the package has found itself, and that a repeated call
// has again.
func refusal(op, format string, args ...any) *Error {
	return &Error{Op: op, cause: fmt.Errorf(format, args...), permanent: true}
}

// surprise returns an error for a response that the package does not understand.
func surprise(op, format string, args ...any) *Error {
	return &Error{Op: op, cause: fmt.Errorf(format, args...)}
}

// oneLine returns the first 300 characters of a text in one line, without control
// characters.
func oneLine(s string) string {
	const most = 300
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return r <= ' ' || r >= 0x7F && r < 0xA0 || r == 0x2028 || r == 0x2029
	}), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
