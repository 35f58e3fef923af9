package invite_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/invitetest"
)

// secretive is a weekly series with much that is not for strangers.
func secretive() ical.Event {
	e := weeklyTrio()
	e.Sequence, e.Location, e.Description, e.Conference, e.URL = 3, "Vault", "The code is 4711", "https://meet.example.test/b", "https://example.test/a"
	e.Categories, e.Reminders = []string{"Hush"}, []ical.Reminder{{Before: time.Hour}}
	e.Attachments = []ical.Link{{URL: "https://example.test/c.pdf", Name: "c.pdf"}}
	e.Extra = []ical.Property{{Name: "X-ROOM", Value: "7"}}
	e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Location: "Cellar", Start: e.Start.AddDate(0, 0, 7).Add(time.Hour)}}
	return e
}

// TestRefuse refuses somebody the whole meeting, and one occurrence of it.
func TestRefuse(t *testing.T) {
	ctx, e := context.Background(), secretive()
	tests := []struct {
		name   string
		start  time.Time // as it is given
		begins time.Time // the start of the object
		opts   []invite.SendOption
	}{
		{"the whole meeting", time.Time{}, e.Start, nil},
		{"one occurrence", e.Start.AddDate(0, 0, 14), e.Start.AddDate(0, 0, 14), nil},
		{"a moved occurrence", e.Start.AddDate(0, 0, 7), e.Start.AddDate(0, 0, 7).Add(time.Hour), nil},
		{"guests are hidden", time.Time{}, e.Start, []invite.SendOption{invite.HideGuests()}},
		{"one mail to all", time.Time{}, e.Start, []invite.SendOption{invite.OneMail()}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(recorder)
			c := s.client()
			sent := mustSend(t, c, e, tt.opts...)
			s.take()
			p, err := c.PlanRefuse(sent, eve, tt.start)
			if err != nil || len(p.Notices) != 1 || p.Notices[0].Method != ical.MethodCancel || !strings.HasPrefix(p.Notices[0].Reason, "is not invited") || len(s.mails) > 0 {
				t.Fatalf("PlanRefuse = %+v, %v with %d mails", p, err, len(s.mails))
			}
			m := must(t)(c.Refuse(ctx, sent, eve, tt.start, invite.Comment("Only for the board.")))
			if len(s.mails) != 1 || strings.Join(s.mails[0].To, " ") != eve {
				t.Fatalf("%d mails, the first to %v, want one to eve", len(s.mails), s.mails[0].To)
			}
			checkRefusal(t, s.mails[0], sent, tt.start, tt.begins)
			if got := parseMail(t, s.mails[0].Data).header.Get("Subject"); !strings.HasPrefix(got, "Not invited: Review") || strings.Contains(got, "Mar") == tt.start.IsZero() {
				t.Errorf("subject = %s, want the meeting, and the date if it is one occurrence", got)
			}
			d := m.Deliveries[len(m.Deliveries)-1]
			if d.To != eve || d.Action != body.ActionRefusal || d.State != invite.DeliveryDelivered || !d.RecurrenceID.Equal(tt.start) || len(m.Deliveries) != len(sent.Deliveries)+1 {
				t.Errorf("the last delivery = %+v, want the refusal", d)
			}
			want := sent.Event.Clone()
			want.Sequence++
			check(t, "the event", want, m.Event)
			check(t, "the answers", sent.Answers, m.Answers)
			s.take()
			must(t)(c.Remind(ctx, m))
			if got := strings.Join(s.take(), " "); strings.Contains(got, eve) {
				t.Errorf("a reminder goes to %s", got)
			}
		})
	}
}

// checkRefusal checks the mail of a refusal: it cancels the right thing for eve, and
// shows nothing that is not for her.
func checkRefusal(t *testing.T, mail *invite.Message, sent *invite.Meeting, start, begins time.Time) {
	t.Helper()
	in := readMail(t, mail.Data)
	got := in.Event
	if in.Kind != invite.KindCancel || got.UID != sent.Event.UID || got.Sequence != sent.Event.Sequence+1 || !got.Cancelled || got.Organizer.Email != "desk@example.test" {
		t.Errorf("the object = %s %+v, want a CANCEL of the meeting with the next sequence", in.Kind, got)
	}
	if !got.RecurrenceID.Equal(start) || !got.Start.Equal(begins) || (got.Recurrence == nil) == start.IsZero() || len(got.Attendees) != 1 || got.Attendees[0].Email != eve {
		t.Errorf("the object is about %v at %v for %+v, want %v at %v for eve", got.RecurrenceID, got.Start, got.Attendees, start, begins)
	}
	text := everything(t, mail.Data)
	for _, secret := range []string{"ann@", "bob@", "cy@", "Vault", "Cellar", "4711", "Hush", "meet.example.test", "example.test/a", "c.pdf", "X-ROOM", "VALARM"} {
		if strings.Contains(text, secret) {
			t.Errorf("the mail to eve has %q", secret)
		}
	}
	if !strings.Contains(text, "Only for the board.") || !strings.Contains(text, "You are not invited to this meeting") || strings.Contains(text, "does not take place") {
		t.Errorf("the text of the mail is wrong:\n%s", text)
	}
}

// TestRefuseErrors refuses what cannot be refused. Nothing is sent.
func TestRefuseErrors(t *testing.T) {
	s := new(recorder)
	c := s.client()
	e := weeklyTrio()
	second := e.Start.AddDate(0, 0, 7)
	e.Overrides = []ical.Event{{RecurrenceID: second, Attendees: append(trio().Attendees[1:], ical.Attendee{Email: "guest@example.test"})}}
	m := mustSend(t, c, e)
	s.take()
	for _, tt := range []struct {
		name, email string
		start       time.Time
		want        string
	}{
		{"an attendee", "ANN@example.test", time.Time{}, `email: "ANN@example.test" is invited: use Update`},
		{"an attendee, one occurrence", "bob@example.test", second, "is invited"},
		{"an attendee who is not invited to that occurrence", "ann@example.test", second, "is invited"},
		{"a guest of that occurrence", "guest@example.test", second, "is invited"},
		{"a guest of one occurrence, the whole series", "guest@example.test", time.Time{}, "is invited"},
		{"the organizer", "Desk@example.test", time.Time{}, "is the organizer"},
		{"no address", "", time.Time{}, `email: "" is missing`},
		{"a bad address", "eve @example.test", time.Time{}, "' '"},
		{"no occurrence", eve, second.Add(time.Hour), "RecurrenceID: the series has no occurrence"},
	} {
		got, err := c.Refuse(context.Background(), m, tt.email, tt.start)
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(ical.FieldErrors(err)) != 1 || got != m || len(s.mails) > 0 {
			t.Errorf("%s: Refuse = %v with %d mails, want %s", tt.name, err, len(s.mails), tt.want)
		}
	}
	for what, start := range map[string]time.Time{"another occurrence to a guest": second.AddDate(0, 0, 7), "the first occurrence to a guest": e.Start} {
		if _, err := c.Refuse(context.Background(), m, "guest@example.test", start); err != nil || len(s.take()) != 1 {
			t.Errorf("Refuse of %s = %v, want one mail", what, err)
		}
	}
	m = must(t)(c.Cancel(context.Background(), m))
	s.take()
	if _, err := c.Refuse(context.Background(), m, eve, time.Time{}); err != nil || len(s.take()) != 1 {
		t.Errorf("Refuse of a cancelled meeting = %v, want one mail", err)
	}
	single := mustSend(t, c, trio())
	if _, err := c.Refuse(context.Background(), single, eve, second); err == nil || !strings.Contains(err.Error(), "the meeting is no series") {
		t.Errorf("Refuse of an occurrence of a single meeting = %v", err)
	}
}

// TestRefuseLater sends a refusal that was queued, or that failed, after other changes.
func TestRefuseLater(t *testing.T) {
	ctx, e := context.Background(), secretive()
	for _, start := range []time.Time{{}, e.Start.AddDate(0, 0, 14)} {
		s := new(recorder)
		c := s.client()
		sent := mustSend(t, c, e)
		m := reload(t, must(t)(c.Refuse(ctx, sent, eve, start, invite.QueueOnly(), invite.Comment("Only for the board."))))
		after := m.Event.Clone()
		after.Description = "The code is 4712"
		m = must(t)(c.Update(ctx, m, after))
		s.take()
		m = must(t)(c.Resume(ctx, reload(t, m)))
		if len(s.mails) != 1 || s.mails[0].To[0] != eve {
			t.Fatalf("Resume sent %v, want the refusal", s.take())
		}
		checkRefusal(t, s.mails[0], sent, start, either2(start, e.Start))

		m = must(t)(c.Refuse(ctx, m, eve, start, invite.QueueOnly()))
		after = m.Event.Clone()
		after.Attendees = append(after.Attendees, ical.Attendee{Email: eve})
		s.take()
		m = must(t)(c.Update(ctx, m, after))
		check(t, "the mails of the invitation", []string{"eve Invitation"}, s.outbox(t))
		if m = must(t)(c.Resume(ctx, m)); len(s.mails) > 0 || m.Deliveries[len(m.Deliveries)-2].State != invite.DeliveryOvertaken {
			t.Errorf("Resume sent %d mails, want none, because the refusal is overtaken", len(s.mails))
		}
	}
	s := new(recorder)
	c := s.client()
	m := mustSend(t, c, e)
	s.take()
	s.fail = failures(refusal)
	m, err := c.Refuse(ctx, m, eve, time.Time{})
	var failed *invite.DeliveryError
	if !errors.As(err, &failed) || m.Deliveries[3].State != invite.DeliveryRefused || m.Tally().Refused != 1 {
		t.Errorf("Refuse whose mail is refused = %v, want a DeliveryError and a record", err)
	}
}

func either2(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// TestRefuseAnswer takes a stranger's answer in, and refuses them.
func TestRefuseAnswer(t *testing.T) {
	for _, client := range invitetest.Clients() {
		s := new(recorder)
		c := s.client()
		m := mustSend(t, c, weeklyTrio())
		s.take()
		second := m.Event.Start.AddDate(0, 0, 7)
		in := fromEve(t, m, client, second)
		if _, o := m.Apply(in, nil); o.Verdict != invite.VerdictUnknownAttendee {
			t.Fatalf("%s: %+v", client, o)
		}
		m = must(t)(c.Refuse(context.Background(), m, in.Attendee.Email, in.Event.RecurrenceID))
		if got := readMail(t, s.mails[0].Data).Event; !got.RecurrenceID.Equal(second) || len(s.mails) != 1 {
			t.Errorf("%s: %d mails, the first about %v, want one about %v", client, len(s.mails), got.RecurrenceID, second)
		}
		if _, o := m.Apply(in, nil); o.Verdict != invite.VerdictUnknownAttendee {
			t.Errorf("%s: the answer once more = %+v", client, o)
		}
	}
}
