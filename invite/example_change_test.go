package invite_test

import (
	"context"
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// printer is a Sender that prints the recipients of each mail.
var printer = invite.SenderFunc(func(_ context.Context, m *mime.Message) error {
	fmt.Println("mail to", m.To)
	return nil
})

// standup is a meeting of two, once a week.
func standup() ical.Event {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	return ical.Event{
		UID: "series", Summary: "Stand-up", Start: start, End: start.Add(15 * time.Minute), TimeZone: "Europe/Berlin",
		Organizer:  ical.Person{Name: "Room desk", Email: "desk@example.com"},
		Attendees:  []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}, {Name: "Bob", Email: "bob@example.com"}},
		Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Count: 4},
	}
}

func ExampleClient_PlanUpdate() {
	meeting := &invite.Meeting{Event: standup()}
	after := standup()
	after.Attendees = after.Attendees[:1]
	after.Overrides = []ical.Event{{RecurrenceID: after.Start.AddDate(0, 0, 7), Location: "Roof"}}
	plan, err := invite.New(nil, exampleOptions).PlanUpdate(meeting, after)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range plan.Notices {
		fmt.Println(n.Method, n.Attendee.Email, n.Reason)
	}
	// Output:
	// REQUEST ann@example.com only on Tue 9 Mar 2027 10:00: location is now "Roof": needs a new answer
	// CANCEL bob@example.com is no longer invited
}

func ExampleClient_Update() {
	client := invite.New(printer, exampleOptions)
	after := standup()
	after.Location = "Room 2"
	meeting, err := client.Update(context.Background(), &invite.Meeting{Event: standup()}, after)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("sequence", meeting.Event.Sequence)
	// Output:
	// mail to [ann@example.com]
	// mail to [bob@example.com]
	// sequence 1
}

func ExampleClient_Cancel() {
	client := invite.New(printer, exampleOptions)
	second := standup().Start.AddDate(0, 0, 7)
	meeting, err := client.Cancel(context.Background(), &invite.Meeting{Event: standup()},
		invite.Occurrence(second), invite.Comment("The room is not free."))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range meeting.Deliveries {
		fmt.Println(d.Method, d.To, d.RecurrenceID.UTC(), d.State)
	}
	// Output:
	// mail to [ann@example.com]
	// mail to [bob@example.com]
	// CANCEL ann@example.com 2027-03-09 09:00:00 +0000 UTC delivered
	// CANCEL bob@example.com 2027-03-09 09:00:00 +0000 UTC delivered
}

func ExampleClient_UpdateFollowing() {
	client := invite.New(printer, exampleOptions)
	after := standup()
	after.Summary = "Scrum"
	third := standup().Start.AddDate(0, 0, 14)
	old, rest, err := client.UpdateFollowing(context.Background(), &invite.Meeting{Event: standup()}, third, after)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(old.Event.Summary, "until", old.Event.Recurrence.Until.Format(time.DateOnly))
	fmt.Println(rest.Event.Summary, "from", rest.Event.Start.Format(time.DateOnly), rest.Event.Recurrence.Count, "times")
	// Output:
	// mail to [ann@example.com]
	// mail to [ann@example.com]
	// mail to [bob@example.com]
	// mail to [bob@example.com]
	// Stand-up until 2027-03-09
	// Scrum from 2027-03-16 2 times
}

func ExampleClient_Resume() {
	client := invite.New(printer, exampleOptions)
	meeting := &invite.Meeting{Event: standup(), Deliveries: []invite.Delivery{
		{To: "ann@example.com", Method: ical.MethodRequest, MessageID: "<1@example.com>", State: invite.DeliveryDelivered, Stamp: exampleOptions.Now()},
		{To: "bob@example.com", Method: ical.MethodRequest, MessageID: "<2@example.com>", State: invite.DeliveryPending, Stamp: exampleOptions.Now()},
	}}
	if _, err := client.Resume(context.Background(), meeting); err != nil {
		fmt.Println(err)
	}
	// Output:
	// mail to [bob@example.com]
}

func ExampleClient_Remind() {
	client := invite.New(printer, exampleOptions)
	meeting := &invite.Meeting{Event: standup()}
	meeting.Event.Attendees[0].Status = ical.StatusAccepted
	if _, err := client.Remind(context.Background(), meeting); err != nil {
		fmt.Println(err)
	}
	// Output:
	// mail to [bob@example.com]
}
