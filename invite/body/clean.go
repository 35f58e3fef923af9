package body

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineEnds replaces every line end of Unicode with a line feed.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\v", "\n", "\f", "\n")

// cleanLines returns a text of several lines without space around it, and without
// characters that a reader cannot see and that could mislead a program.
func cleanLines(s string) string { return strings.TrimSpace(visible(s)) }

// paragraphs is cleanLines, except that the first line keeps its indent.
func paragraphs(s string) string {
	return strings.TrimRight(strings.TrimLeft(visible(s), "\n"), " \n")
}

// visible leaves out control characters, and the bidi embeddings, overrides and
// isolates. The bidi marks stay, because they only stand between letters of both
// directions.
func visible(s string) string {
	if isVisible(s) {
		return s
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), isBidiControl(r), r == '\uFEFF':
			return -1
		}
		return r
	}, lineEnds.Replace(s))
}

// isVisible reports whether visible returns s unchanged. It is false for some rare
// texts that visible does not change either, which only costs time.
func isVisible(s string) bool {
	for _, r := range s {
		switch {
		case r == '\n', ' ' <= r && r <= '~', '\u00A0' <= r && r < '\u2000', '\u2010' <= r && r < '\u2028', '\u2070' <= r && r < '\uFEFF':
		default:
			return false
		}
	}
	return true
}

func isBidiControl(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// clean returns a text as one line of at most the given number of characters.
func clean(s string, most int) string {
	if s = cleanLines(s); !isTight(s) || strings.IndexFunc(s, isOtherSpace) >= 0 {
		s = strings.Join(strings.Fields(s), " ")
	}
	return shortened(s, most)
}

// isOtherSpace reports whether r is a space other than the usual one.
func isOtherSpace(r rune) bool { return r != ' ' && unicode.IsSpace(r) }

// shortened returns s, or its beginning and an ellipsis if it has more than the
// given number of characters.
func shortened(s string, most int) string {
	if len(s) > most && utf8.RuneCountInString(s) > most { // no text has more characters than octets
		s = strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
	}
	return s
}

// The greatest lengths of values of one line, in characters.
const (
	maxTitle = 255 // as Outlook keeps
	maxName  = 120
	maxPlace = 500
)

// firstOf returns the name by which people call somebody or something: the first
// name that is not empty.
func firstOf(names ...string) string {
	for _, n := range names {
		if n = clean(n, maxName); n != "" {
			return n
		}
	}
	return ""
}
