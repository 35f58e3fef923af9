package ical

import (
	"bytes"
	"errors"
	"strconv"
)

// Encode returns c as an iCalendar object (RFC 5545): every property that mail
// clients need, in one order, CRLF line ends, lines of at most 75 octets. Equal
// input gives equal bytes. What cannot be written is refused with a joined
// [*FieldError] for each field; nothing in a field can add a line, a property or
// a parameter.
func Encode(c *Calendar) ([]byte, error) {
	m, err := Model(c)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := WriteModel(&b, m); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// errRepeated refuses a series on a wall clock that means another instant.
var errRepeated = errors.New("repeats the hour of the start or end when its clock is set back, and a series can only mean the first")

func indexed(list string, i int, field string) string {
	s := list + "[" + strconv.Itoa(i) + "]"
	if field != "" {
		s += "." + field
	}
	return s
}
