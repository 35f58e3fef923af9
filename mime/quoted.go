package mime

import "bytes"

// quotedLines remembers lines of texts in quoted-printable, by their text with
// its line end: that encoding breaks and escapes each line for itself (RFC 2045,
// section 6.7), and most lines of a mail stood in the one before, whoever it was
// for.
type quotedLines struct {
	encoded map[string][]byte
	octets  int

	// The text at hand, line by line. What is not known is encoded as one text.
	found [][]byte // nil for what is not known
	fresh []byte
}

const (
	maxQuotedLine  = 1 << 10
	maxQuotedLines = 1 << 16 // octets of all, then it begins anew
)

// quoted appends text in quoted-printable to b.
func (p *press) quoted(b, text []byte) ([]byte, error) {
	q := &p.lines
	q.look(text)
	encoded, err := p.encodeText(q.fresh)
	if err != nil {
		return b, err
	}
	for _, line := range q.found {
		n := len(text)
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			n = i + 1
		}
		if line == nil {
			line = firstLine(encoded)
			encoded = encoded[len(line):]
			q.remember(text[:n], line)
		}
		b, text = append(b, line...), text[n:]
	}
	return b, nil
}

// look finds the lines of text that are known.
func (q *quotedLines) look(text []byte) {
	if q.octets > maxQuotedLines || q.encoded == nil {
		q.encoded, q.octets = make(map[string][]byte), 0
	}
	q.found, q.fresh = q.found[:0], q.fresh[:0]
	for line := range bytes.Lines(text) {
		encoded := q.encoded[string(line)]
		if encoded == nil {
			q.fresh = append(q.fresh, line...)
		}
		q.found = append(q.found, encoded)
	}
}

func (q *quotedLines) remember(line, encoded []byte) {
	if len(encoded) <= maxQuotedLine {
		q.encoded[string(line)] = bytes.Clone(encoded)
		q.octets += len(line) + len(encoded)
	}
}

// firstLine returns the first line of a text in quoted-printable, whose soft
// line ends are none of the text.
func firstLine(b []byte) []byte {
	for end := 0; ; {
		n := bytes.IndexByte(b[end:], '\n') + 1
		if end += n; n == 0 {
			return b
		}
		if end < 3 || b[end-3] != '=' {
			return b[:end]
		}
	}
}

// encodeText returns text in quoted-printable, until p.out is used again. The
// encoder writes whole parts only: what stands above their blank line is left
// out.
func (p *press) encodeText(text []byte) ([]byte, error) {
	if len(text) == 0 {
		return nil, nil
	}
	if err := p.write(textPart("", text), 100+len(text)*5/4); err != nil {
		return nil, err
	}
	_, body, _ := bytes.Cut(p.out.Bytes(), []byte("\r\n\r\n"))
	return body, nil
}
