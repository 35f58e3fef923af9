package invite_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestByHand carries out the steps in testdata/hand.txt, in which answers that did not
// come by mail meet mails.
func TestByHand(t *testing.T) { runSequences(t, "testdata/hand.txt", 30) }

// hand carries out a step that the organizer's side takes.
func (q *sequence) hand(words []string) {
	q.t.Helper()
	v := map[string]string{"at": "10:00"}
	for _, w := range words {
		if name, value, ok := strings.Cut(w, "="); ok {
			v[name] = value
		}
	}
	at, err := time.Parse("2006-01-02 15:04", "2026-11-22 "+v["at"])
	if err != nil {
		q.t.Fatal(err)
	}
	var id time.Time
	if day := v["occ"]; day != "" {
		date, _ := time.Parse(time.DateOnly, day)
		id = date.Add(9 * time.Hour)
	}
	if words[0] == "call" {
		m, o := q.m.Answer(invite.Answer{
			Email: someone(words[1]), Status: ical.Status(words[2]), RecurrenceID: id, Stamp: at, Via: "phone", DelegatedTo: v["dto"],
		})
		if want := words[len(words)-1]; string(o.Verdict) != want {
			q.t.Errorf("%s: %s (%s), want %s", words, o.Verdict, o.Reason, want)
		}
		q.m = m
		return
	}
	after := q.m.Event.Clone()
	changeByHand(&after, words, id)
	c := invite.New(nowhere, &invite.Options{Now: func() time.Time { return at }})
	q.m = must(q.t)(c.Update(context.Background(), q.m, after))
}

// changeByHand changes an event as the words say.
func changeByHand(e *ical.Event, words []string, id time.Time) {
	list := &e.Attendees
	if !id.IsZero() {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: id, Attendees: slices.Clone(e.Attendees)})
		list = &e.Overrides[len(e.Overrides)-1].Attendees
	}
	switch words[0] {
	case "update":
		if words[1] == "location" {
			e.Location += "Room "
		} else {
			e.Summary += "!"
		}
	case "set":
		for i := range *list {
			if a := &(*list)[i]; a.Email == someone(words[1]) {
				a.Status = ical.Status(words[2])
			}
		}
	case "uninvite":
		*list = slices.DeleteFunc(*list, func(a ical.Attendee) bool { return a.Email == someone(words[1]) })
	case "reinvite":
		*list = append(*list, ical.Attendee{Email: someone(words[1]), Status: ical.Status(words[2])})
	}
}
