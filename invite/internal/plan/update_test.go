package plan_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
)

func TestUpdate(t *testing.T) {
	onlyList := func(names ...string) (out []string) {
		for _, name := range names {
			out = append(out, name+": only the list of attendees changed: nothing to send")
		}
		return out
	}
	optional := func(e *ical.Event) { e.Attendees[2].Role = ical.RoleOptional }
	shorter := func(e *ical.Event) { e.Recurrence.Count = 4 }
	alarm := func(e *ical.Event) { e.Reminders = []ical.Reminder{{Before: time.Minute}} }
	says := func(email string, n int) func(*plan.Meeting) {
		return func(m *plan.Meeting) {
			m.Given = append(m.Given, &roster.Answer{Email: email, Status: ical.StatusAccepted, RecurrenceID: week(n)})
		}
	}
	tests := []struct {
		name  string
		m     *plan.Meeting
		after ical.Event
		o     *plan.Options
		want  []string
	}{
		{"nothing changes", meeting(single()), single(), options(), nil},
		{"a minor change is told, except to attendees who declined", meeting(single()), single(summary("Retro")), options(), []string{
			`ann REQUEST 1 summary changed from "Review" to "Retro"`,
			`cy REQUEST 1 summary changed from "Review" to "Retro"`,
			`bob: summary changed from "Review" to "Retro": declined, so nothing to send`,
		}},
		{"TellDeclined tells them too", meeting(single()), single(summary("Retro")), options(tellDeclined), []string{
			`ann REQUEST 1 summary changed from "Review" to "Retro"`,
			`bob REQUEST 1 summary changed from "Review" to "Retro"`,
			`cy REQUEST 1 summary changed from "Review" to "Retro"`,
		}},
		{"an attendee who declined the series and accepted one occurrence is told",
			meeting(weekly(invited(bob)), says(bob, 1)), weekly(invited(bob), summary("Retro")),
			options(), []string{`bob REQUEST 1 summary changed from "Review" to "Retro"`}},
		{"an attendee who declined is told that an occurrence is cancelled",
			meeting(weekly(invited(bob))), weekly(invited(bob), cancelled(1)), options(),
			[]string{"bob CANCEL 1 does not take place on Tue 9 Mar 2027 10:00"}},
		{"also beside a minor change", meeting(weekly(invited(bob))), weekly(invited(bob), summary("Retro"), cancelled(1)), options(),
			[]string{`bob REQUEST 1 summary changed from "Review" to "Retro"; does not take place on Tue 9 Mar 2027 10:00`}},
		{"a major change asks everybody anew", meeting(single()), single(location("Room 2")), options(), []string{
			`ann REQUEST 1 location changed from "Room 1" to "Room 2": needs a new answer`,
			`bob REQUEST 1 location changed from "Room 1" to "Room 2": needs a new answer`,
			`cy REQUEST 1 location changed from "Room 1" to "Room 2": needs a new answer`,
		}},
		{"a silent change is told to nobody", meeting(single()), single(alarm), options(), []string{
			"ann: only the reminder changed: nothing to send",
			"bob: only the reminder changed: nothing to send",
			"cy: only the reminder changed: nothing to send",
		}},
		{"an added attendee alone gets a mail", meeting(single()), single(invited(ann, bob, cy, eve)), options(),
			append([]string{"eve REQUEST 1 is invited"}, onlyList("ann", "bob", "cy")...)},
		{"a removed attendee alone gets a mail", meeting(single()), single(invited(ann, bob)), options(),
			append([]string{"cy CANCEL 1 is no longer invited"}, onlyList("ann", "bob")...)},
		{"a role is told to that attendee alone", meeting(single()), single(optional), options(), []string{
			"cy REQUEST 1 is now optional instead of required",
		}},
		{"a moved occurrence is told alone", meeting(weekly()), weekly(moved(1)), options(), []string{
			"ann REQUEST 1 only on Tue 9 Mar 2027 10:00: start moved from Tue 9 Mar 2027 10:00 to Tue 9 Mar 2027 11:00: needs a new answer",
			"bob REQUEST 1 only on Tue 9 Mar 2027 10:00: start moved from Tue 9 Mar 2027 10:00 to Tue 9 Mar 2027 11:00: needs a new answer",
			"cy REQUEST 1 only on Tue 9 Mar 2027 10:00: start moved from Tue 9 Mar 2027 10:00 to Tue 9 Mar 2027 11:00: needs a new answer",
		}},
		{"an occurrence beside a change of the series is one mail",
			meeting(weekly(invited(ann))), weekly(invited(ann), summary("Retro"), moved(1)), options(), []string{
				`ann REQUEST 1 summary changed from "Review" to "Retro"; ` +
					"on Tue 9 Mar 2027 10:00: start moved from Tue 9 Mar 2027 10:00 to Tue 9 Mar 2027 11:00: needs a new answer",
			}},
		{"a guest gets their occurrence alone", meeting(weekly()), weekly(override(1, ann, bob, cy, eve)), options(),
			[]string{"eve REQUEST 1 is invited on Tue 9 Mar 2027 10:00"}},
		{"an attendee who is not invited to an occurrence gets a cancellation of it",
			meeting(weekly()), weekly(override(1, ann, bob)), options(), []string{
				"cy CANCEL 1 is no longer invited on Tue 9 Mar 2027 10:00",
			}},
		{"a guest becomes an attendee of the series",
			meeting(weekly(override(1, ann, eve), invited(ann))), weekly(invited(ann, eve)), options(),
			append([]string{"eve REQUEST 1 is now invited to the whole series"}, onlyList("ann")...)},
		{"an attendee becomes a guest: the occurrence is one sequence later than the cancellation",
			meeting(weekly(invited(ann, cy))), weekly(invited(ann), override(1, ann, cy)), options(),
			append([]string{"cy CANCEL 1 is no longer invited to the whole series",
				"cy REQUEST 2 stays invited on Tue 9 Mar 2027 10:00"}, onlyList("ann")...)},
		{"a series that only ends earlier needs no answer", meeting(weekly(invited(ann))), weekly(invited(ann), shorter), options(), []string{
			"ann REQUEST 1 the series ends earlier",
		}},
		{"an occurrence that takes place again needs the whole series",
			meeting(weekly(invited(ann), cancelled(1))), weekly(invited(ann)), options(), []string{
				"ann REQUEST 1 takes place after all on Tue 9 Mar 2027 10:00: needs a new answer",
			}},
		{"a past meeting is changed without a mail",
			meeting(single(invited(ann))), single(invited(ann), location("Room 2")), options(inApril), []string{
				`ann: location changed from "Room 1" to "Room 2": the meeting lies in the past, so nothing to send`,
			}},
		{"AllowPast tells it", meeting(single(invited(ann))), single(invited(ann), location("Room 2")), options(inApril, allowPast), []string{
			`ann REQUEST 1 location changed from "Room 1" to "Room 2": needs a new answer`,
		}},
		{"a cancelled event is a cancellation",
			meeting(single(invited(ann))), single(func(e *ical.Event) { e.Cancelled = true }), options(), []string{
				"ann CANCEL 1 the meeting is cancelled",
			}},
		{"another UID is another meeting", meeting(single()), single(func(e *ical.Event) { e.UID = "other" }), options(), []string{
			"invite: UID: is not that of the meeting: a new UID is a new meeting",
		}},
		{"another organizer needs another meeting",
			meeting(single()), single(func(e *ical.Event) { e.Organizer.Email = eve }), options(), []string{
				"invite: Organizer.Email: is not that of the meeting: a new organizer needs a new meeting",
			}},
		{"an event that must not be sent", meeting(single()), single(func(e *ical.Event) { e.Summary = "a\x00" }), options(), []string{
			single(func(e *ical.Event) { e.Summary = "a\x00" }).Validate().Error(),
		}},
		{"a meeting can lose all attendees",
			meeting(single(invited(ann))), single(invited()), options(), []string{"ann CANCEL 1 is no longer invited"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same := keep(t, tt.m)
			after := tt.after.Clone()
			check(t, "Update", tt.want, result(plan.Update(tt.m, tt.after, tt.o)))
			same()
			check(t, "the event given", after, tt.after)
		})
	}
}

// TestUpdateRevised checks which answers count after a change, and the sequences of
// the event.
func TestUpdateRevised(t *testing.T) {
	counts := []string{"ann accepted", "bob declined", "cy needs-action"}
	asked := []string{"ann needs-action", "bob needs-action", "cy needs-action"}
	retold := func(e *ical.Event) { e.Overrides[0].Summary = "Retro" }
	tests := []struct {
		name     string
		before   ical.Event
		after    ical.Event
		sequence int
		revised  []roster.Revision
		want     []string
	}{
		{"without a mail the sequence stays", weekly(), weekly(), 0, nil, counts},
		{"a minor change keeps the answers", weekly(), weekly(summary("Retro")), 1, nil, counts},
		{"a major change asks everybody anew", weekly(), weekly(location("Room 2")), 1, []roster.Revision{{Sequence: 1}}, asked},
		{"a moved occurrence asks for itself alone",
			weekly(), weekly(moved(1)), 1, []roster.Revision{{RecurrenceID: week(1), Sequence: 1}}, counts},
		{"a minor change of an occurrence asks nobody", weekly(override(1)), weekly(override(1), retold), 1, nil, counts},
		{"a major change of the series asks for its occurrences too", weekly(), weekly(location("Room 2"), moved(1)), 1,
			[]roster.Revision{{Sequence: 1}}, asked},
		{"an occurrence with attendees of its own asks these, too", weekly(override(1, ann, bob, cy, eve)),
			weekly(override(1, ann, bob, cy, eve), location("Room 2")), 1,
			[]roster.Revision{{Sequence: 1}, {RecurrenceID: week(1), Sequence: 1}}, asked},
		{"a second sequence is used up", weekly(), weekly(invited(ann, bob), override(1, ann, bob, cy)), 2, nil, counts[:2]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := plan.Update(meeting(tt.before), tt.after, options())
			if err != nil {
				t.Fatal(err)
			}
			check(t, "Intent.Sequence", tt.sequence, p.Intent.Sequence)
			check(t, "Event.Sequence", tt.sequence, p.Event.Sequence)
			check(t, "Revised", tt.revised, p.Revised)
			check(t, "the answers", tt.want, statuses(p.Event.Attendees))
		})
	}
}

// TestUpdateSaid checks the answers that the organizer gives by a change.
func TestUpdateSaid(t *testing.T) {
	status := func(i int, s ical.Status) func(*ical.Event) {
		return func(e *ical.Event) { e.Attendees[i].Status = s }
	}
	word := roster.Answer{Email: cy, Status: ical.StatusAccepted, Stamp: options().Now(), Via: roster.ViaOrganizer}
	anew := word
	anew.Sequence = 1
	back := roster.Answer{Email: ann, Status: ical.StatusNeedsAction, Sequence: 1, Via: roster.ViaOrganizer}
	tests := []struct {
		name   string
		before ical.Event
		after  ical.Event
		want   []roster.Answer
	}{
		{"a status is an answer", single(), single(status(2, ical.StatusAccepted)), []roster.Answer{word}},
		{"the answer that counts is not repeated", single(), single(status(0, ical.StatusAccepted)), nil},
		{"it is about the new version", single(), single(status(2, ical.StatusAccepted), location("Room 2")), []roster.Answer{anew}},
		{"an attendee who is invited again has not answered", single(invited(bob)), single(invited(ann, bob)), []roster.Answer{back}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := plan.Update(meeting(tt.before), tt.after, options())
			if err != nil {
				t.Fatal(err)
			}
			check(t, "Said", tt.want, p.OrganizerAnswers)
		})
	}
}
