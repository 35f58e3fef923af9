package smtpsend

import (
	"bytes"
	"context"
)

// body writes the message with its final dot. If the write fails after the dot,
// the fate of the message is unknown.
func (t *transaction) body(ctx context.Context) *Error {
	b := appendStuffed(t.out[:0], t.m.Data)
	if cap(b) <= keptSpace {
		t.out = b
	}
	for len(b) > 0 {
		chunk := b[:min(len(b), bodyChunk)]
		n, err := t.write(ctx, PhaseBody, chunk, t.o.Timeouts.Body)
		if err != nil {
			// Without its dot the server drops the message, however much of it was sent.
			if len(b)-n <= len("\r\n") {
				return unknown(err)
			}
			return err
		}
		b = b[n:]
	}
	return nil
}

// appendStuffed appends the message m to dst in the form that follows DATA: each
// line that starts with a dot gets another dot, and a line with a single dot ends
// the message (RFC 5321, section 4.5.2). The line ends of m are CRLF. If the last
// line has no end, one is added.
func appendStuffed(dst, m []byte) []byte {
	for len(m) > 0 {
		if m[0] == '.' {
			dst = append(dst, '.')
		}
		end := nextDotLine(m)
		dst = append(dst, m[:end]...)
		m = m[end:]
	}
	if !bytes.HasSuffix(dst, []byte("\r\n")) {
		dst = append(dst, "\r\n"...)
	}
	return append(dst, ".\r\n"...)
}

// nextDotLine returns the index of the next line of m that starts with a dot, not
// counting the first line. It returns the length of m if there is none.
func nextDotLine(m []byte) int {
	if i := bytes.Index(m, []byte("\n.")); i >= 0 {
		return i + 1
	}
	return len(m)
}

// final reads the reply to the message, or with LMTP one reply for each recipient
// that was accepted (RFC 2033, section 4.2). If no reply comes, the message may
// have been delivered all the same (RFC 1047). So the end of ctx does not
// interrupt before the time Options.Finish is over.
func (t *transaction) final(ctx context.Context) *Error {
	t.setGrace(t.o.Finish)
	defer t.setGrace(0)
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
			t.acceptAt(pending, r, err)
			break
		}
		t.results[i] = err
		t.acceptAt(pending[n:n+1], r, err)
	}
	t.dirty = false
	return nil
}

// acceptAt makes the name in the reply r the receipt of the recipients at places, unless
// there is an error.
func (t *transaction) acceptAt(places []int, r reply, err *Error) {
	if err != nil {
		return
	}
	receipt := r.receipt()
	for _, i := range places {
		t.receipts[i] = receipt
	}
}

// failAt makes err, which may be nil, the result of the recipients at places.
func (t *transaction) failAt(places []int, err *Error) {
	for _, i := range places {
		t.results[i] = err
	}
}
