package ledgertests_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// inOrder is a Sender that notes the addresses to which two mails were in flight at
// once.
type inOrder struct {
	mailbox
	lock    sync.Mutex
	flying  map[string]bool
	overlap []string
}

func (s *inOrder) Send(ctx context.Context, m *invite.Message) error {
	to := strings.Join(m.To, "+")
	s.lock.Lock()
	if s.flying == nil {
		s.flying = make(map[string]bool)
	}
	if s.flying[to] {
		s.overlap = append(s.overlap, to)
	}
	s.flying[to] = true
	s.lock.Unlock()
	err := s.mailbox.Send(ctx, m)
	s.lock.Lock()
	s.flying[to] = false
	s.lock.Unlock()
	return err
}

// TestParallel makes calls with Parallel 8. Several mails are in flight at once, and
// never two to one attendee.
func TestParallel(t *testing.T) {
	const people = 20
	tests := []struct {
		name string
		call func(c *invite.Client, m *invite.Meeting) error
		mail int
		each []string // the mails to each of the first ten attendees
	}{
		{"Send", func(c *invite.Client, _ *invite.Meeting) error {
			e := weekly(people)
			e.UID = "other@example.test"
			_, err := c.Send(context.Background(), e)
			return err
		}, people, []string{"REQUEST 0"}},
		{"series cancelled, one occurrence stays", func(c *invite.Client, m *invite.Meeting) error {
			e := m.Event
			e.Overrides = []ical.Event{{RecurrenceID: week(2), Attendees: slices.Clone(e.Attendees)}}
			e.Attendees = e.Attendees[10:]
			_, err := c.Update(context.Background(), m, e)
			return err
		}, people, []string{"CANCEL 1", "REQUEST 2 " + week(2).Format(time.DateOnly)}},
		{"UpdateFollowing", func(c *invite.Client, m *invite.Meeting) error {
			_, _, err := c.UpdateFollowing(context.Background(), m, week(3), at(m.Event, "Room 2"))
			return err
		}, 2 * people, []string{"REQUEST 0", "REQUEST 1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, l := new(inOrder), invitetest.NewLedger()
			o := options(l)
			o.Parallel = 8
			c := invite.New(s, o)
			m := must(t)(c.Send(context.Background(), weekly(people)))
			s.take()
			s.pause, s.most = 5*time.Millisecond, 0
			records := 0
			l.Before = func(c invitetest.LedgerCall) error {
				if !c.IsBegin() {
					records++ // the race detector reports two calls at once
				}
				return nil
			}
			if err := tt.call(c, m); err != nil {
				t.Fatal(err)
			}
			mails := s.take()
			if len(mails) != tt.mail {
				t.Errorf("%d mails, want %d", len(mails), tt.mail)
			}
			checkFlight(t, s)
			bound := len(mails) + 1
			if tt.name == "UpdateFollowing" {
				bound = 2 * bound // a record is about one of the two meetings
			}
			if records > bound {
				t.Errorf("%d mails cost %d records, want %d at most", len(mails), records, bound)
			}
			for i := range 10 {
				mine := slices.DeleteFunc(slices.Clone(mails), func(m *invite.Message) bool { return m.To[0] != address(i) })
				got := summary(t, mine)
				for j := range got {
					got[j] = strings.TrimPrefix(got[j], address(i)+" ")
				}
				equal(t, "mails to "+address(i), tt.each, got)
			}
		})
	}
}

// checkFlight checks that several mails were in flight at once, and never two to one
// attendee.
func checkFlight(t *testing.T, s *inOrder) {
	t.Helper()
	if s.most > 8 || s.most < 5 {
		t.Errorf("%d mails were in flight at once, want 5 to 8", s.most)
	}
	if s.overlap != nil {
		t.Errorf("several mails were in flight at once to %q, want one at a time", s.overlap)
	}
}

// TestRecords counts the calls of Record for 30 mails.
func TestRecords(t *testing.T) {
	for _, parallel := range []int{0, 1, 2, 8} {
		l := new(marshaling)
		sendMany(t, 30, parallel, l)
		if n := l.records.Load(); n > 31 {
			t.Errorf("Parallel %d: 30 mails cost %d records, want 31 at most", parallel, n)
		}
	}
}

// TestCancelledContext ends the context during the fifth mail. The mails in flight are
// recorded, and the others are pending.
func TestCancelledContext(t *testing.T) {
	for _, parallel := range []int{1, 4} {
		t.Run(fmt.Sprint("Parallel ", parallel), func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s, l := new(mailbox), invitetest.NewLedger()
			sent := 0
			s.failure = func(*invite.Message) error {
				if sent++; sent == 5 {
					cancel()
				}
				return nil
			}
			s.pause = time.Millisecond
			o := options(l)
			o.Parallel = parallel
			m, err := invite.New(s, o).Send(ctx, review(20))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want one that leads to context.Canceled", err)
			}
			mails := s.take()
			if n := len(mails); n < 5 || n >= 5+2*parallel {
				t.Errorf("%d mails were handed over, of which the fifth cancels", n)
			}
			stored := l.Stored(m.Event.UID)
			equal(t, "stored states", states(m), states(stored))
			if n := count(stored, invite.DeliveryDelivered); n != len(mails) || count(stored, invite.DeliveryPending) != 20-n {
				t.Errorf("states %q, want %d delivered and the others pending", states(stored), len(mails))
			}
			stored = must(t)(invite.New(s, options(l)).Resume(t.Context(), stored))
			if n := count(stored, invite.DeliveryDelivered); n != 20 || len(mails)+len(s.take()) != 20 {
				t.Errorf("after Resume: states %q, want 20 delivered once", states(stored))
			}
		})
	}
}
