package invite_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestRestIsNew splits a series that bob has answered, and the invitation of bob to
// the rest fails. Bob then has nothing of the rest that could be changed or cancelled.
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
	must(t)(box.client().Cancel(context.Background(), reload(t, rest)))
	check(t, "mails of Cancel", []string{"ann Cancelled", "cy Cancelled"}, box.outbox(t))
	roof := rest.Event
	roof.Description = "Agenda"
	must(t)(box.client().Update(context.Background(), reload(t, rest), roof))
	check(t, "mails of Update", []string{"ann Updated", "bob Invitation", "cy Updated"}, box.outbox(t))
}

// TestFollowingLeavesNothing splits a series of which everything before the split was
// cancelled. The half that stays is empty, which is not the fault of the caller.
func TestFollowingLeavesNothing(t *testing.T) {
	ctx, s := context.Background(), new(recorder)
	c := s.client()
	m := mustSend(t, c, weeklyTrio())
	m = must(t)(c.Cancel(ctx, m, invite.Occurrence(m.Event.Start)))
	after := m.Event.Clone()
	after.Overrides, after.Summary = nil, "Other"
	start := m.Event.Start.AddDate(0, 0, 7)
	old, rest, err := c.UpdateFollowing(ctx, m, start, after)
	if err != nil || rest == nil || !rest.Event.Start.Equal(start) || rest.Event.Summary != "Other" {
		t.Errorf("UpdateFollowing = %v, %v, %v, want the rest from the second week on", old, rest, err)
	}
	after = m.Event.Clone()
	after.Attendees[0].Status = "perhaps"
	if _, rest, err = c.UpdateFollowing(ctx, m, start, after); err == nil || rest != nil || !strings.Contains(err.Error(), "Attendees[0].Status") {
		t.Errorf("UpdateFollowing with a misspelt status = %v, %v, want an error of the rest", rest, err)
	}
}

// TestFollowingOneMail splits a series with OneMail. Ann sees a different rest than the
// other attendees, and the same end of the old series. Each attendee gets the end of
// the old series after the rest.
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

func TestUpdateFollowing(t *testing.T) {
	e := weeklyTrio()
	week := func(n int) time.Time { return e.Start.AddDate(0, 0, 7*n) }
	e.Overrides = []ical.Event{{RecurrenceID: week(1), Location: "Roof"}, {RecurrenceID: week(5), Location: "Cellar"}}
	e.Recurrence.Except = []time.Time{week(2), week(6)}
	accepted := func(m *invite.Meeting) *invite.Meeting {
		return said(t, m, "ann@example.test", ical.StatusAccepted)
	}
	tests := []struct {
		name   string
		change func(e *ical.Event)
		status ical.Status // of the first attendee in the rest
		start  time.Time
	}{
		{"carried", func(e *ical.Event) { e.Summary = "Other" }, ical.StatusAccepted, week(3)},
		{"start given", func(e *ical.Event) { e.Start, e.End = week(3), week(3).Add(time.Hour) }, ical.StatusAccepted, week(3)},
		{"moved", func(e *ical.Event) {
			e.Start, e.End = week(3).Add(-time.Hour), week(3)
			e.Overrides, e.Recurrence.Except = nil, nil
		}, ical.StatusNeedsAction, week(3).Add(-time.Hour)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(recorder)
			c := s.client()
			m := accepted(mustSend(t, c, e))
			s.take()
			after := reload(t, m).Event
			tt.change(&after)
			old, rest, err := c.UpdateFollowing(context.Background(), m, week(3), after)
			if err != nil {
				t.Fatal(err)
			}
			check(t, "mails", 6, len(s.take()))
			if old.Event.UID == rest.Event.UID || rest.Event.Sequence != 0 || old.Event.Sequence != 1 {
				t.Errorf("UIDs %q and %q, sequences %d and %d", old.Event.UID, rest.Event.UID, old.Event.Sequence, rest.Event.Sequence)
			}
			if got := old.Event.Recurrence; !got.Until.Equal(week(2)) || got.Count != 0 || len(got.Except) != 1 || len(old.Event.Overrides) != 1 {
				t.Errorf("old series: %+v with %d overrides", got, len(old.Event.Overrides))
			}
			if got := rest.Event; got.Recurrence.Count != 5 || !got.Start.Equal(tt.start) || !got.End.Equal(tt.start.Add(time.Hour)) {
				t.Errorf("rest: %v to %v, %+v, want five occurrences from %v", got.Start, got.End, got.Recurrence, tt.start)
			}
			check(t, "answer", tt.status, rest.Status("ann@example.test"))
			check(t, "answer of the old", ical.StatusAccepted, old.Status("ann@example.test"))
		})
	}
}

func TestUpdateFollowingRefuses(t *testing.T) {
	e := weeklyTrio()
	s := new(recorder)
	c := s.client()
	m := mustSend(t, c, e)
	s.take()
	week := func(n int) time.Time { return e.Start.AddDate(0, 0, 7*n) }
	tests := []struct {
		name   string
		id     time.Time
		change func(e *ical.Event)
		want   string
	}{
		{"no occurrence", week(1).Add(time.Hour), func(*ical.Event) {}, "RecurrenceID: the series has no occurrence"},
		{"begins before the split", week(3), func(e *ical.Event) { e.Start, e.End = week(1).Add(time.Hour), week(1).Add(2*time.Hour) }, "Start: is not after the last occurrence that stays"},
		{"override of no occurrence", week(3), func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: week(4).Add(time.Minute), Location: "x"}}
		}, "Overrides[0].RecurrenceID: the series has no occurrence"},
		{"not valid", week(3), func(e *ical.Event) { e.Attendees = nil }, "Attendees"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			after := e
			tt.change(&after)
			old, rest, err := c.UpdateFollowing(context.Background(), m, tt.id, after)
			if old != m || rest != nil || err == nil || !strings.Contains(err.Error(), tt.want) || len(s.mails) > 0 {
				t.Errorf("UpdateFollowing = %v, %v, %v with %d mails, want %q", old, rest, err, len(s.mails), tt.want)
			}
		})
	}
	after := e
	after.Location = "Roof"
	old, rest, err := c.UpdateFollowing(context.Background(), m, e.Start, after)
	if err != nil || rest != nil || old.Event.Location != "Roof" || len(s.take()) != 3 {
		t.Errorf("UpdateFollowing from the first = %v, %v, %v, want an update of the whole", old, rest, err)
	}
	if p, err := c.PlanUpdateFollowing(m, e.Start, after); err != nil || p.Rest != nil || len(p.Notices) != 3 {
		t.Errorf("PlanUpdateFollowing from the first = %+v, %v, want the plan of an update", p, err)
	}
	cancelled, err := c.Cancel(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.UpdateFollowing(context.Background(), cancelled, week(2), after); !errors.Is(err, invite.ErrCancelled) {
		t.Errorf("UpdateFollowing of a cancelled meeting = %v, want ErrCancelled", err)
	}
	s.take()
	s.fail = failures(nil, nil, errPlain) // the mail about the rest to the second attendee
	old, rest, err = c.UpdateFollowing(context.Background(), m, week(2), after)
	if err == nil || states(rest)[1] != invite.DeliveryPending || states(old)[4] != invite.DeliveryPending {
		t.Errorf("UpdateFollowing with a failure = %v, want it pending in both meetings", err)
	}
}
