package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// render writes the mails of a meeting request into a folder, with the calendar
// object beside them.
func render(ctx context.Context, f *flags, stdout io.Writer) error {
	if f.out == "" {
		return fmt.Errorf("%w: render needs -out DIR", errUsage)
	}
	m, err := sendEvent(ctx, f, stdout)
	if err != nil {
		return err
	}
	data, err := ical.Encode(&ical.Calendar{
		Method: ical.MethodRequest, Stamp: f.now, Events: []ical.Event{m.Event},
	})
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(f.out, "invite.ics"), data)
}

// send sends a meeting request and keeps the meeting.
func send(ctx context.Context, f *flags, stdout io.Writer) error {
	if f.meeting == "" {
		return fmt.Errorf("%w: send needs -meeting M.json", errUsage)
	}
	_, err := sendEvent(ctx, f, stdout)
	return err
}

func sendEvent(ctx context.Context, f *flags, stdout io.Writer) (*invite.Meeting, error) {
	sender, done, err := openSender(f)
	if err != nil {
		return nil, err
	}
	defer done()
	e, err := readEvent(f.files[0])
	if err != nil {
		return nil, err
	}
	if f.meeting != "" {
		if err := checkNew(f.meeting); err != nil {
			return nil, err
		}
	}
	o := f.options()
	if f.meeting != "" {
		o.Record = func(_ context.Context, m *invite.Meeting) error { return writeMeeting(f.meeting, m) }
	}
	m, err := invite.New(sender, o).Send(ctx, e)
	return m, errors.Join(report(m, nil, f, stdout), err)
}

// report keeps the meeting and prints what became of each mail that the ledger
// did not have before. What was sent is kept also where nobody reads the output
// any more.
func report(m *invite.Meeting, before []invite.Delivery, f *flags, stdout io.Writer) error {
	if m == nil {
		return nil
	}
	var err error
	if f.meeting != "" {
		err = writeMeeting(f.meeting, m)
	}
	for i, d := range m.Deliveries {
		if i >= len(before) || d != before[i] {
			err = errors.Join(err, printLine(stdout, d))
		}
	}
	return err
}

// openSender returns the server or the folder that mails go to.
func openSender(f *flags) (s invite.Sender, done func(), err error) {
	switch {
	case f.smtp != "" && f.out != "":
		return nil, nil, fmt.Errorf("%w: -smtp and -out exclude each other", errUsage)
	case f.out != "":
		return folderSender(f.out), func() {}, nil
	case f.smtp == "":
		return nil, nil, fmt.Errorf("%w: -smtp URL is missing", errUsage)
	}
	server, err := smtpsend.Open(f.smtp)
	if err != nil {
		return nil, nil, err
	}
	return server, func() { server.Close() }, nil
}

// folderSender writes each mail to DIR/NNN-<email>.eml, counted from 001. It
// makes the folder when there is something to write.
func folderSender(dir string) invite.Sender {
	count := 0
	return invite.SenderFunc(func(_ context.Context, m *mime.Message) error {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		count++
		name := fmt.Sprintf("%03d-%s.eml", count, safeName(m.To[0]))
		return writeFile(filepath.Join(dir, name), m.Data)
	})
}

// safeName keeps an address from naming another folder.
func safeName(address string) string { return strings.NewReplacer("/", "_", `\`, "_").Replace(address) }
