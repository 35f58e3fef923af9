package mime

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// methods are those of RFC 5546, section 1.4.
var methods = []string{"PUBLISH", "REQUEST", "REPLY", "ADD", "CANCEL", "REFRESH", "COUNTER", "DECLINECOUNTER"}

// checkMethod returns why method cannot stand beside calendar. Newer Exchange
// refuses a mail whose parameter differs from the property in it.
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

// calendarMethod returns the last METHOD value that precedes the first
// component, and how many there are.
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
// and what follows it.
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

// checkCalendar returns why b cannot be sent as it is. It looks at octets and
// lines only; what they say is for package ical.
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

// badLineEnd returns where the first CR or LF is that is not part of CRLF, or
// -1. The last line needs an end, too.
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
