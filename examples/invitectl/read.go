package main

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"github.com/convene-go/convene/invite"
)

// line is the line that read prints for one mail. A time that is not known is "".
type line struct {
	File         string `json:"file"`
	Kind         string `json:"kind"`
	Method       string `json:"method"`
	UID          string `json:"uid"`
	Sequence     int    `json:"sequence"`
	RecurrenceID string `json:"recurrenceId"`
	Stamp        string `json:"dtstamp"`
	Organizer    string `json:"organizer"`
	Attendee     string `json:"attendee"`
	Status       string `json:"status"`
	Comment      string `json:"comment"`
	Start        string `json:"start"`
	End          string `json:"end"`
	From         string `json:"from"`
	Reason       string `json:"reason"`
}

// read prints the kind and content of each mail. A mail that cannot be read has the
// kind "other", with the reason.
func read(_ context.Context, f *flags, stdout io.Writer) error {
	for _, path := range f.files {
		if err := printLine(stdout, readMail(path)); err != nil {
			return err
		}
	}
	return nil
}

func readMail(path string) line {
	file, err := os.Open(path)
	if err != nil {
		return line{File: path, Kind: string(invite.KindOther), Reason: err.Error()}
	}
	defer file.Close()
	in, err := invite.Read(file, nil)
	if err != nil {
		return line{File: path, Kind: string(invite.KindOther), Reason: err.Error()}
	}
	return describe(path, in)
}

// describe returns the line for a mail that was read.
func describe(path string, in *invite.Inbound) line {
	l := line{File: path, Kind: string(in.Kind), Reason: in.Reason,
		Attendee: in.Attendee.Email, Status: string(in.Attendee.Status), Comment: in.Attendee.Comment}
	if len(in.Mail.From) > 0 {
		l.From = in.Mail.From[0].Address
	}
	if in.Event == nil {
		return l
	}
	e := in.Event
	l.Method, l.UID, l.Sequence = string(in.Calendar.Method), e.UID, e.Sequence
	l.RecurrenceID, l.Stamp = format(e.RecurrenceID), format(in.Calendar.Stamp)
	l.Organizer, l.Start, l.End = e.Organizer.Email, format(e.Start), format(e.End)
	if e.Floating { // a clock, and no instant
		l.Start, l.End = strings.TrimSuffix(l.Start, "Z"), strings.TrimSuffix(l.End, "Z")
	}
	return l
}

func format(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
