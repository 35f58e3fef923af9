package mime

import (
	"bytes"
	"mime/quotedprintable"
	"slices"
	"strings"
)

// encodedText is a text that has passed its check, with its encoded form.
type encodedText struct {
	raw     string
	encoded []byte
	quoted  bool // encoded is in quoted-printable, and otherwise in 7bit
}

// matches reports whether t is the encoded form of raw, which may be empty.
func (t *encodedText) matches(raw string) bool { return t.raw == raw }

// copyFrom makes t a copy of other, in the memory that t has.
func (t *encodedText) copyFrom(other *encodedText) {
	if t != other {
		t.raw, t.encoded, t.quoted = other.raw, append(t.encoded[:0], other.encoded...), other.quoted
	}
}

// field returns the field that says how t is encoded.
func (t *encodedText) field() []byte {
	if t.quoted {
		return quotedField
	}
	return nil
}

// encodeText sets t to the encoded form of raw. If both are in quoted-printable, it
// takes over lines of last.
func (w *workspace) encodeText(t *encodedText, raw string, is7bit bool, last *encodedText) {
	b := t.encoded[:0]
	switch {
	case is7bit:
		b = append7bit(b, raw)
	case last.quoted:
		w.lines = appendLF(w.lines[:0], raw)
		b = w.quotedPrintableReusing(b, w.lines, last)
	default:
		w.lines = appendLF(w.lines[:0], raw)
		b = w.quotedPrintable(b, w.lines)
	}
	*t = encodedText{raw, b, !is7bit}
}

// max7bit is the greatest length of a line in 7bit, in octets without the line end. A
// line may have 998 (RFC 5321, section 4.5.3.1.6; RFC 2045, section 2.7), but Sendmail
// puts "!" and a line end into lines of more than 990 (its option SMTP_MAILER_LL), and
// old versions of Postfix a line end and a space (smtp_line_length_limit).
const max7bit = 900

// fits7bit reports whether s can be sent as it is: in ASCII without control
// characters, and in lines that no server changes. A space at the end of a line gets
// lost on some ways (RFC 2045, section 6.7), and a line that begins with "--" could
// look like a boundary.
func fits7bit(s string) bool {
	for s != "" {
		line, rest := textLine(s)
		if len(line) > max7bit || strings.HasSuffix(line, " ") || strings.HasPrefix(line, "--") || !isPrintable(line) {
			return false
		}
		s = rest
	}
	return true
}

// textLine returns the first line of s without its LF or CRLF, and the rest of s.
func textLine(s string) (line, rest string) {
	line, rest, ok := strings.Cut(s, "\n")
	if ok {
		line = strings.TrimSuffix(line, "\r")
	}
	return line, rest
}

// isPrintable reports whether all characters of s are from space to tilde.
func isPrintable(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if x := load8(s); x&high != 0 || hasControl(x) {
			return false
		}
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Words with one bit set in each octet.
const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

// load8 returns the first eight octets of s as one word. All of them are looked at
// together, which takes a quarter of the time.
func load8[T string | []byte](s T) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// hasControl reports whether an octet of x is a control character of ASCII. Without
// its highest bit, an octet plus 1 has that bit if the octet is DEL, and an octet plus
// 0x60 lacks it if the octet is below space. No sum carries into the next octet.
func hasControl(x uint64) bool {
	low := x &^ high
	return ((low+ones)|^(low+0x60*ones))&^x&high != 0
}

// append7bit appends s to b with CRLF line ends.
func append7bit(b []byte, s string) []byte {
	b = slices.Grow(b, len(s)+len(s)/16)
	for {
		line, rest := textLine(s)
		b = append(b, line...)
		if len(line) == len(s) {
			return b
		}
		b = append(b, crlf...)
		s = rest
	}
}

// appendLF appends s to b, with LF for each CRLF and each lone CR. The encoder
// makes a CRLF of each LF. Without this step it would lose the LF in "\ré\n".
func appendLF(b []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '\r')
		if i < 0 {
			return append(b, s...)
		}
		b = append(append(b, s[:i]...), '\n')
		s = strings.TrimPrefix(s[i+1:], "\n")
	}
}

// quotedPrintable appends text in quoted-printable to b.
func (w *workspace) quotedPrintable(b, text []byte) []byte {
	w.resetOut()
	q := quotedprintable.NewWriter(&w.out) // memory does not fail, so no error is possible
	q.Write(text)
	q.Close()
	return append(b, w.out.Bytes()...)
}

// sharedLines returns the lines at the beginning of text that old begins with
// too, and the lines at its end that old ends with too.
func sharedLines(text []byte, old string) (head, tail lineRun) {
	for {
		n := bytes.IndexByte(text[head.octets:], '\n') + 1
		end := head.octets + n
		if n == 0 || end > len(old) || string(text[head.octets:end]) != old[head.octets:end] {
			break
		}
		head = lineRun{end, head.lines + 1}
	}
	text, old = text[head.octets:], old[head.octets:]
	for tail.octets < len(text) {
		rest := text[:len(text)-tail.octets]
		line := rest[bytes.LastIndexByte(rest[:len(rest)-1], '\n')+1:]
		at := len(old) - tail.octets - len(line)
		if at < 0 || old[at:at+len(line)] != string(line) || at > 0 && old[at-1] != '\n' {
			break
		}
		tail = lineRun{tail.octets + len(line), tail.lines + 1}
	}
	return head, tail
}

// lineRun is the size of a run of lines.
type lineRun struct{ octets, lines int }

// quotedPrintableReusing does the same as quotedPrintable, but copies the lines
// at the beginning and at the end that text shares with last. This is possible
// because each line is encoded by itself (RFC 2045, section 6.7). Mails whose
// recipients have answer links of their own differ in a few lines only.
func (w *workspace) quotedPrintableReusing(b, text []byte, last *encodedText) []byte {
	head, tail := sharedLines(text, last.raw)
	b = append(b, last.encoded[:lineStart(last.encoded, head.lines)]...)
	b = w.quotedPrintable(b, text[head.octets:len(text)-tail.octets])
	return append(b, last.encoded[lastLineStart(last.encoded, tail.lines):]...)
}

// lineStart returns the offset in b, in quoted-printable, at which a line of
// the text begins. Lines are counted from 0, and soft line ends do not count.
func lineStart(b []byte, number int) int {
	at := 0
	for number > 0 {
		at += bytes.IndexByte(b[at:], '\n') + 1
		if !isSoft(b, at) {
			number--
		}
	}
	return at
}

// lastLineStart returns the offset in b at which the last lines of the text
// begin. number tells how many lines these are.
func lastLineStart(b []byte, number int) int {
	at := len(b)
	for number > 0 && at > 0 {
		at = bytes.LastIndexByte(b[:at-1], '\n') + 1
		if !isSoft(b, at) {
			number--
		}
	}
	return at
}

// isSoft reports whether the line end before at is a soft one, which is not
// part of the text.
func isSoft(b []byte, at int) bool { return at >= 3 && b[at-3] == '=' }
