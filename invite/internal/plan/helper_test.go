package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
)

const (
	desk = "desk@example.test" // the organizer
	ann  = "ann@example.test"  // has accepted
	bob  = "bob@example.test"  // has declined
	cy   = "cy@example.test"   // has not answered
	eve  = "eve@example.test"  // is not invited yet
)

var berlin, tokyo = zone("Europe/Berlin"), zone("Asia/Tokyo")

func zone(name string) *time.Location {
	loc, err := ical.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// week returns the original start of an occurrence of [weekly], 0 for the first.
func week(n int) time.Time { return time.Date(2027, 3, 2+7*n, 10, 0, 0, 0, berlin) }

// single returns a meeting of one hour on 2 March 2027.
func single(changes ...func(*ical.Event)) ical.Event {
	e := ical.Event{
		UID: "meeting", Summary: "Review", Location: "Room 1", Start: week(0), End: week(0).Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Email: desk}, Attendees: people(ann, bob, cy),
	}
	for _, change := range changes {
		change(&e)
	}
	return e
}

// weekly returns a series of six such meetings.
func weekly(changes ...func(*ical.Event)) ical.Event {
	series := func(e *ical.Event) { e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6} }
	return single(append([]func(*ical.Event){series}, changes...)...)
}

func people(emails ...string) (list []ical.Attendee) {
	for _, email := range emails {
		list = append(list, ical.Attendee{Email: email})
	}
	return list
}

// invited changes the list of attendees.
func invited(emails ...string) func(*ical.Event) {
	return func(e *ical.Event) { e.Attendees = people(emails...) }
}

// override adds an override with a list of its own, if there are any.
func override(n int, emails ...string) func(*ical.Event) {
	return func(e *ical.Event) {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: week(n), Attendees: people(emails...)})
	}
}

// moved moves an occurrence by an hour.
func moved(n int) func(*ical.Event) {
	return func(e *ical.Event) {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: week(n), Start: week(n).Add(time.Hour)})
	}
}

// cancelled cancels an occurrence.
func cancelled(n int) func(*ical.Event) {
	return func(e *ical.Event) {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: week(n), Cancelled: true})
	}
}

func summary(s string) func(*ical.Event)  { return func(e *ical.Event) { e.Summary = s } }
func location(s string) func(*ical.Event) { return func(e *ical.Event) { e.Location = s } }
func sequence(n int) func(*ical.Event)    { return func(e *ical.Event) { e.Sequence = n } }

// meeting returns a meeting of which every attendee has received the current version,
// with the answers of ann and bob.
func meeting(e ical.Event, changes ...func(*plan.Meeting)) *plan.Meeting {
	m := &plan.Meeting{Record: roster.Record{Event: &e, Given: []*roster.Answer{
		{Email: ann, Status: ical.StatusAccepted}, {Email: bob, Status: ical.StatusDeclined},
	}}}
	for i := range e.Attendees {
		m.Mails = append(m.Mails, request(e.Attendees[i].Email, e.Sequence, plan.MailHandedOver))
	}
	for i := range e.Overrides {
		for _, a := range e.Overrides[i].Attendees {
			if roster.IndexOf(e.Attendees, a.Email) < 0 {
				m.Mails = append(m.Mails, of(i, e, request(a.Email, e.Sequence, plan.MailHandedOver)))
			}
		}
	}
	for _, change := range changes {
		change(m)
	}
	return m
}

// request returns a mail of the ledger: an invitation if the sequence is zero, and
// otherwise an update.
func request(to string, sequence int, state plan.MailState) plan.Mail {
	action := plan.ActionUpdate
	if sequence == 0 {
		action = plan.ActionInvitation
	}
	return plan.Mail{To: to, Method: ical.MethodRequest, Sequence: sequence, Action: action, State: state}
}

// cancel returns a cancellation of the ledger.
func cancel(to string, sequence int, state plan.MailState) plan.Mail {
	return plan.Mail{To: to, Method: ical.MethodCancel, Sequence: sequence, Action: plan.ActionCancellation, State: state}
}

// of returns the mail as one about the occurrence of an override.
func of(i int, e ical.Event, d plan.Mail) plan.Mail {
	d.RecurrenceID = e.Overrides[i].RecurrenceID
	return d
}

// at returns the mail as one about an occurrence.
func at(n int, d plan.Mail) plan.Mail {
	d.RecurrenceID = week(n)
	return d
}

// ledger sets the mails of a meeting.
func ledger(mails ...plan.Mail) func(*plan.Meeting) {
	return func(m *plan.Meeting) { m.Mails = mails }
}

// sent adds mails to a meeting.
func sent(mails ...plan.Mail) func(*plan.Meeting) {
	return func(m *plan.Meeting) { m.Mails = append(m.Mails, mails...) }
}

// versions sets the earlier versions of a meeting.
func versions(list ...ical.Event) func(*plan.Meeting) {
	return func(m *plan.Meeting) { m.Before = list }
}

// options returns options for 1 February 2027.
func options(changes ...func(*plan.Options)) *plan.Options {
	o := &plan.Options{
		Levels: plan.Levels{
			"start": plan.LevelMajor, "end": plan.LevelMajor, "allDay": plan.LevelMajor, "timeZone": plan.LevelMajor,
			"recurrence": plan.LevelMajor, "cancelled": plan.LevelMajor, "location": plan.LevelMajor,
			"summary": plan.LevelMinor, "description": plan.LevelMinor, "organizer": plan.LevelMinor, "categories": plan.LevelMinor,
		},
		Now:   func() time.Time { return time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC) },
		NewID: func() string { return "new" },
		Check: func(e *ical.Event) error { return e.Validate() },
	}
	for _, change := range changes {
		change(o)
	}
	return o
}

func tellDeclined(o *plan.Options) { o.TellDeclined = true }
func allowPast(o *plan.Options)    { o.AllowPast = true }
func inApril(o *plan.Options)      { o.Now = func() time.Time { return week(7) } }
func inMarch(o *plan.Options)      { o.Now = func() time.Time { return week(1).Add(5 * time.Hour) } }

// today makes an all-day meeting, without an end, of the day of inMarch.
func today(e *ical.Event) { e.AllDay, e.Start, e.End = true, week(1).Add(-10*time.Hour), time.Time{} }

// lines returns the notices of a plan as "name METHOD SEQUENCE reason", and the
// skipped ones as "name: reason".
func lines(p *plan.Plan) (out []string) {
	name := func(n plan.Notice) string {
		local, _, _ := strings.Cut(n.Attendee.Email, "@")
		return local
	}
	for _, n := range p.Notices {
		out = append(out, fmt.Sprintf("%s %s %d %s", name(n), n.Method, n.Sequence, n.Reason))
	}
	for _, n := range p.Skipped {
		out = append(out, name(n)+": "+n.Reason)
	}
	return out
}

// statuses returns the answers in a list as "name status".
func statuses(list []ical.Attendee) (out []string) {
	for _, a := range list {
		local, _, _ := strings.Cut(a.Email, "@")
		out = append(out, local+" "+string(a.Status))
	}
	return out
}

// keep returns a function that reports whether m has changed since the call of keep.
func keep(t *testing.T, m *plan.Meeting) func() {
	e := m.Event.Clone()
	was := &plan.Meeting{Mails: slices.Clone(m.Mails), Record: m.Record}
	was.Event = &e
	was.Revisions, was.Joined, was.Given = slices.Clone(m.Revisions), slices.Clone(m.Joined), nil
	for _, a := range m.Given {
		given := *a
		was.Given = append(was.Given, &given)
	}
	for _, v := range m.Before {
		was.Before = append(was.Before, v.Clone())
	}
	return func() {
		t.Helper()
		check(t, "the meeting given", was, m)
	}
}

// result returns the lines of a plan, or the text of an error.
func result(p *plan.Plan, err error) []string {
	if err != nil {
		return []string{err.Error()}
	}
	return lines(p)
}

// check compares a result. Nil equals an empty list.
func check(t *testing.T, call string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", call, diff)
	}
}
