package plan_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
)

func TestCancel(t *testing.T) {
	all := func(o *plan.Options) func(*plan.Meeting) (*plan.Plan, error) {
		return func(m *plan.Meeting) (*plan.Plan, error) { return plan.CancelAll(m, o) }
	}
	occurrence := func(n int) func(*plan.Meeting) (*plan.Plan, error) {
		return func(m *plan.Meeting) (*plan.Plan, error) { return plan.CancelOccurrence(m, week(n), options()) }
	}
	from := func(n int) func(*plan.Meeting) (*plan.Plan, error) {
		return func(m *plan.Meeting) (*plan.Plan, error) { return plan.CancelFrom(m, week(n), options()) }
	}
	date := func(day int, loc *time.Location) func(*plan.Meeting) (*plan.Plan, error) {
		start := time.Date(2027, 3, day, 0, 0, 0, 0, berlin)
		if loc == time.UTC {
			start = time.Date(2027, 3, day, 0, 0, 0, 0, time.UTC)
		}
		return func(m *plan.Meeting) (*plan.Plan, error) { return plan.CancelOccurrence(m, start.In(loc), options()) }
	}
	tests := []struct {
		name string
		m    *plan.Meeting
		call func(*plan.Meeting) (*plan.Plan, error)
		want []string
	}{
		{"everybody hears of it, also attendees who declined", meeting(single()), all(options()), []string{
			"ann CANCEL 1 the meeting is cancelled", "bob CANCEL 1 the meeting is cancelled", "cy CANCEL 1 the meeting is cancelled",
		}},
		{"a guest gets the cancellation of their occurrence", meeting(weekly(invited(ann), override(1, ann, eve))), all(options()), []string{
			"ann CANCEL 1 the meeting is cancelled", "eve CANCEL 1 the meeting is cancelled on Tue 9 Mar 2027 10:00",
		}},
		{"an attendee without an invitation gets nothing",
			meeting(single(), ledger(request(ann, 0, plan.MailHandedOver), request(bob, 0, plan.MailFailed))), all(options()), []string{
				"ann CANCEL 1 the meeting is cancelled",
				"bob: the meeting is cancelled: no invitation has gone out, so nothing to send",
				"cy: the meeting is cancelled: no invitation has gone out, so nothing to send",
			}},
		{"a meeting without a ledger came from elsewhere", meeting(single(invited(ann)), ledger()), all(options()), []string{
			"ann CANCEL 1 the meeting is cancelled",
		}},
		{"a past meeting is cancelled without a mail", meeting(single(invited(ann))), all(options(inApril)), []string{
			"ann: the meeting is cancelled: the meeting lies in the past, so nothing to send",
		}},
		{"AllowPast tells it",
			meeting(single(invited(ann))), all(options(inApril, allowPast)), []string{"ann CANCEL 1 the meeting is cancelled"}},
		{"an all-day meeting is not past on its day", meeting(single(invited(ann), today)), all(options(inMarch)),
			[]string{"ann CANCEL 1 the meeting is cancelled"}},
		{"a date of an all-day series", meeting(weekly(invited(ann), dates)), date(16, time.UTC),
			[]string{"ann CANCEL 1 does not take place on Tue 16 Mar 2027"}},
		{"a date as midnight of the zone", meeting(weekly(invited(ann), dates)), date(16, berlin),
			[]string{"ann CANCEL 1 does not take place on Tue 16 Mar 2027"}},
		{"a date as an instant in a third zone", meeting(weekly(invited(ann), dates)), date(16, tokyo),
			[]string{"ann CANCEL 1 does not take place on Tue 16 Mar 2027"}},
		{"a date that is none", meeting(weekly(invited(ann), dates)), func(m *plan.Meeting) (*plan.Plan, error) {
			return plan.CancelFrom(m, week(2), options())
		}, []string{"invite: RecurrenceID: all-day times must be midnight; 2027-03-16T10:00+01:00 is not midnight in Europe/Berlin"}},
		{"one occurrence, with a fraction of a second", meeting(weekly(invited(ann))), func(m *plan.Meeting) (*plan.Plan, error) {
			return plan.CancelOccurrence(m, week(1).UTC().Add(1), options())
		}, []string{"ann CANCEL 1 does not take place on Tue 9 Mar 2027 10:00"}},
		{"one occurrence",
			meeting(weekly(invited(ann))), occurrence(1), []string{"ann CANCEL 1 does not take place on Tue 9 Mar 2027 10:00"}},
		{"a moved occurrence, by its original start", meeting(weekly(invited(ann), moved(1))), occurrence(1), []string{
			"ann CANCEL 1 does not take place on Tue 9 Mar 2027 10:00",
		}},
		{"a cancelled occurrence", meeting(weekly(cancelled(1))), occurrence(1), []string{
			"invite: RecurrenceID: the series has no occurrence on Tue 9 Mar 2027 10:00",
		}},
		{"an occurrence of a meeting that is no series", meeting(single()), occurrence(0), []string{
			"invite: RecurrenceID: the meeting is no series, so it has no occurrence on Tue 2 Mar 2027 10:00",
		}},
		{"from one occurrence on, the series ends earlier",
			meeting(weekly(invited(ann))), from(3), []string{"ann REQUEST 1 the series ends earlier"}},
		{"from the first on is all of it", meeting(weekly(invited(ann))), from(0), []string{"ann CANCEL 1 the meeting is cancelled"}},
		{"a guest loses their occurrence", meeting(weekly(invited(ann), override(4, ann, eve))), from(3), []string{
			"ann REQUEST 1 the series ends earlier", "eve CANCEL 1 does not take place on Tue 30 Mar 2027 10:00",
		}},
		{"the last occurrence that takes place", meeting(weekly(invited(ann), cancelled(0), cancelled(1), cancelled(2), cancelled(3), cancelled(5))),
			occurrence(4), []string{"ann CANCEL 1 the meeting is cancelled"}},
		{"the only date that is not excepted", meeting(weekly(invited(ann), dates, func(e *ical.Event) {
			e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 4, Except: []time.Time{e.Start, e.Start.AddDate(0, 0, 7)}}
		})), date(16, berlin), []string{"ann CANCEL 1 the meeting is cancelled"}},
		{"from the first on that takes place", meeting(weekly(invited(ann), cancelled(0), cancelled(1))), from(2), []string{
			"ann CANCEL 1 the meeting is cancelled",
		}},
		{"from no occurrence on", meeting(weekly()), from(9), []string{
			"invite: RecurrenceID: the series has no occurrence on Tue 4 May 2027 10:00",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same := keep(t, tt.m)
			check(t, "the plan", tt.want, result(tt.call(tt.m)))
			same()
		})
	}
}

// TestCancelled checks the objects that cancel a meeting, and the meeting afterwards.
func TestCancelled(t *testing.T) {
	p, err := plan.CancelAll(meeting(single(invited(ann, cy), sequence(2))), options())
	if err != nil {
		t.Fatal(err)
	}
	for i, email := range []string{ann, cy} {
		n := p.Notices[i]
		if n.Event.Sequence != 3 || !n.Event.Cancelled || len(n.Event.Attendees) != 1 || n.Event.Attendees[0].Email != email {
			t.Errorf("notice %d = %+v, want a cancellation with %s as its only attendee", i, n.Event, email)
		}
		if n.Before == nil || n.Before.Sequence != 2 || n.Before.Cancelled {
			t.Errorf("notice %d was %+v before, want the meeting", i, n.Before)
		}
	}
	check(t, "Replaces", map[string]bool{ann: true, cy: true}, p.Overtakes)
	check(t, "Intent", single(invited(ann, cy), sequence(3), func(e *ical.Event) {
		e.Cancelled, e.Attendees[0].Status, e.Attendees[1].Status = true, ical.StatusNeedsAction, ical.StatusNeedsAction
	}), p.Intent)
	p, err = plan.CancelAll(meeting(single(invited(ann), sequence(2))), options(inApril))
	if err != nil {
		t.Fatal(err)
	}
	check(t, "the sequence without a mail", 2, p.Intent.Sequence)
}
