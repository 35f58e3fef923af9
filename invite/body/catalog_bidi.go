package body

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// The characters that keep a piece of text in its own direction (Unicode
// Standard Annex #9). Only this package puts them into a text.
const (
	lri = "\u2066" // left to right
	fsi = "\u2068" // as its first strong character says
	pdi = "\u2069" // ends either

	isolates = "\xe2\x81" // how all three begin in UTF-8
)

// isolate keeps a caller's text from turning the words around it, where it has
// letters of the other direction.
func (c *catalog) isolate(s string) string {
	if s != "" && (c.rtl && hasLTR(s) || !c.rtl && hasRTL(s)) {
		if strings.Contains(s, "://") {
			s += nbsp // see address
		}
		return fsi + s + pdi
	}
	return s
}

// ltr keeps what is written from left to right together in a right-to-left text.
func (c *catalog) ltr(s string) string {
	if !c.rtl || hasRTL(s) {
		return s
	}
	return lri + s + pdi
}

// address is ltr for a link at the end of a piece of plain text: clients that
// find links by themselves would take the end of the isolate for a part of it.
func (c *catalog) address(s string) string {
	if !c.rtl {
		return s
	}
	return lri + s + nbsp + pdi
}

func hasRTL(s string) bool {
	return strings.IndexFunc(s, mayBeRTL) >= 0 && hasClass(s, bidi.R, bidi.AL)
}

// mayBeRTL is false for the scripts of Europe, which come before Hebrew in Unicode.
func mayBeRTL(r rune) bool { return r >= '\u0590' }

// hasLTR counts digits too: addresses and codes that begin with one turn as well.
func hasLTR(s string) bool { return hasClass(s, bidi.L, bidi.EN) }

func hasClass(s string, a, b bidi.Class) bool {
	for _, r := range s {
		p, _ := bidi.LookupRune(r)
		if c := p.Class(); c == a || c == b {
			return true
		}
	}
	return false
}
