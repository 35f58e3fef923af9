package invite_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

const acceptance = `Authentication-Results: mx.example.com; dmarc=pass header.from=example.test
From: Ann <ann@example.test>
To: desk@example.com
Content-Type: text/calendar; method=REPLY

BEGIN:VCALENDAR
METHOD:REPLY
VERSION:2.0
BEGIN:VEVENT
UID:review-1
SEQUENCE:0
DTSTAMP:20270201T090000Z
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.test
END:VEVENT
END:VCALENDAR
`

func ExampleMeeting_Apply() {
	meeting := &invite.Meeting{Event: ical.Event{
		UID: "review-1", Summary: "Review", Start: time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC),
		Organizer: ical.Person{Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Email: "ann@example.test"}, {Email: "bob@example.test"}},
	}}
	policy := invite.Strict("mx.example.com")
	policy.Now = func() time.Time { return time.Date(2027, 2, 1, 9, 5, 0, 0, time.UTC) } // only in a test
	for range 2 {
		in, err := invite.Read(strings.NewReader(acceptance), nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		var outcome invite.Outcome
		meeting, outcome = meeting.Apply(in, policy)
		fmt.Println(outcome.Verdict, "-", outcome.Reason)
	}
	fmt.Println(meeting.Status("Ann@example.test"))
	fmt.Println(meeting.Tally())
	// Output:
	// applied - ann@example.test: accepted
	// duplicate - is held already: accepted of 2027-02-01T09:00:00Z
	// accepted
	// 1 accepted, 1 without an answer
}

func ExampleMeeting_OccurrenceStatus() {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	second := start.AddDate(0, 0, 7)
	ann := ical.Attendee{Email: "ann@example.test", Status: ical.StatusAccepted}
	meeting := &invite.Meeting{Event: ical.Event{
		UID: "stand-up-1", Start: start, Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Count: 3}, Attendees: []ical.Attendee{ann},
	}}
	ann.Status = ical.StatusDeclined // once
	meeting.Event.Overrides = []ical.Event{{RecurrenceID: second, Attendees: []ical.Attendee{ann}}}
	fmt.Println(meeting.Status("ann@example.test"))
	fmt.Println(meeting.OccurrenceStatus("ann@example.test", second))
	fmt.Println(meeting.OccurrenceStatus("ann@example.test", start.AddDate(0, 0, 14)))
	// Output:
	// accepted
	// declined
	// accepted
}

func ExampleClient_Respond() {
	var invitation *mime.Message
	clock := &invite.Options{Now: func() time.Time { return time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC) }}
	organizer := invite.New(invite.SenderFunc(func(_ context.Context, m *mime.Message) error {
		invitation = m
		return nil
	}), clock)
	_, err := organizer.Send(context.Background(), ical.Event{
		UID: "review-1", Summary: "Review", Start: time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC),
		Organizer: ical.Person{Email: "desk@example.com"}, Attendees: []ical.Attendee{{Email: "ann@example.test"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	attendee := invite.New(invite.SenderFunc(func(_ context.Context, m *mime.Message) error {
		in, err := invite.Read(strings.NewReader(string(m.Data)), nil)
		fmt.Println(m.From, "to", m.To[0])
		fmt.Println(in.Mail.Subject)
		fmt.Println(in.Reason, "-", in.Attendee.Comment)
		return err
	}), clock)
	in, err := invite.Read(strings.NewReader(string(invitation.Data)), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := attendee.Respond(context.Background(), in, invite.Response{As: "ann@example.test", Status: ical.StatusTentative, Comment: "late, perhaps"}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ann@example.test to desk@example.com
	// Tentative: Review, Tue Mar 2, 9:00 AM
	// ann@example.test answers: tentative - late, perhaps
}
