package mime

import (
	"encoding/base64"
	"unicode/utf8"
)

// An encoded-word (RFC 2047, section 2) has 12 octets around its text, and at
// most 75 in all.
const (
	wordPrefixQ  = "=?utf-8?q?"
	wordPrefixB  = "=?utf-8?b?"
	wordSuffix   = "?="
	wordOverhead = len(wordPrefixQ) + len(wordSuffix)
	maxEncoded   = 75
	// minEncoded holds the longest rune in either encoding: four times "=XX".
	minEncoded = wordOverhead + 12
)

// encoded appends s, valid UTF-8, as encoded-words that break between runes. It
// takes the shorter of the two encodings, and the readable "q" if both are
// equally long. [mime.WordEncoder] is not used, because it does not know how
// full the line is, and because its "q" leaves characters that a display name
// must not hold (section 5, rule 3).
//
// [mime.WordEncoder]: https://pkg.go.dev/mime#WordEncoder
func (h *headerWriter) encoded(s string) {
	q := lengthQ(s) <= lengthB(len(s))
	for s != "" {
		if foldAt-h.col-1 < minEncoded {
			h.fold()
		}
		n := fitting(s, q, min(foldAt-h.col-1, maxEncoded)-wordOverhead)
		h.buf = append(h.buf, ' ')
		start := len(h.buf)
		h.buf = appendEncoded(h.buf, s[:n], q)
		h.col += 1 + len(h.buf) - start
		h.first = false
		s = s[n:]
	}
}

// fitting returns the number of octets of s, in whole runes, that fit into room
// octets.
func fitting(s string, q bool, room int) int {
	used := 0
	for i := 0; i < len(s); {
		_, size := utf8.DecodeRuneInString(s[i:])
		used += lengthQ(s[i : i+size])
		if q && used > room || !q && lengthB(i+size) > room {
			return i
		}
		i += size
	}
	return len(s)
}

func lengthB(n int) int { return (n + 2) / 3 * 4 }

func lengthQ(s string) int {
	n := 0
	for i := range len(s) {
		if isPlainQ(s[i]) || s[i] == ' ' {
			n++
		} else {
			n += 3
		}
	}
	return n
}

// isPlainQ reports whether c stands for itself in "q" even within a phrase
// (RFC 2047, section 5, rule 3).
func isPlainQ(c byte) bool {
	return isAlnum(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/'
}

// appendEncoded appends s as one encoded-word.
func appendEncoded(b []byte, s string, q bool) []byte {
	if !q {
		b = append(b, wordPrefixB...)
		b = base64.StdEncoding.AppendEncode(b, []byte(s))
		return append(b, wordSuffix...)
	}
	b = append(b, wordPrefixQ...)
	for i := range len(s) {
		switch c := s[i]; {
		case isPlainQ(c):
			b = append(b, c)
		case c == ' ':
			b = append(b, '_')
		default:
			b = append(b, '=', upperHex[c>>4], upperHex[c&15])
		}
	}
	return append(b, wordSuffix...)
}

const upperHex = "0123456789ABCDEF"
