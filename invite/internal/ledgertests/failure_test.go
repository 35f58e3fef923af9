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

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

var errStore = errors.New("disk full")

// TestRecordFails has the k-th call of Record fail, once or for ever, before or after
// the change is stored. No mail is handed over after it. One more attempt records the
// mails that were in flight.
func TestRecordFails(t *testing.T) {
	const people = 6
	for _, parallel := range []int{1, 3} {
		for _, forever := range []bool{false, true} {
			for _, stored := range []bool{false, true} {
				for k := 1; k <= people+1; k++ {
					t.Run(fmt.Sprintf("Parallel %d, forever %t, stored %t, %d", parallel, forever, stored, k), func(t *testing.T) {
						r := &failing{ledger: invitetest.NewLedger(), k: k, forever: forever, stored: stored}
						r.run(t, people, parallel)
					})
				}
			}
		}
	}
}

// failing is one case of TestRecordFails.
type failing struct {
	ledger          *invitetest.Ledger
	k               int
	forever, stored bool
	mu              sync.Mutex
	attempts        [][]invite.Delivery // the calls of Record
	claimed         map[string]bool     // Message-IDs of claims that Record acknowledged
}

// hook fails at the k-th call of Record.
func (f *failing) hook(c invitetest.LedgerCall) error {
	if c.IsBegin() {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.attempts = append(f.attempts, slices.Clone(c.Changed))
	if c.N == f.k || c.N > f.k && f.forever {
		return errStore
	}
	for _, d := range c.Changed {
		if d.State == invite.DeliverySending {
			f.claimed[d.MessageID] = true
		}
	}
	return nil
}

func (f *failing) run(t *testing.T, people, parallel int) {
	f.claimed = make(map[string]bool)
	if f.stored {
		f.ledger.After = f.hook
	} else {
		f.ledger.Before = f.hook
	}
	s := &mailbox{pause: time.Millisecond}
	if parallel == 1 {
		s.pause = 0
	}
	o := options(f.ledger)
	o.Parallel = parallel
	m, err := invite.New(s, o).Send(t.Context(), review(people))
	failed := len(f.attempts) >= f.k
	if !failed {
		if err != nil { // the call needed fewer records than k
			t.Fatal(err)
		}
		return
	}
	if !errors.Is(err, errStore) || !strings.Contains(err.Error(), "ledger") {
		t.Errorf("Send = %v, want an error that names the ledger and leads to its error", err)
	}
	handed := s.take()
	for _, mail := range handed {
		if !f.claimed[mail.ID] {
			t.Errorf("the mail to %s was handed over without a claim", mail.To)
		}
	}
	if len(handed) != len(f.claimed) {
		t.Errorf("%d mails were handed over, want the %d that were claimed", len(handed), len(f.claimed))
	}
	f.checkLast(t, m)
	if n := count(m, invite.DeliveryDelivered); n != len(handed) || count(m, invite.DeliveryPending) != people-n {
		t.Errorf("the Meeting that came back has %q, want %d delivered and the others pending", states(m), len(handed))
	}
	if !f.forever {
		equal(t, "stored states", states(m), states(f.ledger.Stored(m.Event.UID)))
	}
	f.resume(t, m.Event.UID, handed, people, parallel)
}

// checkLast compares the last attempt with the changes of the failed one, and with the
// states in m.
func (f *failing) checkLast(t *testing.T, m *invite.Meeting) {
	t.Helper()
	if len(f.attempts) != f.k+1 {
		t.Fatalf("Record was called %d times, and the %d. failed; want one more", len(f.attempts), f.k)
	}
	last := make(map[int]invite.DeliveryState)
	for _, d := range f.attempts[f.k] {
		last[d.N] = d.State
		if d.State == invite.DeliverySending {
			t.Errorf("the last attempt claims mail %d", d.N)
		}
	}
	for _, d := range f.attempts[f.k-1] {
		want := d.State
		if want == invite.DeliverySending {
			want = invite.DeliveryPending
		}
		if last[d.N] != want {
			t.Errorf("mail %d is %q in the last attempt, want %q", d.N, last[d.N], want)
		}
	}
	known := make(map[int]invite.DeliveryState)
	for i, list := range f.attempts {
		for _, d := range list {
			if i != f.k-1 {
				known[d.N] = d.State
			}
		}
	}
	for _, d := range m.Deliveries {
		if known[d.N] != "" && known[d.N] != d.State {
			t.Errorf("mail %d was recorded as %s, and is %s in the Meeting that came back", d.N, known[d.N], d.State)
		}
	}
}

// resume resumes the call with a ledger that works again.
func (f *failing) resume(t *testing.T, uid string, handed []*invite.Message, people, parallel int) {
	t.Helper()
	l := f.ledger.Call()
	stored := l.Stored(uid)
	left := count(stored, invite.DeliverySending)
	if left > 0 && !f.forever || left > parallel {
		t.Errorf("%d mails are left over, want %d at most", left, parallel)
	}
	s := new(mailbox)
	done := must(t)(invite.New(s, options(l)).Resume(t.Context(), stored, invite.ResendUnknown()))
	if count(done, invite.DeliveryDelivered) != people {
		t.Errorf("states after Resume = %q, want all delivered", states(done))
	}
	equal(t, "stored states after Resume", states(done), states(l.Stored(uid)))
	if n := len(handed) + len(s.take()); n > people+left {
		t.Errorf("%d mails to %d attendees, of which %d were left over", n, people, left)
	}
}

// TestBothFail has a recipient refused and a ledger that fails. The error leads to both.
func TestBothFail(t *testing.T) {
	l := invitetest.NewLedger()
	l.Before = func(c invitetest.LedgerCall) error {
		if !c.IsBegin() && c.N == 3 {
			return errStore
		}
		return nil
	}
	s := &mailbox{failure: func(m *invite.Message) error {
		if m.To[0] == address(0) {
			return failure{refused: true}
		}
		return nil
	}}
	m, err := invite.New(s, options(l)).Send(t.Context(), review(4))
	var d *invite.DeliveryError
	if !errors.Is(err, errStore) || !errors.As(err, &d) || len(d.Recipients) != 1 || d.Recipients[0].Email != address(0) {
		t.Errorf("error %v, want %s and the ledger", err, address(0))
	}
	equal(t, "states", []invite.DeliveryState{invite.DeliveryRefused, invite.DeliveryDelivered, invite.DeliveryPending, invite.DeliveryPending}, states(m))
	equal(t, "stored", states(m), states(l.Stored(m.Event.UID)))
}

// TestBeginFails has Begin fail. No mail is handed over, and each call returns the
// Meeting that it was given.
func TestBeginFails(t *testing.T) {
	l, s := invitetest.NewLedger(), new(mailbox)
	c := invite.New(s, options(l))
	m, _ := must(t)(c.Send(t.Context(), weekly(3))).Propose(proposal())
	before := string(mustJSON(t, m))
	stored := string(mustJSON(t, l.Stored(m.Event.UID)))
	s.take()
	l.Before = func(c invitetest.LedgerCall) error {
		if c.IsBegin() {
			return errStore
		}
		return nil
	}
	other := weekly(2)
	other.UID = "other@example.test"
	if got, err := c.Send(t.Context(), other); got != nil || !errors.Is(err, errStore) {
		t.Errorf("Send = %v, %v, want nil and the ledger's error", got, err)
	}
	for name, call := range calls(m) {
		got, err := call(c)
		if !errors.Is(err, errStore) || !strings.Contains(err.Error(), "ledger") {
			t.Errorf("%s: error %v, want one that names the ledger", name, err)
		}
		if got != m {
			t.Errorf("%s: another Meeting came back", name)
		}
	}
	if mails := s.take(); len(mails) > 0 {
		t.Errorf("handed over: %q", summary(t, mails))
	}
	equal(t, "the Meeting", before, string(mustJSON(t, m)))
	equal(t, "the stored Meeting", stored, string(mustJSON(t, l.Stored(m.Event.UID))))
}

// TestWholeMeetingForgets has the store of WholeMeeting fail at each of its calls. After
// the call WholeMeeting has forgotten the meeting.
func TestWholeMeetingForgets(t *testing.T) {
	m := must(t)(invite.New(new(mailbox), options(nil)).Send(t.Context(), review(2)))
	for _, fail := range []int{0, 1, 2, 3} {
		stores := 0
		l := invite.WholeMeeting(func(context.Context, *invite.Meeting) error {
			if stores++; stores == fail {
				return errStore
			}
			return nil
		})
		if _, err := invite.New(new(mailbox), options(l)).Update(t.Context(), m, at(m.Event, "Room 2")); (err != nil) != (fail > 0) {
			t.Errorf("the store fails at %d: %v", fail, err)
		}
		if _, err := l.Record(t.Context(), m.Event.UID, nil); err == nil {
			t.Errorf("the store failed at %d, and the call about the meeting is still under way", fail)
		}
	}
}
