package plan_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
)

func TestFollowing(t *testing.T) {
	ends := []string{"ann REQUEST 1 the series ends earlier", "cy REQUEST 1 the series ends earlier",
		"bob: the series ends earlier: declined, so nothing to send"}
	begins := []string{"ann REQUEST 0 is invited", "bob REQUEST 0 is invited", "cy REQUEST 0 is invited"}
	later := func(e *ical.Event) { e.Start, e.End = week(3).Add(time.Hour), week(3).Add(2*time.Hour) }
	early := func(e *ical.Event) { e.Start, e.End = week(2), week(2).Add(time.Hour) }
	tests := []struct {
		name    string
		start   time.Time
		after   ical.Event
		old     []string
		rest    []string
		answers []string // of the rest
	}{
		{"the old series ends, and the rest has the answers", week(3), weekly(summary("Retro")), ends, begins,
			[]string{"ann accepted", "bob declined", "cy needs-action"}},
		{"a major change asks everybody about the rest alone", week(3), weekly(later), ends, begins,
			[]string{"ann needs-action", "bob needs-action", "cy needs-action"}},
		{"more occurrences than before need an answer", week(3), weekly(func(e *ical.Event) { e.Recurrence.Count = 5 }), ends, begins,
			[]string{"ann needs-action", "bob needs-action", "cy needs-action"}},
		{"attendees join and leave from there on",
			week(3), weekly(invited(ann, eve)), ends, []string{"ann REQUEST 0 is invited", "eve REQUEST 0 is invited"},
			[]string{"ann accepted", "eve needs-action"}},
		{"a status in the event is an answer to the rest",
			week(3), weekly(invited(cy), func(e *ical.Event) { e.Attendees[0].Status = ical.StatusTentative }),
			ends, []string{"cy REQUEST 0 is invited"}, []string{"cy tentative"}},
		{"overrides go to the side that they are on", week(3), weekly(moved(1), override(4, ann, bob, cy, eve)), ends,
			append(begins[:3:3], "eve REQUEST 0 is invited on Tue 30 Mar 2027 10:00"), []string{"ann accepted", "bob declined", "cy needs-action"}},
		{"from the first occurrence on is an update", week(0), weekly(invited(ann, bob, cy), location("Roof")), []string{
			`ann REQUEST 1 location changed from "Room 1" to "Roof": needs a new answer`,
			`bob REQUEST 1 location changed from "Room 1" to "Roof": needs a new answer`,
			`cy REQUEST 1 location changed from "Room 1" to "Roof": needs a new answer`,
		}, nil, nil},
		{"from no occurrence on", week(3).Add(time.Hour), weekly(), []string{
			"invite: RecurrenceID: the series has no occurrence on Tue 23 Mar 2027 11:00",
		}, nil, nil},
		{"the rest cannot begin before the old series ends", week(3), weekly(early), []string{
			"invite: Start: is not after the last occurrence that stays on Tue 16 Mar 2027 10:00",
		}, nil, nil},
		{"the rest needs an attendee", week(3), weekly(invited(desk)), []string{"invite: Attendees: has nobody but the organizer"}, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := meeting(weekly())
			same := keep(t, m)
			given := tt.after.Clone()
			old, rest, err := plan.Following(m, tt.start, tt.after, options())
			same()
			check(t, "the event given", given, tt.after)
			check(t, "the old series", tt.old, result(old, err))
			if (rest != nil) != (tt.rest != nil) {
				t.Fatalf("the rest is %v, want one: %v", rest, tt.rest != nil)
			}
			if rest != nil {
				check(t, "the rest", tt.rest, lines(rest))
				check(t, "the answers to the rest", tt.answers, statuses(rest.Event.Attendees))
			}
		})
	}
}

// TestFollowingRest checks the new meeting and the attendees and answers that it takes over.
func TestFollowingRest(t *testing.T) {
	joined := func(n int) roster.Joined {
		return roster.Joined{RecurrenceID: week(n), Attendee: ical.Attendee{Email: eve}}
	}
	m := meeting(weekly(), func(m *plan.Meeting) {
		m.Joined = []roster.Joined{joined(1), joined(4)}
		m.Given = []*roster.Answer{
			{Email: ann, Status: ical.StatusAccepted, Sequence: 0, MessageID: "<1@example.test>"},
			{Email: ann, Status: ical.StatusDeclined, RecurrenceID: week(1)},
			{Email: ann, Status: ical.StatusDeclined, RecurrenceID: week(4)},
		}
	})
	_, rest, err := plan.Following(m, week(3), weekly(summary("Retro")), options())
	if err != nil {
		t.Fatal(err)
	}
	want := weekly(summary("Retro"), func(e *ical.Event) {
		e.UID, e.Start, e.End, e.Recurrence.Count = "new", week(3), week(3).Add(time.Hour), 3
		for i := range e.Attendees {
			e.Attendees[i].Status = ical.StatusNeedsAction
		}
	})
	check(t, "Intent", want, rest.Intent)
	check(t, "Joined: attendees of occurrences of the rest", []roster.Joined{joined(4)}, rest.Joined)
	check(t, "Said: answers to the series and to occurrences of the rest, as answers to a new meeting", []roster.Answer{
		{Email: ann, Status: ical.StatusAccepted}, {Email: ann, Status: ical.StatusDeclined, RecurrenceID: week(4)},
	}, rest.OrganizerAnswers)
}
