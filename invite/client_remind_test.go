package invite_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
)

func TestRemind(t *testing.T) {
	s := new(recorder)
	c := s.client()
	m := mustSend(t, c, trio())
	s.take()
	m = said(t, said(t, m, "ann@example.test", ical.StatusAccepted), "bob@example.test", ical.StatusDeclined)
	tests := []struct {
		name string
		opts []invite.RemindOption
		want []string
	}{
		{"attendees without an answer", nil, []string{"cy@example.test"}},
		{"named attendees", []invite.RemindOption{invite.OnlyTo("BOB@example.test", "ann@example.test")}, []string{"ann@example.test", "bob@example.test"}},
		{"a named attendee without an answer", []invite.RemindOption{invite.OnlyTo("cy@example.test")}, []string{"cy@example.test"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := must(t)(c.Remind(context.Background(), m, tt.opts...))
			last := got.Deliveries[len(got.Deliveries)-1]
			if last.Sequence != 0 || last.Action != body.ActionReminder || !last.Stamp.After(m.Deliveries[0].Stamp) || last.MessageID == m.Deliveries[2].MessageID {
				t.Errorf("the last delivery = %+v, want a reminder with sequence 0, a later stamp and a Message-ID of its own", last)
			}
			check(t, "mails", tt.want, s.take())
			check(t, "event", m.Event, got.Event)
		})
	}
	if _, err := c.Remind(context.Background(), m, invite.OnlyTo("eve@example.test")); !errors.Is(err, invite.ErrNotInvited) || !strings.Contains(err.Error(), "eve@example.test") || len(s.mails) > 0 {
		t.Errorf("Remind of a stranger = %v with %d mails, want ErrNotInvited", err, len(s.mails))
	}
	if _, err := c.Reinvite(context.Background(), m, []string{"ann@example.test", "eve@example.test"}); !errors.Is(err, invite.ErrNotInvited) || len(s.mails) > 0 {
		t.Errorf("Reinvite of a stranger = %v with %d mails, want ErrNotInvited", err, len(s.mails))
	}
	if _, err := c.Remind(context.Background(), m, invite.OnlyTo()); err == nil || err.Error() != "invite: OnlyTo: names nobody" {
		t.Errorf("Remind(OnlyTo()) = %v, want an error that names the option", err)
	}
	past := *m
	past.Event.Start, past.Event.End = m.Event.Start.AddDate(-1, 0, 0), m.Event.End.AddDate(-1, 0, 0)
	if _, err := c.Remind(context.Background(), &past); !errors.Is(err, invite.ErrPast) {
		t.Errorf("Remind of the past = %v, want ErrPast", err)
	}
	if _, err := c.Remind(context.Background(), &past, invite.AllowPast()); err != nil || len(s.take()) != 1 {
		t.Errorf("Remind with AllowPast = %v, want no error and one mail", err)
	}
	cancelled := must(t)(c.Cancel(context.Background(), m))
	if _, err := c.Remind(context.Background(), cancelled); !errors.Is(err, invite.ErrCancelled) {
		t.Errorf("Remind of a cancelled meeting = %v, want ErrCancelled", err)
	}
}

// TestRemindOccurrence reminds an attendee who is invited to one occurrence alone. The
// reminder is about that occurrence.
func TestRemindOccurrence(t *testing.T) {
	e := weeklyTrio()
	e.Attendees = e.Attendees[:1]
	e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Attendees: trio().Attendees[:2]}}
	s := new(recorder)
	m := mustSend(t, s.client(), e)
	m = said(t, m, "ann@example.test", ical.StatusAccepted)
	s.take()
	m = must(t)(s.client().Remind(context.Background(), m))
	check(t, "mails", []string{"bob@example.test"}, s.take())
	if got := m.Deliveries[len(m.Deliveries)-1].RecurrenceID; !got.Equal(e.Start.AddDate(0, 0, 7)) {
		t.Errorf("RecurrenceID of the reminder = %v, want %v", got, e.Start.AddDate(0, 0, 7))
	}
}

// TestReinvite sends requests to the delegate of one occurrence and to an attendee of
// the series.
func TestReinvite(t *testing.T) {
	_, m := request(t, weeklyRequest(), 0, fixed())
	bob := m.Event.Attendees[0].Email
	m, _ = m.Apply(answerOf(t, m, bob, ical.StatusDeclined, nil), nil)
	m, o := m.Apply(answerOf(t, m, bob, ical.StatusDelegated, func(r *invite.Response) {
		r.DelegateTo, r.Occurrence = "eve@example.test", time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)
	}), nil)
	if diff := cmp.Diff([]string{"eve@example.test"}, o.Invite); diff != "" {
		t.Fatalf("Outcome.Invite (-want +got):\n%s\n%+v", diff, o)
	}
	third := time.Date(2027, 3, 16, 9, 0, 0, 0, time.UTC)
	m, _ = m.Apply(answerOf(t, m, bob, ical.StatusAccepted, func(r *invite.Response) { r.Occurrence = third }), nil)
	if m.OccurrenceStatus(bob, third) != ical.StatusAccepted {
		t.Fatal("an answer to one occurrence does not count")
	}
	r := new(recorder)
	c := invite.New(r, fixed())
	after := must(t)(c.Reinvite(context.Background(), m, append(o.Invite, bob, strings.ToUpper(bob))))
	if len(after.Deliveries) != len(m.Deliveries)+2 {
		t.Errorf("after Reinvite: %d deliveries, want %d", len(after.Deliveries), len(m.Deliveries)+2)
	}
	eve, all := readMail(t, r.mails[0].Data).Event, readMail(t, r.mails[1].Data).Event
	if eve.RecurrenceID.IsZero() || eve.Recurrence != nil || len(eve.Attendees) != len(m.Event.Attendees)+1 {
		t.Errorf("the delegate of one occurrence got %+v, want that occurrence alone", eve)
	}
	if all.Recurrence == nil || len(all.Overrides) != 2 || len(all.Overrides[0].Attendees) != 1 || len(all.Overrides[1].Attendees) != 1 ||
		all.Overrides[0].Attendees[0].Status != ical.StatusDelegated || all.Overrides[1].Attendees[0].Status != ical.StatusAccepted {
		t.Errorf("overrides in the mail to the attendee of the series = %+v, want one for each of their own answers", all.Overrides)
	}
	for _, list := range [][]string{{"mallory@example.net"}, {m.Event.Organizer.Email}, nil} {
		if _, err := c.Reinvite(context.Background(), m, list); err == nil {
			t.Errorf("Reinvite(%q) = nil, want an error", list)
		}
	}
	m.HideGuests = true
	if _, err := c.Reinvite(context.Background(), m, []string{bob}); err != nil {
		t.Error(err)
	} else if got := readMail(t, r.mails[2].Data).Event.Attendees; len(got) != 1 {
		t.Errorf("attendees in a mail with HideGuests = %+v, want one", got)
	}
}

// TestReinviteOfSome invites an attendee again who is not invited to one occurrence of
// the series.
func TestReinviteOfSome(t *testing.T) {
	e := weeklyRequest()
	second := e.Start.AddDate(0, 0, 7)
	e.Overrides = []ical.Event{{RecurrenceID: second, Attendees: e.Attendees[1:], Location: "Room 5"}}
	_, m := request(t, e, 0, fixed())
	r := new(recorder)
	must(t)(invite.New(r, fixed()).Reinvite(context.Background(), m, []string{e.Attendees[0].Email}))
	got := readMail(t, r.mails[0].Data).Event
	if len(got.Overrides) != 0 || len(got.Recurrence.Except) != 1 || !got.Recurrence.Except[0].Equal(second) {
		t.Errorf("the mail has overrides %+v and exceptions %v, want only an exception at %v", got.Overrides, got.Recurrence.Except, second)
	}
}
