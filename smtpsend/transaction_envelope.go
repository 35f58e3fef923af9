package smtpsend

import (
	"context"
	"strconv"
)

// mailCommand is the number of MAIL. The commands of a transaction are numbered in
// the order in which they are sent: -1 is MAIL, i is RCPT of recipient i, and the
// number of recipients is DATA.
const mailCommand = -1

// envelope sends the commands up to DATA. If the server offers PIPELINING
// (RFC 2920), many commands are sent in one flight, otherwise one by one.
func (t *transaction) envelope(ctx context.Context) *Error {
	size, last := 1, len(t.m.To)-1
	if t.ext.has("PIPELINING") {
		size = maxFlight
		if !t.o.AllOrNothing {
			last++ // DATA too, because each accepted recipient gets the message
		}
	}
	for n := mailCommand; n <= last && !t.doomed(); n += size {
		if err := t.flight(ctx, n, min(n+size, last+1)); err != nil {
			return err
		}
	}
	if last == len(t.m.To) || t.doomed() || t.accepted() == 0 {
		return nil
	}
	return t.flight(ctx, last+1, last+2)
}

// flight writes the commands from, up to but not including end, and then reads
// their replies.
func (t *transaction) flight(ctx context.Context, from, end int) *Error {
	b := t.out[:0]
	for n := from; n < end; n++ {
		if !t.leftOut(n) {
			b = t.appendCommand(b, n)
		}
	}
	t.out = b
	if _, err := t.write(ctx, t.phase(from), b, t.o.Timeouts.Command); err != nil {
		return err
	}
	for n := from; n < end; n++ {
		if t.leftOut(n) {
			continue
		}
		r, err := t.read(ctx, t.phase(n), t.o.Timeouts.Command)
		if err != nil {
			return err
		}
		if err := t.noteReply(n, r); err != nil {
			return err
		}
	}
	return nil
}

// leftOut reports whether command n is RCPT of a recipient that has an error
// already.
func (t *transaction) leftOut(n int) bool {
	return t.phase(n) == PhaseRcpt && t.results[n] != nil
}

// phase returns the phase of command n.
func (t *transaction) phase(n int) Phase {
	switch n {
	case mailCommand:
		return PhaseMail
	case len(t.m.To):
		return PhaseData
	}
	return PhaseRcpt
}

// appendCommand appends command n. The addresses have been checked before.
func (t *transaction) appendCommand(b []byte, n int) []byte {
	switch t.phase(n) {
	case PhaseMail:
		b = t.appendMail(b)
	case PhaseRcpt:
		b = append(append(append(b, "RCPT TO:<"...), t.m.To[n]...), '>')
		if t.ext.has("DSN") {
			b = t.o.DSN.appendRcpt(b, t.m.To[n])
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

// noteReply notes the reply to command n. If it returns an error, the session has
// ended.
func (t *transaction) noteReply(n int, r reply) *Error {
	p := t.phase(n)
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
		t.mailErr, t.dirty = err, err == nil
	case PhaseRcpt:
		t.results[n] = err
	default:
		t.dataErr = err
	}
	return nil
}
