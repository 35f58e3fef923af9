package mime

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/convene-go/convene/internal/address"
)

const (
	// foldAt is the longest line of a header that can be folded, without CRLF.
	// RFC 2047, section 2, limits lines with encoded-words to 76.
	foldAt = 76
	// maxWord is the longest word that is never folded. With any field name
	// before it, its line stays below the 998 octets of RFC 5322, section
	// 2.1.1.
	maxWord = 900
	// plainWord is the longest word that free text keeps as it is. A longer one
	// becomes encoded-words, which can be folded.
	plainWord = 64
)

// headerWriter writes header fields, folded. Its methods take checked values.
// All values are ASCII without control characters, except those of the methods
// text, phrase and value.
type headerWriter struct {
	buf   []byte
	col   int  // octets in the current line
	first bool // nothing after the colon yet
}

// open begins a field. The method close ends it.
func (h *headerWriter) open(name string) *headerWriter {
	h.buf = append(append(h.buf, name...), ':')
	h.col, h.first = len(name)+1, true
	return h
}

func (h *headerWriter) close() { h.buf = append(h.buf, "\r\n"...) }

// word appends a space and the parts as one word, which is not folded. If the
// line is full, the word begins a new one. The first word of a field always
// stays in the line of the colon, because some readers take a field with an
// empty first line for an empty field.
func (h *headerWriter) word(parts ...string) *headerWriter {
	size := 1
	for _, s := range parts {
		size += len(s)
	}
	if !h.first && h.col+size > foldAt {
		h.fold()
	}
	h.buf = append(h.buf, ' ')
	for _, s := range parts {
		h.buf = append(h.buf, s...)
	}
	h.col += size
	h.first = false
	return h
}

func (h *headerWriter) fold() {
	h.buf = append(h.buf, "\r\n"...)
	h.col = 0
}

// words appends a field of several words. It appends nothing if there are none.
func (h *headerWriter) words(name string, list ...string) {
	if len(list) == 0 || list[0] == "" {
		return
	}
	h.open(name)
	for _, s := range list {
		h.word(s)
	}
	h.close()
}

// mailboxes appends an address field. It appends nothing if the list is empty.
func (h *headerWriter) mailboxes(name string, list ...mailbox) {
	if len(list) == 0 {
		return
	}
	h.open(name)
	for i, m := range list {
		h.phrase(m.name)
		end := ">,"
		if i == len(list)-1 {
			end = ">"
		}
		h.word("<", m.addr, end)
	}
	h.close()
}

// phrase appends the display name of a mailbox (RFC 5322, section 3.2.5): as
// atoms, as a quoted-string, or in encoded-words.
func (h *headerWriter) phrase(s string) {
	switch {
	case s == "":
	case !isPlain(s), !isPhrase(s) && len(s) > plainWord/2:
		h.encoded(s)
	case isPhrase(s):
		h.split(s)
	default:
		h.word(quote(s))
	}
}

// text appends free text.
func (h *headerWriter) text(s string) *headerWriter {
	switch {
	case s == "":
	case isPlain(s):
		h.split(s)
	default:
		h.encoded(s)
	}
	return h
}

// value appends the value of a field whose syntax is not known here. ASCII
// values are not encoded, because encoded-words have no meaning in structured
// fields.
func (h *headerWriter) value(s string) *headerWriter {
	if !address.IsASCII(s) {
		h.encoded(s)
		return h
	}
	h.split(strings.Trim(s, " "))
	return h
}

// split appends s, folded at single spaces.
func (h *headerWriter) split(s string) {
	for s != "" {
		n := wordEnd(s)
		h.word(s[:n])
		s = strings.TrimPrefix(s[n:], " ")
	}
}

// wordEnd returns the length of the first word of s. Several spaces in a row
// belong to a word. Otherwise a folded line could consist of nothing but
// spaces.
func wordEnd(s string) int {
	for i := 1; i < len(s)-1; i++ {
		if s[i] == ' ' && s[i-1] != ' ' && s[i+1] != ' ' {
			return i
		}
	}
	return len(s)
}

// isPlain reports whether s can stand in free text unchanged, and no reader can
// take it for an encoded-word.
func isPlain(s string) bool {
	if !address.IsASCII(s) || strings.Contains(s, "=?") || strings.Contains(s, "  ") || strings.Trim(s, " ") != s {
		return false
	}
	return longestWord(s) <= plainWord
}

// longestWord returns the length of the longest word that split would write.
func longestWord(s string) int {
	longest := 0
	for s != "" {
		n := wordEnd(s)
		longest = max(longest, n)
		s = strings.TrimPrefix(s[n:], " ")
	}
	return longest
}

// isPhrase reports whether s consists of atoms and single spaces.
func isPhrase(s string) bool {
	for i := range len(s) {
		if !address.IsAtext(s[i]) && s[i] != ' ' {
			return false
		}
	}
	return true
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// quote returns s as a quoted-string (RFC 5322, section 3.2.4).
func quote(s string) string {
	b := make([]byte, 0, len(s)+8)
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return string(append(b, '"'))
}

// checkLine returns an error if s cannot stand in one line of text.
func checkLine(s string) error {
	for i, r := range s {
		switch {
		case r < ' ' || 0x7f <= r && r <= 0x9f:
			return fmt.Errorf("control character %U at octet %d", r, i)
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)):
			return fmt.Errorf("invalid UTF-8 at octet %d", i)
		}
	}
	return nil
}
