package invite_test

import (
	"fmt"
	"net/mail"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// counted is the address of a guest. Each comparison with it converts the domain to
// punycode, which allocates. So the number of allocations counts the comparisons.
func counted(i int) string { return fmt.Sprintf("g@büro%d.test", i) }

// countedMeeting returns a meeting with n guests, each of whom got a mail and has
// answered.
func countedMeeting(n int) *invite.Meeting {
	m := bigMeeting(n)
	for i := range n {
		m.Event.Attendees[i].Email, m.Answers[i].Email, m.Deliveries[i].To = counted(i), counted(i), counted(i)
		m.Deliveries[i].Time = pinned()
	}
	return m
}

// wantLinear does work for a size and for twice the size, and wants at most 2.3 times
// the allocations.
func wantLinear(t *testing.T, n int, work func(n int) func()) {
	t.Helper()
	once, twice := testing.AllocsPerRun(1, work(n)), testing.AllocsPerRun(1, work(2*n))
	t.Logf("%v allocations for %d, %v for %d", once, n, twice, 2*n)
	if twice > 2.3*once || once < float64(n) {
		t.Errorf("%v allocations for %d, %v for %d, want at most 2.3 times as many, and one for each at least", once, n, twice, 2*n)
	}
}

// applied returns a function that takes a mail into a meeting.
func applied(t *testing.T, m *invite.Meeting, in *invite.Inbound, want invite.Verdict) func() {
	return func() {
		if _, o := m.Apply(in, &invite.Policy{Now: pinned, Delegates: invite.DelegatesAllow, Uninvited: invite.UninvitedAdd}); o.Verdict != want {
			t.Errorf("Apply = %.300v, want %s", o, want)
		}
	}
}

// TestReportsAreLinear takes in a report of n recipients on n deliveries, of a meeting
// with n answers of others. They are found by the Message-ID that all deliveries share,
// and by the UID.
func TestReportsAreLinear(t *testing.T) {
	for name, id := range map[string]string{"by Message-ID": "<one@example.test>", "by UID": "<other@example.test>"} {
		t.Run(name, func(t *testing.T) {
			wantLinear(t, 2500, func(n int) func() {
				m, r := countedMeeting(n), new(mime.DeliveryReport)
				for i := range n {
					m.Deliveries[i].MessageID, m.Answers[i].Email = "<one@example.test>", counted(n+i)
					r.Recipients = append(r.Recipients, mime.DeliveryStatus{FinalRecipient: counted(i), Action: "failed", Status: "5.1.1"})
				}
				e := m.Event
				return applied(t, m, &invite.Inbound{
					Kind: invite.KindBounce, Event: &e, Mail: &mime.Received{Report: r, Returned: &mime.Returned{MessageID: id}},
				}, invite.VerdictUndeliverable)
			})
		})
	}
}

// countedReply is an answer of one attendee with these events.
func countedReply(from string, events ...ical.Event) *invite.Inbound {
	c := &ical.Calendar{Method: ical.MethodReply, Stamp: pinned(), Events: events}
	return &invite.Inbound{
		Kind: invite.KindReply, Calendar: c, Event: &c.Events[0], Attendee: c.Events[0].Attendees[0],
		Mail: &mime.Received{From: []mail.Address{{Address: from}}, MessageID: "<1@example.test>"},
	}
}

// TestDelegationChainIsLinear delegates to the first of n guests, each of whom has
// delegated to the next.
func TestDelegationChainIsLinear(t *testing.T) {
	wantLinear(t, 2500, func(n int) func() {
		m := countedMeeting(n)
		for i := range n - 1 {
			m.Answers[i].Status, m.Answers[i].DelegatedTo = ical.StatusDelegated, counted(i+1)
		}
		m.Answers = m.Answers[:n-1]
		last := ical.Attendee{Email: counted(n - 1), Status: ical.StatusDelegated, DelegatedTo: counted(0)}
		return applied(t, m, countedReply(last.Email, ical.Event{UID: m.Event.UID, Attendees: []ical.Attendee{last}}), invite.VerdictHeld)
	})
}

// TestComponentsAreLinear answers 40 occurrences in one mail, for n guests with n
// answers, and with n people who joined an occurrence.
func TestComponentsAreLinear(t *testing.T) {
	wantLinear(t, 250, func(n int) func() {
		m := countedMeeting(n)
		m.Event.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 100}
		for i := range n {
			m.Joined = append(m.Joined, invite.Joined{RecurrenceID: m.Event.Start, Attendee: ical.Attendee{Email: counted(n + i)}})
		}
		var events []ical.Event
		for i := range 40 {
			events = append(events, ical.Event{UID: m.Event.UID, RecurrenceID: m.Event.Start.AddDate(0, 0, 7*(i%20)),
				Attendees: []ical.Attendee{{Email: counted(0), Status: ical.StatusDeclined}}})
		}
		return applied(t, m, countedReply(counted(0), events...), invite.VerdictApplied)
	})
}

// TestComponentsAreBounded sends 500 components to meetings of different sizes. The
// number of components that are taken in, times the guests and answers, has a bound.
func TestComponentsAreBounded(t *testing.T) {
	for _, tt := range []struct{ guests, want int }{{10, 500}, {10_000, 250}, {50_000, 50}} {
		m := bigMeeting(tt.guests)
		m.Event.Start = m.Event.Start.UTC()
		m.Event.End, m.Event.TimeZone = m.Event.Start.Add(time.Hour), "UTC"
		m.Event.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 500}
		var events []ical.Event
		for i := range 500 {
			events = append(events, ical.Event{UID: m.Event.UID, RecurrenceID: m.Event.Start.AddDate(0, 0, i),
				Attendees: []ical.Attendee{{Email: "guest0@example.test", Status: ical.StatusDeclined, Comment: "no"}}})
		}
		after, o := m.Apply(countedReply("guest0@example.test", events...), &invite.Policy{Now: pinned})
		if got := len(after.Answers) - tt.guests; got != tt.want || o.Verdict != invite.VerdictApplied {
			t.Errorf("%d guests: %d answers were taken in, want %d: %.200v", tt.guests, got, tt.want, o)
		}
	}
}

// TestJoinedAreLinear plans a reminder and an update of a meeting with n people who
// joined one occurrence, and with n statuses in the event that are answers.
func TestJoinedAreLinear(t *testing.T) {
	c := invite.New(nowhere, fixed())
	for name, plan := range map[string]func(*invite.Meeting) error{
		"remind": func(m *invite.Meeting) error { _, err := c.PlanRemind(m); return err },
		"update": func(m *invite.Meeting) error {
			e := m.Event.Clone()
			e.Summary = "Other"
			_, err := c.PlanUpdate(m, e)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			wantLinear(t, 500, func(n int) func() {
				m := countedMeeting(n)
				m.Event.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 10}
				m.Answers = nil
				for i := range n {
					m.Event.Attendees[i].Status = ical.StatusAccepted
					m.Joined = append(m.Joined, invite.Joined{RecurrenceID: m.Event.Start.AddDate(0, 0, 7), Attendee: ical.Attendee{Email: counted(n + i), Status: ical.StatusNeedsAction}})
				}
				return func() {
					if err := plan(m); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}
