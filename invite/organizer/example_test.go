package organizer_test

import (
	"context"
	"fmt"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

// A meeting lies in the organizer's calendar. The organizer moves it there with another
// program, and the attendees get an update.
func ExampleSync() {
	ctx := context.Background()
	calendar := new(organizertest.Memory) // or caldav.Open(…)
	c := client()
	meeting, err := c.Send(ctx, single())
	if err != nil {
		fmt.Println(err)
		return
	}
	entry, _, err := organizer.Sync(ctx, calendar, meeting, organizer.Object{})
	if err != nil {
		fmt.Println(err)
		return
	}

	err = calendar.Edit(meeting.Event.UID, func(e *ical.Event) {
		e.Start, e.End = at(3, 1, 14), at(3, 1, 15)
		e.Attendees[0].Status = ical.StatusAccepted // the answer went to the organizer's mailbox
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	entry, drift, err := organizer.Sync(ctx, calendar, meeting, entry)
	if err != nil || drift == nil {
		fmt.Println(err)
		return
	}
	for _, change := range drift.Changes {
		fmt.Printf("%s %s: %s, was %s\n", change.Field, change.Attendee, change.After, change.Before)
	}
	for _, a := range drift.Answers() {
		meeting, _ = meeting.Answer(a)
	}
	after := meeting.Event.Clone()
	if err := drift.Update(&after); err != nil {
		fmt.Println(err)
		return
	}
	if meeting, err = c.Update(ctx, meeting, after); err != nil {
		fmt.Println(err)
		return
	}
	_, drift, err = organizer.Sync(ctx, calendar, meeting, entry)
	fmt.Println(meeting.Event.Start.Format("15:04"), drift, err)
	// Output:
	// time : 2027-03-01 14:00 to 15:00 Europe/Berlin, was 2027-03-01 10:00 to 11:00 Europe/Berlin
	// status bob@example.com: accepted, was needs-action
	// 14:00 <nil> <nil>
}

// A program that can be killed stores the Object before the call too.
func ExampleObject_Trying() {
	ctx := context.Background()
	calendar := new(organizertest.Memory)
	meeting, err := client().Send(ctx, single())
	if err != nil {
		fmt.Println(err)
		return
	}
	store := func(organizer.Object) {}
	entry, err := organizer.Object{}.Trying(meeting)
	if err != nil {
		fmt.Println(err)
		return
	}
	store(entry)
	entry, _, err = organizer.Sync(ctx, calendar, meeting, entry)
	store(entry)
	fmt.Println(len(entry.Tried), err)
	// Output:
	// 0 <nil>
}
