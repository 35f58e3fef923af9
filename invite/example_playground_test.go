package invite_test

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

// Outbox is a sender that prints the mails and hands them to a recorder, which answers for
// the attendees. Put a sender of package smtpsend in its place.
type Outbox struct {
	invitetest.Recorder
}

// Send prints the mail and keeps it.
func (o *Outbox) Send(ctx context.Context, m *invite.Message) error {
	fmt.Println(m.Method, "to", m.To[0])
	return o.Recorder.Send(ctx, m)
}

// A meeting from the invitation to the cancellation, with an answer. It needs no network, so
// it runs in the playground.
func Example_playground() {
	ctx, outbox := context.Background(), new(Outbox)
	client := invite.New(invite.SenderFunc(outbox.Send), invitetest.Options(nil)) // clock and identifiers stand still

	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	meeting, err := client.Send(ctx, ical.Event{
		Summary: "Review", Location: "Room 4", Start: start, End: start.Add(time.Hour), TimeZone: "UTC",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}, {Name: "Bob", Email: "bob@example.com"}},
	})
	if err != nil {
		log.Fatal(err)
	}

	// Bob answers in Outlook, and his mail comes back.
	mail := outbox.Reply("bob@example.com", ical.StatusDeclined, invitetest.ClientOutlook)
	in, err := invite.Read(bytes.NewReader(mail), nil)
	if err != nil {
		log.Fatal(err)
	}
	meeting, outcome := meeting.Apply(in, nil)
	fmt.Println(outcome.Verdict, meeting.Tally())

	// Another hour asks both anew. Then the meeting is cancelled.
	after := meeting.Event.Clone()
	after.Start, after.End = after.Start.Add(time.Hour), after.End.Add(time.Hour)
	if meeting, err = client.Update(ctx, meeting, after); err != nil {
		log.Fatal(err)
	}
	fmt.Println(meeting.Tally())
	if meeting, err = client.Cancel(ctx, meeting); err != nil {
		log.Fatal(err)
	}
	fmt.Println("SEQUENCE", meeting.Event.Sequence)
	// Output:
	// REQUEST to ann@example.com
	// REQUEST to bob@example.com
	// applied 1 declined, 1 without an answer
	// REQUEST to ann@example.com
	// REQUEST to bob@example.com
	// 2 without an answer
	// CANCEL to ann@example.com
	// CANCEL to bob@example.com
	// SEQUENCE 2
}
