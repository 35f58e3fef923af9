package ledgertests_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/invitetest"
)

// TestFirstMail sets the invitation of one attendee to each state, and then makes each
// call. If the attendee did not get the invitation, the call sends an invitation or
// nothing, and never a cancellation.
func TestFirstMail(t *testing.T) {
	type want struct{ first, had string } // without and with an invitation
	tests := map[string]want{
		"Update":                     {"request invitation", "request update"},
		"UpdateFollowing, the first": {"request invitation", "request update"},
		"Cancel":                     {"", "cancel cancellation"},
		"Removed":                    {"", "cancel removal"},
		"Remind":                     {"request invitation", "request reminder"},
		"Reinvite":                   {"request invitation", "request invitation"},
		"Cancel occurrence":          {"request invitation", "cancel cancellation"},
		"Cancel and later":           {"request invitation", "request update"},
	}
	handedOver := map[invite.DeliveryState]bool{
		invite.DeliveryPending: false, invite.DeliveryRefused: false, invite.DeliveryOvertaken: false,
		invite.DeliverySending: true, invite.DeliveryDelivered: true, invite.DeliveryUnknown: true, invite.DeliveryUndelivered: true,
	}
	for _, oneMail := range []bool{false, true} {
		for state, had := range handedOver {
			for name, tt := range tests {
				t.Run(fmt.Sprintf("%s, %s, OneMail %t", name, state, oneMail), func(t *testing.T) {
					want := tt.first
					if had {
						want = tt.had
					}
					firstMail(t, name, state, oneMail, want)
				})
			}
		}
	}
}

// firstMail makes a call after the invitation of an attendee came to a state. want are
// the mails to the attendee.
func firstMail(t *testing.T, name string, state invite.DeliveryState, oneMail bool, want string) {
	s := new(mailbox)
	c := invite.New(s, options(nil))
	m := must(t)(c.Send(t.Context(), weekly(3), oneMailIf(oneMail)...))
	s.take()
	m.Deliveries[1].State = state
	call := calls(m, invite.QueueOnly())[name]
	if name == "Removed" {
		call = func(c *invite.Client) (*invite.Meeting, error) {
			return c.Update(t.Context(), m, without(m.Event, 1), invite.QueueOnly())
		}
	}
	m = must(t)(call(c))
	var got []string
	for _, d := range m.Deliveries[3:] {
		if d.To == address(1) {
			got = append(got, strings.ToLower(string(d.Method))+" "+string(d.Action))
		}
	}
	equal(t, "mails to "+address(1), want, strings.Join(got, ", "))
	was := state
	if was == invite.DeliveryPending {
		was = invite.DeliveryOvertaken
	}
	if is := m.Deliveries[1].State; is != was {
		t.Errorf("state of the invitation = %s, want %s", is, was)
	}
	if state == invite.DeliverySending {
		return
	}
	done := must(t)(c.Resume(t.Context(), m))
	for _, mail := range s.take() {
		if mail.ID == m.Deliveries[1].MessageID && state != invite.DeliveryUnknown {
			t.Errorf("Resume sent the invitation that was %s", state)
		}
	}
	if n := count(done, invite.DeliveryPending); n > 0 {
		t.Errorf("after Resume %d mails are pending, want none", n)
	}
}

// oneMailIf is the option OneMail if one is true.
func oneMailIf(one bool) []invite.SendOption {
	if !one {
		return nil
	}
	return []invite.SendOption{invite.OneMail()}
}

// TestQueuedTwice queues two updates. The mail describes the changes since the last mail
// that the attendee got.
func TestQueuedTwice(t *testing.T) {
	for _, oneMail := range []bool{false, true} {
		s := new(mailbox)
		c := invite.New(s, options(nil))
		m := must(t)(c.Send(t.Context(), review(3), oneMailIf(oneMail)...))
		m = reload(t, must(t)(c.Update(t.Context(), m, at(m.Event, "Room 2"), invite.QueueOnly())))
		m = reload(t, must(t)(c.Update(t.Context(), m, at(m.Event, "Room 3"), invite.QueueOnly())))
		s.take()
		m = must(t)(c.Resume(t.Context(), m))
		equal(t, "states", slices.Concat(slices.Repeat([]invite.DeliveryState{invite.DeliveryDelivered}, 3),
			slices.Repeat([]invite.DeliveryState{invite.DeliveryOvertaken}, 3), slices.Repeat([]invite.DeliveryState{invite.DeliveryDelivered}, 3)), states(m))
		mails := s.take()
		for _, mail := range mails {
			checkText(t, mail, []string{"Room 1", "Room 3"}, []string{"Room 2"})
		}
		if want := map[bool]int{false: 3, true: 1}[oneMail]; len(mails) != want {
			t.Errorf("OneMail %t: %d mails, want %d", oneMail, len(mails), want)
		}
		if m.Before != nil {
			t.Errorf("Before = %+v, want nil after all mails are delivered", m.Before)
		}
	}
}

// TestVersionsApart sends an update that only the first of two attendees gets. The next
// update describes to each the changes since their own version.
func TestVersionsApart(t *testing.T) {
	for _, oneMail := range []bool{false, true} {
		s := new(mailbox)
		c := invite.New(s, options(nil))
		m := must(t)(c.Send(t.Context(), review(2), oneMailIf(oneMail)...))
		s.failure = func(mail *invite.Message) error {
			if slices.Contains(mail.To, address(1)) {
				return temporary{address(1)}
			}
			return nil
		}
		m, err := c.Update(t.Context(), m, at(m.Event, "Room 2"))
		if err == nil || m.Deliveries[2].State != invite.DeliveryDelivered || m.Deliveries[3].State != invite.DeliveryPending {
			t.Fatalf("states %q, %v", states(m), err)
		}
		s.failure = nil
		s.take()
		m = must(t)(c.Update(t.Context(), reload(t, m), at(m.Event, "Room 3")))
		mails := s.take()
		if len(mails) != 2 {
			t.Fatalf("OneMail %t: mails %q, want two", oneMail, summary(t, mails))
		}
		checkText(t, mails[0], []string{"Room 2", "Room 3"}, []string{"Room 1"})
		checkText(t, mails[1], []string{"Room 1", "Room 3"}, []string{"Room 2"})
		if m.Deliveries[3].State != invite.DeliveryOvertaken {
			t.Errorf("the queued mail is %s, want overtaken", m.Deliveries[3].State)
		}
	}
}

// temporary is a temporary failure of one recipient.
type temporary struct{ to string }

func (e temporary) Error() string     { return e.to + ": later" }
func (e temporary) Recipient() string { return e.to }

func checkText(t *testing.T, mail *invite.Message, has, lacks []string) {
	t.Helper()
	got := text(t, mail)
	for _, s := range has {
		if !strings.Contains(got, s) {
			t.Errorf("the mail to %s lacks %q:\n%s", mail.To, s, got)
		}
	}
	for _, s := range lacks {
		if strings.Contains(got, s) {
			t.Errorf("the mail to %s has %q:\n%s", mail.To, s, got)
		}
	}
}

// TestDelegate makes calls about a meeting with a delegate who has no invitation. The
// delegate gets an invitation, except from Cancel.
func TestDelegate(t *testing.T) {
	const delegate = "dora@example.test"
	s := new(mailbox)
	c := invite.New(s, options(nil))
	m := must(t)(c.Send(t.Context(), review(2)))
	m, o := m.Answer(invite.Answer{Email: address(0), Status: ical.StatusDelegated, DelegatedTo: delegate, Via: "link", Stamp: week(-1)})
	if o.Verdict != invite.VerdictApplied {
		t.Fatalf("%s: %s", o.Verdict, o.Reason)
	}
	for name, tt := range map[string]struct {
		call func() (*invite.Meeting, error)
		want []string
	}{
		"Update":   {func() (*invite.Meeting, error) { return c.Update(t.Context(), m, at(m.Event, "Room 2")) }, []string{"REQUEST invitation"}},
		"Cancel":   {func() (*invite.Meeting, error) { return c.Cancel(t.Context(), m) }, nil},
		"Reinvite": {func() (*invite.Meeting, error) { return c.Reinvite(t.Context(), m, []string{delegate}) }, []string{"REQUEST invitation"}},
		"Remind":   {func() (*invite.Meeting, error) { return c.Remind(t.Context(), m, invite.OnlyTo(delegate)) }, []string{"REQUEST invitation"}},
	} {
		after := must(t)(tt.call())
		var got []string
		for _, d := range after.Deliveries {
			if d.To == delegate {
				got = append(got, strings.ToUpper(string(d.Method))+" "+string(d.Action))
			}
		}
		equal(t, name+": mails to the delegate", tt.want, got)
	}
	m = must(t)(c.Reinvite(t.Context(), m, []string{delegate}))
	m = must(t)(c.Cancel(t.Context(), m))
	if d := m.Deliveries[len(m.Deliveries)-1]; count(m, invite.DeliveryDelivered) != 6 || d.Action != body.ActionCancellation {
		t.Errorf("after Reinvite and Cancel the last mail is %+v of %d", d, len(m.Deliveries))
	}
}

// TestNothingStuck has all mails of one call fail, and makes each other call after it.
// In the end no mail is pending.
func TestNothingStuck(t *testing.T) {
	for first := range calls(nil) {
		for second := range calls(nil) {
			if strings.HasPrefix(first, "Cancel") && second != "Remind" || first == "Cancel" {
				continue // a cancelled meeting cannot be changed
			}
			t.Run(first+", "+second, func(t *testing.T) {
				s := new(mailbox)
				c := invite.New(s, options(invitetest.NewLedger()))
				m := must(t)(c.Send(t.Context(), weekly(3)))
				m, _ = m.Propose(proposal())
				c = c.WithLedger(nil)
				s.failure = func(*invite.Message) error { return errors.New("later") }
				m, _ = calls(m)[first](c)
				s.failure = nil
				m, err := calls(m)[second](c)
				var waits *invite.DeliveryError
				if err != nil && !errors.As(err, &waits) {
					t.Skip(err) // the second call is not possible after the first
				}
				for range 3 {
					m, err = c.Resume(t.Context(), reload(t, m))
				}
				if n := count(m, invite.DeliveryPending); err != nil || n > 0 {
					t.Errorf("%d mails stay pending, %v, want none", n, err)
				}
			})
		}
	}
}

// TestDeclineThenRemoved removes an attendee whose DECLINECOUNTER is pending. The
// cancellation is sent.
func TestDeclineThenRemoved(t *testing.T) {
	s := new(mailbox)
	c := invite.New(s, options(nil))
	m, _ := must(t)(c.Send(t.Context(), review(2))).Propose(proposal())
	s.failure = func(*invite.Message) error { return errors.New("later") }
	m, err := c.DeclineProposal(t.Context(), m, proposal())
	if err == nil {
		t.Fatal("the mail did not fail")
	}
	s.failure = nil
	s.take()
	m, _ = c.Update(t.Context(), m, without(m.Event, 0))
	for range 2 {
		m, err = c.Resume(t.Context(), reload(t, m))
	}
	if n := count(m, invite.DeliveryPending); err != nil || n > 0 {
		t.Errorf("%d mails stay pending, %v, want none: %q", n, err, states(m))
	}
	if got := summary(t, s.take()); !slices.Contains(got, address(0)+" CANCEL 1") {
		t.Errorf("mails %q, want a cancellation to %s", got, address(0))
	}
}

// TestPartOfACall sends only one of two mails of a call. The other mail is about a
// change of an earlier call, whose mail it has overtaken. It is still sent.
func TestPartOfACall(t *testing.T) {
	s := new(mailbox)
	c := invite.New(s, options(nil))
	m := must(t)(c.Send(t.Context(), weekly(1)))
	m = must(t)(c.Cancel(t.Context(), m, invite.Occurrence(week(1)), invite.QueueOnly()))
	s.take()
	n := 0
	s.failure = func(*invite.Message) error {
		if n++; n > 1 {
			return errors.New("later")
		}
		return nil
	}
	m, err := c.Cancel(t.Context(), m, invite.Occurrence(week(0)))
	if err == nil || count(m, invite.DeliveryPending) != 1 {
		t.Fatalf("states %q, %v, want one pending", states(m), err)
	}
	s.failure = nil
	s.take()
	want := []string{address(0) + " CANCEL 2 " + week(1).Format(time.DateOnly)}
	must(t)(c.Resume(t.Context(), reload(t, m)))
	equal(t, "mails of Resume", want, summary(t, s.take()))
	must(t)(c.Update(t.Context(), reload(t, m), at(m.Event, "Room 2")))
	if got := text(t, s.take()[0]); !strings.Contains(got, "Room 2") {
		t.Errorf("the next update lacks Room 2:\n%s", got)
	}
}
