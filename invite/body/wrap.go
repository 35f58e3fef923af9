package body

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// runeWidth returns the number of columns of a character.
func runeWidth(r rune) int {
	if r < 0x7F {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
		return 2
	}
	return 1
}

// columns returns the number of columns of a text.
func columns(s string) int {
	n := 0
	for _, r := range s {
		if r < 0x7F {
			n++
		} else {
			n += runeWidth(r)
		}
	}
	return n
}

// Characters that may not begin a line, and that may not end a line, in Japanese and
// Chinese (JIS X 4051; GB/T 15834).
const (
	notFirst = "、。，．・：；？！）」』】〕》〉］｝ー々…～ゃゅょっぁぃぅぇぉャュョッァィゥェォ％"
	notLast  = "（「『【〔《〈［｛"
)

// breakable cuts a word into the pieces between which a line may end. It cuts between
// two characters of a script that has no spaces. Korean has spaces.
func breakable(word string) []string {
	var out []string
	start, last := 0, rune(0)
	for i, r := range word {
		if i > 0 && spaceless(last) && spaceless(r) &&
			!strings.ContainsRune(notFirst, r) && !strings.ContainsRune(notLast, last) {
			out = append(out, word[start:i])
			start = i
		}
		if runeWidth(r) > 0 {
			last = r
		}
	}
	return append(out, word[start:])
}

// spaceless reports whether r is of a script that has no spaces.
func spaceless(r rune) bool {
	return isWide(r) && runeWidth(r) == 2 && !unicode.Is(unicode.Hangul, r)
}

// isWide reports whether r stands after all scripts with one column for each
// character.
func isWide(r rune) bool { return r >= '\u2E80' }

// textWidth is the greatest length of a line that no client breaks, in columns.
const textWidth = 78

// wrap writes s as lines. The first line begins with first, and every other line
// with indent. Lines are broken between words. A no-break space keeps the words
// around it together and is written as a space.
func wrap(b *strings.Builder, first, indent, s string) {
	if isTight(s) && columns(first)+columns(s) <= textWidth { // as most facts of a meeting
		b.WriteString(first)
		b.WriteString(unjoined(s))
		b.WriteByte('\n')
		return
	}
	b.WriteString(first)
	l := line{b: b, indent: indent, at: columns(first), fresh: true}
	for word := range strings.SplitSeq(s, " ") {
		if word == "" {
			continue
		}
		if word = unjoined(word); strings.IndexFunc(word, isWide) < 0 {
			l.add(word, true)
			continue
		}
		for i, piece := range breakable(word) {
			l.add(piece, i == 0)
		}
	}
	b.WriteByte('\n')
}

// isTight reports whether s has no space that wrap leaves out.
func isTight(s string) bool {
	return s == "" || s[0] != ' ' && s[len(s)-1] != ' ' && !strings.Contains(s, "  ")
}

// line is the line that is being filled.
type line struct {
	b      *strings.Builder
	indent string
	at     int  // the columns that are filled
	fresh  bool // the line has no text after its indent
}

// add appends a piece of text that is not broken. word is false if the piece
// continues a word.
func (l *line) add(piece string, word bool) {
	w, space := columns(piece), 0
	if word && !l.fresh {
		space = 1
	}
	if !l.fresh && l.at+space+w > textWidth {
		l.b.WriteByte('\n')
		l.b.WriteString(l.indent)
		l.at, space = columns(l.indent), 0
	}
	if space > 0 {
		l.b.WriteByte(' ')
	}
	l.b.WriteString(piece)
	l.at, l.fresh = l.at+space+w, false
}
