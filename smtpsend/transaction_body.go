package smtpsend

import (
	"bytes"
	"context"
)

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

// appendStuffed appends a message to dst as it goes over the wire after DATA:
// each line that starts with a dot gets another, and a line with one dot ends
// it (RFC 5321, section 4.5.2). Line ends in m are CRLF; one is added if
// the last is missing.
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

// nextDotLine returns where the next line that starts with a dot begins after
// the first octet of m, or the length of m.
func nextDotLine(m []byte) int {
	if i := bytes.Index(m, []byte("\n.")); i >= 0 {
		return i + 1
	}
	return len(m)
}

// final reads what became of the message: one reply, or in LMTP one for each
// recipient that was accepted (RFC 2033, section 4.2). No reply is no refusal
// (RFC 1047), so the end of ctx does not interrupt before Options.Finish is over.
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
