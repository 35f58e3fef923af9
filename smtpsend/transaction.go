package smtpsend

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

// Bounds of a transaction.
const (
	maxFlight = 100      // commands written before their replies are read
	bodyChunk = 64 << 10 // octets written under one deadline
	keptSpace = 1 << 20  // largest buffer kept for the next message, in octets
)

// transaction sends one message (RFC 5321, section 3.3).
type transaction struct {
	*session
	m        *mime.Message
	eightBit bool     // the message has octets beyond ASCII
	utf8     bool     // asks for SMTPUTF8
	results  []*Error // one for each recipient, nil if not refused
	receipts []string // one for each recipient, "" if not accepted yet
	mailErr  *Error   // the refusal of MAIL
	dataErr  *Error   // the refusal of DATA
	goAhead  bool     // DATA was answered with 354
}

// examine notes the extensions that the message needs. A recipient who needs
// SMTPUTF8 gets an error if the server does not offer it.
func (t *transaction) examine() {
	t.eightBit = isEightBit(t.m.Data)
	t.utf8 = !address.IsASCII(t.m.From) || t.eightBit && isEightBit(header(t.m.Data))
	offered := t.ext.has("SMTPUTF8")
	for i, to := range t.m.To {
		if address.IsASCII(to) {
			continue
		}
		t.utf8 = true
		if !offered {
			t.results[i] = unmet(PhaseRcpt, ErrNoUTF8)
		}
	}
	t.utf8 = t.utf8 && offered
}

// header returns the header of a message.
func header(data []byte) []byte {
	h, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	return h
}

// isEightBit reports whether data has octets beyond ASCII.
func isEightBit(data []byte) bool {
	for ; len(data) >= 8; data = data[8:] {
		if binary.NativeEndian.Uint64(data)&0x8080808080808080 != 0 {
			return true
		}
	}
	for _, c := range data {
		if c >= 0x80 {
			return true
		}
	}
	return false
}

// run leads the transaction. Its error is the result of all recipients that have
// no error of their own yet.
func (t *transaction) run(ctx context.Context) *Error {
	if err := t.checkLimits(); err != nil || t.doomed() || t.accepted() == 0 {
		return cmp.Or(err, abandoned())
	}
	if err := t.reset(ctx); err != nil {
		return err
	}
	if err := t.envelope(ctx); err != nil {
		return err
	}
	if !t.goAhead || t.accepted() == 0 {
		return t.giveUp()
	}
	if err := t.body(ctx); err != nil {
		return err
	}
	return t.final(ctx)
}

// checkLimits returns an error if the message needs more than the server offers.
func (t *transaction) checkLimits() *Error {
	limit, size := t.ext.size(), int64(len(t.m.Data))
	if limit > 0 && size > limit {
		return unmet(PhaseMail, fmt.Errorf("%w: %d octets, limit %d", ErrTooLarge, size, limit))
	}
	if t.eightBit && !t.ext.has("8BITMIME") {
		return unmet(PhaseMail, errors.New("message is not 7-bit and the server does not offer 8BITMIME"))
	}
	if !t.ext.has("SMTPUTF8") && !address.IsASCII(t.m.From) {
		return unmet(PhaseMail, ErrNoUTF8)
	}
	if t.o.OnwardTLS && !(t.encrypted && t.ext.has("REQUIRETLS")) {
		return unmet(PhaseMail, ErrNoOnwardTLS)
	}
	return nil
}

// doomed reports whether the transaction cannot succeed any more.
func (t *transaction) doomed() bool {
	return t.mailErr != nil || t.o.AllOrNothing && t.accepted() < len(t.results)
}

// accepted counts the recipients that were not refused.
func (t *transaction) accepted() int {
	n := 0
	for _, r := range t.results {
		if r == nil {
			n++
		}
	}
	return n
}

// giveUp ends a transaction that got no go-ahead, or whose recipients were all
// refused. After a go-ahead only closing is safe, because the server would take
// any line for a part of the message.
func (t *transaction) giveUp() *Error {
	if t.goAhead {
		t.abort()
	}
	switch {
	case t.mailErr != nil:
		clear(t.results) // the replies to RCPT were consequences
		return t.mailErr
	case t.dataErr != nil:
		return t.dataErr
	}
	// If a recipient was accepted, AllOrNothing is set.
	return abandoned()
}

// abandoned returns the error for a recipient who gets nothing because another
// recipient was refused.
func abandoned() *Error {
	return lost(PhaseRcpt, errors.New("given up because another recipient was refused"))
}

// fail makes err the result of each recipient that has no error yet.
func (t *transaction) fail(err *Error) {
	for i, r := range t.results {
		if r == nil {
			t.results[i] = err
		}
	}
}
