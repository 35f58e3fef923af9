package roster_test

import (
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
)

func TestIndexOf(t *testing.T) {
	list := people(ann, "Bob@Example.test", bob, "")
	for email, want := range map[string]int{ann: 0, "ANN@example.TEST": 0, bob: 1, eve: -1, "": -1} {
		if got := roster.IndexOf(list, email); got != want {
			t.Errorf("IndexOf(%q) = %d, want %d", email, got, want)
		}
	}
}

func TestAll(t *testing.T) {
	before, after := weekly(override(1, people(ann, eve)...)), weekly(override(1, people(eve)...))
	before.Attendees, after.Attendees = people(bob, ann), people("ANN@example.test", "cy@example.test")
	tests := []struct {
		name     string
		versions []*ical.Event
		want     []string
	}{
		{"the series comes first, then its occurrences", []*ical.Event{before}, []string{bob, ann, eve}},
		{"each is there once, as the first version has them",
			[]*ical.Event{after, before}, []string{"ANN@example.test", "cy@example.test", eve, bob}},
		{"no version", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, a := range roster.All(tt.versions...) {
				got = append(got, a.Email)
			}
			check(t, "All", tt.want, got)
		})
	}
	if got := roster.All(before)[0]; got != &before.Attendees[0] {
		t.Errorf("All = %p, want a pointer into the event's list", got)
	}
}

func TestWithoutAttendees(t *testing.T) {
	e := weekly(override(1, people(eve)...))
	want := weekly(override(1))
	want.Attendees = nil
	check(t, "WithoutAttendees", want, roster.WithoutAttendees(e))
	check(t, "the event", weekly(override(1, people(eve)...)), e)
	if got := roster.WithoutAttendees(nil); got != nil {
		t.Errorf("WithoutAttendees(nil) = %v, want nil", got)
	}
}

func TestForOne(t *testing.T) {
	want := weekly()
	want.Attendees = people(eve)
	a := person(eve, needsAction)
	check(t, "ForOne", want, roster.ForOne(weekly(override(1)), &a))
}

func TestSameInvited(t *testing.T) {
	optional := ical.Attendee{Email: ann, Role: ical.RoleOptional}
	tests := []struct {
		name string
		a, b []ical.Attendee
		want bool
	}{
		{"the order does not count", people(ann, bob), people(bob, ann), true},
		{"answers do not count", people(ann), []ical.Attendee{{Email: ann, Status: declined, Comment: "ill", DelegatedTo: bob}}, true},
		{"case does not count", people(ann), people("Ann@Example.test"), true},
		{"required is the role of attendees who have none", people(ann), []ical.Attendee{{Email: ann, Role: ical.RoleRequired}}, true},
		{"no parameters are as good as an empty map", people(ann), []ical.Attendee{{Email: ann, Params: map[string][]string{}}}, true},
		{"another role counts", people(ann), []ical.Attendee{optional}, false},
		{"another name counts", people(ann), []ical.Attendee{{Email: ann, Name: "Ann"}}, false},
		{"one more counts", people(ann), people(ann, bob), false},
		{"another address counts", people(ann), people(bob), false},
		{"empty lists are equal", nil, []ical.Attendee{}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, "SameInvited(a, b)", tt.want, roster.SameInvited(tt.a, tt.b))
			check(t, "SameInvited(b, a)", tt.want, roster.SameInvited(tt.b, tt.a))
		})
	}
}

func TestSameAddresses(t *testing.T) {
	tests := []struct {
		name          string
		before, after []ical.Attendee
		want          bool
	}{
		{"order, case and names do not count",
			people(ann, bob), []ical.Attendee{{Email: "BOB@example.test"}, {Email: ann, Name: "Ann"}}, true},
		{"one more", people(ann), people(ann, bob), false},
		{"one less", people(ann, bob), people(ann), false},
		{"one instead of another", people(ann, bob), people(ann, eve), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, "SameAddresses", tt.want, roster.SameAddresses(&ical.Event{Attendees: tt.before}, &ical.Event{Attendees: tt.after}))
		})
	}
}

func TestClearAnswers(t *testing.T) {
	said := ical.Attendee{Name: "Ann", Email: ann, Status: accepted, Comment: "yes", DelegatedTo: bob, Role: ical.RoleOptional}
	blank := ical.Attendee{Name: "Ann", Email: ann, Status: needsAction, Role: ical.RoleOptional}
	organizer := person("Desk@Example.test", accepted)
	e := weekly(override(1, said, organizer))
	e.Attendees = []ical.Attendee{said, organizer}
	want := weekly(override(1, blank, organizer))
	want.Attendees = []ical.Attendee{blank, organizer}
	roster.ClearAnswers(e)
	check(t, "ClearAnswers: everybody except the organizer needs action", want, e)
}
