package invite_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
)

// TestResumeOneOccurrence resumes the mails of a meeting that is one occurrence of
// a series on its own.
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

// TestResendFails has a mail that may have arrived be tried again without success:
// it may still have arrived.
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
		if _, err := c.Cancel(context.Background(), m); err != nil {
			t.Fatal(err)
		}
		check(t, "mails", []string{"ann Cancelled", "bob Cancelled", "cy Cancelled"}, s.outbox(t))
	}
}

// TestCancelPastUnsent cancels a meeting of the past whose invitations wait.
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

// TestHidesAndSharesByHand has a Meeting that was made by hand say both.
func TestHidesAndSharesByHand(t *testing.T) {
	s := new(recorder)
	m := &invite.Meeting{Event: trio(), HideGuests: true, OneMail: true}
	if _, err := s.client().Remind(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	check(t, "mails", []string{"ann@example.test", "bob@example.test", "cy@example.test"}, s.take())
}

// TestParallelWithoutBound takes room for the mails of the call alone.
func TestParallelWithoutBound(t *testing.T) {
	s := new(recorder)
	m := mustSend(t, invite.New(s, fixed(func(o *invite.Options) { o.Parallel = math.MaxInt })), trio())
	for _, d := range m.Deliveries {
		if d.State != invite.DeliveryDelivered {
			t.Errorf("%s is %s", d.To, d.State)
		}
	}
}
