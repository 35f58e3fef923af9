package mime

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// encodedCalendar is a calendar object that has passed its check, with its
// encoded form.
type encodedCalendar struct {
	raw     []byte
	method  string
	uid     string // of its first VEVENT
	encoded []byte // in base64
}

// matches reports whether o is the encoded form of d's calendar object, or d
// has none.
func (o *encodedCalendar) matches(d *Draft) bool {
	return len(d.Calendar) == 0 || o.method == d.Method && bytes.Equal(o.raw, d.Calendar)
}

// copyFrom makes o a copy of other, in the memory that o has.
func (o *encodedCalendar) copyFrom(other *encodedCalendar) {
	if o != other {
		o.raw, o.encoded = append(o.raw[:0], other.raw...), append(o.encoded[:0], other.encoded...)
		o.method, o.uid = other.method, other.uid
	}
}

// appendBase64 appends data in lines of 76 characters, as the encoder writes
// them (RFC 2045, section 6.8).
func appendBase64(b, data []byte) []byte {
	const line = 76 / 4 * 3
	b = slices.Grow(b, base64.StdEncoding.EncodedLen(len(data))+2*(len(data)/line+1))
	for part := range slices.Chunk(data, line) {
		b = append(base64.StdEncoding.AppendEncode(b, part), crlf...)
	}
	return b
}

// methods are the methods of RFC 5546, section 1.4.
var methods = []string{"PUBLISH", "REQUEST", "REPLY", "ADD", "CANCEL", "REFRESH", "COUNTER", "DECLINECOUNTER"}

// checkMethod returns an error if method does not agree with calendar. Newer
// versions of Exchange refuse a mail whose method parameter differs from the
// METHOD property.
func checkMethod(method string, calendar []byte) error {
	switch {
	case method == "":
		return errors.New("is required with a Calendar")
	case !slices.Contains(methods, method):
		return fmt.Errorf("%q is none of %s", method, strings.Join(methods, ", "))
	}
	said, n := calendarMethod(calendar)
	if n != 1 {
		return fmt.Errorf("the Calendar has %d METHOD lines before its first component, not one", n)
	}
	if string(said) != method {
		return fmt.Errorf("is %s, but the Calendar says METHOD:%s", method, said)
	}
	return nil
}

// calendarMethod returns the last METHOD value before the first component, and
// the number of such values.
func calendarMethod(calendar []byte) (method []byte, n int) {
	for line, rest := contentLine(calendar); len(line) > 0; line, rest = contentLine(rest) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		name, _, _ = bytes.Cut(name, []byte(";"))
		switch {
		case bytes.EqualFold(name, []byte("METHOD")):
			method = value
			n++
		case bytes.EqualFold(name, []byte("BEGIN")) && !bytes.EqualFold(value, []byte("VCALENDAR")):
			return method, n
		}
	}
	return method, n
}

// contentLine returns the first line of b, unfolded (RFC 5545, section 3.1),
// and the rest of b.
func contentLine(b []byte) (line, rest []byte) {
	first, rest, _ := bytes.Cut(b, []byte("\r\n"))
	if len(rest) == 0 || rest[0] != ' ' && rest[0] != '\t' {
		return first, rest
	}
	unfolded := slices.Clone(first)
	for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
		var more []byte
		more, rest, _ = bytes.Cut(rest[1:], []byte("\r\n"))
		unfolded = append(unfolded, more...)
	}
	return unfolded, rest
}

// checkCalendar returns an error if b cannot be sent byte for byte. It looks at
// octets and line ends only. The properties are checked by package ical.
func checkCalendar(b []byte) error {
	const begin = "BEGIN:VCALENDAR\r\n"
	switch {
	case bytes.HasPrefix(b, []byte("\ufeff")):
		return errors.New("starts with a byte order mark")
	case !utf8.Valid(b):
		return errors.New("invalid UTF-8")
	}
	if i := badLineEnd(b); i >= 0 {
		return fmt.Errorf("line %d does not end with CRLF", 1+bytes.Count(b[:i], []byte("\n")))
	}
	if i := controlIn(b); i >= 0 {
		return fmt.Errorf("control character %U at octet %d", b[i], i)
	}
	if len(b) < len(begin) || !strings.EqualFold(string(b[:len(begin)]), begin) {
		return errors.New("does not start with BEGIN:VCALENDAR")
	}
	return nil
}

// badLineEnd returns the offset of the first CR or LF that is not part of a
// CRLF, and -1 if there is none. The last line needs an end, too.
func badLineEnd(b []byte) int {
	for at := 0; at < len(b); {
		line := b[at:]
		n := bytes.IndexByte(line, '\n')
		if n >= 0 {
			line = line[:n]
		}
		switch cr := bytes.IndexByte(line, '\r'); {
		case cr < 0:
			return at + len(line)
		case n < 0 || cr < n-1:
			return at + cr
		}
		at += n + 1
	}
	return -1
}

// calendarUID returns the UID of the first VEVENT, and "" if there is none. It
// does not read past that line.
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

// uidUnescapes undoes the escapes of a TEXT, except escaped line ends, which
// no UID has (RFC 5545, section 3.3.11).
var uidUnescapes = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",")

// textValue returns a TEXT without its escapes.
func textValue(b []byte) string {
	s := string(bytes.TrimSpace(b))
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return uidUnescapes.Replace(s)
}

// nameEnd returns the offset at which the name of a content line ends.
func nameEnd(line []byte) int {
	if i := bytes.IndexAny(line, ":;"); i >= 0 {
		return i
	}
	return len(line)
}

// propertyValue returns the octets after the first colon that is not in quotes.
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
