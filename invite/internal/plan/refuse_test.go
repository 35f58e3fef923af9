package plan_test

import (
	"errors"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
)

func TestRefuse(t *testing.T) {
	var all time.Time
	series := weekly(invited(ann), override(1, ann, cy), moved(2), cancelled(3))
	tests := []struct {
		name  string
		m     *plan.Meeting
		email string
		start time.Time
		want  []string
	}{
		{"the meeting", meeting(single(sequence(4))), eve, all, []string{"refusal: eve CANCEL 5 is not invited"}},
		{"a series", meeting(weekly()), eve, all, []string{"refusal: eve CANCEL 1 is not invited"}},
		{"an occurrence", meeting(weekly()), eve, week(1), []string{"refusal: eve CANCEL 1 is not invited on Tue 9 Mar 2027 10:00"}},
		{"an occurrence with attendees of its own", meeting(series), eve, week(1), []string{"refusal: eve CANCEL 1 is not invited on Tue 9 Mar 2027 10:00"}},
		{"a moved occurrence, by its original start", meeting(series), eve, week(2), []string{"refusal: eve CANCEL 1 is not invited on Tue 16 Mar 2027 10:00"}},
		{"a cancelled occurrence", meeting(series), eve, week(3), []string{"refusal: eve CANCEL 1 is not invited on Tue 23 Mar 2027 10:00"}},
		{"an occurrence that the guest of another one is not invited to", meeting(series), cy, week(2), []string{"refusal: cy CANCEL 1 is not invited on Tue 16 Mar 2027 10:00"}},
		{"the occurrence of a guest", meeting(series), cy, week(1), []string{`invite: email: "cy@example.test" is invited: use Update to remove an attendee`}},
		{"the series of a guest", meeting(series), cy, all, []string{`invite: email: "cy@example.test" is invited: use Update to remove an attendee`}},
		{"an attendee", meeting(single()), "ANN@example.test", all, []string{`invite: email: "ANN@example.test" is invited: use Update to remove an attendee`}},
		{"the organizer", meeting(single()), desk, all, []string{`invite: email: "desk@example.test" is the organizer`}},
		{"no occurrence", meeting(weekly()), eve, week(1).Add(time.Hour), []string{"invite: RecurrenceID: the series has no occurrence on Tue 9 Mar 2027 11:00"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same := keep(t, tt.m)
			p, err := plan.Refuse(tt.m, tt.email, tt.start)
			check(t, "Refuse", tt.want, withActions(p, err))
			same()
			if err != nil {
				return
			}
			check(t, "Intent.Sequence", tt.m.Event.Sequence+1, p.Intent.Sequence)
			check(t, "Overtakes", map[string]bool(nil), p.Overtakes)
			n := p.Notices[0]
			check(t, "the attendees of the object", []string{tt.email}, []string{n.Event.Attendees[0].Email})
			if len(n.Event.Attendees) != 1 || n.Event.Location != "" || len(n.Event.Overrides) > 0 || !n.Event.Cancelled || n.Before != nil {
				t.Errorf("the object = %+v, want title and time alone", n.Event)
			}

			later := meeting(*tt.m.Event, sent(plan.Mail{To: tt.email, Method: ical.MethodCancel, Sequence: n.Sequence,
				RecurrenceID: tt.start, Action: plan.ActionRefusal, State: plan.MailPending}))
			again, ok := plan.NewRewriter(later, plan.Unchanged(later)).Notice(len(later.Mails) - 1)
			if !ok {
				t.Fatal("the mail cannot be made again")
			}
			check(t, "the object made again", n.Event, again.Event)
		})
	}
	if _, err := plan.Remind(meeting(single()), []string{eve}); !errors.Is(err, plan.ErrNotInvited) {
		t.Errorf("Remind of a stranger = %v, want ErrNotInvited", err)
	}
	if _, err := plan.Reinvite(meeting(single()), []string{eve}); !errors.Is(err, plan.ErrNotInvited) {
		t.Errorf("Reinvite of a stranger = %v, want ErrNotInvited", err)
	}
	elsewhere := meeting(single(invited(ann)), ledger(plan.Mail{To: eve, Method: ical.MethodCancel, Sequence: 1, Action: plan.ActionRefusal, State: plan.MailHandedOver}))
	check(t, "a change of a meeting that came from elsewhere, after a refusal",
		[]string{`ann REQUEST 1 summary changed from "Review" to "Retro"`}, result(plan.Update(elsewhere, single(invited(ann), summary("Retro")), options())))
	gone := meeting(single(), sent(plan.Mail{To: eve, Method: ical.MethodCancel, RecurrenceID: week(1), Action: plan.ActionRefusal, State: plan.MailPending}))
	if _, ok := plan.NewRewriter(gone, plan.Unchanged(gone)).Notice(len(gone.Mails) - 1); ok {
		t.Error("the refusal of an occurrence that the meeting does not have any more is made again")
	}
}
