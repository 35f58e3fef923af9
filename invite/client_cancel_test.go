package invite_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestCancelStored changes series that were sent by a version with fewer lint rules.
func TestCancelStored(t *testing.T) {
	ctx, rules := context.Background(), []string{"occurrence-order", "occurrence-day", "occurrence-overlap"}
	passes := weeklyTrio()
	start := passes.Start.AddDate(0, 0, 20)
	passes.Overrides = []ical.Event{{RecurrenceID: passes.Start.AddDate(0, 0, 7), Start: start, End: start.Add(time.Hour)}}
	day := passes.Clone()
	day.Overrides[0].Start, day.Overrides[0].End = day.Start.AddDate(0, 0, 14).Add(3*time.Hour), day.Start.AddDate(0, 0, 14).Add(4*time.Hour)
	overlap := weeklyTrio()
	overlap.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 30}
	overlap.End = overlap.Start.Add(25 * time.Hour)
	for name, e := range map[string]ical.Event{"passes its neighbour": passes, "shares a day": day, "overlaps": overlap} {
		t.Run(name, func(t *testing.T) {
			s := new(recorder)
			c := s.client()
			m := reload(t, mustSend(t, c, e, invite.AllowLint(rules...)))
			after := m.Event.Clone()
			after.Description = "Bring figures"
			s.take()
			got, err := c.Update(ctx, m, after)
			if lint := (*invite.LintError)(nil); !errors.As(err, &lint) || got != m || len(s.mails) > 0 {
				t.Errorf("Update = %v with %d mails, want a LintError", err, len(s.mails))
			}
			must(t)(c.Update(ctx, m, after, invite.AllowLint(rules...)))
			for _, o := range []invite.CancelOption{
				invite.Occurrence(e.Start), invite.OccurrenceAndLater(e.Start.AddDate(0, 0, 21)), invite.Comment("Closed for good"),
			} {
				s.take()
				must(t)(c.Cancel(ctx, m, o))
				check(t, "mails", 3, len(s.mails))
			}
		})
	}
}

// TestCancelLast cancels the occurrences of a series one after another.
func TestCancelLast(t *testing.T) {
	ctx := context.Background()
	sent := func(t *testing.T, s *recorder) (*invite.Client, *invite.Meeting) {
		c, e := s.client(), weeklyTrio()
		e.Recurrence.Count = 3
		m := mustSend(t, c, e)
		for n := range 2 {
			m = reload(t, must(t)(c.Cancel(ctx, m, invite.Occurrence(e.Start.AddDate(0, 0, 7*n)))))
		}
		s.take()
		check(t, "cancelled", false, m.Event.Cancelled)
		return c, m
	}
	want := []string{"ann Cancelled", "bob Cancelled", "cy Cancelled"}
	for name, option := range map[string]func(time.Time) invite.CancelOption{
		"the last": invite.Occurrence, "the last and later ones": invite.OccurrenceAndLater,
	} {
		t.Run(name, func(t *testing.T) {
			s := new(recorder)
			c, m := sent(t, s)
			m = reload(t, must(t)(c.Cancel(ctx, m, option(m.Event.Start.AddDate(0, 0, 14)))))
			check(t, "outbox", want, s.outbox(t))
			check(t, "cancelled", true, m.Event.Cancelled)
		})
	}
	t.Run("another rest", func(t *testing.T) {
		s := new(recorder)
		c, m := sent(t, s)
		after := m.Event.Clone()
		after.Summary = "Retro"
		old, rest, err := c.UpdateFollowing(ctx, m, m.Event.Start.AddDate(0, 0, 14), after)
		if err != nil || rest == nil {
			t.Fatalf("UpdateFollowing = %v, %v", rest, err)
		}
		check(t, "outbox", []string{"ann Invitation", "ann Cancelled", "bob Invitation", "bob Cancelled", "cy Invitation", "cy Cancelled"}, s.outbox(t))
		check(t, "cancelled", []bool{true, false}, []bool{old.Event.Cancelled, rest.Event.Cancelled})
	})
}
