package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// render writes the mails of a meeting request into a folder, together with the
// calendar object of the first mail.
func render(ctx context.Context, f *flags, stdout io.Writer) error {
	if f.out == "" {
		return fmt.Errorf("%w: render needs -out DIR", errUsage)
	}
	folder := &folder{dir: f.out}
	if err := sendEvent(ctx, folder, f, stdout); err != nil {
		return err
	}
	in, err := invite.Read(bytes.NewReader(folder.first), nil)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(f.out, "invite.ics"), in.Mail.Calendars[0].Data)
}

// send sends a meeting request and stores the meeting.
func send(ctx context.Context, f *flags, stdout io.Writer) error {
	if f.meeting == "" {
		return fmt.Errorf("%w: send needs -meeting M.json", errUsage)
	}
	sender, done, err := openSender(f)
	if err != nil {
		return err
	}
	defer done()
	return sendEvent(ctx, sender, f, stdout)
}

// sendEvent sends the request of send and render to s.
func sendEvent(ctx context.Context, s invite.Sender, f *flags, stdout io.Writer) error {
	e, err := readEvent(f.files[0])
	if err != nil {
		return err
	}
	if f.meeting != "" {
		if err := checkNew(f.meeting); err != nil {
			return err
		}
	}
	var opts []invite.SendOption
	if f.hideGuests {
		opts = append(opts, invite.HideGuests())
	}
	m, err := invite.New(s, f.options(nil, &e)).Send(ctx, e, opts...)
	switch {
	case m == nil:
		return err
	case m.Unsent:
		return errors.New("the meeting lies wholly in the past, so nobody is mailed")
	}
	return errors.Join(report(m, nil, stdout), err)
}

// report prints the fate of each mail that is new or has changed. The ledger has
// stored it before, so nothing is lost if the output cannot be written.
func report(m *invite.Meeting, before []invite.Delivery, stdout io.Writer) (err error) {
	for i, d := range m.Deliveries {
		if i >= len(before) || d != before[i] {
			err = errors.Join(err, printLine(stdout, d))
		}
	}
	return err
}

// openSender returns a sender to the server or the folder of the command line.
func openSender(f *flags) (s invite.Sender, done func(), err error) {
	switch {
	case f.smtp != "" && f.out != "":
		return nil, nil, fmt.Errorf("%w: -smtp and -out exclude each other", errUsage)
	case f.out != "":
		return &folder{dir: f.out}, func() {}, nil
	case f.smtp == "":
		return nil, nil, fmt.Errorf("%w: -smtp URL is missing", errUsage)
	}
	server, err := smtpsend.Open(f.smtp)
	if err != nil {
		return nil, nil, err
	}
	return server, func() { server.Close() }, nil
}

// folder is a sender that writes each mail to DIR/NNN-<email>.eml, counted from
// 001. It makes the directory for the first mail. No other user may read either.
type folder struct {
	dir   string
	count int
	first []byte // the first mail
}

var _ invite.Sender = (*folder)(nil)

func (d *folder) Send(_ context.Context, m *mime.Message) error {
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	if d.count++; d.count == 1 {
		d.first = bytes.Clone(m.Data)
	}
	name := fmt.Sprintf("%03d-%s.eml", d.count, safeName(m.To[0]))
	return writeFile(filepath.Join(d.dir, name), m.Data)
}

// safeName replaces the characters that make a name point into another folder.
func safeName(address string) string { return strings.NewReplacer("/", "_", `\`, "_").Replace(address) }
