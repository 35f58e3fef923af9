package invite_test

import (
	"context"
	"slices"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// after returns a trio after change.
func after(change func(e *ical.Event)) ical.Event {
	e := trio()
	change(&e)
	return e
}

// TestWhatAttendeesHave changes a meeting of ann, bob and cy after mails failed,
// and compares the mails of the last call.
func TestWhatAttendeesHave(t *testing.T) {
	roof := after(func(e *ical.Event) { e.Location = "Roof" })
	cellar := after(func(e *ical.Event) { e.Location = "Cellar" })
	withoutAnn := after(func(e *ical.Event) { e.Attendees = e.Attendees[1:] })
	type call = func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error)
	update := func(e ical.Event) call {
		return func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Update(context.Background(), m, e)
		}
	}
	cancel := func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
		return c.Cancel(context.Background(), m)
	}
	remind := func(email string) call {
		return func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Remind(context.Background(), m, invite.OnlyTo(email))
		}
	}
	reinvite := func(email string) call {
		return func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Reinvite(context.Background(), m, []string{email})
		}
	}
	tests := []struct {
		name  string
		calls []call
		fails map[int]error // the error of the first mail of a call, by the number of the call
		want  []string
	}{
		{"a reminder that waits is no change", []call{update(roof), remind("bob@example.test"), update(trio())},
			map[int]error{0: errPlain, 1: errPlain}, []string{"bob Updated", "cy Updated"}},
		{"an invitation that waits once more is no change", []call{update(roof), reinvite("bob@example.test"), update(trio())},
			map[int]error{0: errPlain, 1: errPlain}, []string{"bob Updated", "cy Updated"}},
		{"a refused change that is taken back", []call{update(roof), update(cellar), update(roof)},
			map[int]error{1: refusal}, []string{"bob Updated", "cy Updated"}},
		{"invited again, which is refused", []call{update(withoutAnn), update(trio()), update(roof)},
			map[int]error{1: refusal}, []string{"ann Invitation", "bob Updated", "cy Updated"}},
		{"invited again, which waits", []call{update(withoutAnn), update(trio()), remind("ann@example.test")},
			map[int]error{1: errPlain}, []string{"ann Invitation"}},
		{"invited again, which is refused, and cancelled", []call{update(withoutAnn), update(trio()), cancel},
			map[int]error{1: refusal}, []string{"bob Cancelled", "cy Cancelled"}},
		{"invited again and cancelled", []call{update(withoutAnn), update(trio()), cancel},
			nil, []string{"ann Cancelled", "bob Cancelled", "cy Cancelled"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(recorder)
			c := s.client()
			m := mustSend(t, c, trio())
			for i, f := range tt.calls {
				s.take()
				s.fail = failures(tt.fails[i])
				next, err := f(c, reload(t, m))
				if (err != nil) != (tt.fails[i] != nil) {
					t.Fatalf("call %d: %v", i, err)
				}
				m = next
			}
			check(t, "mails", tt.want, s.outbox(t))
		})
	}
}

// TestHalfOfAChange changes two dates of a series, and one of the mails fails. When both
// changes are taken back, only attendees who got a mail about a date hear of it again.
func TestHalfOfAChange(t *testing.T) {
	guest := ical.Attendee{Email: "guest@example.test"}
	dates := func(location string, more ...ical.Attendee) ical.Event {
		e := weeklyTrio()
		for week := 1; week < 3; week++ {
			o := ical.Event{RecurrenceID: e.Start.AddDate(0, 0, 7*week), Location: location}
			if len(more) > 0 {
				o.Attendees = append(slices.Clone(e.Attendees), more...)
			}
			e.Overrides = append(e.Overrides, o)
		}
		return e
	}
	for _, tt := range []struct {
		name   string
		change ical.Event
		fails  int // the mail of the change that fails
		want   []string
	}{
		{"moved", dates("Roof"), 1, []string{"ann Updated", "bob Updated", "bob Updated", "cy Updated", "cy Updated"}},
		{"a guest", dates("", guest), 1, []string{"guest No longer invited"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := new(recorder)
			c := s.client()
			m := mustSend(t, c, weeklyTrio())
			s.take()
			s.fail = failures(append(make([]error, tt.fails), errPlain)...)
			m, err := c.Update(context.Background(), m, tt.change)
			if err == nil {
				t.Fatal("no mail failed")
			}
			s.take()
			m = must(t)(c.Update(context.Background(), reload(t, m), weeklyTrio()))
			check(t, "mails", tt.want, s.outbox(t))
			must(t)(c.Resume(context.Background(), m))
			check(t, "mails of Resume", 0, len(s.mails))
		})
	}
}

// TestReminderStays adds an attendee while reminders are pending. The reminders are
// still sent, because no other mail replaces them.
func TestReminderStays(t *testing.T) {
	s := new(recorder)
	c := s.client()
	m := must(t)(c.Remind(context.Background(), mustSend(t, c, trio()), invite.QueueOnly()))
	s.take()
	m = must(t)(c.Update(context.Background(), reload(t, m), after(func(e *ical.Event) {
		e.Attendees = append(e.Attendees[1:], ical.Attendee{Email: "new@example.test"})
	})))
	must(t)(c.Resume(context.Background(), reload(t, m)))
	check(t, "mails", []string{"new Invitation", "ann No longer invited", "bob Reminder", "cy Reminder"}, s.outbox(t))
}
