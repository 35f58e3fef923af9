package organizertest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

// review returns a meeting that was sent.
func review() *invite.Meeting {
	meeting, err := invite.New(new(invitetest.Recorder), invitetest.Options(nil)).Send(context.Background(), ical.Event{
		Summary: "Review", TimeZone: "Europe/Berlin",
		Start:     time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC),
		End:       time.Date(2027, 3, 2, 10, 0, 0, 0, time.UTC),
		Organizer: ical.Person{Email: "olga@example.com"},
		Attendees: []ical.Attendee{{Email: "ann@example.com"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	return meeting
}

// The organizer renames the entry, and the program hears of it.
func ExampleMemory() {
	ctx := context.Background()
	var calendar organizertest.Memory
	meeting := review()
	entry, _, err := organizer.Sync(ctx, &calendar, meeting, organizer.Object{})
	if err != nil {
		log.Fatal(err)
	}
	err = calendar.Edit(meeting.Event.UID, func(e *ical.Event) { e.Summary = "Review of the plan" })
	if err != nil {
		log.Fatal(err)
	}
	_, drift, err := organizer.Sync(ctx, &calendar, meeting, entry)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range drift.Changes {
		fmt.Printf("%s: %q is now %q\n", c.Field, c.Before, c.After)
	}
	fmt.Printf("%+v, %d mails\n", calendar.Calls(), calendar.Mails())
	// Output:
	// summary: "Review" is now "Review of the plan"
	// {Gets:2 Puts:1 Deletes:0}, 0 mails
}

// The reply to a change is lost, so the program does not know whether it was made.
func ExampleMemory_LoseReplies() {
	ctx := context.Background()
	var calendar organizertest.Memory
	calendar.LoseReplies(1)
	meeting := review()
	entry, _, err := organizer.Sync(ctx, &calendar, meeting, organizer.Object{})
	fmt.Println(errors.Is(err, organizertest.ErrLost), len(calendar.Entries()))
	entry, drift, err := organizer.Sync(ctx, &calendar, meeting, entry)
	fmt.Println(err, drift == nil, len(calendar.Entries()), entry.Tag)
	// Output:
	// true 1
	// <nil> true 1 tag-1
}

// The server is down for a while.
func ExampleMemory_Fail() {
	ctx := context.Background()
	var calendar organizertest.Memory
	meeting := review()
	calendar.Fail(organizertest.ErrDown)
	entry, _, err := organizer.Sync(ctx, &calendar, meeting, organizer.Object{})
	fmt.Println(err)
	calendar.Fail(nil)
	_, _, err = organizer.Sync(ctx, &calendar, meeting, entry)
	fmt.Println(err, len(calendar.Entries()))
	// Output:
	// organizertest: the server does not answer
	// <nil> 1
}

// myCalendar is an adapter for a server, with a server of its tests.
type myCalendar struct{ organizertest.Memory }

// The server of myCalendar drops alarms.
func newMyCalendar() *myCalendar {
	c := new(myCalendar)
	c.Rewrite = func(data []byte) []byte {
		before, rest, _ := bytes.Cut(data, []byte("BEGIN:VALARM"))
		_, after, found := bytes.Cut(rest, []byte("END:VALARM\r\n"))
		if !found {
			return data
		}
		return append(bytes.Clone(before), after...)
	}
	return c
}

// TestMyCalendar is the test of an adapter.
func TestMyCalendar(t *testing.T) {
	calendar := newMyCalendar()
	organizertest.TestCalendar(t, organizertest.Place{
		Open:      func(t *testing.T) organizer.Calendar { return calendar },
		Organizer: ical.Person{Name: "Olga", Email: "olga@example.com"},
		Mails:     calendar.Mails,
		LoseReply: func() { calendar.LoseReplies(1) },
		Lacks:     []string{organizertest.LackAlarms},
	})
}

// An adapter's test opens a calendar on a test server. The rule Alarms is skipped, and
// the test says why.
func ExampleTestCalendar() {
	var t *testing.T // the argument of the test
	calendar := newMyCalendar()
	organizertest.TestCalendar(t, organizertest.Place{
		Open:      func(t *testing.T) organizer.Calendar { return calendar },
		Mails:     calendar.Mails,
		LoseReply: func() { calendar.LoseReplies(1) },
		Lacks:     []string{organizertest.LackAlarms},
	})
}
