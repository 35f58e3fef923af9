package organizertest

import (
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// memoryPlace returns a place over m.
func memoryPlace(m *Memory) Place {
	return Place{
		Open:      func(*testing.T) organizer.Calendar { return m },
		Mails:     m.Mails,
		LoseReply: func() { m.LoseReplies(1) },
		Edit: func(t *testing.T, uid string, change func(e *ical.Event)) {
			if err := m.Edit(uid, change); err != nil {
				t.Fatal(err)
			}
		},
		Missing: func(*testing.T) organizer.Calendar {
			c := new(Memory)
			c.Fail(organizer.ErrNoCalendar)
			return c
		},
		Denied: func(*testing.T) organizer.Calendar {
			c := new(Memory)
			c.Fail(organizer.ErrDenied)
			return c
		},
		Away: func() func() {
			m.Fail(ErrDown)
			return func() { m.Fail(nil) }
		},
	}
}

func TestMemoryKeepsTheRules(t *testing.T) {
	TestCalendar(t, memoryPlace(new(Memory)))
}
