package roster_test

import (
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
)

// full returns a record with something in every list.
func full() *roster.Record {
	return &roster.Record{
		Event:     weekly(said(person(ann, accepted)), override(1, person(ann, declined), person(eve, accepted)), cancelled(2), excepted(3)),
		Revised:   2,
		Revisions: []roster.Revision{{RecurrenceID: week(1), Sequence: 3}, {RecurrenceID: week(4), Sequence: 2}},
		Given:     []*roster.Answer{by(bob, yes(1, stamp(0))), to(1, by(eve, no(3, stamp(1)))), by(bob, no(2, stamp(2)))},
		Joined:    []roster.Joined{{RecurrenceID: week(4), Attendee: person("cy@example.test", tentative)}},
	}
}

// TestArgumentsStay calls every function that promises to change nothing, and compares
// the arguments with copies.
func TestArgumentsStay(t *testing.T) {
	other := weekly(override(1, people(bob)...))
	tests := map[string]func(r *roster.Record, a *ical.Attendee){
		"IndexOf":          func(r *roster.Record, a *ical.Attendee) { roster.IndexOf(r.Event.Attendees, a.Email) },
		"All":              func(r *roster.Record, _ *ical.Attendee) { roster.All(r.Event, other) },
		"WithoutAttendees": func(r *roster.Record, _ *ical.Attendee) { roster.WithoutAttendees(r.Event) },
		"ForOne":           func(r *roster.Record, a *ical.Attendee) { roster.ForOne(r.Event, a).Attendees[0].Status = declined },
		"SameAddresses":    func(r *roster.Record, _ *ical.Attendee) { roster.SameAddresses(r.Event, other) },
		"SameInvited":      func(r *roster.Record, _ *ical.Attendee) { roster.SameInvited(r.Event.Attendees, other.Attendees) },
		"HasOwnAttendees":  func(r *roster.Record, _ *ical.Attendee) { roster.HasOwnAttendees(r.Event, week(1)) },
		"Floor":            func(r *roster.Record, a *ical.Attendee) { r.Floor(a.Email, week(1)) },
		"Unsettled":        func(r *roster.Record, _ *ical.Attendee) { r.AnswersOfEvent() },
		"AnswerOf":         func(r *roster.Record, a *ical.Attendee) { r.AnswerOf(a.Email, week(1)) },
		"Filled":           func(r *roster.Record, _ *ical.Attendee) { r.Filled(*r.Event) },
		"Spoken":           func(r *roster.Record, _ *ical.Attendee) { r.OrganizerAnswers(r.Event, stamp(9)) },
		"WithoutRepeated":  func(r *roster.Record, _ *ical.Attendee) { roster.WithoutRepeated(*r.Event, r.Event) },
		"InvitedAnew":      func(r *roster.Record, a *ical.Attendee) { r.InvitedAnew(a.Email, week(1)) },
		"Imported":         func(r *roster.Record, _ *ical.Attendee) { r.ImportedAnswers() },
		"Answers": func(r *roster.Record, a *ical.Attendee) {
			s := r.Counting()
			s.Answer(a.Email, week(1))
			s.Apart(a.Email)
			s.Written(r.Event.Attendees, week(1), desk)
			s.Occurrence(r.Event, week(1))
			s.TakenBack(bob, 4)
			s.UnversionedSequence(a.Email, all)
		},
		"Index": func(r *roster.Record, a *ical.Attendee) {
			x, s := make(roster.Index), r.Counting()
			x.Find(r.Event.Attendees, a.Email)
			x.Attendee(r.Event, eve)
			x.Narrowed(r.Event, a).Overrides[0].Attendees[0].Name = "another"
			for _, email := range []string{ann, bob, eve} {
				x.View(r.Event, email, s).At(r.Event, week(1), s)
			}
		},
	}
	for name, call := range tests {
		t.Run(name, func(t *testing.T) {
			r, a := full(), person(ann, tentative)
			call(r, &a)
			check(t, "the record", full(), r)
			check(t, "the attendee", person(ann, tentative), a)
			check(t, "the other version", weekly(override(1, people(bob)...)), other)
		})
	}
}
