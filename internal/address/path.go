package address

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckPath reports why a cannot be a mailbox in an envelope (RFC 5321, section
// 4.1.2), and nil if it can. The error does not repeat a. It admits more than
// [ASCII] does, because an envelope may be somebody else's:
//
//   - quoted local parts, but no blank and no angle bracket in them, because
//     servers read those in different ways;
//   - dots at any place of the local part, which the server judges;
//   - letters beyond ASCII (RFC 6531, section 3.3), which some servers take.
func CheckPath(a string) error {
	for i, r := range a {
		if r <= ' ' || r == 0x7f || r == '<' || r == '>' || r > unicode.MaxASCII && !isText(r) {
			return fmt.Errorf("character %U at octet %d is not allowed", r, i)
		}
	}
	at := strings.LastIndexByte(a, '@')
	switch {
	case len(a) > Max:
		return fmt.Errorf("longer than %d octets", Max)
	case at < 0:
		return errors.New("no @")
	case !isPathLocal(a[:at]):
		return errors.New("malformed local part")
	case !IsPathDomain(a[at+1:]):
		return errors.New("malformed domain")
	}
	return nil
}

// isText reports whether r is a letter, mark or digit. Signs are refused, because
// some of them fold into the brackets and separators of an envelope.
func isText(r rune) bool {
	return unicode.In(r, unicode.Letter, unicode.Mark, unicode.Digit)
}

// isPathLocal reports whether s, of visible characters, is a run of atoms and
// dots or a quoted string.
func isPathLocal(s string) bool {
	if len(s) > 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return isQuoted(s[1 : len(s)-1])
	}
	return s != "" && !strings.ContainsAny(s, `"\(),:;[]@`)
}

// isQuoted reports whether each quote and backslash in s is escaped.
func isQuoted(s string) bool {
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

// IsPathDomain reports whether s is a domain name or an address literal.
// Underscores pass, because some hosts have them in their names. Letters beyond
// ASCII pass too (RFC 6531, section 3.3).
func IsPathDomain(s string) bool {
	literal := strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") && len(s) > 2
	if literal {
		s = s[1 : len(s)-1]
	}
	for _, c := range []byte(s) {
		if c < utf8.RuneSelf && !hostChars[c] && c != '.' && !(literal && c == ':') {
			return false
		}
	}
	return s != "" && s[0] != '.' && s[0] != '-' && !strings.Contains(s, "..")
}
