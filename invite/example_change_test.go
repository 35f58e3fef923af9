package invite_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// sent sends the event through a Recorder, which the later calls use too.
func sent(e ical.Event) (*invitetest.Recorder, *invite.Client, *invite.Meeting) {
	r := new(invitetest.Recorder)
	client := invite.New(r, invitetest.Options(nil))
	meeting, err := client.Send(context.Background(), e)
	if err != nil {
		log.Fatal(err)
	}
	r.Reset()
	return r, client, meeting
}

// weeklyLunch is a series of five.
func weeklyLunch() ical.Event {
	e := lunch
	e.Recurrence = &ical.Recurrence{Freq: ical.Weekly, Count: 5, ByDay: []ical.Day{"TU"}}
	return e
}

// printMails says what each mail does.
func printMails(r *invitetest.Recorder) {
	for _, m := range r.Messages() {
		in, err := invite.Read(strings.NewReader(string(m.Data)), nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.To[0], in.Calendar.Method, in.Event.Sequence)
	}
}

// printStarts prints when the occurrences of a series take place.
func printStarts(m *invite.Meeting) {
	var list []string
	for o := range m.Event.Occurrences(time.Time{}, time.Time{}) {
		list = append(list, o.Start.Format("2 Jan 15:04"))
	}
	fmt.Println(strings.Join(list, ", "))
}

func ExampleClient_Update() {
	r, client, meeting := sent(lunch)
	after := meeting.Event.Clone()
	after.Start, after.End = after.Start.Add(time.Hour), after.End.Add(time.Hour)
	after.Attendees = append(after.Attendees[:1], ical.Attendee{Name: "Cat", Email: "cat@example.com"}) // instead of Bob
	if _, err := client.Update(context.Background(), meeting, after); err != nil {
		log.Fatal(err)
	}
	printMails(r)
	// Output:
	// ann@example.com REQUEST 1
	// cat@example.com REQUEST 1
	// bob@example.com CANCEL 1
}

func ExampleClient_Cancel() {
	r, client, meeting := sent(lunch)
	meeting, err := client.Cancel(context.Background(), meeting, invite.Comment("The kitchen is closed."))
	if err != nil {
		log.Fatal(err)
	}
	printMails(r)
	_, err = client.Cancel(context.Background(), meeting)
	fmt.Println(errors.Is(err, invite.ErrCancelled))
	// Output:
	// ann@example.com CANCEL 1
	// bob@example.com CANCEL 1
	// true
}

func ExampleClient_Cancel_occurrence() {
	r, client, meeting := sent(weeklyLunch())
	second := meeting.Event.Start.AddDate(0, 0, 7)
	meeting, err := client.Cancel(context.Background(), meeting, invite.Occurrence(second))
	if err != nil {
		log.Fatal(err)
	}
	printMails(r)
	printStarts(meeting)
	// Output:
	// ann@example.com CANCEL 1
	// bob@example.com CANCEL 1
	// 2 Mar 12:00, 16 Mar 12:00, 23 Mar 12:00, 30 Mar 12:00
}

func ExampleClient_Remind() {
	r, client, meeting := sent(lunch)
	meeting.Event.Attendees[0].Status = ical.Accepted // Ann has answered
	if _, err := client.Remind(context.Background(), meeting); err != nil {
		log.Fatal(err)
	}
	printMails(r)
	// Output:
	// bob@example.com REQUEST 0
}

func ExampleClient_Resume() {
	var r invitetest.Recorder
	r.Fail("bob@example.com", invitetest.Temporary)
	client := invite.New(&r, invitetest.Options(nil))
	meeting, err := client.Send(context.Background(), lunch)
	fmt.Println(err)

	r.Fail("bob@example.com", invitetest.None)
	meeting, err = client.Resume(context.Background(), meeting)
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range meeting.Deliveries {
		fmt.Println(d.To, d.State)
	}
	fmt.Println(len(r.Messages()), "mails in all")
	// Output:
	// invite: bob@example.com: pending: invitetest: bob@example.com: temporary
	// ann@example.com delivered
	// bob@example.com delivered
	// 2 mails in all
}

func ExampleClient_UpdateFollowing() {
	r, client, meeting := sent(weeklyLunch())
	third := meeting.Event.Start.AddDate(0, 0, 14)
	after := meeting.Event.Clone()
	after.Start, after.End = third.Add(time.Hour), third.Add(2*time.Hour)
	old, rest, err := client.UpdateFollowing(context.Background(), meeting, third, after)
	if err != nil {
		log.Fatal(err)
	}
	printMails(r)
	for _, m := range []*invite.Meeting{old, rest} {
		printStarts(m)
	}
	// Output:
	// ann@example.com REQUEST 0
	// bob@example.com REQUEST 0
	// ann@example.com REQUEST 1
	// bob@example.com REQUEST 1
	// 2 Mar 12:00, 9 Mar 12:00
	// 16 Mar 13:00, 23 Mar 13:00, 30 Mar 13:00
}

func ExamplePlanUpdate() {
	_, _, meeting := sent(lunch)
	after := meeting.Event.Clone()
	after.Location = "The park"
	plan, err := invite.PlanUpdate(meeting, after, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range plan.Notices {
		fmt.Println(n.Attendee.Email, n.Method, n.Sequence, n.Reason)
	}
	// Output:
	// ann@example.com REQUEST 1 location is now "The park": needs a new answer
	// bob@example.com REQUEST 1 location is now "The park": needs a new answer
}

func ExamplePlanCancel() {
	_, _, meeting := sent(lunch)
	plan, err := invite.PlanCancel(meeting, invitetest.Options(nil))
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range plan.Notices {
		fmt.Println(n.Attendee.Email, n.Method, n.Sequence, n.Reason)
	}
	// Output:
	// ann@example.com CANCEL 1 the meeting is cancelled
	// bob@example.com CANCEL 1 the meeting is cancelled
}

// A Meeting is kept as JSON, and is the same when it comes back.
func ExampleMeeting() {
	_, client, meeting := sent(lunch)
	data, err := json.Marshal(meeting)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.54s…\n", data)

	again := new(invite.Meeting)
	if err := json.Unmarshal(data, again); err != nil {
		log.Fatal(err)
	}
	again, err = client.Cancel(context.Background(), again)
	fmt.Println(again.Event.Cancelled, err)
	// Output:
	// {"format":1,"event":{"uid":"00000000-0000-4000-8000-00…
	// true <nil>
}
