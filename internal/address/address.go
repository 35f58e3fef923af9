// Package address checks mailbox addresses, in the same way for all packages.
// An address must have a form that every mail and calendar client can handle:
// an ASCII local part without quotes, and a domain that is ASCII or has an
// ASCII form.
package address

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Errors of [ASCII] and [Domain].
var (
	ErrEmpty   = errors.New("is missing")
	ErrForm    = errors.New("is not of the form local@domain")
	ErrLocal   = errors.New("has a character in front of the @ that an address cannot have unquoted")
	ErrUTF8    = errors.New("has a non-ASCII character in front of the @, which needs SMTPUTF8 and which calendar clients do not match")
	ErrDomain  = errors.New("has a domain that is not a host name")
	ErrTooLong = errors.New("is longer than 254 octets, or than 64 in front of the @")
)

// badChar names the first character for which an address is refused. It unwraps to the
// error of its kind.
type badChar struct {
	kind error
	char rune
}

func (e *badChar) Unwrap() error { return e.kind }

func (e *badChar) Error() string {
	switch {
	case e.kind == ErrUTF8:
		return fmt.Sprintf("has %q in front of the @, which needs SMTPUTF8 and which calendar clients do not match", e.char)
	case e.kind == ErrDomain:
		return fmt.Sprintf("has %q in its domain, which a host name cannot have", e.char)
	case e.char == '.':
		return `has a "." at the start or the end of the part in front of the @, or beside another "."`
	}
	return fmt.Sprintf("has %q in front of the @, which an address cannot have unquoted", e.char)
}

// The limits of RFC 5321, section 4.5.3.1, and of RFC 3696, erratum 1690, in octets.
const (
	MaxLocal = 64 // in front of the @
	Max      = 254
)

// maxDomain is the length of the longest domain, in octets, that is converted to
// punycode. The conversion takes quadratic time.
const maxDomain = 4 * Max

// ASCII returns the address as it is sent: its domain in punycode (RFC 5891) if
// it is not ASCII, and everything else unchanged. The local part must be a
// dot-atom (RFC 5322, section 3.4.1), because quoted local parts do not survive
// calendar clients.
func ASCII(addr string) (string, error) {
	if addr == "" {
		return "", ErrEmpty
	}
	at := strings.LastIndexByte(addr, '@')
	if at <= 0 || at == len(addr)-1 {
		return "", ErrForm
	}
	local, domain := addr[:at], addr[at+1:]
	if err := checkLocal(local); err != nil {
		return "", err
	}
	ascii, err := Domain(domain)
	if err != nil {
		return "", err
	}
	if len(local) > MaxLocal || len(local)+1+len(ascii) > Max {
		return "", ErrTooLong
	}
	if ascii == domain {
		return addr, nil
	}
	return local + "@" + ascii, nil
}

// Same reports whether two addresses name the same mailbox. It ignores case,
// because calendar clients change it, and compares domains in punycode.
func Same(a, b string) bool {
	if IsASCII(a) && IsASCII(b) {
		return strings.EqualFold(a, b)
	}
	// No key changes anything but the case in front of the domain.
	i, j := strings.LastIndexByte(a, '@'), strings.LastIndexByte(b, '@')
	return i == j && strings.EqualFold(a[:max(i, 0)], b[:max(j, 0)]) && Key(a) == Key(b)
}

// Key returns the same string for equal mailboxes, for use as a map key. If
// [ASCII] refuses addr, Key only converts its ASCII letters to lower case. See
// [HasLookalike] about an address that a stranger wrote.
func Key(addr string) string {
	if !IsASCII(addr) {
		if ascii, err := ASCII(addr); err == nil {
			addr = ascii
		}
	}
	return Lower(addr)
}

// Lower converts the ASCII letters of s to lower case, and no others. Package
// strings also folds the Kelvin sign (U+212A) to k and the long s (U+017F) to s,
// and a forger could use them to pass as somebody else.
func Lower(s string) string {
	if IsASCII(s) {
		return strings.ToLower(s)
	}
	b := []byte(s)
	for i, c := range b {
		b[i] = lower(c)
	}
	return string(b)
}

// HasLookalike reports whether s has a character beyond ASCII that IDNA maps to
// ASCII alone, or ignores (UTS 46, section 4), such as the Kelvin sign, a wide
// letter, an ideographic full stop or a soft hyphen. Mail servers do not agree on
// the domain that such a name stands for. It is false if s is longer than an address
// that [ASCII] converts.
func HasLookalike(s string) bool {
	if len(s) > MaxLocal+1+maxDomain {
		return false
	}
	for _, c := range s {
		if c < utf8.RuneSelf {
			continue
		}
		// A name cannot begin or end with some of the characters.
		ascii, err := idna.Lookup.ToASCII("a" + string(c) + "a")
		if err == nil && !strings.HasPrefix(ascii, "xn--") {
			return true
		}
	}
	return false
}

func checkLocal(local string) error {
	switch {
	case !IsASCII(local):
		c, _ := first(local, func(c rune) bool { return c >= utf8.RuneSelf })
		return &badChar{ErrUTF8, c}
	case !IsDotAtom(local):
		c, ok := first(local, func(c rune) bool { return c != '.' && !atext[c] })
		if !ok {
			c = '.'
		}
		return &badChar{ErrLocal, c}
	}
	return nil
}

// first returns the first character of s for which bad reports true. ok is false if
// there is none.
func first(s string, bad func(rune) bool) (c rune, ok bool) {
	for _, c := range s {
		if bad(c) {
			return c, true
		}
	}
	return 0, false
}

// IsAtext reports whether c is an atext character (RFC 5322, section 3.2.3).
func IsAtext(c byte) bool { return atext[c] }

// IsDotAtom reports whether s is a dot-atom-text (RFC 5322, section 3.2.3).
func IsDotAtom(s string) bool {
	dot := true // no dot may follow: at the beginning, or after a dot
	for i := range len(s) {
		if s[i] == '.' && dot || s[i] != '.' && !atext[s[i]] {
			return false
		}
		dot = s[i] == '.'
	}
	return !dot
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

var (
	atext     = octets(letters + "!#$%&'*+-/=?^_`{|}~") // RFC 5322, section 3.2.3
	hostChars = octets(letters + "-_")                  // internal host names have underscores
)

// octets returns a table that is true for each octet of set.
func octets(set string) (table [256]bool) {
	for i := range len(set) {
		table[set[i]] = true
	}
	return table
}

// Domain returns a host name in ASCII. It converts a name that is not ASCII to
// punycode (RFC 5891). Any other name stays unchanged, including its case, so
// that addresses come back as they were given.
func Domain(domain string) (string, error) {
	switch {
	case len(domain) > maxDomain:
		return "", ErrTooLong
	case !IsASCII(domain):
		if !utf8.ValidString(domain) { // package idna would accept it
			return "", ErrDomain
		}
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", ErrDomain
		}
		domain = ascii
	}
	if isHost(domain) {
		return domain, nil
	}
	if c, ok := first(domain, func(c rune) bool { return c != '.' && !hostChars[byte(c)] }); ok {
		return "", &badChar{ErrDomain, c}
	}
	return "", ErrDomain
}

// isHost reports whether domain consists of valid labels (RFC 1123, section
// 2.1).
func isHost(domain string) bool {
	start := 0
	for i := range len(domain) {
		if domain[i] == '.' {
			if !isLabel(domain[start:i]) {
				return false
			}
			start = i + 1
		} else if !hostChars[domain[i]] {
			return false
		}
	}
	return isLabel(domain[start:])
}

func isLabel(s string) bool {
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-'
}

// IsASCII reports whether s is ASCII.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
