package plan_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
)

// TestHistory changes a meeting whose mails to cy did not all arrive. cy is told the
// difference to the version that they have.
func TestHistory(t *testing.T) {
	const (
		failed  = plan.MailFailed
		pending = plan.MailPending
		unknown = plan.MailUnknown
		arrived = plan.MailHandedOver
	)
	only := invited(cy)
	cy0, cy1 := request(cy, 0, arrived), request(cy, 1, failed)
	answered := func(m *plan.Meeting) {
		m.Given = append(m.Given, &roster.Answer{Email: cy, Status: ical.StatusAccepted, MessageID: "<1@example.test>"})
	}
	called := func(m *plan.Meeting) {
		m.Given = append(m.Given, &roster.Answer{Email: cy, Status: ical.StatusAccepted, Via: "phone", MessageID: "call 1"})
	}
	tests := []struct {
		name  string
		m     *plan.Meeting
		after ical.Event
		want  []string
	}{
		{"the last mail failed: both changes are told",
			meeting(single(only, summary("Retro"), sequence(1)), versions(single(only)), ledger(cy0, cy1)),
			single(only, summary("Retro"), location("Roof")),
			[]string{`cy REQUEST 2 summary changed from "Review" to "Retro"; location changed from "Room 1" to "Roof": needs a new answer`}},
		{"the change goes back to the version that cy has: nothing to tell",
			meeting(single(only, summary("Retro"), sequence(1)), versions(single(only)), ledger(cy0, cy1)), single(only), nil},
		{"a mail that may have arrived counts as received",
			meeting(single(only, summary("Retro"), sequence(1)), versions(single(only)), ledger(cy0, request(cy, 1, unknown))),
			single(only, summary("Retro"), location("Roof")),
			[]string{`cy REQUEST 2 location changed from "Room 1" to "Roof": needs a new answer`}},
		{"a mail that is being handed over, too",
			meeting(single(only, summary("Retro"), sequence(1)), versions(single(only)), ledger(cy0, request(cy, 1, plan.MailSending))),
			single(only, summary("Retro"), location("Roof")),
			[]string{`cy REQUEST 2 location changed from "Room 1" to "Roof": needs a new answer`}},
		{"a mail that waits does not count",
			meeting(single(only, summary("Retro"), sequence(1)), versions(single(only)), ledger(cy0, request(cy, 1, pending))),
			single(only, summary("Retro"), location("Roof")),
			[]string{`cy REQUEST 2 summary changed from "Review" to "Retro"; location changed from "Room 1" to "Roof": needs a new answer`}},
		{"a later mail pays the debt",
			meeting(single(only, summary("Retro"), sequence(2)), versions(single(only)), ledger(cy0, cy1, request(cy, 2, arrived))),
			single(only, summary("Retro"), location("Roof")),
			[]string{`cy REQUEST 3 location changed from "Room 1" to "Roof": needs a new answer`}},
		{"a version that is not kept is the current one",
			meeting(single(only, summary("Retro"), sequence(1)), ledger(cy0, cy1)), single(only, summary("Retro"), location("Roof")),
			[]string{`cy REQUEST 2 location changed from "Room 1" to "Roof": needs a new answer`}},
		{"a failed reminder owes nothing",
			meeting(single(only, summary("Retro"), sequence(1)), versions(single(only)), ledger(cy0, request(cy, 1, arrived),
				plan.Mail{To: cy, Method: ical.MethodRequest, Sequence: 1, Action: plan.ActionReminder, State: failed})),
			single(only, summary("Retro"), location("Roof")),
			[]string{`cy REQUEST 2 location changed from "Room 1" to "Roof": needs a new answer`}},
		{"the invitation never arrived: cy is invited", meeting(single(only), ledger(request(cy, 0, failed))), single(only, summary("Retro")),
			[]string{"cy REQUEST 1 is invited"}},
		{"no mail was made for cy: a removal needs none, either", meeting(single(only), ledger(request(ann, 0, arrived))), single(invited()),
			[]string{"cy: is no longer invited: no invitation has gone out, so nothing to send"}},
		{"the invitation failed: a removal says why nothing is sent", meeting(single(only), ledger(request(cy, 0, failed))), single(invited()),
			[]string{"cy: is no longer invited: no invitation has gone out, so nothing to send"}},
		{"the invitation to an occurrence failed: the same",
			meeting(weekly(invited(ann), override(1, ann, eve)), ledger(request(ann, 0, arrived), at(1, request(eve, 0, failed)))),
			weekly(invited(ann), override(1, ann)),
			[]string{"eve: is no longer invited: no invitation has gone out, so nothing to send"}},
		{"the cancellation arrived before: a removal says nothing",
			meeting(single(only, sequence(1)), ledger(cy0, cancel(cy, 1, arrived))), single(invited()), nil},
		{"an answer shows that cy has an invitation, by another way",
			meeting(single(only), ledger(request(cy, 0, failed)), answered), single(only, summary("Retro")),
			[]string{`cy REQUEST 1 summary changed from "Review" to "Retro"`}},
		{"an answer by telephone does not show that, even if it names the call",
			meeting(single(only), ledger(request(cy, 0, failed)), called), single(only, summary("Retro")),
			[]string{"cy REQUEST 1 is invited"}},
		{"a cancellation that arrived ends it: cy is invited again",
			meeting(single(invited(ann), sequence(1)), ledger(request(ann, 0, arrived), cy0, cancel(cy, 1, arrived))), single(invited(ann, cy)),
			[]string{"cy REQUEST 2 is invited", "ann: only the list of attendees changed: nothing to send"}},
		{"an answer from before the cancellation does not show the invitation after it",
			meeting(single(only, sequence(2)), ledger(cy0, cancel(cy, 1, arrived), request(cy, 2, failed)), answered),
			single(only, summary("Retro")),
			[]string{"cy REQUEST 3 is invited"}},
		{"a cancellation that failed does not end it: cy is told what changed",
			meeting(single(invited(ann), sequence(1)), versions(single(invited(ann, cy))),
				ledger(request(ann, 0, arrived), cy0, cancel(cy, 1, failed))),
			single(invited(ann, cy), summary("Retro")),
			[]string{`ann REQUEST 2 summary changed from "Review" to "Retro"`, `cy REQUEST 2 summary changed from "Review" to "Retro"`}},
		{"a refused proposal changes nothing",
			meeting(single(only), ledger(cy0, plan.Mail{To: cy, Method: ical.MethodDeclineCounter, State: failed})), single(only, summary("Retro")),
			[]string{`cy REQUEST 1 summary changed from "Review" to "Retro"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same := keep(t, tt.m)
			check(t, "Update", tt.want, result(plan.Update(tt.m, tt.after, options())))
			same()
		})
	}
}

// TestHistoryOfOccurrences does the same with mails about single occurrences.
func TestHistoryOfOccurrences(t *testing.T) {
	const (
		failed  = plan.MailFailed
		arrived = plan.MailHandedOver
	)
	only := invited(cy)
	cy0 := request(cy, 0, arrived)
	alone := plan.Mail{To: cy, Method: ical.MethodRequest, State: arrived}
	moves := func(n int) string {
		day := week(n).Format("Mon 2 Jan 2006 15:04")
		return "on " + day + ": start moved from " + day + " to " + week(n).Add(time.Hour).Format("Mon 2 Jan 2006 15:04")
	}
	tests := []struct {
		name  string
		m     *plan.Meeting
		after ical.Event
		want  []string
	}{
		{"the mail about an occurrence failed: it is told with the next change",
			meeting(weekly(only, moved(1), sequence(1)), versions(weekly(only)), ledger(cy0, at(1, request(cy, 1, failed)))),
			weekly(only, moved(1), summary("Retro")),
			[]string{`cy REQUEST 2 summary changed from "Review" to "Retro"; ` + moves(1) + ": needs a new answer"}},
		{"the mail about another occurrence failed, and this one arrived",
			meeting(weekly(only, moved(1), moved(2), sequence(2)), versions(weekly(only), weekly(only, moved(1), sequence(1))),
				ledger(cy0, at(1, request(cy, 1, failed)), at(2, request(cy, 2, arrived)))),
			weekly(only, moved(1), moved(2), summary("Retro")),
			[]string{`cy REQUEST 3 summary changed from "Review" to "Retro"; ` + moves(1) + ": needs a new answer"}},
		{"the mail about the series failed, and one about an occurrence arrived",
			meeting(weekly(only, summary("Retro"), moved(1), sequence(2)), versions(weekly(only), weekly(only, summary("Retro"), sequence(1))),
				ledger(cy0, request(cy, 1, failed), at(1, request(cy, 2, arrived)))),
			weekly(only, summary("Retro"), moved(1), moved(2)),
			[]string{`cy REQUEST 3 summary changed from "Review" to "Retro"; ` + moves(2) + ": needs a new answer"}},
		{"a guest whose mail failed is invited",
			meeting(weekly(invited(ann), override(1, ann, eve)), ledger(request(ann, 0, arrived), at(1, request(eve, 0, failed)))),
			weekly(invited(ann), override(1, ann, eve), summary("Retro")),
			[]string{`ann REQUEST 1 summary changed from "Review" to "Retro"`, "eve REQUEST 1 is invited on Tue 9 Mar 2027 10:00"}},
		{"a guest is told changes of their occurrence",
			meeting(weekly(invited(ann), override(1, ann, eve))), weekly(invited(ann), override(1, ann, eve), location("Roof")),
			[]string{
				`ann REQUEST 1 location changed from "Room 1" to "Roof": needs a new answer`,
				`eve REQUEST 1 only on Tue 9 Mar 2027 10:00: location changed from "Room 1" to "Roof": needs a new answer`,
			}},
		{"a guest whose update failed is told the difference",
			meeting(weekly(invited(ann), override(1, ann, eve), summary("Retro"), sequence(1)),
				versions(weekly(invited(ann), override(1, ann, eve))),
				sent(at(1, request(eve, 0, arrived)), at(1, request(eve, 1, failed)))),
			weekly(invited(ann), override(1, ann, eve), summary("Retro"), location("Roof")),
			[]string{
				`ann REQUEST 2 location changed from "Room 1" to "Roof": needs a new answer`,
				`eve REQUEST 2 only on Tue 9 Mar 2027 10:00: summary changed from "Review" to "Retro"; ` +
					`location changed from "Room 1" to "Roof": needs a new answer`,
			}},
		{"a guest who became an attendee and has the occurrence alone gets the series",
			meeting(weekly(only, sequence(1)), ledger(at(1, alone), request(cy, 1, failed))), weekly(only, summary("Retro")),
			[]string{"cy REQUEST 2 is now invited to the whole series"}},
		{"a guest's cancellation arrived: nothing is left to cancel",
			meeting(weekly(invited(ann), override(1, ann, eve), sequence(1)), sent(at(1, cancel(eve, 1, arrived)))), weekly(invited(ann)), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same := keep(t, tt.m)
			check(t, "Update", tt.want, result(plan.Update(tt.m, tt.after, options())))
			same()
		})
	}
}

// TestNeeded checks which of the versions 0, 1 and 2 a meeting of version 3 keeps.
func TestNeeded(t *testing.T) {
	version := func(n int) ical.Event { return weekly(invited(cy), sequence(n)) }
	const (
		failed  = plan.MailFailed
		pending = plan.MailPending
		unknown = plan.MailUnknown
		arrived = plan.MailHandedOver
	)
	cy0 := request(cy, 0, arrived)
	tests := []struct {
		name  string
		mails []plan.Mail
		want  []int
	}{
		{"everybody has the current one", []plan.Mail{cy0, request(cy, 3, arrived)}, nil},
		{"an attendee has the version before the mail that failed", []plan.Mail{cy0, request(cy, 3, failed)}, []int{2}},
		{"of several failed mails the first counts", []plan.Mail{cy0, request(cy, 1, failed), request(cy, 3, failed)}, []int{0}},
		{"a later mail arrived", []plan.Mail{cy0, request(cy, 1, failed), request(cy, 3, arrived)}, nil},
		{"a mail that may be sent again needs the version before it, too",
			[]plan.Mail{cy0, request(cy, 1, failed), request(cy, 3, pending)}, []int{0, 2}},
		{"so does a mail that may have arrived", []plan.Mail{cy0, request(cy, 3, unknown)}, []int{2}},
		{"a mail about an occurrence that arrived tells the version of it",
			[]plan.Mail{cy0, request(cy, 1, failed), at(1, request(cy, 2, arrived))}, []int{0, 2}},
		{"an attendee who never received anything has no version", []plan.Mail{request(cy, 0, failed), at(1, request(cy, 3, failed))}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := meeting(version(3), versions(version(0), version(1), version(2)), ledger(tt.mails...))
			same := keep(t, m)
			var got []int
			for _, e := range m.Needed() {
				got = append(got, e.Sequence)
			}
			check(t, "Needed", tt.want, got)
			same()
		})
	}
}
