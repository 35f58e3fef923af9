package mime

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/convene-go/convene/internal/address"
)

// maxLine is the longest line of a mail in octets, without its end (RFC 5322,
// section 2.1.1).
const maxLine = 998

// Validate returns an error if no Sender may send m, and nil otherwise. The
// error has a [*FieldError] for each field that breaks a rule:
//
//   - From is a mailbox, or empty, because a report has a null reverse path.
//   - To has at least one recipient, and all of them are mailboxes. No address
//     holds a control character, a blank or an angle bracket.
//   - Data begins with a header field. Its lines end with CRLF, have at most
//     998 octets, and hold no NUL and no other CR or LF. Some servers take a
//     lone CR or LF for a line end, and a dot after it for the end of the mail
//     (SMTP smuggling; RFC 5321, section 2.3.8). Only the last line may lack
//     its end.
//
// Each Sender should call Validate first. Addresses and data may be 8-bit. A
// Sender that cannot send such a mail reports it. No error repeats an address.
func (m *Message) Validate() error {
	c := new(checker)
	if m == nil {
		c.note("Message", errors.New("is nil"))
		return refuse(c.errs...)
	}
	if m.From != "" {
		c.note("From", address.CheckPath(m.From))
	}
	if len(m.To) == 0 {
		c.note("To", errors.New("no recipients"))
	}
	for i, to := range m.To {
		c.noteItem("To", i, "", address.CheckPath(to))
	}
	c.note("Data", checkData(m.Data))
	return refuse(c.errs...)
}

// checkData returns an error if data is not a mail.
func checkData(data []byte) error {
	if len(data) == 0 {
		return errors.New("empty")
	}
	if !beginsWithField(data) {
		return errors.New("line 1: not a header field")
	}
	if hasGoodLines(data) {
		return nil
	}
	for n := 1; len(data) > 0; n++ {
		line, rest, found := bytes.Cut(data, []byte("\n"))
		if text, ok := bytes.CutSuffix(line, []byte("\r")); ok {
			line = text
		} else if found {
			return fmt.Errorf("line %d: LF without CR", n)
		}
		switch {
		case bytes.IndexByte(line, '\r') >= 0 || !found && len(line) < len(data):
			return fmt.Errorf("line %d: CR without LF", n)
		case bytes.IndexByte(line, 0) >= 0:
			return fmt.Errorf("line %d: NUL", n)
		case len(line) > maxLine:
			return fmt.Errorf("line %d: longer than %d octets", n, maxLine)
		}
		data = rest
	}
	return nil
}

// hasGoodLines reports whether the lines of a mail keep the rules of [Message.Validate].
// It takes half of the time that it takes to look for the line that breaks them.
func hasGoodLines(data []byte) bool {
	if bytes.IndexByte(data, 0) >= 0 {
		return false
	}
	feeds := bytes.Count(data, []byte("\n"))
	for ; feeds > 0; feeds-- {
		i := bytes.IndexByte(data, '\r')
		if i < 0 || i > maxLine || i+1 >= len(data) || data[i+1] != '\n' {
			return false
		}
		data = data[i+2:]
	}
	return len(data) <= maxLine && bytes.IndexByte(data, '\r') < 0
}

// beginsWithField reports whether data begins with the name of a header field
// and a colon (RFC 5322, section 2.2).
func beginsWithField(data []byte) bool {
	name, _, found := bytes.Cut(data[:min(len(data), maxLine)], []byte(":"))
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return found && len(name) > 0
}
