package mime

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// keyword returns the first word of a field such as Content-Transfer-Encoding
// (RFC 2045, section 6), in lower case. Comments and parameters are omitted.
func keyword(s string) string {
	s = skipSeparators(s)
	if end := strings.IndexAny(s, "; \t("); end >= 0 {
		s = s[:end]
	}
	return strings.ToLower(strings.Trim(s, `"`))
}

// isIdentity tells whether an encoding leaves the data unchanged.
func isIdentity(encoding string) bool {
	return encoding == "" || encoding == "7bit" || encoding == "8bit" || encoding == "binary"
}

// decode undoes a transfer encoding. problem tells of damage, and is "" if
// there was none. Data in an identity encoding is returned without a copy.
func decode(data []byte, encoding string) (out []byte, problem string) {
	if isIdentity(encoding) {
		return data, ""
	}
	switch encoding {
	case "base64":
		return decodeBase64(data)
	case "quoted-printable":
		return decodeQuoted(data)
	}
	return data, "unknown transfer encoding \"" + excerpt(encoding) + "\": taken as it is"
}

// decodeBase64 decodes base64 (RFC 2045, section 6.8). If the data is damaged,
// it decodes as much as possible.
func decodeBase64(data []byte) (out []byte, problem string) {
	out = make([]byte, base64.StdEncoding.DecodedLen(len(data)))
	if n, err := base64.StdEncoding.Decode(out, data); err == nil {
		return out[:n], ""
	}
	return decodeDamaged(out[:0], data)
}

// base64Value holds the value of each base64 character, and 0xFF for all other
// octets.
var base64Value = func() (table [256]byte) {
	for i := range table {
		table[i] = 0xFF
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		table[c] = byte(i)
	}
	return table
}()

// decodeDamaged decodes base64 up to its padding or up to a line of text. It
// skips foreign characters.
func decodeDamaged(out, data []byte) (_ []byte, problem string) {
	var d base64Decoder
	d.out = out
	for line := range bytes.Lines(data) {
		// QUIRK: Mailman 2 and other list servers put their footer below the
		// base64 of a mail's only part: testdata/read/damaged-base64.eml.
		if d.done || len(d.out) > 0 && isSentence(line) {
			d.trailing = d.trailing || len(bytes.Trim(line, "= \t\r\n")) > 0
			d.done = true
			continue
		}
		d.line(line)
	}
	d.short = d.short || d.n > 0 && !d.done
	return appendQuantum(d.out, d.bits, d.n), d.problem()
}

// isSentence tells whether a line is a sentence or a ruled line, and not
// base64.
func isSentence(line []byte) bool {
	line = bytes.TrimSpace(line)
	foreign := 0
	for _, c := range line {
		if base64Value[c] == 0xFF && c != '=' {
			foreign++
		}
	}
	return bytes.Count(line, []byte(" ")) > 1 || foreign*4 > len(line)
}

// base64Decoder decodes lines of damaged base64, and remembers the damage.
type base64Decoder struct {
	out                         []byte
	bits                        uint32
	n                           int // characters in bits
	junk, short, done, trailing bool
}

// line decodes one line.
func (d *base64Decoder) line(line []byte) {
	for i, c := range line {
		v := base64Value[c]
		switch {
		case v != 0xFF:
			d.bits = d.bits<<6 | uint32(v)
			if d.n++; d.n == 4 {
				d.out = append(d.out, byte(d.bits>>16), byte(d.bits>>8), byte(d.bits))
				d.n = 0
			}
		case c == '=':
			// Padding is evidence of the end (RFC 2045, section 6.8).
			d.done, d.short = true, d.n == 1
			d.trailing = len(bytes.Trim(line[i:], "= \t\r\n")) > 0
			return
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			d.junk = true
		}
	}
}

// problem describes the damage. It returns "" if there was none except white
// space.
func (d *base64Decoder) problem() string {
	var what []string
	if d.junk {
		what = append(what, "foreign characters skipped")
	}
	if d.short {
		what = append(what, "it breaks off")
	}
	if d.trailing {
		what = append(what, "text after its end ignored")
	}
	if what == nil {
		return ""
	}
	return "damaged base64: " + strings.Join(what, ", ")
}

// appendQuantum appends the octets of an unfinished group of n characters.
func appendQuantum(out []byte, bits uint32, n int) []byte {
	switch n {
	case 2:
		return append(out, byte(bits>>4))
	case 3:
		return append(out, byte(bits>>10), byte(bits>>2))
	}
	return out
}

// decodeQuoted decodes quoted-printable (RFC 2045, section 6.7). An equals sign
// that begins no escape stays. The standard library's reader would stop there.
func decodeQuoted(data []byte) (out []byte, problem string) {
	out = make([]byte, 0, len(data))
	for len(data) > 0 {
		line, eol := data, []byte(nil)
		if end := bytes.IndexByte(data, '\n'); end >= 0 {
			line, eol = data[:end], data[end:end+1]
		}
		data = data[len(line)+len(eol):]
		text := bytes.TrimRight(line, " \t\r")
		if eol != nil && bytes.HasSuffix(line, []byte("\r")) {
			eol = []byte("\r\n")
		}
		var damaged bool
		if out, damaged = appendQuoted(out, text); damaged {
			problem = "damaged quoted-printable: invalid escapes kept"
		}
		if !bytes.HasSuffix(text, []byte("=")) {
			out = append(out, eol...)
		}
	}
	return out, problem
}

// appendQuoted appends one line of quoted-printable without its line end.
func appendQuoted(out, line []byte) (_ []byte, damaged bool) {
	for {
		at := bytes.IndexByte(line, '=')
		if at < 0 {
			return append(out, line...), damaged
		}
		out = append(out, line[:at]...)
		line = line[at+1:]
		if len(line) == 0 {
			return out, damaged
		}
		if len(line) >= 2 {
			if c, ok := unhex(line[0], line[1]); ok {
				out = append(out, c)
				line = line[2:]
				continue
			}
		}
		out = append(out, '=')
		damaged = true
	}
}
