package invite_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// TestAnswer enters answers that came by link and by telephone, and then applies
// answers that came by mail.
func TestAnswer(t *testing.T) {
	_, m := request(t, weeklyRequest(), 0, fixed())
	bob := m.Event.Attendees[0].Email
	second := time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)
	at := func(minute int) time.Time { return pinned().Add(time.Duration(minute) * time.Minute) }
	tests := []struct {
		name    string
		answer  invite.Answer
		verdict invite.Verdict
		reason  string
		status  ical.Status // of bob at the second occurrence
	}{
		{"accepted", invite.Answer{Email: strings.ToUpper(bob), Status: ical.StatusAccepted, Stamp: at(5), Via: "phone"}, invite.VerdictApplied, "accepted", ical.StatusAccepted},
		{"the same", invite.Answer{Email: bob, Status: ical.StatusAccepted, Stamp: at(5), Via: "phone"}, invite.VerdictDuplicate, "held already", ical.StatusAccepted},
		{"earlier", invite.Answer{Email: bob, Status: ical.StatusDeclined, Stamp: at(4), Via: "link"}, invite.VerdictStale, "later answer", ical.StatusAccepted},
		{"one date", invite.Answer{Email: bob, Status: ical.StatusDeclined, Stamp: at(1), Via: "link", RecurrenceID: second}, invite.VerdictApplied, "on 2027-03-09", ical.StatusDeclined},
		{"no date of the series", invite.Answer{Email: bob, Status: ical.StatusDeclined, Stamp: at(9), Via: "link", RecurrenceID: second.Add(time.Hour)}, invite.VerdictUnknownEvent, "does not have", ical.StatusDeclined},
		{"a stranger", invite.Answer{Email: "eve@example.test", Status: ical.StatusAccepted, Stamp: at(9), Via: "link"}, invite.VerdictUnknownAttendee, "not invited", ical.StatusDeclined},
		{"no answer", invite.Answer{Email: bob, Status: ical.StatusNeedsAction, Stamp: at(9), Via: "link"}, invite.VerdictNotAnAnswer, "neither yes nor no", ical.StatusDeclined},
		{"no time", invite.Answer{Email: bob, Status: ical.StatusDeclined, Via: "link"}, invite.VerdictNotAnAnswer, "Stamp", ical.StatusDeclined},
		{"no way", invite.Answer{Email: bob, Status: ical.StatusDeclined, Stamp: at(9)}, invite.VerdictNotAnAnswer, "Via", ical.StatusDeclined},
		{"delegated", invite.Answer{Email: bob, Status: ical.StatusDelegated, DelegatedTo: "eve@example.test", Stamp: at(9), Via: "link", RecurrenceID: second}, invite.VerdictApplied, "eve@example.test", ical.StatusDelegated},
	}
	for _, tt := range tests {
		before := *m
		next, o := m.Answer(tt.answer)
		if o.Verdict != tt.verdict || !strings.Contains(o.Reason, tt.reason) || (next == m) == (tt.verdict == invite.VerdictApplied) {
			t.Errorf("%s: Answer = %+v, want %s with %q", tt.name, o, tt.verdict, tt.reason)
		}
		if diff := cmp.Diff(&before, m); diff != "" {
			t.Errorf("%s: Answer changed the Meeting that it was given (-want +got):\n%s", tt.name, diff)
		}
		if m = next; m.OccurrenceStatus(bob, second) != tt.status {
			t.Errorf("%s: OccurrenceStatus = %s, want %s", tt.name, m.OccurrenceStatus(bob, second), tt.status)
		}
	}
	if got := m.OccurrenceStatus("eve@example.test", second); got != ical.StatusNeedsAction || m.Status("eve@example.test") != "" || len(m.Event.Overrides) != 0 {
		t.Errorf("status of the delegate of one date = %q, overrides = %+v, want needs-action there alone and no override", got, m.Event.Overrides)
	}
	// One mail was written before the telephone call, and one after it.
	in := answerOf(t, m, bob, ical.StatusTentative, nil)
	in.Calendar.Stamp = at(3)
	policy := &invite.Policy{Now: func() time.Time { return at(30) }}
	if _, o := m.Apply(in, policy); o.Verdict != invite.VerdictStale {
		t.Errorf("Apply of a mail from before the call = %+v, want stale", o)
	}
	in.Calendar.Stamp = at(20)
	if after, o := m.Apply(in, policy); o.Verdict != invite.VerdictApplied || after.Status(bob) != ical.StatusTentative {
		t.Errorf("Apply of a mail from after the call = %+v, want applied", o)
	}
}

// TestPropose enters proposals that did not come by mail.
func TestPropose(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	start := m.Event.Start.Add(24 * time.Hour)
	p := invite.Proposal{Email: "bob@example.test", Start: start, Stamp: pinned(), Via: "link", Comment: "a day later"}
	next, o := m.Propose(p)
	open := next.OpenProposals()
	if o.Verdict != invite.VerdictApplied || len(open) != 1 || open[0].ID == "" || !open[0].End.Equal(start.Add(time.Hour)) || len(m.Proposals) != 0 {
		t.Fatalf("Propose = %+v, open = %+v, want one proposal with the length of the meeting", o, open)
	}
	if _, o := next.Propose(p); o.Verdict != invite.VerdictDuplicate {
		t.Errorf("the second Propose = %+v, want duplicate", o)
	}
	for reason, change := range map[string]func(p *invite.Proposal){
		"Start": func(p *invite.Proposal) { p.Start = time.Time{} }, "End": func(p *invite.Proposal) { p.End = start.Add(-1) },
		"Stamp": func(p *invite.Proposal) { p.Stamp = time.Time{} }, "Via": func(p *invite.Proposal) { p.Via = "" },
		"not invited": func(p *invite.Proposal) { p.Email = "eve@example.test" },
	} {
		bad := p
		change(&bad)
		if got, o := m.Propose(bad); got != m || !strings.Contains(o.Reason, reason) || o.Verdict == invite.VerdictApplied {
			t.Errorf("Propose = %+v, want a refusal that names %s", o, reason)
		}
	}
	e, err := open[0].Accept(next.Event)
	if err != nil || !e.Start.Equal(start) {
		t.Errorf("Accept = start %s, %v, want %s", e.Start, err, start)
	}
}

// TestUndelivered enters a report about a mail, as an HTTP API gives it.
func TestUndelivered(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	id := m.Deliveries[1].MessageID
	next, o := m.Undelivered(id, "ZOE@example.test", "550 no such user")
	if d := next.Deliveries[1]; o.Verdict != invite.VerdictUndeliverable || d.State != invite.DeliveryUndelivered || d.Reply != `a report says "550 no such user"` || m.Deliveries[1].State != invite.DeliveryDelivered {
		t.Errorf("Undelivered = %+v, delivery = %+v, want undelivered with the reply", o, d)
	}
	if next.Tally().Undelivered != 1 {
		t.Errorf("Tally = %v, want 1 undelivered", next.Tally())
	}
	if _, o := next.Undelivered(id, "", "again"); o.Verdict != invite.VerdictDuplicate {
		t.Errorf("the second Undelivered = %+v, want duplicate", o)
	}
	for _, other := range []struct{ id, email string }{{"", "zoe@example.test"}, {id, "bob@example.test"}, {"<x@example.test>", ""}} {
		if got, o := m.Undelivered(other.id, other.email, "x"); got != m || o.Verdict != invite.VerdictUnknownEvent {
			t.Errorf("Undelivered(%+v) = %+v, want unknown-event", other, o)
		}
	}
}

// TestAllDay answers for occurrences of an all-day series, which are found by their
// dates.
func TestAllDay(t *testing.T) {
	day := time.Date(2027, 3, 2, 0, 0, 0, 0, time.FixedZone("", 3600))
	_, m := request(t, vary(func(e *ical.Event) {
		e.AllDay, e.Start, e.End, e.TimeZone = true, day, day.AddDate(0, 0, 1), ""
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 3, ByDay: []ical.Day{ical.DayTuesday}}
	}), 0, fixed())
	bob := m.Event.Attendees[0].Email
	id := time.Date(2027, 3, 9, 0, 0, 0, 0, time.UTC)
	for i := range 2 {
		in := answerOf(t, m, bob, []ical.Status{ical.StatusDeclined, ical.StatusAccepted}[i], func(r *invite.Response) { r.Occurrence = id })
		var o invite.Outcome
		if m, o = m.Apply(in, nil); o.Verdict != invite.VerdictApplied {
			t.Fatalf("Apply = %+v, want applied", o)
		}
	}
	if got := m.OccurrenceStatus(bob, id); got != ical.StatusAccepted || len(m.Event.Overrides) != 0 {
		t.Errorf("OccurrenceStatus = %s with %d overrides, want accepted and none", got, len(m.Event.Overrides))
	}
	in := answerOf(t, m, bob, ical.StatusTentative, func(r *invite.Response) { r.Start, r.End = day, day.AddDate(0, 0, 2) })
	m, o := m.Apply(in, nil)
	if len(m.OpenProposals()) != 1 || !m.Proposals[0].AllDay {
		t.Errorf("Apply = %+v, proposals = %+v, want one of whole days", o, m.Proposals)
	}
}

// TestApplyBare applies an Inbound that was not read from a mail.
func TestApplyBare(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	a := m.Event.Attendees[0]
	a.Status = ical.StatusAccepted
	in := &invite.Inbound{Kind: invite.KindReply, Event: &ical.Event{UID: m.Event.UID}, Attendee: a}
	if _, o := m.Apply(in, invite.InsecureAcceptAny()); o.Verdict != invite.VerdictApplied {
		t.Errorf("%+v", o)
	}
	if _, o := m.Apply(in, nil); o.Verdict != invite.VerdictUnverified {
		t.Errorf("Apply without a mail = %+v, want unverified", o)
	}
	for _, in := range []*invite.Inbound{{Kind: invite.KindReply}, {Kind: invite.KindBounce}, {}, {Kind: invite.KindBounce, Mail: &mime.Received{Report: &mime.DeliveryReport{}}}} {
		if _, o := m.Apply(in, nil); o.Verdict != invite.VerdictNotAnAnswer {
			t.Errorf("Apply of a bare %q = %+v, want not-an-answer", in.Kind, o)
		}
	}
	m.Event.Cancelled = true
	if _, o := m.Apply(in, invite.InsecureAcceptAny()); o.Verdict != invite.VerdictStale {
		t.Errorf("Apply to a cancelled meeting = %+v, want stale", o)
	}
	one := *m
	one.Event.Cancelled, one.Event.RecurrenceID = false, one.Event.Start
	if _, o := one.Apply(in, invite.InsecureAcceptAny()); o.Verdict != invite.VerdictApplied {
		t.Errorf("Apply to a single occurrence = %+v, want applied", o)
	}
}
