package smtpsend

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

const (
	maxFlight = 100      // commands written before their replies are read
	bodyChunk = 64 << 10 // octets written under one deadline
	keptSpace = 1 << 20  // largest buffer kept for the next message
)

// The commands of a transaction by number: MAIL, then RCPT of recipient 0 and
// on, then DATA, which has the number of recipients.
const mailStep = -1

// transaction is the sending of one message (RFC 5321, section 3.3).
type transaction struct {
	*conn
	m        *mime.Message
	eightBit bool
	utf8     bool     // asks for SMTPUTF8
	results  []*Error // for each recipient, nil for accepted
	mail     *Error   // why MAIL was refused
	data     *Error   // why DATA was refused
	goAhead  bool     // DATA was answered with 354
}

// transact sends m and returns the result for each recipient. again reports
// that a connection which had served before turned out dead before the server
// took the first command, so that m may go over another.
func (c *conn) transact(ctx context.Context, m *mime.Message) (results []*Error, again bool) {
	defer c.watch(ctx)()
	t := &transaction{conn: c, m: m, results: make([]*Error, len(m.To))}
	t.examine()
	reused := c.sent > 0
	c.sent++
	err := t.run(ctx)
	if err != nil {
		t.fail(err)
	}
	return t.results, reused && c.closed && goneBefore(err)
}

// examine notes what the message needs of the server. Recipients that it
// cannot be told about are left out.
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

// goneBefore reports whether err says that the server had left before MAIL.
func goneBefore(err *Error) bool {
	if err == nil || err.Phase != PhaseMail && err.Phase != PhaseReset {
		return false
	}
	return err.Code == 421 || err.Code == 0 && err.Temporary &&
		!errors.Is(err, context.Canceled) && !isTimeout(err)
}

// fail notes err for each recipient that has no error yet.
func (t *transaction) fail(err *Error) {
	for i, r := range t.results {
		if r == nil {
			t.results[i] = err
		}
	}
}

// run leads the transaction. The error is for all recipients that have none.
func (t *transaction) run(ctx context.Context) *Error {
	if err := t.checkLimits(); err != nil || t.doomed() || t.accepted() == 0 {
		return cmp.Or(err, givenUp())
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

// checkLimits refuses here what the server would refuse later.
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

// envelope sends the commands up to DATA: one by one, or many in a flight
// if the server offers PIPELINING (RFC 2920).
func (t *transaction) envelope(ctx context.Context) *Error {
	size, last := 1, len(t.m.To)-1
	if t.ext.has("PIPELINING") {
		size = maxFlight
		if !t.o.AllOrNothing {
			last++ // DATA too: whoever is accepted gets the message
		}
	}
	for step := mailStep; step <= last && !t.doomed(); step += size {
		if err := t.flight(ctx, step, min(step+size, last+1)); err != nil {
			return err
		}
	}
	if last == len(t.m.To) || t.doomed() || t.accepted() == 0 {
		return nil
	}
	return t.flight(ctx, last+1, last+2)
}

// doomed reports whether further commands are of no use.
func (t *transaction) doomed() bool {
	return t.mail != nil || t.o.AllOrNothing && t.accepted() < len(t.results)
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

// flight writes the commands of steps from to end, then reads their replies.
func (t *transaction) flight(ctx context.Context, from, end int) *Error {
	b := t.out[:0]
	for step := from; step < end; step++ {
		if !t.leftOut(step) {
			b = t.appendCommand(b, step)
		}
	}
	t.out = b
	if _, err := t.write(ctx, t.phase(from), b, t.o.Timeouts.Command); err != nil {
		return err
	}
	for step := from; step < end; step++ {
		if t.leftOut(step) {
			continue
		}
		r, err := t.read(ctx, t.phase(step), t.o.Timeouts.Command)
		if err != nil {
			return err
		}
		if err := t.note(step, r); err != nil {
			return err
		}
	}
	return nil
}

// leftOut reports whether step is about a recipient that was given up before.
func (t *transaction) leftOut(step int) bool {
	return t.phase(step) == PhaseRcpt && t.results[step] != nil
}

// phase returns the phase of a step.
func (t *transaction) phase(step int) Phase {
	switch step {
	case mailStep:
		return PhaseMail
	case len(t.m.To):
		return PhaseData
	}
	return PhaseRcpt
}

// appendCommand appends the command of a step. The addresses have been checked.
func (t *transaction) appendCommand(b []byte, step int) []byte {
	switch t.phase(step) {
	case PhaseMail:
		b = t.appendMail(b)
	case PhaseRcpt:
		b = append(append(append(b, "RCPT TO:<"...), t.m.To[step]...), '>')
		if t.ext.has("DSN") {
			b = t.o.DSN.appendRcpt(b, t.m.To[step])
		}
	default:
		b = append(b, "DATA"...)
	}
	return append(b, "\r\n"...)
}

// appendMail appends the command MAIL.
func (t *transaction) appendMail(b []byte) []byte {
	b = append(append(append(b, "MAIL FROM:<"...), t.m.From...), '>')
	if t.ext.has("SIZE") {
		b = strconv.AppendInt(append(b, " SIZE="...), int64(len(t.m.Data)), 10)
	}
	if t.eightBit {
		b = append(b, " BODY=8BITMIME"...) // RFC 6152, section 3
	}
	if t.utf8 {
		b = append(b, " SMTPUTF8"...) // RFC 6531, section 3.4
	}
	if t.o.OnwardTLS {
		b = append(b, " REQUIRETLS"...) // RFC 8689, section 4.1
	}
	if t.ext.has("DSN") {
		b = t.o.DSN.appendMail(b, t.m.ID)
	}
	return b
}

// note takes in the reply to a step. An error ends the conversation.
func (t *transaction) note(step int, r reply) *Error {
	p := t.phase(step)
	t.goAhead = p == PhaseData && r.code == 354
	switch {
	case t.goAhead:
		return nil
	case p == PhaseData && r.ok():
		return t.confused(p, r) // the server believes it has a message
	}
	err := t.expect(p, r, nil)
	if err != nil && t.closed {
		return err
	}
	switch p {
	case PhaseMail:
		t.mail, t.dirty = err, err == nil
	case PhaseRcpt:
		t.results[step] = err
	default:
		t.data = err
	}
	return nil
}

// giveUp ends a transaction that got no go-ahead, or one for nobody. After a
// go-ahead only closing is safe: any line would be taken for a message.
func (t *transaction) giveUp() *Error {
	if t.goAhead {
		t.abort()
	}
	switch {
	case t.mail != nil:
		clear(t.results) // what the server said to each was a consequence
		return t.mail
	case t.data != nil:
		return t.data
	}
	// Only AllOrNothing comes here with recipients that were accepted.
	return givenUp()
}

// givenUp is the error for a recipient who was not at fault.
func givenUp() *Error {
	return lost(PhaseRcpt, errors.New("given up because another recipient was refused"))
}

// body writes the message with its final dot.
func (t *transaction) body(ctx context.Context) *Error {
	b := appendStuffed(t.out[:0], t.m.Data)
	if cap(b) <= keptSpace {
		t.out = b
	}
	for len(b) > 0 {
		chunk := b[:min(len(b), bodyChunk)]
		n, err := t.write(ctx, PhaseBody, chunk, t.o.Timeouts.Body)
		if err != nil {
			// Without its dot the message is void, whatever was sent of it.
			if len(b)-n <= len("\r\n") {
				return unknown(err)
			}
			return err
		}
		b = b[n:]
	}
	return nil
}

// final reads what became of the message: one reply, or in LMTP one for each
// recipient that was accepted (RFC 2033, section 4.2). No reply is no refusal
// (RFC 1047), so the end of ctx does not interrupt before Options.Finish is over.
func (t *transaction) final(ctx context.Context) *Error {
	t.forgive(t.o.Finish)
	defer t.forgive(0)
	var pending []int
	for i, r := range t.results {
		if r == nil {
			pending = append(pending, i)
		}
	}
	for n, i := range pending {
		r, err := t.read(ctx, PhaseFinal, t.o.Timeouts.Final)
		if err = t.expect(PhaseFinal, r, err); err != nil && err.Code == 0 {
			t.failAt(pending[n:], unknown(err))
			return nil
		}
		if !t.o.LMTP {
			t.failAt(pending, err)
			break
		}
		t.results[i] = err
	}
	t.dirty = false
	return nil
}

// failAt notes err, which may be nil, for the recipients at the given places.
func (t *transaction) failAt(places []int, err *Error) {
	for _, i := range places {
		t.results[i] = err
	}
}

// unknown marks err as one after which the message may have been delivered.
func unknown(err *Error) *Error {
	err.Unknown, err.Temporary = true, false
	return err
}
