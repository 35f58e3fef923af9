package invite_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestResumeOneOccurrence resumes the mails of a Meeting that is a single occurrence of
// a series.
func TestResumeOneOccurrence(t *testing.T) {
	s := new(recorder)
	c := s.client()
	e := trio()
	e.RecurrenceID = e.Start
	resume := func(m *invite.Meeting, err error) *invite.Meeting {
		t.Helper()
		if err == nil {
			m, err = c.Resume(context.Background(), reload(t, m))
		}
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := resume(c.Send(context.Background(), e, invite.QueueOnly()))
	check(t, "invitations", []string{"ann Invitation", "bob Invitation", "cy Invitation"}, s.outbox(t))
	e.Location = "Roof"
	m = resume(c.Update(context.Background(), m, e, invite.QueueOnly()))
	check(t, "changes", []string{"ann Updated", "bob Updated", "cy Updated"}, s.outbox(t))
	m = resume(c.Remind(context.Background(), m, invite.OnlyTo("bob@example.test"), invite.QueueOnly()))
	check(t, "reminders", []string{"bob Reminder"}, s.outbox(t))
	resume(c.Cancel(context.Background(), m, invite.QueueOnly()))
	check(t, "cancellations", []string{"ann Cancelled", "bob Cancelled", "cy Cancelled"}, s.outbox(t))
}

// TestResendFails sends a mail again that may have arrived, and fails. The state stays
// unknown, because the first attempt may have arrived.
func TestResendFails(t *testing.T) {
	for _, ledger := range []bool{false, true} {
		s := &recorder{fail: failures(doubt)}
		stored := new(invite.Meeting)
		c := s.client(func(o *invite.Options) {
			if ledger {
				o.Ledger = invite.WholeMeeting(func(_ context.Context, m *invite.Meeting) error { stored = reload(t, m); return nil })
			}
		})
		m := mustSend(t, c, trio())
		s.take()
		s.fail = failures(errPlain)
		m, err := c.Resume(context.Background(), m, invite.ResendUnknown())
		if err == nil || m.Deliveries[0].State != invite.DeliveryUnknown {
			t.Fatalf("Resume = %v and %s, want unknown", err, m.Deliveries[0].State)
		}
		if ledger {
			check(t, "stored", states(m), states(stored))
		}
		s.take()
		must(t)(c.Cancel(context.Background(), m))
		check(t, "mails", []string{"ann Cancelled", "bob Cancelled", "cy Cancelled"}, s.outbox(t))
	}
}

// TestCancelPastUnsent cancels a meeting in the past whose invitations are still
// pending. No mail is sent.
func TestCancelPastUnsent(t *testing.T) {
	s := new(recorder)
	m, err := s.client().Send(context.Background(), trio(), invite.QueueOnly())
	if err != nil {
		t.Fatal(err)
	}
	c := invite.New(s, fixed(func(o *invite.Options) { o.Now = func() time.Time { return pinned().AddDate(1, 0, 0) } }))
	if m, err = c.Cancel(context.Background(), m); err == nil {
		_, err = c.Resume(context.Background(), m)
	}
	if err != nil || len(s.mails) > 0 {
		t.Errorf("%v, and the mails %q, want none", err, s.outbox(t))
	}
}

func TestResume(t *testing.T) {
	s := &recorder{fail: failures(errPlain, refusal, doubt)}
	c := s.client()
	m := reload(t, mustSend(t, c, trio()))
	check(t, "states", []invite.DeliveryState{invite.DeliveryPending, invite.DeliveryRefused, invite.DeliveryUnknown}, states(m))
	first := slices.Clone(s.mails)
	s.take()

	again := must(t)(c.Resume(context.Background(), m))
	check(t, "states after Resume", []invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryRefused, invite.DeliveryUnknown}, states(again))
	if len(s.mails) != 1 || !reflect.DeepEqual(s.mails[0], first[0]) {
		t.Errorf("Resume sent %d mails, want the first of the sending once more, byte for byte", len(s.mails))
	}
	s.take()

	again = must(t)(c.Resume(context.Background(), reload(t, again), invite.ResendUnknown()))
	check(t, "states after ResendUnknown", []invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryRefused, invite.DeliveryDelivered}, states(again))
	if len(s.mails) != 1 || !reflect.DeepEqual(s.mails[0], first[2]) {
		t.Errorf("ResendUnknown sent %d mails, want the last of the sending once more, byte for byte", len(s.mails))
	}
	s.take()
	if _, err := c.Resume(context.Background(), again, invite.ResendUnknown()); err != nil || len(s.mails) > 0 {
		t.Errorf("Resume of nothing sent %q, %v", s.take(), err)
	}
	if _, err := invite.New(nil, nil).Resume(context.Background(), m); !errors.Is(err, invite.ErrNoSender) {
		t.Errorf("Resume = %v, want ErrNoSender", err)
	}
}

// TestResumeOvertaken resumes after a later change. A mail is left out if a later one
// tells the attendee the same.
func TestResumeOvertaken(t *testing.T) {
	week := func(n int) time.Time { return weeklyTrio().Start.AddDate(0, 0, 7*n) }
	tests := []struct {
		name   string
		change func(e *ical.Event)
		want   []string // the mails of Resume
	}{
		{"the whole again", func(e *ical.Event) { e.Location = "Roof" }, []string{"ann@example.test 1"}},
		{"one occurrence, which comes with the rest", func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: week(2), Location: "Roof"}}
		}, []string{"ann@example.test 1"}},
		{"no longer invited, without a delivered invitation", func(e *ical.Event) { e.Attendees = e.Attendees[1:] }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &recorder{fail: failures(errPlain)}
			c := s.client()
			m := mustSend(t, c, weeklyTrio())
			s.take()
			s.fail = failures(errPlain)
			after := weeklyTrio()
			tt.change(&after)
			m, err := c.Update(context.Background(), reload(t, m), after)
			if m == nil {
				t.Fatal(err)
			}
			s.take()
			m = must(t)(c.Resume(context.Background(), reload(t, m)))
			var got []string
			for _, mail := range s.mails {
				got = append(got, mail.To[0]+" "+tag(t, mail.Data))
			}
			check(t, "mails of Resume", tt.want, got)
			if m.Before != nil {
				t.Errorf("Before = %+v, want nil after all mails are delivered", m.Before)
			}
		})
	}
}

// tag returns the sequence of a request, and "CANCEL" for a cancellation.
func tag(t *testing.T, data []byte) string {
	t.Helper()
	cal := string(parseMail(t, data).calendar(t))
	if strings.Contains(cal, "METHOD:CANCEL") {
		return "CANCEL"
	}
	_, rest, _ := strings.Cut(cal, "SEQUENCE:")
	n, _, _ := strings.Cut(rest, "\r\n")
	return n
}

// TestResumeAfterLaterChange resumes a pending cancellation after a later change that
// is not about its attendee. The cancellation is still sent.
func TestResumeAfterLaterChange(t *testing.T) {
	for _, opts := range [][]invite.SendOption{nil, {invite.HideGuests()}} {
		s := new(recorder)
		c := s.client()
		m := mustSend(t, c, trio(), opts...)
		s.take()
		s.fail = failures(errPlain)
		without := trio()
		without.Attendees = without.Attendees[1:]
		m, err := c.Update(context.Background(), m, without)
		if m == nil || len(s.mails) != 1 {
			t.Fatalf("Update = %v with %d mails, want one", err, len(s.mails))
		}
		owed := s.mails[0]
		s.take()
		s.fail = failures(errPlain)
		secret := without
		secret.Location = "Secret place"
		if m, err = c.Update(context.Background(), reload(t, m), secret); m == nil {
			t.Fatal(err)
		}
		s.take()
		if len(m.Before) != 2 {
			t.Errorf("Before has %d versions, want the two of pending mails", len(m.Before))
		}
		m = must(t)(c.Resume(context.Background(), reload(t, m)))
		if len(s.mails) != 2 || !reflect.DeepEqual(s.mails[0], owed) {
			t.Errorf("Resume sent %q, want the cancellation as it was and the change", s.take())
		}
		if m.Before != nil {
			t.Errorf("Before = %v, want nil", m.Before)
		}
	}
}

// TestResumeHidesGuests looks for other guests in the mails that Resume sends.
func TestResumeHidesGuests(t *testing.T) {
	s := &recorder{fail: failures(errPlain, errPlain, errPlain)}
	m := mustSend(t, s.client(), trio(), invite.HideGuests())
	s.take()
	m, err := s.client().Resume(context.Background(), reload(t, m)) // the client has no option HideGuests
	if err != nil || len(s.mails) != 3 {
		t.Fatalf("Resume = %v with %d mails, want all that were pending", err, len(s.mails))
	}
	must(t)(s.client().Cancel(context.Background(), m))
	for i, mail := range s.mails {
		shown := everything(t, mail.Data)
		for j, a := range trio().Attendees {
			if strings.Contains(shown, a.Email) != (i%3 == j) {
				t.Errorf("mail %d to %s shows %s = %t, want %t", i, mail.To[0], a.Email, i%3 != j, i%3 == j)
			}
		}
	}
}

// TestResumeShared resumes a mail with several recipients. It is sent again only to the
// recipients who did not get it.
func TestResumeShared(t *testing.T) {
	s := &recorder{fail: failures(errors.Join(about{"ann@example.test", errPlain}, about{"cy@example.test", errPlain}))}
	m := mustSend(t, s.client(), trio(), invite.OneMail())
	id := s.mails[0].ID
	check(t, "first", []string{"ann@example.test bob@example.test cy@example.test"}, s.take())
	m = must(t)(s.client().Resume(context.Background(), reload(t, m)))
	if s.mails[0].ID != id {
		t.Errorf("Message-ID = %s, want %s", s.mails[0].ID, id)
	}
	check(t, "again", []string{"ann@example.test cy@example.test"}, s.take())
	after := weeklyTrio()
	after.Overrides = []ical.Event{{RecurrenceID: after.Start.AddDate(0, 0, 7), Location: "A"}, {RecurrenceID: after.Start.AddDate(0, 0, 14), Location: "B"}}
	m = must(t)(s.client().Update(context.Background(), m, weeklyTrio()))
	s.take()
	must(t)(s.client().Update(context.Background(), m, after))
	all := "ann@example.test bob@example.test cy@example.test"
	check(t, "two occurrences", []string{all, all}, s.take())
}

// TestOrderForOneAttendee holds back an invitation to one occurrence until the
// cancellation of the series is delivered. If it came later, the cancellation would
// remove the occurrence too.
func TestOrderForOneAttendee(t *testing.T) {
	s := new(recorder)
	c := s.client()
	m := mustSend(t, c, weeklyTrio())
	s.take()
	s.fail = failures(errPlain)
	after := weeklyTrio()
	after.Attendees = after.Attendees[1:]
	after.Overrides = []ical.Event{{RecurrenceID: after.Start.AddDate(0, 0, 7), Attendees: trio().Attendees}}
	m, err := c.Update(context.Background(), m, after)
	var de *invite.DeliveryError
	if !errors.As(err, &de) || len(de.Recipients) != 2 || len(s.mails) != 1 {
		t.Fatalf("Update = %v with %d mails, want one tried and two not delivered", err, len(s.mails))
	}
	s.take()
	if _, err = c.Resume(context.Background(), reload(t, m)); err != nil || len(s.mails) != 2 {
		t.Fatalf("Resume = %v with %d mails, want all that were pending", err, len(s.mails))
	}
	check(t, "order", []string{"CANCEL", "2"}, []string{tag(t, s.mails[0].Data), tag(t, s.mails[1].Data)})
}
