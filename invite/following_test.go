package invite_test

import (
	"context"
	"slices"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestRestIsNew has bob, who has answered the old series, not get the invitation to
// the rest: he has nothing of it that could be changed or cancelled.
func TestRestIsNew(t *testing.T) {
	s := new(recorder)
	c := invite.New(s, fixed())
	m := mustSend(t, c, weeklyTrio())
	m.Answers = append(m.Answers, invite.Answer{
		Email: "bob@example.test", Status: ical.StatusAccepted, Stamp: pinned(), MessageID: "<reply@example.test>",
	})
	after := m.Event
	after.Summary = "Other"
	s.fail = func(_ int, m *invite.Message) error {
		if m.To[0] == "bob@example.test" {
			return errPlain
		}
		return nil
	}
	_, rest, err := c.UpdateFollowing(context.Background(), m, m.Event.Start.AddDate(0, 0, 14), after)
	if err == nil || rest.Status("bob@example.test") != ical.StatusAccepted {
		t.Fatalf("UpdateFollowing = %v, and bob is %q, want an error and his answer", err, rest.Status("bob@example.test"))
	}
	box := new(recorder)
	if _, err := box.client().Cancel(context.Background(), reload(t, rest)); err != nil {
		t.Fatal(err)
	}
	check(t, "mails of Cancel", []string{"ann Cancelled", "cy Cancelled"}, box.outbox(t))
	roof := rest.Event
	roof.Description = "Agenda"
	if _, err := box.client().Update(context.Background(), reload(t, rest), roof); err != nil {
		t.Fatal(err)
	}
	check(t, "mails of Update", []string{"ann Updated", "bob Invitation", "cy Updated"}, box.outbox(t))
}

// TestFollowingOneMail has ann see another rest than the others, and the same end of
// the old series: it comes after the rest to each of them.
func TestFollowingOneMail(t *testing.T) {
	s := new(recorder)
	c := s.client()
	m := mustSend(t, c, weeklyTrio(), invite.OneMail())
	s.take()
	week := func(n int) ical.Event { return ical.Event{RecurrenceID: m.Event.Start.AddDate(0, 0, 7*n)} }
	after := m.Event
	after.Summary = "Other"
	after.Overrides = []ical.Event{week(4)}
	after.Overrides[0].Attendees = slices.Clone(trio().Attendees[1:])
	if _, _, err := c.UpdateFollowing(context.Background(), m, week(2).RecurrenceID, after); err != nil {
		t.Fatal(err)
	}
	check(t, "mails", []string{"ann Invitation", "bob Invitation", "cy Invitation", "ann Updated", "bob Updated", "cy Updated"}, s.outbox(t))
}
