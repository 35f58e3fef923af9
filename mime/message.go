package mime

import (
	"fmt"
	"strings"
	"unicode"
)

// Message is a finished mail: the envelope, and the bytes to send with it.
type Message struct {
	// From is the reverse path (RFC 5321, section 4.5.5): the address that
	// delivery reports return to, without angle brackets. Its domain is ASCII.
	From string
	// To lists the forward paths, one for each recipient, without angle
	// brackets.
	To []string
	// ID is the value of the Message-ID field, with its angle brackets.
	ID string
	// UID is the UID of the first VEVENT in the calendar object, and Method is
	// the object's METHOD. [Build] sets both for the use of logs; they may be
	// empty, and no Sender depends on them.
	UID, Method string
	// Data is the whole mail, header and body, with CRLF line ends, 7-bit, no
	// line longer than 998 octets (RFC 5322, section 2.1.1). It is not
	// dot-stuffed.
	Data []byte
}

// shown is how many recipients a log line names.
const shown = 5

// Recipients lists the recipients of the envelope for a log line, as in
// "ann@example.com, bob@example.com". It names at most five of them, and adds
// the number of the others: "and 97 more". Characters that do not belong in a
// log line appear as question marks.
func (m *Message) Recipients() string {
	if m == nil {
		return ""
	}
	first := m.To[:min(len(m.To), shown)]
	list := printable(strings.Join(first, ", "))
	if more := len(m.To) - len(first); more > 0 {
		return fmt.Sprintf("%s and %d more", list, more)
	}
	return list
}

// printable replaces characters that must not reach a log or a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != unicode.ReplacementChar && unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}
