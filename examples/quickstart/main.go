// Command quickstart shows the shortest complete program: it sends a meeting
// request to two attendees, through an SMTP server that it starts in its own
// process, and prints the mail as it was sent. It needs no network and no server.
// Run it with "go run ./examples/quickstart". It writes the mail to invite.eml,
// which you can open in a mail client.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/smtpsend"
)

func main() {
	if err := run(context.Background(), os.Stdout, "invite.eml"); err != nil {
		log.Fatal(err)
	}
}

// run is the whole example. The part between the two lines "// ----" is all that a
// program needs.
func run(ctx context.Context, out io.Writer, keep string) error {
	server, err := startServer()
	if err != nil {
		return err
	}
	defer server.Close()

	// ----
	sender, err := smtpsend.Open("smtp://" + server.Addr() + "?tls=insecure-none") // a server of your own: smtp://user:password@host:587
	if err != nil {
		return err
	}
	defer sender.Close()

	start := time.Now().AddDate(0, 0, 7).Truncate(time.Hour)
	meeting, err := invite.New(sender, nil).Send(ctx, ical.Event{
		Summary:     "Quarterly review",
		Description: "Please bring the figures of your team.",
		Location:    "Room 4.12",
		Start:       start,
		End:         start.Add(time.Hour),
		TimeZone:    "Europe/Berlin",
		Organizer:   ical.Person{Name: "Room desk", Email: "desk@example.com"},
		Attendees: []ical.Attendee{
			{Name: "Bob Example", Email: "bob@example.test"},
			{Name: "Zoë Example", Email: "zoe@example.test", Role: ical.RoleOptional},
		},
		Reminders: []ical.Reminder{{Before: 15 * time.Minute}},
	})
	if meeting == nil {
		return err // nothing was sent
	}
	// Store the meeting now: later calls need it, to change it and to take answers in.
	// ----

	for _, d := range meeting.Deliveries {
		fmt.Fprintf(out, "%s to %s: %s\n", d.Method, d.To, d.State)
	}
	if err != nil {
		return err // some mails did not go out
	}
	mail := server.Mails()[0]
	if err := os.WriteFile(keep, mail, 0o600); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nThe mail to Bob, now in %s:\n\n", keep)
	return show(out, mail)
}
