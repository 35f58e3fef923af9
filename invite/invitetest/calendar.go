package invitetest

import (
	"bytes"

	"github.com/convene-go/convene/mime"
)

// Calendar returns the calendar object in a mail, which is the .ics file that
// clients see, or nil if the mail has none. Package golden compares it with a file.
func Calendar(m *mime.Message) []byte {
	in, err := mime.Read(bytes.NewReader(m.Data), nil)
	if err != nil || len(in.Calendars) == 0 {
		return nil
	}
	return in.Calendars[0].Data
}
