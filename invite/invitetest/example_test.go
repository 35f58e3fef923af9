package invitetest_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
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

func ExampleRecorder() {
	var r invitetest.Recorder
	client := invite.New(&r, invitetest.Options(nil))
	if _, err := client.Send(context.Background(), lunch); err != nil {
		log.Fatal(err)
	}
	for _, m := range r.Messages() {
		fmt.Println("from", m.From, "to", m.To)
	}
	// Output:
	// from desk@example.com to [ann@example.com]
	// from desk@example.com to [bob@example.com]
}

func ExampleRecorder_Fail() {
	var r invitetest.Recorder
	r.Fail("bob@example.com", invitetest.FailureRefused)
	client := invite.New(&r, invitetest.Options(nil))
	meeting, err := client.Send(context.Background(), lunch)
	fmt.Println(err)
	for _, d := range meeting.Deliveries {
		fmt.Println(d.To, d.State)
	}
	// Output:
	// invite: bob@example.com: refused: invitetest: bob@example.com: refused
	// ann@example.com delivered
	// bob@example.com refused
}

func ExampleRecorder_Wait() {
	var r invitetest.Recorder
	client := invite.New(&r, invitetest.Options(nil))
	go func() { // a program that sends when it likes
		if _, err := client.Send(context.Background(), lunch); err != nil {
			log.Print(err)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	mails, err := r.Wait(ctx, 2)
	fmt.Println(len(mails), err)
	// Output:
	// 2 <nil>
}

func ExampleRecorder_Reply() {
	var r invitetest.Recorder
	client := invite.New(&r, invitetest.Options(nil))
	if _, err := client.Send(context.Background(), lunch); err != nil {
		log.Fatal(err)
	}
	for _, as := range invitetest.Clients() {
		mail := r.Reply("ann@example.com", ical.StatusTentative, as)
		in, err := invite.Read(bytes.NewReader(mail), nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(in.Kind, in.Attendee.Email, in.Attendee.Status, in.Mail.Subject)
	}
	// Output:
	// reply ann@example.com tentative Mit Vorbehalt: Lunch
	// reply ann@example.com tentative Tentative: Lunch
	// reply ann@example.com tentative Tentative: Lunch
	// reply ann@example.com tentative Tentative: Lunch
	// reply ann@example.com tentative Tentatively Accepted: Lunch
}

func ExampleClock() {
	var clock invitetest.Clock
	o := invitetest.Options(&clock)
	fmt.Println(o.Now().Format(time.DateTime), o.NewID())
	clock.Advance(24 * time.Hour)
	fmt.Println(o.Now().Format(time.DateTime), o.NewID())
	// Output:
	// 2027-02-01 08:00:00 00000000-0000-4000-8000-000000000001
	// 2027-02-02 08:00:00 00000000-0000-4000-8000-000000000002
}

func ExampleCalendar() {
	var r invitetest.Recorder
	client := invite.New(&r, invitetest.Options(nil))
	if _, err := client.Send(context.Background(), lunch); err != nil {
		log.Fatal(err)
	}
	ics := invitetest.Calendar(r.Messages()[0])
	fmt.Printf("%.32q\n", ics)
	// Output:
	// "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r"
}
