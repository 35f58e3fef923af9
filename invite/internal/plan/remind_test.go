package plan_test

import (
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
)

// withActions returns the lines of a plan with the action of each notice in front.
func withActions(p *plan.Plan, err error) []string {
	out := result(p, err)
	if err == nil {
		for i := range p.Notices {
			out[i] = string(p.Notices[i].Purpose()) + ": " + out[i]
		}
	}
	return out
}

func TestRemind(t *testing.T) {
	series := weekly(sequence(1), invited(ann, cy), override(1, ann, cy, eve))
	tests := []struct {
		name   string
		m      *plan.Meeting
		emails []string
		want   []string
	}{
		{"attendees who have not answered", meeting(single()), nil, []string{"reminder: cy REQUEST 0 has not answered"}},
		{"the named ones, whatever they answered", meeting(single()), []string{"BOB@example.test", ann}, []string{
			"reminder: ann REQUEST 0 has not answered", "reminder: bob REQUEST 0 has not answered",
		}},
		{"guests of their occurrences", meeting(series), nil, []string{
			"reminder: cy REQUEST 1 has not answered", "reminder: eve REQUEST 1 has not answered on Tue 9 Mar 2027 10:00",
		}},
		{"an attendee whose invitation failed is invited",
			meeting(single(), ledger(request(ann, 0, plan.MailHandedOver), request(cy, 0, plan.MailFailed))), []string{cy},
			[]string{"invitation: cy REQUEST 0 has not answered"}},
		{"an attendee who has not received the last change is told of it",
			meeting(single(summary("Retro"), sequence(1)), versions(single()),
				ledger(request(cy, 0, plan.MailHandedOver), request(cy, 1, plan.MailFailed))), []string{cy},
			[]string{"update: cy REQUEST 1 has not answered"}},
		{"the organizer gets no request", meeting(single(invited(desk, cy)), ledger()), []string{desk}, nil},
		{"a stranger", meeting(single()), []string{eve}, []string{`invite: Attendees: has no "eve@example.test"`}},
		{"an empty address", meeting(single()), []string{""}, []string{`invite: Attendees: has no ""`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same := keep(t, tt.m)
			check(t, "Remind", tt.want, withActions(plan.Remind(tt.m, tt.emails)))
			same()
		})
	}
}

func TestReinvite(t *testing.T) {
	delegate := single(func(e *ical.Event) { e.Attendees[2].DelegatedFrom = bob })
	tests := []struct {
		name   string
		m      *plan.Meeting
		emails []string
		want   []string
	}{
		{"the current version",
			meeting(single(sequence(2))), []string{"Ann@example.test"}, []string{"invitation: ann REQUEST 2 gets the current version"}},
		{"each attendee once", meeting(single()), []string{cy, ann, "CY@example.test"}, []string{
			"invitation: cy REQUEST 0 gets the current version", "invitation: ann REQUEST 0 gets the current version",
		}},
		{"a delegate", meeting(delegate), []string{cy}, []string{"invitation: cy REQUEST 0 comes instead of bob@example.test"}},
		{"a guest gets their occurrences",
			meeting(weekly(override(1, ann, eve))), []string{eve}, []string{"invitation: eve REQUEST 0 gets the current version"}},
		{"an attendee who has not received the last change is told of it",
			meeting(single(summary("Retro"), sequence(1)), versions(single()),
				ledger(request(ann, 0, plan.MailHandedOver), request(ann, 1, plan.MailFailed))), []string{ann},
			[]string{"update: ann REQUEST 1 gets the current version"}},
		{"an attendee whose cancellation is still to be sent is invited",
			meeting(single(sequence(2)), versions(single()), sent(cancel(ann, 1, plan.MailPending))), []string{ann},
			[]string{"invitation: ann REQUEST 2 gets the current version"}},
		{"a stranger", meeting(single()), []string{eve}, []string{`invite: Attendees: has no "eve@example.test"`}},
		{"the organizer", meeting(single(invited(desk, ann))), []string{desk}, []string{`invite: Attendees: has no "desk@example.test"`}},
		{"nobody", meeting(single()), nil, []string{"invite: emails: is empty"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same := keep(t, tt.m)
			check(t, "Reinvite", tt.want, withActions(plan.Reinvite(tt.m, tt.emails)))
			same()
		})
	}
}

func TestDecline(t *testing.T) {
	m := meeting(weekly(sequence(2)))
	same := keep(t, m)
	a := ical.Attendee{Email: ann}
	p := plan.Decline(m, m.Event, &a, "p1")
	same()
	check(t, "Decline", []string{"proposal-declined: ann DECLINECOUNTER 2 proposed another time"}, withActions(p, nil))
	check(t, "Declined", "p1", p.Declined)
	check(t, "the attendees of the object", people(ann), p.Notices[0].Event.Attendees)
}
