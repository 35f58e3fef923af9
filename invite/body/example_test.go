package body_test

import (
	"fmt"
	"log"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

func ExampleRenderer_Render() {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	event := &ical.Event{
		Summary:   "Review",
		Start:     start,
		End:       start.Add(time.Hour),
		TimeZone:  "Europe/Berlin",
		Location:  "Room 4.12",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.com", TimeZone: "Europe/London"}},
	}
	b, err := body.New(nil).Render(&body.View{Event: event, Method: ical.MethodRequest, Attendee: event.Attendees[0]})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Subject:", b.Subject)
	fmt.Println()
	fmt.Print(b.Text)
	// Output:
	// Subject: Invitation: Review
	//
	// Room desk invites you to a meeting.
	//
	// Review
	//
	// When:       Tuesday, 2 March 2027, 10:00–11:00 (Europe/Berlin, UTC+01:00)
	//             Tuesday, 2 March 2027, 09:00–10:00 (Europe/London, UTC+00:00)
	// Where:      Room 4.12
	// Organizer:  Room desk
	// Attendees:  Ann
}
