package mime

import (
	"bytes"
	"strings"
)

// calendarUID returns the UID of the first VEVENT, and "" if there is none. It
// reads no further than that line.
func calendarUID(calendar []byte) string {
	depth := 0 // of components within the VEVENT; 0 is outside of it
	for rest := calendar; len(rest) > 0; {
		if strings.IndexByte("BEUbeu", rest[0]) < 0 { // another property, or a folded part of one
			_, rest, _ = bytes.Cut(rest, crlf)
			continue
		}
		var line []byte
		line, rest = contentLine(rest)
		name := line[:nameEnd(line)]
		switch {
		case bytes.EqualFold(name, []byte("BEGIN")):
			if depth > 0 || bytes.EqualFold(propertyValue(line), []byte("VEVENT")) {
				depth++
			}
		case depth == 0:
		case bytes.EqualFold(name, []byte("END")):
			if depth--; depth == 0 {
				return ""
			}
		case depth == 1 && bytes.EqualFold(name, []byte("UID")):
			return textValue(propertyValue(line))
		}
	}
	return ""
}

// textUnescapes undoes the escapes of a TEXT, except those of line ends, which no
// UID has (RFC 5545, section 3.3.11).
var textUnescapes = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",")

// textValue returns a TEXT as people read it.
func textValue(b []byte) string {
	s := string(bytes.TrimSpace(b))
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return textUnescapes.Replace(s)
}

// nameEnd returns where the name of a content line ends.
func nameEnd(line []byte) int {
	if i := bytes.IndexAny(line, ":;"); i >= 0 {
		return i
	}
	return len(line)
}

// propertyValue returns what follows the first colon that is not in quotes.
func propertyValue(line []byte) []byte {
	quoted := false
	for i, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ':' && !quoted:
			return line[i+1:]
		}
	}
	return nil
}
