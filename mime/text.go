package mime

import (
	"bytes"
	"unicode/utf8"
)

// isTextControl reports whether c is one of the control characters that no text
// of a mail holds.
func isTextControl(c byte) bool { return c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f }

// isText reports whether s is valid UTF-8 without these.
func isText[T string | []byte](s T) bool {
	for i := visible(s, 0); i < len(s); i = visible(s, i) {
		for end := min(i+8, len(s)); i < end; {
			if s[i] < utf8.RuneSelf {
				if isTextControl(s[i]) {
					return false
				}
				i++
				continue
			}
			r, n := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
			if r == utf8.RuneError && n == 1 {
				return false
			}
			i += n
		}
	}
	return true
}

// visible returns i, or up to where from i on all octets are visible ASCII or
// spaces: most of what is sent. It takes eight of them at once.
func visible[T string | []byte](s T, i int) int {
	const ones = 0x0101010101010101
	for ; i+8 <= len(s); i += 8 {
		b := s[i : i+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		// The highest bit of an octet is set where it is not ASCII, becomes set
		// by the subtraction where it is below ' ', and by the addition where it
		// is 0x7f.
		if (w|(w-' '*ones)|(w+ones))&(0x80*ones) != 0 {
			return i
		}
	}
	return i
}

// hasCRLF reports whether b consists of lines that end with CRLF, and there is
// no other CR and no other LF in it.
func hasCRLF(b []byte) bool {
	lines := 0
	for rest := b; len(rest) > 0; lines++ {
		i := bytes.IndexByte(rest, '\n')
		if i < 1 || rest[i-1] != '\r' {
			return false
		}
		rest = rest[i+1:]
	}
	return bytes.Count(b, []byte("\r")) == lines
}
