package smtpsend

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// DSN asks for delivery status notifications (RFC 3461). The zero value leaves
// them to the server, which usually reports failures. If the server does not offer
// DSN, it gets the message without the request.
type DSN struct {
	// Notify are the events to report. Empty means the server's choice.
	Notify []Notify
	// Return is the part of the message that a report of failure returns.
	Return Return
	// EnvelopeID asks that reports repeat the message's ID as Original-Envelope-Id
	// and the recipient as Original-Recipient, so that they can be told apart.
	EnvelopeID bool
}

// Notify is an event for which a report is asked (RFC 3461, section 4.1).
type Notify string

// The values of [Notify]. NotifyNever cannot be combined with others.
const (
	NotifyNever   Notify = "NEVER"
	NotifySuccess Notify = "SUCCESS"
	NotifyFailure Notify = "FAILURE"
	NotifyDelay   Notify = "DELAY"
)

// Return is the part of the message that a report of failure returns (RFC 3461,
// section 4.3). The zero value leaves it to the server.
type Return string

// The values of [Return].
const (
	ReturnFull   Return = "FULL"
	ReturnHeader Return = "HDRS"
)

// maxEnvelopeID is the longest ENVID (RFC 3461, section 4.4).
const maxEnvelopeID = 100

// check returns an error if a field of d is unknown or contradicts another.
func (d DSN) check() error {
	known := []Notify{NotifyNever, NotifySuccess, NotifyFailure, NotifyDelay}
	for _, n := range d.Notify {
		if !slices.Contains(known, n) {
			return fmt.Errorf("Notify %q is unknown", n)
		}
	}
	if len(d.Notify) > 1 && slices.Contains(d.Notify, NotifyNever) {
		return errors.New("NotifyNever stands alone")
	}
	if !slices.Contains([]Return{"", ReturnFull, ReturnHeader}, d.Return) {
		return fmt.Errorf("Return %q is unknown", d.Return)
	}
	return nil
}

// appendMail appends the parameters of MAIL for a message with the given ID.
func (d DSN) appendMail(b []byte, id string) []byte {
	if d.Return != "" {
		b = append(append(b, " RET="...), d.Return...)
	}
	id = xtext(strings.Trim(id, "<>"))
	if d.EnvelopeID && id != "" && len(id) <= maxEnvelopeID {
		b = append(append(b, " ENVID="...), id...)
	}
	return b
}

// appendRcpt appends the parameters of RCPT for a recipient.
func (d DSN) appendRcpt(b []byte, to string) []byte {
	for i, n := range d.Notify {
		sep := ","
		if i == 0 {
			sep = " NOTIFY="
		}
		b = append(append(b, sep...), n...)
	}
	if d.EnvelopeID && address.IsASCII(to) {
		b = append(append(b, " ORCPT=rfc822;"...), xtext(to)...)
	}
	return b
}

// xtext encodes the characters that a parameter cannot hold as they are
// (RFC 3461, section 4).
func xtext(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < '!' || c > '~' || c == '+' || c == '=' {
			fmt.Fprintf(&b, "+%02X", c)
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
