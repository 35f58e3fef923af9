package smtpsend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// ErrClosed is the error of [Sender.Send] after [Sender.Close].
var ErrClosed = errors.New("smtpsend: sender is closed")

// ErrTooLarge is the cause of an [Error] for a message that exceeds the size
// that the server announced (RFC 1870, section 6.1). Nothing was sent.
var ErrTooLarge = errors.New("message is too large for the server")

// ErrNoTLS is the cause of an [Error] for a server that does not offer the
// STARTTLS that [TLSRequired] asks for. Nothing was sent. For a local test
// server, see [TLSInsecureNone].
var ErrNoTLS = errors.New("server does not offer STARTTLS (for a local test server, add ?tls=insecure-none to the URL)")

// ErrNoOnwardTLS is the cause of an [Error] for a server that does not offer
// REQUIRETLS, if [Options.OnwardTLS] asks for it. Nothing was sent.
var ErrNoOnwardTLS = errors.New("server does not offer REQUIRETLS")

// ErrNoUTF8 is the cause of an [Error] for an address that is not ASCII, if the
// server does not offer SMTPUTF8 (RFC 6531). Nothing was sent to this address.
var ErrNoUTF8 = errors.New("address is not ASCII and the server does not offer SMTPUTF8")

// ErrNoMechanism is the cause of an [Error] for a server that offers no
// authentication mechanism that fits the options.
var ErrNoMechanism = errors.New("no usable authentication mechanism")

// Error is a failure in one phase of a conversation: a refusal by the server, or a
// reply that did not come.
//
// The methods Recipient, Refused and Uncertain let a program judge the error
// through an interface of its own, without importing this package.
type Error struct {
	// Address is the recipient that the error is about, as the message gave it.
	// It is empty if the error is about the whole message.
	Address string
	// Phase is the part of the conversation that failed.
	Phase Phase
	// Code is the reply code (RFC 5321, section 4.2.3). It is 0 if the server did
	// not answer or was not asked.
	Code int
	// Enhanced is the enhanced status code (RFC 3463), or zero if there was none.
	Enhanced EnhancedCode
	// Text is the reply's text in one line, without codes or control characters. It
	// is cut after 2,000 octets.
	Text string
	// Temporary reports that nothing was delivered and a later attempt may
	// succeed: a reply 4yz, a lost connection, a context that ended.
	Temporary bool
	// Unknown reports that the message may have been delivered: it was sent
	// whole, and no reply came (RFC 1047). If it is sent again, it may arrive
	// twice.
	Unknown bool
	// Err is the cause if there was no reply, and nil otherwise. The context's
	// error is reachable through it.
	Err error
}

// Error returns the recipient, the phase, and the reply or the cause.
func (e *Error) Error() string { return "smtpsend: " + e.detail() }

// detail returns the text without the package's name.
func (e *Error) detail() string {
	var b strings.Builder
	if e.Address != "" {
		b.WriteString(e.Address + ": ")
	}
	b.WriteString(string(e.Phase))
	b.WriteByte(':')
	if e.Code != 0 {
		fmt.Fprintf(&b, " %d", e.Code)
	}
	for _, s := range []string{e.Enhanced.String(), e.Text} {
		if s != "" {
			b.WriteString(" " + s)
		}
	}
	if e.Err != nil {
		fmt.Fprintf(&b, " %v", e.Err)
	}
	if e.Unknown {
		b.WriteString(" (delivery unknown)")
	}
	return b.String()
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// Recipient returns e.Address, which is empty if e is about the whole message.
func (e *Error) Recipient() string { return e.Address }

// Refused reports whether the message was refused for good: by a reply 5yz to a
// command of its transaction, or because of a limit that the server announced. A
// failure of the connection, of TLS or of the authentication is no refusal of the
// message.
func (e *Error) Refused() bool {
	return e.Phase.ofMessage() && !e.Temporary && !e.Unknown
}

// Uncertain returns e.Unknown.
func (e *Error) Uncertain() bool { return e.Unknown }

// mayPass reports whether another attempt may succeed, and cannot deliver the
// message twice.
func (e *Error) mayPass() bool {
	switch {
	case !e.Temporary || e.Unknown:
		return false
	case e.Phase == PhaseAuth && e.Code == 432:
		return false // the user must change the password first (RFC 4954, section 4.7)
	}
	return true
}

// isOverflow reports whether the server refused the recipient because the
// transaction has too many, and not because of the mailbox or the server's disk.
func (e *Error) isOverflow() bool {
	if e.Phase != PhaseRcpt || !e.Temporary {
		return false
	}
	switch e.Code {
	case 452:
		return e.Enhanced == EnhancedCode{} || e.Enhanced == EnhancedCode{4, 5, 3}
	case 552:
		return true // see tooManyRecipients
	}
	return false
}

// EnhancedCode is an enhanced status code: class, subject and detail
// (RFC 3463, section 2). The zero value means that there is none.
type EnhancedCode [3]int

// String returns the code in its dotted form, or "" for the zero value.
func (c EnhancedCode) String() string {
	if c == (EnhancedCode{}) {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", c[0], c[1], c[2])
}

// refusal returns the error for a negative reply.
func refusal(p Phase, r reply) *Error {
	return &Error{
		Phase:     p,
		Code:      r.code,
		Enhanced:  r.enhanced,
		Text:      r.text(),
		Temporary: r.code/100 == 4 || tooManyRecipients(p, r),
	}
}

// tooManyRecipients reports whether r is the 552 that older servers send instead
// of 452 (RFC 5321, section 4.5.3.1.10).
func tooManyRecipients(p Phase, r reply) bool {
	return p == PhaseRcpt && r.code == 552 &&
		(r.enhanced == EnhancedCode{} || r.enhanced == EnhancedCode{5, 5, 3})
}

// lost returns the error for a conversation that broke off because of err.
func lost(p Phase, err error) *Error {
	return &Error{Phase: p, Err: err, Temporary: true}
}

// unknown marks err as an error after which the message may have been delivered.
func unknown(err *Error) *Error {
	err.Unknown, err.Temporary = true, false
	return err
}

// unmet returns the error if this side refuses to go on because of err.
func unmet(p Phase, err error) *Error {
	return &Error{Phase: p, Err: err}
}

// isNetwork reports whether err comes from the network or from a context, and not
// from the data that the peer sent.
func isNetwork(err error) bool {
	for _, target := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, context.Canceled} {
		if errors.Is(err, target) {
			return true
		}
	}
	var errno syscall.Errno
	return errors.As(err, &errno) || isTimeout(err)
}

// isTimeout reports whether err is a timeout.
func isTimeout(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}
