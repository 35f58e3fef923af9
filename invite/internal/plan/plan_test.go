package plan_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
)

func TestSend(t *testing.T) {
	errCheck := errors.New("must not be sent")
	tests := []struct {
		name string
		e    ical.Event
		o    *plan.Options
		want []string
	}{
		{"everybody is invited",
			single(), options(), []string{"ann REQUEST 0 is invited", "bob REQUEST 0 is invited", "cy REQUEST 0 is invited"}},
		{"the organizer is not", single(invited(ann, "Desk@Example.test")), options(), []string{"ann REQUEST 0 is invited"}},
		{"guests get their occurrences", weekly(invited(ann), override(1, ann, eve), override(3, eve)), options(), []string{
			"ann REQUEST 0 is invited", "eve REQUEST 0 is invited on Tue 9 Mar 2027 10:00", "eve REQUEST 0 is invited on Tue 23 Mar 2027 10:00",
		}},
		{"a meeting can begin with a sequence", single(invited(ann), sequence(3)), options(), []string{"ann REQUEST 3 is invited"}},
		{"nobody but the organizer", single(invited(desk)), options(), []string{"invite: Attendees: has nobody but the organizer"}},
		{"nobody is invited to the past", single(invited(ann, bob)), options(inApril), []string{
			"ann: is invited: the meeting lies in the past, so nothing to send",
			"bob: is invited: the meeting lies in the past, so nothing to send",
		}},
		{"AllowPast invites", single(invited(ann)), options(inApril, allowPast), []string{"ann REQUEST 0 is invited"}},
		{"a series is not past before its last occurrence", weekly(invited(ann)), options(inMarch), []string{"ann REQUEST 0 is invited"}},
		{"an all-day meeting is not past on its day", single(invited(ann), today), options(inMarch), []string{"ann REQUEST 0 is invited"}},
		{"nobody but the organizer, in the past", single(invited(desk)), options(inApril),
			[]string{"invite: Attendees: has nobody but the organizer"}},
		{"an event that must not be sent", single(), options(func(o *plan.Options) { o.Check = func(*ical.Event) error { return errCheck } }),
			[]string{"must not be sent"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			given := tt.e.Clone()
			check(t, "Send", tt.want, result(plan.Send(tt.e, tt.o)))
			check(t, "the event given", given, tt.e)
		})
	}
}

// TestSendKeeps checks the event that a new meeting has.
func TestSendKeeps(t *testing.T) {
	e := single(func(e *ical.Event) { e.UID, e.Attendees[0].Status = "", ical.StatusAccepted })
	p, err := plan.Send(e, options())
	if err != nil {
		t.Fatal(err)
	}
	check(t, "UID", "new", p.Intent.UID)
	check(t, "the answers kept in the event", []string{"ann needs-action", "bob needs-action", "cy needs-action"},
		statuses(p.Intent.Attendees))
	check(t, "the answers shown", []string{"ann accepted", "bob needs-action", "cy needs-action"}, statuses(p.Event.Attendees))
	check(t, "Said", []roster.Answer{{Email: ann, Status: ical.StatusAccepted, Stamp: options().Now(), Via: roster.ViaOrganizer}}, p.OrganizerAnswers)
}

func TestRepeat(t *testing.T) {
	m := meeting(weekly(moved(1), sequence(4)))
	same := keep(t, m)
	p := plan.Unchanged(m)
	same()
	check(t, "Repeat", []string(nil), lines(p))
	check(t, "Intent.Sequence", 4, p.Intent.Sequence)
	check(t, "the answers shown", []string{"ann accepted", "bob declined", "cy needs-action"}, statuses(p.Event.Attendees))
}

func TestInvites(t *testing.T) {
	e := weekly(invited(ann, bob), override(1, ann, eve), cancelled(2))
	over := weekly(func(e *ical.Event) { e.Cancelled = true })
	tests := []struct {
		name  string
		e     ical.Event
		email string
		id    time.Time
		want  bool
	}{
		{"an attendee of the series", e, ann, time.Time{}, true},
		{"to an occurrence", e, bob, week(3), true},
		{"but not to one without them", e, bob, week(1), false},
		{"nor to a cancelled one", e, bob, week(2), false},
		{"a guest to their occurrence", e, eve, week(1), true},
		{"but to no other", e, eve, week(3), false},
		{"a stranger", e, cy, time.Time{}, false},
		{"nobody to a cancelled meeting", over, ann, time.Time{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := plan.Unchanged(meeting(tt.e)).Invites(tt.email, tt.id); got != tt.want {
				t.Errorf("Invites(%s, %v) = %v, want %v", tt.email, tt.id, got, tt.want)
			}
		})
	}
}

func TestNoticePurpose(t *testing.T) {
	before := single()
	tests := []struct {
		name string
		n    plan.Notice
		want plan.Action
	}{
		{"a request without a version before", plan.Notice{Content: &plan.Content{Method: ical.MethodRequest}}, plan.ActionInvitation},
		{"a request with one", plan.Notice{Content: &plan.Content{Method: ical.MethodRequest, Before: &before}}, plan.ActionUpdate},
		{"a cancellation", plan.Notice{Content: &plan.Content{Method: ical.MethodCancel, Before: &before}}, plan.ActionCancellation},
		{"an action of its own",
			plan.Notice{Action: plan.ActionReminder, Content: &plan.Content{Method: ical.MethodRequest}}, plan.ActionReminder},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { check(t, "Purpose", tt.want, tt.n.Purpose()) })
	}
	n := plan.Notice{Attendee: &ical.Attendee{Email: "Ann@Example.test"}}
	check(t, "Key", ann, n.Key())
}

// TestContentIsShared plans for 10,000 attendees. All requests share one content, and
// every cancellation has its own, because the recipient is its only attendee.
func TestContentIsShared(t *testing.T) {
	const many = 10_000
	e := weekly(moved(1))
	e.Attendees = nil
	for i := range many {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("p%d@example.test", i)})
	}
	m := meeting(e)
	m.Given = []*roster.Answer{{Email: "p7@example.test", Status: ical.StatusAccepted}}
	major := e.Clone()
	major.Location = "Room 2"
	tests := []struct {
		name string
		call func() (*plan.Plan, error)
		want int // different contents
	}{
		{"Send", func() (*plan.Plan, error) { return plan.Send(e, options()) }, 1},
		{"Update", func() (*plan.Plan, error) { return plan.Update(m, major, options()) }, 1},
		{"CancelAll", func() (*plan.Plan, error) { return plan.CancelAll(m, options()) }, many},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := tt.call()
			if err != nil {
				t.Fatal(err)
			}
			contents := make(map[*plan.Content]bool)
			for _, n := range p.Notices {
				contents[n.Content] = true
			}
			if len(p.Notices) != many || len(contents) != tt.want {
				t.Errorf("%d notices share %d contents, want %d and %d", len(p.Notices), len(contents), many, tt.want)
			}
		})
	}
}
