package sendmail

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// The exit statuses that are about the message (sysexits.h). All others are about
// the program or the system.
const (
	exDataErr = 65 // the message is wrong
	exNoUser  = 67 // a recipient does not exist
	exNoHost  = 68 // a recipient's domain does not exist
)

// Error is a failure of the program.
type Error struct {
	// Code is the exit status, or -1 if the program was killed.
	Code int
	// Text is the beginning of the program's output, in one line.
	Text string
	// Err is the cause if the program was killed, and nil otherwise.
	Err error
}

// Error returns the exit status and the program's output.
func (e *Error) Error() string {
	text := fmt.Sprintf("sendmail: exit status %d", e.Code)
	if e.Err != nil {
		text = fmt.Sprintf("sendmail: %v (delivery unknown)", e.Err)
	}
	if e.Text != "" {
		text += ": " + e.Text
	}
	return text
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// Refused reports whether the message was refused for good.
func (e *Error) Refused() bool {
	return e.Code == exDataErr || e.Code == exNoUser || e.Code == exNoHost
}

// Uncertain reports whether the message may have been queued all the same.
func (e *Error) Uncertain() bool { return e.Code < 0 }

// maxOutput bounds the part of the program's output that is kept, in octets.
const maxOutput = 1 << 10

// output keeps the first maxOutput octets that are written to it.
type output struct{ kept []byte }

// Write keeps the part of b for which there is room.
func (o *output) Write(b []byte) (int, error) {
	o.kept = append(o.kept, b[:min(len(b), maxOutput-len(o.kept))]...)
	return len(b), nil
}

// text returns the output in one line that is fit for a log.
func (o *output) text() string {
	clean := bytes.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return '?'
		}
		return r
	}, o.kept)
	return strings.Join(strings.Fields(string(clean)), " ")
}
