package organizer

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"
)

// component is a part of an entry as it was written: BEGIN, lines, components in it,
// END. It keeps everything that no field of an event stands for.
type component struct {
	name  string
	lines []line
	parts []*component
}

// line is an unfolded content line.
type line struct {
	name string // in upper case
	text string
}

// The limits of an entry.
const (
	maxData  = 8 << 20 // octets
	maxLines = 200_000
	maxDepth = 16
)

// errTooLarge refuses an entry that is over a limit.
var errTooLarge = errors.New("the entry is too large")

// components reads the VCALENDARs in data. It passes over everything that is not
// a content line, and over components that are not closed.
func components(data []byte) ([]*component, error) {
	if len(data) > maxData {
		return nil, errTooLarge
	}
	var out []*component
	var open []*component
	for i, text := range unfold(data) {
		if i > maxLines || len(open) > maxDepth {
			return nil, errTooLarge
		}
		l := lineOf(text)
		last := len(open) - 1
		switch {
		case l.name == "BEGIN":
			open = append(open, &component{name: l.value()})
		case last < 0 || l.name == "":
		case l.name != "END":
			open[last].lines = append(open[last].lines, l)
		case l.value() == open[last].name:
			done := open[last]
			if open = open[:last]; last > 0 {
				open[last-1].parts = append(open[last-1].parts, done)
			} else if done.name == "VCALENDAR" {
				out = append(out, done)
			}
		}
	}
	return out, nil
}

// unfold returns the content lines of data (RFC 5545, section 3.1), with any kind of
// line end.
func unfold(data []byte) []string {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\n "), nil)
	data = bytes.ReplaceAll(data, []byte("\n\t"), nil)
	data = bytes.ReplaceAll(data, []byte{0}, nil)
	return strings.Split(string(data), "\n")
}

// lineOf returns a line with its name, which is empty if the text is no content line.
func lineOf(text string) line {
	i := strings.IndexAny(text, ":;")
	if i <= 0 || !strings.Contains(text[i:], ":") {
		return line{text: text}
	}
	return line{strings.ToUpper(strings.TrimSpace(text[:i])), text}
}

// value returns the value of a line without parameters, in upper case.
func (l line) value() string {
	_, v, _ := strings.Cut(l.text, ":")
	return strings.ToUpper(strings.TrimSpace(v))
}

// named returns the lines with a name, one below the other.
func (c *component) named(name string) string {
	if c == nil {
		return ""
	}
	var out []string
	for _, l := range c.lines {
		if l.name == name {
			out = append(out, strings.TrimSpace(l.text))
		}
	}
	return strings.Join(out, "\n")
}

// part returns the parts with a name.
func (c *component) part(name string) (out []*component) {
	if c == nil {
		return nil
	}
	for _, p := range c.parts {
		if p.name == name {
			out = append(out, p)
		}
	}
	return out
}

// append appends the component, folded at 75 octets (RFC 5545, section 3.1).
func (c *component) append(b []byte) []byte {
	b = append(append(append(b, "BEGIN:"...), c.name...), "\r\n"...)
	for _, l := range c.lines {
		b = appendFolded(b, l.text)
	}
	for _, p := range c.parts {
		b = p.append(b)
	}
	return append(append(append(b, "END:"...), c.name...), "\r\n"...)
}

// appendFolded appends a line in pieces, none of which ends inside a rune.
func appendFolded(b []byte, text string) []byte {
	const most = 75
	for limit := most; len(text) > limit; limit = most - 1 {
		cut := limit
		for cut > limit-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
			cut--
		}
		b = append(append(b, text[:cut]...), "\r\n "...)
		text = text[cut:]
	}
	return append(append(b, text...), "\r\n"...)
}
