package body

import (
	"html/template"
	"strings"
)

// Segment is a piece of a text: a link, a piece with a direction of its own, or
// plain words.
type Segment struct {
	// Text is the text of the piece.
	Text string
	// Link is the address that the piece leads to, with an allowed scheme; "" if it
	// is no link.
	Link template.URL
	// Dir is "ltr" or "auto" if the piece must be kept apart from the words around
	// it, as by bdi; "" otherwise.
	Dir string
	// NoBreak keeps the piece on one line.
	NoBreak bool
	// Break ends the line after the piece.
	Break bool
}

// segments cuts a text at its line ends, links and isolates.
func segments(s string) []Segment {
	var out []Segment
	for line := range strings.SplitSeq(s, "\n") {
		if len(out) > 0 {
			out[len(out)-1].Break = true
		}
		n := len(out)
		out = appendIsolated(out, line)
		if len(out) == n {
			out = append(out, Segment{})
		}
	}
	return out
}

// appendIsolated cuts a line at the isolates that this package has put into it.
func appendIsolated(out []Segment, s string) []Segment {
	for s != "" {
		i := -1
		if strings.Contains(s, isolates) {
			i = strings.IndexAny(s, lri+fsi)
		}
		if i < 0 {
			return appendLinks(out, s, "")
		}
		out = appendLinks(out, s[:i], "")
		dir := "auto"
		if strings.HasPrefix(s[i:], lri) {
			dir = "ltr"
		}
		inside, rest, _ := strings.Cut(s[i+len(lri):], pdi)
		out = appendLinks(out, inside, dir)
		s = rest
	}
	return out
}

// appendLinks cuts a text at its links.
func appendLinks(out []Segment, s, dir string) []Segment {
	for s != "" {
		start, end := findLink(s)
		out = appendWords(out, s[:start], dir)
		if end > start {
			linkDir := "ltr" // an address reads from the left everywhere
			out = append(out, Segment{Text: s[start:end], Link: safeLink(s[start:end]), Dir: linkDir})
		}
		s = s[end:]
	}
	return out
}

// appendWords cuts a text around the words that a joiner or no-break spaces hold
// together. A word with a joiner or a hyphen gets a piece of its own, because
// clients break a line after a dash, after the hyphen of "UTC-05:00", and between
// the characters of Chinese and Japanese. Otherwise the no-break spaces are enough.
func appendWords(out []Segment, s, dir string) []Segment {
	from := 0 // the beginning of the plain words
	for at := 0; strings.IndexByte(s[at:], lastByte) >= 0; {
		start, end, ok := nextWord(s, at)
		if !ok {
			break
		}
		if at = end; !strings.Contains(s[start:end], joiner) && !strings.Contains(s[start:end], "-") {
			continue
		}
		if start > from {
			out = append(out, Segment{Text: s[from:start], Dir: dir})
		}
		out = append(out, Segment{Text: unjoined(s[start:end]), Dir: dir, NoBreak: true})
		from = end
	}
	if from < len(s) {
		out = append(out, Segment{Text: s[from:], Dir: dir})
	}
	return out
}

// nextWord returns the next word that a joiner or no-break spaces hold together. It
// ends behind a joiner or before a space.
func nextWord(s string, at int) (start, end int, ok bool) {
	i := strings.IndexAny(s[at:], nbsp+joiner)
	if i < 0 {
		return 0, 0, false
	}
	i += at
	start, end = at+strings.LastIndexByte(s[at:i], ' ')+1, len(s)
	if j := strings.IndexByte(s[i:], ' '); j >= 0 {
		end = i + j
	}
	if j := strings.Index(s[i:end], joiner); j >= 0 {
		end = i + j + len(joiner)
	}
	return start, end, true
}

// The characters that keep a time, or a zone with its offset, on one line. They are
// not written into a mail.
const (
	nbsp   = "\u00A0"
	joiner = "\u2060"
)

// unjoined returns a text in the form in which it is written: without joiners, and
// with ordinary spaces.
func unjoined(s string) string {
	if strings.IndexByte(s, lastByte) < 0 {
		return s
	}
	return spaces.Replace(s)
}

var spaces = strings.NewReplacer(joiner, "", nbsp, " ")

// lastByte is the last octet of both characters in UTF-8. A search for this octet
// takes a fraction of the time of a search for the characters.
const lastByte = 0xA0
