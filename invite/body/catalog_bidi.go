package body

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// The characters that keep a piece of text in its own direction (Unicode
// Standard Annex #9). Only this package puts them into a text.
const (
	lri = "\u2066" // left to right
	fsi = "\u2068" // in the direction of its first strong character
	pdi = "\u2069" // the end of either

	isolates = "\xe2\x81" // the first two octets of all three in UTF-8
)

// isolate returns a caller's text in an isolate if it has letters of the direction
// that the language does not have. So it cannot turn the words around it.
func (c *catalog) isolate(s string) string {
	if s != "" && (c.rtl && hasLTR(s) || !c.rtl && hasRTL(s)) {
		if strings.Contains(s, "://") {
			s += nbsp // for the reason in address
		}
		return fsi + s + pdi
	}
	return s
}

// ltr returns s in an isolate if it is written from left to right and the language
// from right to left.
func (c *catalog) ltr(s string) string {
	if !c.rtl || hasRTL(s) {
		return s
	}
	return lri + s + pdi
}

// address is ltr for a link at the end of a piece of plain text. A no-break space
// stands after the link, because clients that look for links in a text would take
// the end of the isolate for a part of it.
func (c *catalog) address(s string) string {
	if !c.rtl {
		return s
	}
	return lri + s + nbsp + pdi
}

func hasRTL(s string) bool {
	return strings.IndexFunc(s, mayBeRTL) >= 0 && hasClass(s, bidi.R, bidi.AL)
}

// mayBeRTL is false for the scripts of Europe, which stand before Hebrew in Unicode.
func mayBeRTL(r rune) bool { return r >= '\u0590' }

// hasLTR also counts digits: an address or a code that begins with a digit turns,
// too.
func hasLTR(s string) bool { return hasClass(s, bidi.L, bidi.EN) }

// hasClass reports whether s has a character of one of two bidi classes.
func hasClass(s string, a, b bidi.Class) bool {
	for _, r := range s {
		p, _ := bidi.LookupRune(r)
		if c := p.Class(); c == a || c == b {
			return true
		}
	}
	return false
}
