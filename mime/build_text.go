package mime

import (
	"bytes"
	"strings"
)

// encodedText is a text that has passed its check, with its encoded form.
type encodedText struct {
	raw     string
	encoded []byte // in quoted-printable
}

// matches reports whether t is the encoded form of raw, which may be empty.
func (t *encodedText) matches(raw string) bool { return t.raw == raw }

// copyFrom makes t a copy of other, in the memory that t has.
func (t *encodedText) copyFrom(other *encodedText) {
	if t != other {
		t.raw, t.encoded = other.raw, append(t.encoded[:0], other.encoded...)
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

// quotedPrintable appends text in quoted-printable to b. The encoder writes
// whole parts only, so the fields above the blank line are removed.
func (w *workspace) quotedPrintable(b, text []byte) ([]byte, error) {
	if len(text) == 0 {
		return b, nil
	}
	if err := w.write(textPart("", text), 100+len(text)*5/4); err != nil {
		return b, err
	}
	_, body, _ := bytes.Cut(w.out.Bytes(), []byte("\r\n\r\n"))
	return append(b, body...), nil
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
// recipients have answer links of their own differ in a few lines only. For
// 1,000 such mails, the whole of invite.Send takes 1.2 times as much CPU time
// without this.
func (w *workspace) quotedPrintableReusing(b, text []byte, last *encodedText) ([]byte, error) {
	head, tail := sharedLines(text, last.raw)
	b = append(b, last.encoded[:lineStart(last.encoded, head.lines)]...)
	b, err := w.quotedPrintable(b, text[head.octets:len(text)-tail.octets])
	return append(b, last.encoded[lastLineStart(last.encoded, tail.lines):]...), err
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
