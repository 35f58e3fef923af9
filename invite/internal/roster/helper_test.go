package roster_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
)

const (
	desk = "desk@example.test" // the organizer
	ann  = "ann@example.test"
	bob  = "bob@example.test"
	eve  = "eve@example.test"
)

const (
	needsAction = ical.StatusNeedsAction
	accepted    = ical.StatusAccepted
	declined    = ical.StatusDeclined
	tentative   = ical.StatusTentative
)

// all names the whole meeting.
var all time.Time

// week returns the original start of an occurrence of [weekly], 0 for the first.
func week(n int) time.Time { return time.Date(2027, 3, 2+7*n, 10, 0, 0, 0, time.UTC) }

// stamp returns a time of an answer.
func stamp(minute int) time.Time { return time.Date(2027, 2, 1, 9, minute, 0, 0, time.UTC) }

// weekly returns a series of six occurrences for ann and bob.
func weekly(changes ...func(*ical.Event)) *ical.Event {
	e := &ical.Event{
		UID: "weekly", Summary: "Stand-up", Start: week(0), End: week(0).Add(time.Hour), Organizer: ical.Person{Email: desk},
		Attendees: people(ann, bob), Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6},
	}
	for _, change := range changes {
		change(e)
	}
	return e
}

// people returns attendees who have not answered.
func people(emails ...string) (list []ical.Attendee) {
	for _, email := range emails {
		list = append(list, person(email, needsAction))
	}
	return list
}

func person(email string, status ical.Status) ical.Attendee {
	return ical.Attendee{Email: email, Status: status}
}

// override adds an override with a list of attendees of its own, if there are any.
func override(n int, list ...ical.Attendee) func(*ical.Event) {
	return func(e *ical.Event) {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: week(n), Attendees: list})
	}
}

// cancelled cancels an occurrence that has a list of its own.
func cancelled(n int, list ...ical.Attendee) func(*ical.Event) {
	return func(e *ical.Event) {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: week(n), Attendees: list, Cancelled: true})
	}
}

// excepted excepts an occurrence.
func excepted(n int) func(*ical.Event) {
	return func(e *ical.Event) { e.Recurrence.Except = append(e.Recurrence.Except, week(n)) }
}

// counting returns the answers that count of a record.
func counting(e *ical.Event, given ...*roster.Answer) *roster.Answers {
	return (&roster.Record{Event: e, Given: given}).Counting()
}

// statuses returns the attendees of a list as "name status".
func statuses(list []ical.Attendee) (out []string) {
	for _, a := range list {
		name, _, _ := strings.Cut(a.Email, "@")
		out = append(out, name+" "+string(a.Status))
	}
	return out
}

// check compares a result. Nil equals an empty list.
func check(t *testing.T, call string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", call, diff)
	}
}

func key(email string) string { return address.Key(email) }
