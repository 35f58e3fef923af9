package invite_test

import (
	"context"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// outbox returns the mails so far as "ann Updated", and forgets them.
func (s *tray) outbox(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, m := range s.mails {
		kind, _, _ := strings.Cut(parseMail(t, m.Data).header.Get("Subject"), ":")
		for _, to := range m.To {
			name, _, _ := strings.Cut(to, "@")
			out = append(out, name+" "+kind)
		}
	}
	s.mails, s.errs = nil, nil
	return out
}

// after is a trio that change was applied to.
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
		fails map[int]error // of the first mail of calls
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
			s := new(tray)
			c := s.client()
			m := mustSend(t, c, trio())
			for i, f := range tt.calls {
				s.take()
				s.errs = map[int]error{0: tt.fails[i]}
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
