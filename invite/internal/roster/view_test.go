package roster_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
)

func TestView(t *testing.T) {
	single := func(n int, list ...ical.Attendee) *ical.Event {
		e := weekly()
		e.RecurrenceID, e.Start, e.End, e.Recurrence, e.Attendees = week(n), week(n), week(n).Add(time.Hour), nil, list
		return e
	}
	absent := weekly(override(1, people(ann, eve)...))
	absent.Overrides[0].Cancelled = true
	tests := []struct {
		name  string
		e     *ical.Event
		email string
		want  roster.View
	}{
		{"an attendee of the series sees it whole", weekly(), ann, roster.View{Whole: weekly()}},
		{"case does not count", weekly(), "ANN@Example.test", roster.View{Whole: weekly()}},
		{"an override without a list is for everybody", weekly(override(1)), bob, roster.View{Whole: weekly(override(1))}},
		{"an attendee in the override's list sees it", weekly(override(1, people(ann, eve)...)), ann,
			roster.View{Whole: weekly(override(1, people(ann, eve)...))}},
		{"an occurrence without them is cancelled in their view", weekly(override(1, people(ann, eve)...)), bob, roster.View{Whole: absent}},
		{"a guest of single occurrences sees these alone, complete",
			weekly(override(1, people(ann, eve)...), override(2), override(3, people(eve)...)), eve,
			roster.View{Singles: []*ical.Event{single(1, people(ann, eve)...), single(3, people(eve)...)}}},
		{"a cancelled occurrence is not a guest's", weekly(cancelled(1, people(ann, eve)...)), eve, roster.View{}},
		{"a cancelled occurrence stays in the view of the whole", weekly(cancelled(1, people(eve)...)), ann,
			roster.View{Whole: weekly(cancelled(1, people(eve)...))}},
		{"a stranger sees nothing", weekly(override(1, people(ann, eve)...)), "mallory@example.test", roster.View{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			given := tt.e.Clone()
			got := make(roster.Index).View(tt.e, tt.email, counting(tt.e))
			check(t, "View", tt.want, got)
			check(t, "the event", given, *tt.e)
			if got.IsEmpty() != (len(got.Events()) == 0) {
				t.Errorf("IsEmpty = %v, but there are %d events", got.IsEmpty(), len(got.Events()))
			}
		})
	}
	t.Run("equal views share one event", func(t *testing.T) {
		e := weekly(override(1))
		x, s := make(roster.Index), counting(e)
		if a, b := x.View(e, ann, s).Whole, x.View(e, bob, s).Whole; a != e || b != e {
			t.Errorf("View = %p and %p, want the event itself, %p", a, b, e)
		}
	})
	t.Run("a guest sees the answers to the occurrence", func(t *testing.T) {
		e := weekly(override(1, people(ann, eve)...))
		s := counting(e, &roster.Answer{Email: ann, Status: accepted}, &roster.Answer{Email: eve, Status: declined, RecurrenceID: week(1)})
		got := make(roster.Index).View(e, eve, s).Singles[0].Attendees
		check(t, "View", []string{"ann accepted", "eve declined"}, statuses(got))
		check(t, "the event", people(ann, eve), e.Overrides[0].Attendees)
	})
}

func TestViewAt(t *testing.T) {
	e := weekly(override(1, people(ann, eve)...), cancelled(2))
	one := weekly()
	one.RecurrenceID, one.Recurrence = week(1), nil
	tests := []struct {
		name  string
		e     *ical.Event
		email string
		id    time.Time
		want  time.Time // the start of the event; zero for nil
	}{
		{"zero is the whole meeting", e, ann, all, week(0)},
		{"an occurrence of the series", e, ann, week(3), week(3)},
		{"an occurrence with a list of its own", e, ann, week(1), week(1)},
		{"an occurrence without them", e, bob, week(1), all},
		{"a cancelled occurrence", e, ann, week(2), all},
		{"a time that is no occurrence", e, ann, week(1).Add(time.Minute), all},
		{"a guest is not invited to the whole meeting", e, eve, all, all},
		{"a guest sees their occurrence", e, eve, week(1), week(1)},
		{"a guest sees no other", e, eve, week(3), all},
		{"a meeting that is one occurrence is its own whole", one, ann, week(1), week(0)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := counting(tt.e)
			got := make(roster.Index).View(tt.e, tt.email, s).At(tt.e, tt.id, s)
			switch {
			case got == nil:
				check(t, "At", tt.want, time.Time{})
			default:
				check(t, "At", tt.want, got.Start)
			}
		})
	}
}
