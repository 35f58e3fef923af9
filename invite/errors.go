package invite

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/invite/internal/plan"
)

// ErrNoSender reports a call through a client that has no [Sender].
var ErrNoSender = errors.New("invite: no sender: use New, or SetDefault for the package's own Send")

// ErrNoMeeting reports a call that was given a nil Meeting, or one without a UID.
var ErrNoMeeting = errors.New("invite: no meeting: the Meeting is nil or empty: use the one that the call before returned")

// ErrCancelled reports a change, reminder or repeated invitation of a meeting that was
// cancelled as a whole. A new meeting has a new UID.
var ErrCancelled = errors.New("invite: the meeting was cancelled")

// ErrPast reports a reminder of a meeting that lies wholly in the past. With
// [AllowPast] it is sent.
var ErrPast = errors.New("invite: the meeting lies in the past: nobody is reminded without AllowPast")

// ErrSkipFile is what Options.Files returns to send a mail without a file that [Attach]
// named. No call returns it.
var ErrSkipFile = errors.New("invite: the mail goes without the file")

// ErrNotInvited reports an address that is not an attendee of the meeting, or of
// the invitation that is answered. For the invitation, Response.OnBehalfOf and Response.Uninvited
// allow it.
var ErrNotInvited = plan.ErrNotInvited

// LintError reports findings of error level: a mail client would refuse the mail,
// or show another meeting than was meant. Nothing was sent.
type LintError struct {
	// Findings has the findings of error level, except those of rules that
	// [AllowLint] names.
	Findings []ical.Finding
}

// Error names each field, the problem and the rule.
func (e *LintError) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = fmt.Sprintf("%s: %s (%s)", f.Field, f.Text, f.Rule)
	}
	return "invite: lint: " + strings.Join(lines, "; ")
}

// DeliveryError reports the recipients that a mail did not reach, or perhaps did
// not reach. All other recipients have theirs.
type DeliveryError struct {
	// Recipients are in the order of the plan.
	Recipients []*RecipientError
}

// mostNamed is the number of recipients that the text of a DeliveryError names.
const mostNamed = 3

// Error names the first three recipients, each with the state and the cause, and
// counts the others.
func (e *DeliveryError) Error() string {
	if len(e.Recipients) == 0 {
		return "invite: not delivered"
	}
	named := e.Recipients[:min(len(e.Recipients), mostNamed)]
	texts := make([]string, len(named))
	for i, r := range named {
		texts[i] = r.text()
	}
	out := "invite: " + strings.Join(texts, "; ")
	if n := len(e.Recipients) - len(named); n > 0 {
		out += fmt.Sprintf(" (and %d more)", n)
	}
	return out
}

// Unwrap returns the errors of the recipients.
func (e *DeliveryError) Unwrap() []error {
	out := make([]error, len(e.Recipients))
	for i, r := range e.Recipients {
		out[i] = r
	}
	return out
}

// RecipientError says why one recipient has no mail, or may have none.
type RecipientError struct {
	// Email is the recipient's address as the event has it.
	Email string
	// State is [DeliveryRefused] or [DeliveryUnknown], or [DeliveryPending] if trying again is useful.
	State DeliveryState
	// Err is the error of the Sender, or says why the mail was not tried.
	Err error
}

// Error returns "invite: address: state: cause".
func (e *RecipientError) Error() string { return "invite: " + e.text() }

func (e *RecipientError) text() string { return fmt.Sprintf("%s: %s: %v", e.Email, e.State, e.Err) }

// Unwrap returns e.Err.
func (e *RecipientError) Unwrap() error { return e.Err }

// fieldError reports a field of an event or a call.
func fieldError(field, text string) error {
	return fault.Join("invite", &ical.FieldError{Field: field, Err: errors.New(text)})
}

// unknownOccurrence reports an original start that e does not have.
func unknownOccurrence(e *ical.Event, start time.Time) error {
	if e.Recurrence == nil {
		return fmt.Errorf("is about an occurrence that the meeting does not have, because it is no series: %s", start.Format(time.RFC3339))
	}
	return fmt.Errorf("is about an occurrence that the series does not have: %s", start.Format(time.RFC3339))
}

// invalid returns an error of package ical about the fields of an event, in this
// package's name.
func invalid(err error) error {
	if list := ical.FieldErrors(err); len(list) > 0 {
		return fault.Join("invite", list...)
	}
	return fmt.Errorf("invite: %w", err)
}
