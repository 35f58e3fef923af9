package roster_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
)

// yes, no and maybe are answers of ann.
func yes(sequence int, at time.Time) *roster.Answer {
	return &roster.Answer{Email: ann, Status: accepted, Sequence: sequence, Stamp: at}
}

func no(sequence int, at time.Time) *roster.Answer {
	return &roster.Answer{Email: ann, Status: declined, Sequence: sequence, Stamp: at}
}

func maybe(sequence int, at time.Time) *roster.Answer {
	return &roster.Answer{Email: ann, Status: tentative, Sequence: sequence, Stamp: at}
}

// to returns the answer as one to an occurrence.
func to(n int, a *roster.Answer) *roster.Answer {
	a.RecurrenceID = week(n)
	return a
}

// by returns the answer as one of another attendee.
func by(email string, a *roster.Answer) *roster.Answer {
	a.Email = email
	return a
}

// TestCounting asks for the status of ann.
func TestCounting(t *testing.T) {
	floor := func(n, sequence int) []roster.Revision {
		return []roster.Revision{{RecurrenceID: week(n), Sequence: sequence}}
	}
	guest := weekly(override(1, person(ann, "")))
	guest.Attendees = people(bob)
	tests := []struct {
		name string
		r    roster.Record
		id   time.Time
		want ical.Status
	}{
		{"nobody has answered", roster.Record{}, all, needsAction},
		{"another attendee has answered", roster.Record{Given: []*roster.Answer{by(bob, yes(0, stamp(0)))}}, all, needsAction},
		{"case does not count", roster.Record{Given: []*roster.Answer{by("ANN@Example.test", yes(0, stamp(0)))}}, all, accepted},
		{"the higher sequence is newer, whatever the time and the arrival",
			roster.Record{Given: []*roster.Answer{yes(2, stamp(0)), no(1, stamp(5))}}, all, accepted},
		{"of equal sequences the later stamp is newer",
			roster.Record{Given: []*roster.Answer{yes(1, stamp(5)), no(1, stamp(0))}}, all, accepted},
		{"of equal stamps the later arrival is newer",
			roster.Record{Given: []*roster.Answer{yes(1, stamp(0)), no(1, stamp(0))}}, all, declined},
		{"needs-action takes an answer back",
			roster.Record{Given: []*roster.Answer{yes(1, stamp(0)), {Email: ann, Status: needsAction, Sequence: 2}}}, all, needsAction},
		{"an answer below the floor does not count", roster.Record{Revised: 2, Given: []*roster.Answer{yes(1, stamp(0))}}, all, needsAction},
		{"an answer at the floor counts", roster.Record{Revised: 2, Given: []*roster.Answer{yes(2, stamp(0))}}, all, accepted},
		{"the series is answered for its occurrences", roster.Record{Given: []*roster.Answer{yes(0, stamp(0))}}, week(1), accepted},
		{"the answer to the occurrence comes before the answer to the series, which is newer",
			roster.Record{Given: []*roster.Answer{to(1, no(0, stamp(0))), yes(3, stamp(5))}}, week(1), declined},
		{"the answer to another occurrence does not count",
			roster.Record{Given: []*roster.Answer{to(2, no(0, stamp(0))), yes(0, stamp(0))}}, week(1), accepted},
		{"the answer to an occurrence does not count for the series",
			roster.Record{Given: []*roster.Answer{to(1, no(0, stamp(0)))}}, all, needsAction},
		{"if the answer to the occurrence is below the floor, the answer to the series counts",
			roster.Record{Revised: 2, Given: []*roster.Answer{to(1, no(1, stamp(0))), yes(2, stamp(0))}}, week(1), accepted},
		{"an occurrence has a floor of its own",
			roster.Record{Revisions: floor(1, 3), Given: []*roster.Answer{to(1, no(2, stamp(0))), yes(2, stamp(0))}}, week(1), needsAction},
		{"it is not a floor of the series", roster.Record{Revisions: floor(1, 3), Given: []*roster.Answer{yes(2, stamp(0))}}, all, accepted},
		{"it is not a floor of other occurrences",
			roster.Record{Revisions: floor(1, 3), Given: []*roster.Answer{yes(2, stamp(0))}}, week(2), accepted},
		{"an attendee of single occurrences is not asked anew by a change of the series",
			roster.Record{Event: guest, Revised: 3, Given: []*roster.Answer{to(1, yes(1, stamp(0)))}}, week(1), accepted},
		{"a change of the occurrence asks them anew",
			roster.Record{Event: guest, Revisions: floor(1, 3), Given: []*roster.Answer{to(1, yes(1, stamp(0)))}}, week(1), needsAction},
		{"a status in the event counts", roster.Record{Event: weekly(override(1, person(ann, tentative)))}, week(1), tentative},
		{"every given answer is newer than a status in the event",
			roster.Record{Event: weekly(override(1, person(ann, tentative))), Given: []*roster.Answer{to(1, no(0, time.Time{}))}},
			week(1), declined},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.r.Event == nil {
				tt.r.Event = weekly()
			}
			check(t, "Status", tt.want, tt.r.Counting().Status(ann, tt.id))
			check(t, "AnswerOf", tt.want, tt.r.AnswerOf("Ann@example.test", tt.id).StatusOf())
		})
	}
}

// TestAnswersAgree compares the two ways to find a floor and an answer, for records
// at random.
func TestAnswersAgree(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	emails := []string{ann, bob, eve}
	when := func() time.Time {
		if n := rnd.IntN(4); n > 0 {
			return week(n)
		}
		return all
	}
	for range 500 {
		r := roster.Record{Event: weekly(override(1, person(eve, accepted), person(ann, declined))), Revised: rnd.IntN(4)}
		for range rnd.IntN(4) {
			r.Revisions = append(r.Revisions, roster.Revision{RecurrenceID: week(1 + rnd.IntN(3)), Sequence: rnd.IntN(4)})
		}
		for i := range rnd.IntN(8) {
			r.Given = append(r.Given, &roster.Answer{
				Email: emails[rnd.IntN(3)], RecurrenceID: when(), Sequence: rnd.IntN(4), Stamp: stamp(rnd.IntN(3)),
				Status: []ical.Status{accepted, declined, needsAction}[rnd.IntN(3)], Comment: fmt.Sprint(i),
			})
		}
		s := r.Counting()
		for _, email := range emails {
			for n := range 4 {
				id := []time.Time{all, week(1), week(2), week(3)}[n]
				check(t, "Floor", r.Floor(email, id), s.Floor(email, id))
				check(t, "Answer", r.AnswerOf(email, id), s.Answer(email, id))
			}
		}
		if t.Failed() {
			t.Fatalf("record %+v", r)
		}
	}
}

func TestNewestAndApart(t *testing.T) {
	r := roster.Record{Event: weekly(), Revised: 5, Revisions: []roster.Revision{{RecurrenceID: week(3), Sequence: 1}},
		Given: []*roster.Answer{to(2, no(1, stamp(0))), to(1, yes(1, stamp(0))), to(1, no(0, stamp(0)))}}
	s := r.Counting()
	check(t, "Newest is found, whether it counts or not", r.Given[1], s.Newest(ann, week(1)))
	check(t, "Newest for the whole meeting", (*roster.Answer)(nil), s.Newest(ann, all))
	check(t, "Apart: the occurrences answered alone, and those asked anew", []time.Time{week(1), week(2), week(3)}, s.Apart(ann))
	check(t, "Apart of an attendee without answers", []time.Time{week(3)}, s.Apart(bob))
	check(t, "Apart if no occurrence was asked anew", []time.Time(nil), counting(weekly(), yes(0, stamp(0))).Apart(ann))
}

func TestWritten(t *testing.T) {
	list := []ical.Attendee{person(desk, tentative), person(ann, accepted), {Email: bob}}
	tests := []struct {
		name  string
		given []*roster.Answer
		want  []string // nil if the list itself is returned
	}{
		{"a status without an answer is removed", nil, []string{"desk tentative", "ann needs-action", "bob "}},
		{"the list itself is returned if it says all", []*roster.Answer{yes(0, stamp(0))}, nil},
		{"another answer is written", []*roster.Answer{no(0, stamp(0))}, []string{"desk tentative", "ann declined", "bob "}},
		{"the answer to the occurrence is written",
			[]*roster.Answer{yes(0, stamp(0)), to(1, no(0, stamp(0)))}, []string{"desk tentative", "ann declined", "bob "}},
		{"the organizer's own status stays", []*roster.Answer{yes(0, stamp(0)), by("Desk@example.test", no(0, stamp(0)))}, nil},
		{"another comment is written",
			[]*roster.Answer{{Email: ann, Status: accepted, Comment: "late"}}, []string{"desk tentative", "ann accepted", "bob "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			given := append([]ical.Attendee(nil), list...)
			got := counting(weekly(), tt.given...).Written(given, week(1), desk)
			check(t, "the list", list, given)
			switch same := &got[0] == &given[0]; {
			case same != (tt.want == nil):
				t.Errorf("Written returned the list itself: %v, want %v", same, !same)
			case !same:
				check(t, "Written", tt.want, statuses(got))
			}
		})
	}
	check(t, "Written of an empty list", []ical.Attendee(nil), counting(weekly()).Written(nil, all, desk))
}

func TestAnswersOccurrence(t *testing.T) {
	e := weekly(cancelled(2))
	s := counting(e, yes(0, stamp(0)), to(1, no(0, stamp(0))))
	check(t, "an occurrence has the answers to it", []string{"ann declined", "bob needs-action"}, statuses(s.Occurrence(e, week(1)).Attendees))
	check(t, "the others have the answers to the series", []string{"ann accepted", "bob needs-action"},
		statuses(s.Occurrence(e, week(3)).Attendees))
	check(t, "a cancelled occurrence is nil", (*ical.Event)(nil), s.Occurrence(e, week(2)))
	check(t, "the event", weekly(cancelled(2)), e)
}

// TestFill fills a series for ann and bob. want are the lists of the series and of its
// overrides.
func TestFill(t *testing.T) {
	everybody := override(1, people(ann, bob)...)
	tests := []struct {
		name string
		r    roster.Record
		want [][]string
	}{
		{"the series has the answers to it", roster.Record{Event: weekly(), Given: []*roster.Answer{yes(0, stamp(0))}},
			[][]string{{"ann accepted", "bob needs-action"}}},
		{"an override without a list stays without", roster.Record{Event: weekly(override(1)), Given: []*roster.Answer{yes(0, stamp(0))}},
			[][]string{{"ann accepted", "bob needs-action"}, nil}},
		{"the answer to one date is not shown to the others",
			roster.Record{Event: weekly(everybody), Given: []*roster.Answer{yes(0, stamp(0)), to(1, no(0, stamp(0)))}},
			[][]string{{"ann accepted", "bob needs-action"}, {"ann accepted", "bob needs-action"}}},
		{"a guest of the occurrence has no other answer, so it is shown",
			roster.Record{Event: weekly(override(1, people(ann, eve)...)), Given: []*roster.Answer{by(eve, to(1, no(0, stamp(0))))}},
			[][]string{{"ann needs-action", "bob needs-action"}, {"ann needs-action", "eve declined"}}},
		{"an occurrence that asked anew shows that the others have to answer",
			roster.Record{Event: weekly(override(1)), Given: []*roster.Answer{yes(0, stamp(0))},
				Revisions: []roster.Revision{{RecurrenceID: week(1), Sequence: 1}}},
			[][]string{{"ann accepted", "bob needs-action"}, {"ann needs-action", "bob needs-action"}}},
		{"an attendee who joined an occurrence stands in an override of it",
			roster.Record{Event: weekly(), Joined: []roster.Joined{{RecurrenceID: week(2), Attendee: person(eve, needsAction)}},
				Given: []*roster.Answer{by(eve, to(2, yes(0, stamp(0))))}},
			[][]string{{"ann needs-action", "bob needs-action"}, {"ann needs-action", "bob needs-action", "eve accepted"}}},
		{"the organizer's own status stays",
			roster.Record{Event: weekly(func(e *ical.Event) { e.Attendees[1] = person(desk, tentative) }, override(1, person(desk, accepted)))},
			[][]string{{"ann needs-action", "desk tentative"}, {"desk accepted"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			given := tt.r.Event.Clone()
			filled := tt.r.Filled(*tt.r.Event)
			got := [][]string{statuses(filled.Attendees)}
			for _, o := range filled.Overrides {
				got = append(got, statuses(o.Attendees))
			}
			check(t, "Filled", tt.want, got)
			check(t, "the event", given, *tt.r.Event)
		})
	}
}
