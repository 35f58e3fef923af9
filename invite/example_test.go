package invite_test

import (
	"context"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// lunch is the meeting of the examples.
var lunch = ical.Event{
	Summary:   "Lunch",
	Start:     time.Date(2027, 3, 2, 11, 0, 0, 0, time.UTC),
	End:       time.Date(2027, 3, 2, 12, 0, 0, 0, time.UTC),
	TimeZone:  "Europe/Berlin",
	Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
	Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}, {Name: "Bob", Email: "bob@example.com"}},
}

// exampleOptions pin the clock and the identifier.
var exampleOptions = &invite.Options{
	Now:   func() time.Time { return time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC) },
	NewID: func() string { return "6f0a1c52-8a42-4b5c-9d43-6a1c0f2f3b11" },
}

func ExampleNew() {
	// Package smtpsend has a Sender for SMTP servers.
	sender := invite.SenderFunc(func(_ context.Context, m *mime.Message) error {
		fmt.Println("a mail to", m.To[0])
		return nil
	})
	client := invite.New(sender, exampleOptions)
	meeting, err := client.Send(context.Background(), lunch, invite.HideGuests())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(meeting.Event.UID)
	for _, d := range meeting.Deliveries {
		fmt.Println(d.To, d.State)
	}
	// Output:
	// a mail to ann@example.com
	// a mail to bob@example.com
	// 6f0a1c52-8a42-4b5c-9d43-6a1c0f2f3b11
	// ann@example.com delivered
	// bob@example.com delivered
}

func ExampleSend() {
	invite.SetDefault(invite.New(invite.SenderFunc(func(_ context.Context, m *mime.Message) error {
		_, header, _ := strings.Cut(string(m.Data), "From:")
		header, _, _ = strings.Cut(header, "Auto-Submitted:")
		fmt.Print("From:", strings.ReplaceAll(header, "\r\n", "\n"))
		return nil
	}), exampleOptions))
	defer invite.SetDefault(nil)

	event := lunch
	event.Attendees = event.Attendees[:1]
	if _, err := invite.Send(context.Background(), event); err != nil {
		log.Fatal(err)
	}
	// Output:
	// From: Room desk <desk@example.com>
	// To: Ann <ann@example.com>
	// Subject: Invitation: Lunch, Tue Mar 2, 12:00 PM
}

func ExampleSend_invalid() {
	event := lunch
	event.End = event.Start.Add(-time.Hour)
	event.Attendees = []ical.Attendee{{Email: "ann@example.com"}, {Email: "Ann@Example.com"}}
	_, err := invite.New(nil, nil).Send(context.Background(), event)
	fmt.Println(err)
	// Output:
	// invite: End: 2027-03-02T10:00:00Z is before Start 2027-03-02T11:00:00Z; Attendees[1].Email: is the same address as Attendees[0]
}

func ExampleClient_PlanSend() {
	event := lunch
	event.Attendees = append(event.Attendees[:2:2], ical.Attendee{Email: "desk@example.com"}) // the organizer
	plan, err := invite.New(nil, exampleOptions).PlanSend(event)
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range plan.Notices {
		fmt.Println(n.Attendee.Email, n.Method, n.Sequence, n.Reason)
	}
	// Output:
	// ann@example.com REQUEST 0 is invited
	// bob@example.com REQUEST 0 is invited
}

func ExampleRead() {
	mail := `From: Ann <ann@example.com>
To: desk@example.com
Subject: Accepted: Lunch
MIME-Version: 1.0
Content-Type: text/calendar; charset=utf-8; method=REPLY

BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:6f0a1c52-8a42-4b5c-9d43-6a1c0f2f3b11
DTSTAMP:20270201T090000Z
DTSTART:20270302T110000Z
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com
COMMENT:See you there
END:VEVENT
END:VCALENDAR
`
	in, err := invite.Read(strings.NewReader(mail), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(in.Kind, in.Event.UID)
	fmt.Println(in.Attendee.Email, in.Attendee.Status, in.Attendee.Comment)
	fmt.Println(in.Reason)
	// Output:
	// reply 6f0a1c52-8a42-4b5c-9d43-6a1c0f2f3b11
	// ann@example.com accepted See you there
	// ann@example.com answers: accepted
}
