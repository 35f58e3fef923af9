package invite_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// TestEventGivenBack gives events back as they were stored. No answer is made of it.
func TestEventGivenBack(t *testing.T) {
	bob, zoe := "bob@example.test", "zoe@example.test"
	withStatus := func(e ical.Event) ical.Event { // as an earlier program stored events
		e.Attendees = append([]ical.Attendee(nil), e.Attendees...)
		e.Attendees[0].Status, e.Attendees[1].Status = ical.StatusAccepted, ical.StatusTentative
		return e
	}
	own := func(e ical.Event) ical.Event {
		e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Attendees: withStatus(e).Attendees}}
		return e
	}
	tests := []struct {
		name  string
		event ical.Event // of the stored meeting
		id    time.Time  // the occurrence that bob declines by mail
		want  int        // the number of answers in the end
	}{
		{"a sent meeting", review(), time.Time{}, 1},
		{"a meeting with statuses in its event", withStatus(review()), time.Time{}, 2},
		{"a series with statuses in its event", withStatus(weeklyRequest()), time.Time{}, 2},
		{"a series with statuses in an override", own(weeklyRequest()), weeklyRequest().Start.AddDate(0, 0, 7), 2},
		{"the same after an answer to another occurrence", own(weeklyRequest()), weeklyRequest().Start.AddDate(0, 0, 14), 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := new(recorder).client()
			_, m := request(t, review(), 0, fixed())
			m.Event = tt.event.Clone()
			m, o := m.Apply(answerOf(t, m, bob, ical.StatusDeclined, func(r *invite.Response) { r.Occurrence = tt.id }), nil)
			if o.Verdict != invite.VerdictApplied {
				t.Fatal(o)
			}
			was := m.OccurrenceStatus(zoe, tt.id)
			for range 2 { // the second time the meeting is one that a call returned
				after := m.Event.Clone()
				after.Summary += "!"
				m = must(t)(c.Update(context.Background(), m, after))
				if got := m.OccurrenceStatus(bob, tt.id); got != ical.StatusDeclined {
					t.Errorf("status of bob = %s, want declined: %+v", got, m.Answers)
				}
			}
			if got := m.OccurrenceStatus(zoe, tt.id); got != was || len(m.Answers) != tt.want {
				t.Errorf("status of zoe = %s with %d answers, want %s with %d: %+v", got, len(m.Answers), was, tt.want, m.Answers)
			}
		})
	}
}

// TestByHandFollowing sets a status for the rest of a series, and for a mail to all.
func TestByHandFollowing(t *testing.T) {
	ann, ctx := "ann@example.test", context.Background()
	s := new(recorder)
	c := s.client()
	m := mustSend(t, c, weeklyTrio(), invite.OneMail())
	m = said(t, m, ann, ical.StatusAccepted)
	after := m.Event.Clone()
	after.Summary, after.Attendees[0].Status = "Retro", ical.StatusDeclined
	old, rest, err := c.UpdateFollowing(ctx, m, m.Event.Start.AddDate(0, 0, 14), after)
	if err != nil {
		t.Fatal(err)
	}
	if old.Status(ann) != ical.StatusAccepted || rest.Status(ann) != ical.StatusDeclined {
		t.Errorf("status of ann = %s, and %s in the rest, want accepted and declined", old.Status(ann), rest.Status(ann))
	}
	set := rest.Answers[len(rest.Answers)-1]
	if set.Via != "organizer" || set.Stamp.IsZero() {
		t.Errorf("the last answer = %+v, want one of the organizer with a time", set)
	}
	for minutes, want := range map[int]invite.Verdict{-1: invite.VerdictStale, 1: invite.VerdictApplied} {
		in := answerOf(t, rest, ann, ical.StatusTentative, nil)
		in.Calendar.Stamp = set.Stamp.Add(time.Duration(minutes) * time.Minute)
		if _, o := rest.Apply(in, &invite.Policy{Now: func() time.Time { return set.Stamp.Add(time.Hour) }}); o.Verdict != want {
			t.Errorf("a mail of %d minutes later = %+v, want %s", minutes, o, want)
		}
	}
	s.take()
	after = rest.Event.Clone()
	after.Attendees[1].Status, after.Description = ical.StatusAccepted, "Bring figures"
	must(t)(c.Update(ctx, rest, after))
	shown := readMail(t, s.mails[0].Data).Event.Attendees
	if len(s.mails) != 1 || shown[0].Status != ical.StatusDeclined || shown[1].Status != ical.StatusAccepted || shown[2].Status != "" {
		t.Errorf("%d mails with %+v, want one with the answers that count", len(s.mails), shown)
	}
}

// TestByHandClients applies late mails of five clients after the organizer set a status.
func TestByHandClients(t *testing.T) {
	clock, r, bob := new(invitetest.Clock), new(invitetest.Recorder), "bob@example.test"
	c := invite.New(r, invitetest.Options(clock))
	m := mustSend(t, c, review())
	written := clock.Now()
	late := make(map[invitetest.Client][]byte)
	for _, client := range invitetest.Clients() {
		late[client] = r.Reply(bob, ical.StatusAccepted, client, func(a *invitetest.Answer) { a.Time = written.Add(time.Minute) })
	}
	clock.Advance(24 * time.Hour)
	after := m.Event.Clone()
	after.Attendees[0].Status = ical.StatusDeclined
	m = must(t)(c.Update(context.Background(), m, after))
	if a := m.Answers; len(a) != 1 || a[0].Via != "organizer" || !a[0].Stamp.Equal(clock.Now()) {
		t.Fatalf("answers = %+v, want one of the organizer now", a)
	}
	policy := &invite.Policy{Now: func() time.Time { return clock.Now().Add(time.Hour) }}
	for client, data := range late {
		if got, o := m.Apply(readMail(t, data), policy); o.Verdict != invite.VerdictStale || got.Status(bob) != ical.StatusDeclined || !strings.Contains(o.Reason, "declined of") {
			t.Errorf("%s: %+v, want stale with the answer that counts", client, o)
		}
		now := r.Reply(bob, ical.StatusTentative, client, func(a *invitetest.Answer) { a.Time = clock.Now().Add(time.Minute) })
		if got, o := m.Apply(readMail(t, now), policy); o.Verdict != invite.VerdictApplied || got.Status(bob) != ical.StatusTentative {
			t.Errorf("%s: a mail from after it = %+v, want applied", client, o)
		}
	}
}

// TestUnnamedAction stores an invitation whose action has no name, as documented: it
// stays if another attendee is added.
func TestUnnamedAction(t *testing.T) {
	ctx, s := context.Background(), new(recorder)
	c := s.client()
	m := mustSend(t, c, trio())
	m = must(t)(c.Reinvite(ctx, m, []string{"ann@example.test"}, invite.QueueOnly()))
	m.Deliveries[3].Action = ""
	after := m.Event.Clone()
	after.Attendees = append(after.Attendees, ical.Attendee{Email: "eve@example.test"})
	m = must(t)(c.Update(ctx, m, after))
	if got := m.Deliveries[3].State; got != invite.DeliveryPending {
		t.Errorf("the invitation is %s, want pending", got)
	}
}

// TestNoMeeting gives nil, and an empty Meeting, to everything that takes one.
func TestNoMeeting(t *testing.T) {
	ctx, s := context.Background(), new(recorder)
	c := s.client()
	for name, m := range map[string]*invite.Meeting{"nil": nil, "empty": {}} {
		two := func(f func() (*invite.Meeting, *invite.Meeting, error)) func() (*invite.Meeting, error) {
			return func() (*invite.Meeting, error) { a, _, err := f(); return a, err }
		}
		for call, f := range map[string]func() (*invite.Meeting, error){
			"Update":          func() (*invite.Meeting, error) { return c.Update(ctx, m, review()) },
			"Cancel":          func() (*invite.Meeting, error) { return c.Cancel(ctx, m) },
			"Remind":          func() (*invite.Meeting, error) { return c.Remind(ctx, m) },
			"Reinvite":        func() (*invite.Meeting, error) { return c.Reinvite(ctx, m, nil) },
			"Refuse":          func() (*invite.Meeting, error) { return c.Refuse(ctx, m, "eve@example.test", time.Time{}) },
			"DeclineProposal": func() (*invite.Meeting, error) { return c.DeclineProposal(ctx, m, invite.Proposal{}) },
			"Resume":          func() (*invite.Meeting, error) { return c.Resume(ctx, m) },
			"UpdateFollowing": two(func() (*invite.Meeting, *invite.Meeting, error) {
				return c.UpdateFollowing(ctx, m, pinned(), review())
			}),
			"PlanCancel": func() (*invite.Meeting, error) { _, err := c.PlanCancel(m); return m, err },
			"PlanRefuse": func() (*invite.Meeting, error) {
				_, err := c.PlanRefuse(m, "eve@example.test", time.Time{})
				return m, err
			},
		} {
			if got, err := f(); !errors.Is(err, invite.ErrNoMeeting) || got != m || len(s.mails) > 0 {
				t.Errorf("%s of a Meeting that is %s = %v, %v with %d mails, want it back with ErrNoMeeting", call, name, got, err, len(s.mails))
			}
		}
	}
	var m *invite.Meeting
	if m.Status("bob@example.test") != "" || m.OccurrenceStatus("bob@example.test", pinned()) != "" || m.Attendees(time.Time{}) != nil || m.OpenProposals() != nil {
		t.Error("a nil Meeting has attendees or proposals")
	}
	if got, ok := m.OccurrenceTally(time.Time{}); m.Tally() != (invite.Tally{}) || got != (invite.Tally{}) || ok {
		t.Error("a nil Meeting has a tally")
	}
	in := &invite.Inbound{Kind: invite.KindReply}
	for name, f := range map[string]func() (*invite.Meeting, invite.Outcome){
		"Apply":       func() (*invite.Meeting, invite.Outcome) { return m.Apply(in, nil) },
		"Answer":      func() (*invite.Meeting, invite.Outcome) { return m.Answer(invite.Answer{}) },
		"Propose":     func() (*invite.Meeting, invite.Outcome) { return m.Propose(invite.Proposal{}) },
		"Undelivered": func() (*invite.Meeting, invite.Outcome) { return m.Undelivered("<a@example.test>", "", "") },
	} {
		if got, o := f(); got != nil || o.Verdict != invite.VerdictUnknownEvent || !strings.Contains(o.Reason, "nil") {
			t.Errorf("%s of nil = %v, %+v, want unknown-event with the reason", name, got, o)
		}
	}
	_, sent := request(t, review(), 0, fixed())
	if got, o := sent.Apply(nil, nil); got != sent || o.Verdict != invite.VerdictNotAnAnswer {
		t.Errorf("Apply(nil) = %+v, want not-an-answer", o)
	}
}
