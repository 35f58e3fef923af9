package goldenfile

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNames is the number of names in a title.
const maxNames = 5

// title says where a run of lines stands, as "@ line 12: DTSTART, SUMMARY".
func title(want listing, run []edit) string {
	at := 1
	if i := run[0].at; i < len(want.number) {
		at = want.number[i]
	} else if i > 0 {
		at = want.number[i-1] + 1
	}
	var names []string
	for _, e := range run {
		if e.kind == ' ' {
			continue
		}
		name := fieldOf(want.text, e)
		if name == "" || slices.Contains(names, name) {
			continue
		}
		if len(names) == maxNames {
			names = append(names, "…")
			break
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return fmt.Sprintf("@ line %d", at)
	}
	return fmt.Sprintf("@ line %d: %s", at, strings.Join(names, ", "))
}

// fieldOf returns the name of the header field or property that a line is of. For a
// folded line, that is the name at the line of want that it continues.
func fieldOf(want []string, e edit) string {
	line := e.line
	for i := e.at; i > 0 && line != "" && (line[0] == ' ' || line[0] == '\t'); {
		i--
		line = want[i]
	}
	end := strings.IndexFunc(line, func(r rune) bool {
		return r != '-' && r != '_' && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	})
	if end <= 0 || line[end] != ':' && line[end] != ';' {
		return ""
	}
	return line[:end]
}

// visible returns a line with its end and with marks in the place of characters that
// cannot be seen. Only a changed line has marks for its blanks at the end and for CR.
func visible(line string, changed bool) string {
	text, ended := strings.CutSuffix(line, "\n")
	text, cr := strings.CutSuffix(text, "\r")
	blanks := text[len(strings.TrimRight(text, " \t")):]
	var b strings.Builder
	for s := text[:len(text)-len(blanks)]; s != ""; {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[0])
		} else {
			b.WriteString(visibleRune(r))
		}
		s = s[size:]
	}
	if !changed {
		return b.String()
	}
	b.WriteString(strings.NewReplacer(" ", "·", "\t", "⇥").Replace(blanks))
	if cr {
		b.WriteString("␍")
	}
	if !ended {
		b.WriteString(" (no line end)")
	}
	return b.String()
}

// visibleRune returns a character, or its escape if it cannot be seen.
func visibleRune(r rune) string {
	switch {
	case r == '\t':
		return "⇥"
	case unicode.IsPrint(r):
		return string(r)
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
