package inbox_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend/folder"
)

const acceptance = "From: Ann <ann@example.test>\r\nTo: desk@example.com\r\nSubject: Accepted: Review\r\n" +
	"Content-Type: text/calendar; method=REPLY\r\n\r\n" +
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nMETHOD:REPLY\r\n" +
	"BEGIN:VEVENT\r\nUID:review@example.com\r\nDTSTAMP:20270301T080000Z\r\nDTSTART:20270302T090000Z\r\n" +
	"ORGANIZER:mailto:desk@example.com\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.test\r\n" +
	"END:VEVENT\r\nEND:VCALENDAR\r\n"

// arrive writes a mail into a new Maildir, as a mail server does.
func arrive(data string) (dir string) {
	dir, err := os.MkdirTemp("", "maildir")
	if err != nil {
		log.Fatal(err)
	}
	server, err := folder.New(dir, &folder.Options{Maildir: true})
	if err != nil {
		log.Fatal(err)
	}
	err = server.Send(context.Background(), &mime.Message{From: "ann@example.test", To: []string{"desk@example.com"}, Data: []byte(data)})
	if err != nil {
		log.Fatal(err)
	}
	return dir
}

func ExampleRun() {
	dir := arrive(acceptance)
	defer os.RemoveAll(dir)

	ctx, stop := context.WithCancel(context.Background())
	err := inbox.Run(ctx, inbox.Maildir(dir), func(_ context.Context, m *inbox.Mail) error {
		in, err := invite.Read(bytes.NewReader(m.Data), &invite.ReadOptions{Recipient: m.Recipient, Verified: m.Verified})
		if err != nil {
			return nil // not a mail that could be an answer
		}
		fmt.Println(in.Kind, in.Attendee.Email, in.Attendee.Status)
		stop() // after one mail; a service goes on
		return nil
	})
	fmt.Println(err)

	marked, _ := filepath.Glob(filepath.Join(dir, "cur", "*2,S"))
	fmt.Println(len(marked), "mail is marked as read")
	// Output:
	// reply ann@example.test accepted
	// <nil>
	// 1 mail is marked as read
}

func ExampleMaildir() {
	dir := arrive(acceptance)
	defer os.RemoveAll(dir)

	box := inbox.Maildir(dir, func(o *inbox.MaildirOptions) {
		o.MaxSize = 1 << 20 // no answer is larger
		o.Tries = 10
	})
	// Run does the same for every mail.
	ctx := context.Background()
	m, err := box.Next(ctx)
	if err != nil {
		log.Fatal(err)
	}
	header, _, _ := bytes.Cut(m.Data, []byte("\r\nTo:"))
	fmt.Printf("%s\n", header)
	if err := box.Done(ctx, m, nil); err != nil {
		log.Fatal(err)
	}
	// Output: From: Ann <ann@example.test>
}
