package plan_test

import (
	"fmt"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
)

// TestRewriter makes the last mail of a ledger again. want names the recipient, the
// purpose, the method, the sequence, the summary of the event, and its summary before.
func TestRewriter(t *testing.T) {
	const (
		failed  = plan.MailFailed
		pending = plan.MailPending
		unknown = plan.MailUnknown
		arrived = plan.MailHandedOver
	)
	was, now := weekly(invited(ann, cy)), weekly(invited(ann, cy), summary("Retro"), sequence(1))
	guests := weekly(invited(ann), override(1, ann, eve))
	cy0 := request(cy, 0, arrived)
	tests := []struct {
		name string
		m    *plan.Meeting
		want string
	}{
		{"an invitation has nothing before it", meeting(was, ledger(request(cy, 0, pending))), `cy invitation REQUEST 0 "Review", was ""`},
		{"an invitation is to the current version",
			meeting(now, versions(was), ledger(request(cy, 0, pending))), `cy invitation REQUEST 0 "Retro", was ""`},
		{"an update has the version before it",
			meeting(now, versions(was), ledger(cy0, request(cy, 1, pending))), `cy update REQUEST 1 "Retro", was "Review"`},
		{"a pending mail has the version that the attendee has",
			meeting(weekly(invited(ann, cy), summary("Third"), sequence(2)), versions(was, now),
				ledger(cy0, request(cy, 1, failed), request(cy, 2, pending))),
			`cy update REQUEST 2 "Third", was "Review"`},
		{"a mail that may have arrived has the version before its change",
			meeting(weekly(invited(ann, cy), summary("Third"), sequence(2)), versions(was, now),
				ledger(cy0, request(cy, 1, failed), request(cy, 2, unknown))),
			`cy update REQUEST 2 "Third", was "Retro"`},
		{"a version that is not kept is unknown",
			meeting(now, ledger(cy0, request(cy, 1, pending))), `cy invitation REQUEST 1 "Retro", was ""`},
		{"a cancellation is about the version that the attendee has",
			meeting(weekly(invited(ann), summary("Third"), sequence(2)), versions(was), ledger(cy0, cancel(cy, 1, pending))),
			`cy cancellation CANCEL 1 "Review", was "Review"`},
		{"or about the current one", meeting(now, ledger(cy0, cancel(cy, 1, pending))), `cy cancellation CANCEL 1 "Retro", was ""`},
		{"an occurrence of a guest", meeting(guests, ledger(at(1, request(eve, 0, pending)))), `eve invitation REQUEST 0 "Review", was ""`},
		{"a refused proposal is for one attendee",
			meeting(now, ledger(plan.Mail{To: cy, Method: ical.MethodDeclineCounter, Sequence: 1,
				Action: plan.ActionProposalDeclined, State: pending})),
			`cy invitation DECLINECOUNTER 1 "Retro", was ""`},
		{"an attendee who has nothing to see any more", meeting(weekly(invited(ann)), ledger(request(cy, 0, pending))), "nothing for cy"},
		{"a cancellation without anything to cancel", meeting(weekly(invited(ann)), ledger(cancel(cy, 1, pending))), "nothing for cy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same := keep(t, tt.m)
			n, ok := plan.NewRewriter(tt.m, plan.Unchanged(tt.m)).Notice(len(tt.m.Mails) - 1)
			same()
			got := "nothing for cy"
			if ok {
				var before string
				if n.Before != nil {
					before = n.Before.Summary
				}
				got = fmt.Sprintf("%s %s %s %d %q, was %q", n.Attendee.Email[:len(n.Attendee.Email)-len("@example.test")],
					n.Purpose(), n.Method, n.Sequence, n.Event.Summary, before)
			}
			check(t, "Notice", tt.want, got)
			if ok && n.Method != ical.MethodRequest {
				check(t, "the attendees of the object", 1, len(n.Event.Attendees))
			}
		})
	}
	t.Run("successive mails that say the same share their content", func(t *testing.T) {
		m := meeting(was, ledger(request(ann, 0, pending), request(cy, 0, pending)))
		w := plan.NewRewriter(m, plan.Unchanged(m))
		a, _ := w.Notice(0)
		c, _ := w.Notice(1)
		if a.Content != c.Content {
			t.Errorf("Notice = %+v and %+v, want one content", a.Content, c.Content)
		}
	})
	t.Run("a mail that may have arrived does not depend on later mails", func(t *testing.T) {
		m := meeting(weekly(invited(ann, cy), sequence(2)), versions(was, now), ledger(cy0, request(cy, 1, unknown), request(cy, 2, failed)))
		n, _ := plan.NewRewriter(m, plan.Unchanged(m)).Notice(1)
		check(t, "the summary before", "Review", n.Before.Summary)
	})
	t.Run("the recipient of an earlier version is the attendee that it had", func(t *testing.T) {
		named := was.Clone()
		named.Attendees[1].Name = "Cy"
		m := meeting(weekly(invited(ann), sequence(1)), versions(named), ledger(cy0, cancel(cy, 1, pending)))
		n, _ := plan.NewRewriter(m, plan.Unchanged(m)).Notice(1)
		check(t, "Attendee", "Cy", n.Attendee.Name)
	})
}
