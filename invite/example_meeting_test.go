package invite_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
)

// sent sends an event through a Recorder. Later calls use the same Recorder.
func sent(e ical.Event) (*invitetest.Recorder, *invite.Client, *invite.Meeting) {
	r := new(invitetest.Recorder)
	client := invite.New(r, invitetest.Options(nil))
	meeting, err := client.Send(context.Background(), e)
	if err != nil {
		log.Fatal(err)
	}
	return r, client, meeting
}

// printMails prints the recipient, the method and the sequence of each mail.
func printMails(list []*mime.Message) {
	for _, m := range list {
		in, err := invite.Read(strings.NewReader(string(m.Data)), nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.To[0], in.Calendar.Method, in.Event.Sequence)
	}
}

// The whole meeting is cancelled if no occurrence is named.
func ExampleClient_Cancel_meeting() {
	r, client, meeting := sent(lunch)
	meeting, err := client.Cancel(context.Background(), meeting, invite.Comment("The kitchen is closed."))
	if err != nil {
		log.Fatal(err)
	}
	printMails(r.Messages()[2:])
	_, err = client.Cancel(context.Background(), meeting)
	fmt.Println(errors.Is(err, invite.ErrCancelled))
	// Output:
	// ann@example.com CANCEL 1
	// bob@example.com CANCEL 1
	// true
}

// The mails are sent after the program has stored the Meeting with its other data.
func ExampleQueueOnly() {
	var r invitetest.Recorder
	meeting, err := invite.New(nil, invitetest.Options(nil)).Send(context.Background(), lunch, invite.QueueOnly())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(meeting.Deliveries[0].State, len(r.Messages()))
	// … commit …
	meeting, err = invite.New(&r, invitetest.Options(nil)).Resume(context.Background(), meeting)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(meeting.Deliveries[0].State, len(r.Messages()))
	// Output:
	// pending 0
	// delivered 2
}

func ExampleMeeting_Tally() {
	r, _, meeting := sent(lunch)
	for email, status := range map[string]ical.Status{"ann@example.com": ical.StatusAccepted, "bob@example.com": ical.StatusDeclined} {
		in, err := invite.Read(bytes.NewReader(r.Reply(email, status, invitetest.ClientThunderbird)), nil)
		if err != nil {
			log.Fatal(err)
		}
		meeting, _ = meeting.Apply(in, nil)
	}
	fmt.Println(meeting.Tally())
	fmt.Println(meeting.Status("bob@example.com"))
	// Output:
	// 1 accepted, 1 declined
	// declined
}

func ExampleClient_PlanCancel() {
	_, _, meeting := sent(lunch)
	plan, err := invite.New(nil, invitetest.Options(nil)).PlanCancel(meeting)
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

// A Meeting is stored as JSON, and is the same after it is read again.
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
	// {"format":2,"event":{"uid":"00000000-0000-4000-8000-00…
	// true <nil>
}
