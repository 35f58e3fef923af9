package desk

import (
	"fmt"
	"strings"
	"time"
)

// rowsAtOnce is the number of rows of one statement. Their parameters stay far below
// the limits of both databases (32,766 and 65,535).
const rowsAtOnce = 100

// statement is a statement and its parameters, which are written in their order.
type statement struct {
	strings.Builder
	args []any
}

// add writes text, in which each "?" stands for one of the parameters.
func (s *statement) add(text string, args ...any) *statement {
	for _, arg := range args {
		before, after, _ := strings.Cut(text, "?")
		s.args = append(s.args, arg)
		fmt.Fprintf(s, "%s$%d", before, len(s.args))
		text = after
	}
	s.WriteString(text)
	return s
}

// in writes the condition that the value before it is one of the list.
func (s *statement) in(list []string) *statement {
	s.add(` IN (`)
	for i, value := range list {
		if i > 0 {
			s.add(",")
		}
		s.add("?", value)
	}
	return s.add(")")
}

// millis returns a time as the tables have it. The zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMillis returns the time of a column.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// nanos returns a time as the column "at" has it. The zero time is 0.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// fromNanos returns the time of the column "at".
func fromNanos(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

// text returns a text that PostgreSQL takes: valid UTF-8 without NUL. Texts of mail
// servers and mails may be neither.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
