package roster_test

import (
	"slices"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
)

func TestIsAnswer(t *testing.T) {
	for status, want := range map[ical.Status]bool{
		accepted: true, declined: true, tentative: true, ical.StatusDelegated: true,
		needsAction: false, "": false, "COMPLETED": false,
	} {
		if got := roster.IsAnswer(status); got != want {
			t.Errorf("IsAnswer(%q) = %v, want %v", status, got, want)
		}
	}
}

func TestPut(t *testing.T) {
	was := ical.Attendee{Name: "Ann", Email: ann, Status: declined, Comment: "ill"}
	tests := []struct {
		name string
		a    *roster.Answer
		want ical.Attendee
	}{
		{"an answer takes the place of the older one", &roster.Answer{Email: ann, Status: ical.StatusDelegated, DelegatedTo: eve},
			ical.Attendee{Name: "Ann", Email: ann, Status: ical.StatusDelegated, DelegatedTo: eve}},
		{"no answer removes it", nil, ical.Attendee{Name: "Ann", Email: ann, Status: needsAction}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := was
			tt.a.Put(&got)
			check(t, "Put", tt.want, got)
			check(t, "StatusOf", tt.want.Status, tt.a.StatusOf())
		})
	}
}

func TestRevise(t *testing.T) {
	at := func(n, sequence int) roster.Revision {
		return roster.Revision{RecurrenceID: week(n), Sequence: sequence}
	}
	everybody := roster.Revision{Sequence: 5}
	guest := roster.Joined{RecurrenceID: week(1), Attendee: person(eve, needsAction)}
	tests := []struct {
		name string
		r    roster.Record
		list []roster.Revision
		want roster.Record
	}{
		{"nothing new", roster.Record{Revised: 2, Revisions: []roster.Revision{at(1, 3)}}, nil,
			roster.Record{Revised: 2, Revisions: []roster.Revision{at(1, 3)}}},
		{"an occurrence asks anew", roster.Record{Revised: 2}, []roster.Revision{at(1, 5)},
			roster.Record{Revised: 2, Revisions: []roster.Revision{at(1, 5)}}},
		{"an occurrence asks anew again", roster.Record{Revisions: []roster.Revision{at(1, 3), at(2, 4)}}, []roster.Revision{at(1, 5)},
			roster.Record{Revisions: []roster.Revision{at(2, 4), at(1, 5)}}},
		{"if everybody is asked anew, the floors of occurrences are dropped",
			roster.Record{Revisions: []roster.Revision{at(1, 3)}}, []roster.Revision{everybody}, roster.Record{Revised: 5}},
		{"the floor of an occurrence with attendees of its own stays",
			roster.Record{Event: weekly(override(1, people(eve)...)), Revisions: []roster.Revision{at(1, 3), at(2, 3)}},
			[]roster.Revision{everybody},
			roster.Record{Revised: 5, Revisions: []roster.Revision{at(1, 3)}}},
		{"an attendee who joined the occurrence is its own",
			roster.Record{Joined: []roster.Joined{guest}, Revisions: []roster.Revision{at(1, 3), at(2, 3)}}, []roster.Revision{everybody},
			roster.Record{Revised: 5, Revisions: []roster.Revision{at(1, 3)}}},
		{"everybody, then an occurrence", roster.Record{Revisions: []roster.Revision{at(2, 3)}}, []roster.Revision{everybody, at(1, 5)},
			roster.Record{Revised: 5, Revisions: []roster.Revision{at(1, 5)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.r.Event == nil {
				tt.r.Event = weekly()
			}
			was := tt.r.Revisions
			list := slices.Clone(was)
			tt.r.Revise(tt.list)
			check(t, "the list that r.Revisions was", list, was)
			check(t, "Revised", tt.want.Revised, tt.r.Revised)
			check(t, "Revisions", tt.want.Revisions, tt.r.Revisions)
		})
	}
}

func TestUnsettled(t *testing.T) {
	status := func(n int, a ical.Attendee) func(*ical.Event) {
		return func(e *ical.Event) { e.Attendees[n] = a }
	}
	says := roster.Answer{Email: ann, Status: accepted, Via: roster.ViaImport}
	late := says
	late.RecurrenceID, late.Status, late.Sequence = week(1), declined, 4
	tests := []struct {
		name string
		r    roster.Record
		want []roster.Answer
	}{
		{"an event without answers", roster.Record{Event: weekly()}, nil},
		{"a status in the event is an answer", roster.Record{Event: weekly(status(0, person(ann, accepted)))}, []roster.Answer{says}},
		{"a status that is none says nothing", roster.Record{Event: weekly(status(0, person(ann, "COMPLETED")))}, nil},
		{"the organizer's own status is no answer", roster.Record{Event: weekly(status(0, person("DESK@example.test", accepted)))}, nil},
		{"an answer that is there settles it",
			roster.Record{Event: weekly(status(0, person(ann, accepted))),
				Given: []*roster.Answer{{Email: "Ann@example.test", Status: declined}}}, nil},
		{"an answer to an occurrence has its floor, so that it counts",
			roster.Record{Event: weekly(override(1, person(ann, declined))), Revised: 2,
				Revisions: []roster.Revision{{RecurrenceID: week(1), Sequence: 4}}},
			[]roster.Answer{late}},
		{"an answer to the series does not settle an answer to an occurrence",
			roster.Record{Event: weekly(override(1, person(ann, declined))), Revised: 4, Given: []*roster.Answer{{Email: ann, Status: declined}}},
			[]roster.Answer{late}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, "Unsettled", tt.want, tt.r.AnswersOfEvent())
			for _, a := range tt.want {
				if got := tt.r.Counting().Status(key(a.Email), a.RecurrenceID); got != a.Status {
					t.Errorf("Status(%s) = %q, want %q", a.Email, got, a.Status)
				}
			}
		})
	}
}

func TestAdmit(t *testing.T) {
	joins := person(eve, tentative)
	listed := override(1, append(people(ann, bob), joins)...)
	tests := []struct {
		name string
		e    *ical.Event
		j    roster.Joined
		want *ical.Event
	}{
		{"an override is made, with the attendees of the series",
			weekly(), roster.Joined{RecurrenceID: week(1), Attendee: joins}, weekly(listed)},
		{"an override without a list gets one", weekly(override(1)), roster.Joined{RecurrenceID: week(1), Attendee: joins}, weekly(listed)},
		{"a list of the occurrence's own gets longer",
			weekly(override(1, people(bob)...)), roster.Joined{RecurrenceID: week(1), Attendee: joins},
			weekly(override(1, append(people(bob), joins)...))},
		{"an attendee of the occurrence stays as they are", weekly(override(1, people("EVE@example.test")...)),
			roster.Joined{RecurrenceID: week(1), Attendee: joins}, weekly(override(1, people("EVE@example.test")...))},
		{"a cancelled occurrence admits nobody",
			weekly(cancelled(1)), roster.Joined{RecurrenceID: week(1), Attendee: joins}, weekly(cancelled(1))},
		{"nor does an excepted one", weekly(excepted(1)), roster.Joined{RecurrenceID: week(1), Attendee: joins}, weekly(excepted(1))},
		{"nor does a time that is no occurrence", weekly(), roster.Joined{RecurrenceID: week(1).Add(time.Hour), Attendee: joins}, weekly()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			series := tt.e.Attendees
			roster.Admit(tt.e, tt.j)
			check(t, "Admit", tt.want, tt.e)
			check(t, "the attendees of the series", people(ann, bob), series)
		})
	}
}
