package address

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckPath returns an error if a cannot be a mailbox in an envelope (RFC 5321,
// section 4.1.2). The error does not repeat a. CheckPath admits more than
// [ASCII] does, because the envelope may come from another program:
//
//   - quoted local parts without blanks and angle brackets, because servers
//     read blanks and brackets in different ways;
//   - dots at any place of the local part, because the server judges them;
//   - letters beyond ASCII (RFC 6531, section 3.3), because some servers accept
//     them.
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

// isText reports whether r is a letter, mark or digit. Symbols are refused,
// because some of them fold into the brackets and separators of an envelope.
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
// Underscores are accepted, because some host names contain them. Letters
// beyond ASCII are accepted too (RFC 6531, section 3.3).
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
