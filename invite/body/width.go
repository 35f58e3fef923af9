package body

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// runeWidth is how many columns a character takes.
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

// columns is how many columns a text takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// Characters that no line begins with, and that no line ends with, in Japanese
// and Chinese (JIS X 4051; GB/T 15834).
const (
	notFirst = "、。，．・：；？！）」』】〕》〉］｝ー々…～ゃゅょっぁぃぅぇぉャュョッァィゥェォ％"
	notLast  = "（「『【〔《〈［｛"
)

// chunks cuts a word where a line may end within it: between two characters of
// a script that has no spaces. Korean has them.
func chunks(word string) []string {
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

func spaceless(r rune) bool {
	return r >= '\u2E80' && runeWidth(r) == 2 && !unicode.Is(unicode.Hangul, r)
}

// textWidth is the length of a line that every client shows unbroken.
const textWidth = 78

// wrap writes s after first, broken between words, further lines after indent.
// A no-break space keeps its words together and is written as a space.
func wrap(b *strings.Builder, first, indent, s string) {
	b.WriteString(first)
	at, fresh := columns(first), true
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' }) {
		word = unjoined.Replace(word)
		for i, piece := range chunks(word) {
			w, space := columns(piece), 0
			if i == 0 && !fresh {
				space = 1
			}
			if !fresh && at+space+w > textWidth {
				b.WriteString("\n" + indent)
				at, space = columns(indent), 0
			}
			if space > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(piece)
			at, fresh = at+space+w, false
		}
	}
	b.WriteByte('\n')
}
