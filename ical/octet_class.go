package ical

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// octets is a set of octet classes, as far as the wire tells them apart.
type octets uint8

const (
	controls   octets = 1 << iota // except the tab, CR and LF
	lineEnds                      // CR and LF
	textMarks                     // escaped in TEXT, as line ends are
	separators                    // make a parameter's value stand in quotes
	paramMarks                    // escaped in a parameter
	upperCase
	noToken  // no part of a name
	nonASCII // of UTF-8, or invalid
)

// octetKinds maps each octet to its classes.
var octetKinds = func() (kinds [256]octets) {
	for i := range kinds {
		c := byte(i)
		for kind, is := range map[octets]bool{
			controls:   (c < ' ' || c == 0x7f) && c != '\t' && c != '\n' && c != '\r',
			lineEnds:   c == '\n' || c == '\r',
			textMarks:  strings.IndexByte(`\;,`, c) >= 0,
			separators: strings.IndexByte(",;:", c) >= 0,
			paramMarks: c == '^' || c == '"',
			upperCase:  c >= 'A' && c <= 'Z',
			noToken:    (c < 'A' || c > 'Z') && (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-',
			nonASCII:   c >= utf8.RuneSelf,
		} {
			if is {
				kinds[i] |= kind
			}
		}
	}
	return kinds
}()

// octetsOf returns the classes of all octets in s.
func octetsOf(s string) octets {
	var has octets
	for i := range len(s) {
		has |= octetKinds[s[i]]
	}
	return has
}

// isToken reports whether s is a name (RFC 5545, section 3.1).
func isToken(s string) bool { return s != "" && octetsOf(s)&noToken == 0 }

// isName reports whether s can name a property or a parameter. Underscores are
// accepted. RFC 5545 does not allow them, but other programs send such names, and a
// decoded property keeps its name when it is sent on.
func isName(s string) bool { return isToken(s) || isToken(strings.ReplaceAll(s, "_", "")) }

// checkText accepts text of several lines.
func checkText(s string) error { return octetsOf(s).check(s, controls) }

// checkLine accepts text that one content line can hold. It refuses control
// characters except the tab, and text that is not UTF-8.
func checkLine(s string) error { return octetsOf(s).check(s, controls|lineEnds) }

// check refuses s if its octets, which are has, include one of the bad classes,
// or if s is not UTF-8.
func (has octets) check(s string, bad octets) error {
	if has&bad != 0 {
		i := strings.IndexFunc(s, func(r rune) bool { return r < utf8.RuneSelf && octetKinds[r]&bad != 0 })
		return fmt.Errorf("has the control character %U", s[i])
	}
	if has&nonASCII != 0 && !utf8.ValidString(s) {
		return errNotUTF8
	}
	return nil
}
