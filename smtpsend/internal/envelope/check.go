// Package envelope checks what goes into an envelope and under it, for every
// way to hand a message over: nothing in it may reach a wire, a file name or a
// command line as something else than it is.
package envelope

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/convene-go/convene/mime"
)

const (
	maxPath = 254 // of an address (RFC 5321, section 4.5.3.1.3, less the brackets)
	maxLine = 998 // of a line in a message (RFC 5322, section 2.1.1)
)

// Error is a part of a message that must not be sent.
type Error struct {
	// Field is the part: "From", "To", "To[2]", "Data" or "Message".
	Field string
	// Reason is what is wrong with it, without its content.
	Reason string
}

// Error returns the field and the reason.
func (e *Error) Error() string { return e.Field + ": " + e.Reason }

// Refused returns true: the same message never passes.
func (e *Error) Refused() bool { return true }

// Check reports the first part of m that must not be sent, nil when there is
// none.
func Check(m *mime.Message) *Error {
	if m == nil {
		return &Error{"Message", "nil"}
	}
	if len(m.To) == 0 {
		return &Error{"To", "no recipients"}
	}
	if m.From != "" { // the null reverse path is right for a report
		if reason := checkAddress(m.From); reason != "" {
			return &Error{"From", reason}
		}
	}
	for i, to := range m.To {
		if reason := checkAddress(to); reason != "" {
			return &Error{fmt.Sprintf("To[%d]", i), reason}
		}
	}
	if reason := checkData(m.Data); reason != "" {
		return &Error{"Data", reason}
	}
	return nil
}

// checkAddress says what keeps a from being a mailbox in an envelope
// (RFC 5321, section 4.1.2), "" when nothing does. Blanks and angle brackets
// are turned down also where quotes would allow them, because servers differ
// in reading them. How dots are placed is the server's to judge. Letters
// beyond ASCII pass as RFC 6531, section 3.3 has it; not every server takes them.
func checkAddress(a string) string {
	for i, r := range a {
		switch {
		case r > unicode.MaxASCII && !isText(r):
			return fmt.Sprintf("character %s at octet %d is not allowed", runeName(r), i)
		case r <= ' ' || r == 0x7f || r == '<' || r == '>':
			return fmt.Sprintf("character %s at octet %d is not allowed", runeName(r), i)
		}
	}
	if len(a) > maxPath {
		return fmt.Sprintf("longer than %d octets", maxPath)
	}
	at := strings.LastIndexByte(a, '@')
	if at < 0 {
		return "no @"
	}
	if !validLocalPart(a[:at]) {
		return "malformed local part"
	}
	if !ValidDomain(a[at+1:]) {
		return "malformed domain"
	}
	return ""
}

// runeName names r without writing it.
func runeName(r rune) string { return fmt.Sprintf("%U", r) }

// isText reports whether r is a letter, mark or digit. Signs are turned down:
// some fold into the brackets and separators of an envelope.
func isText(r rune) bool {
	return unicode.In(r, unicode.Letter, unicode.Mark, unicode.Digit)
}

// validLocalPart reports whether s, of visible characters, is a run of atoms and
// dots or a quoted string.
func validLocalPart(s string) bool {
	if len(s) > 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return validQuoted(s[1 : len(s)-1])
	}
	return s != "" && !strings.ContainsAny(s, `"\(),:;[]@`)
}

// validQuoted reports whether s may stand between quotes: each quote and
// backslash in it is escaped.
func validQuoted(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return false
		case '\\':
			if i++; i == len(s) {
				return false
			}
		}
	}
	return true
}

// ValidDomain reports whether s is a domain name or an address literal.
// Underscores pass: there are hosts so named; and so do letters beyond ASCII
// (RFC 6531, section 3.3).
func ValidDomain(s string) bool {
	literal := strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") && len(s) > 2
	if literal {
		s = s[1 : len(s)-1]
	}
	for _, c := range []byte(s) {
		if c < utf8.RuneSelf && !isLetterOrDigit(c) && !strings.ContainsRune("-._", rune(c)) && !(literal && c == ':') {
			return false
		}
	}
	return s != "" && s[0] != '.' && s[0] != '-' && !strings.Contains(s, "..")
}

// isLetterOrDigit reports whether c is an ASCII letter or digit.
func isLetterOrDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// checkData says what keeps data from being sent, "" when nothing does. A CR
// or LF that stands alone is turned down: some servers take it for a line end,
// and a dot after it for the end of the message (SMTP smuggling; RFC 5321,
// section 2.3.8).
func checkData(data []byte) string {
	if len(data) == 0 {
		return "empty"
	}
	for n := 1; len(data) > 0; n++ {
		line, rest, found := bytes.Cut(data, []byte("\n"))
		if text, ok := bytes.CutSuffix(line, []byte("\r")); ok {
			line = text
		} else if found {
			return fmt.Sprintf("line %d: LF without CR", n)
		}
		switch {
		case bytes.IndexByte(line, '\r') >= 0 || !found && len(line) < len(data):
			return fmt.Sprintf("line %d: CR without LF", n)
		case bytes.IndexByte(line, 0) >= 0:
			return fmt.Sprintf("line %d: NUL", n)
		case len(line) > maxLine:
			return fmt.Sprintf("line %d: longer than %d octets", n, maxLine)
		}
		data = rest
	}
	return ""
}

// IsASCII reports whether s is ASCII.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// IsEightBit reports whether data has octets beyond ASCII.
func IsEightBit(data []byte) bool {
	for ; len(data) >= 8; data = data[8:] {
		if binary.NativeEndian.Uint64(data)&0x8080808080808080 != 0 {
			return true
		}
	}
	for _, c := range data {
		if c >= 0x80 {
			return true
		}
	}
	return false
}
