package ledgertests_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// pauses are delays that depend on a seed.
type pauses struct {
	mu     sync.Mutex
	random *rand.Rand
	most   int // microseconds
}

func newPauses(seed uint64, most int) *pauses {
	return &pauses{random: rand.New(rand.NewPCG(seed, 1)), most: most}
}

func (p *pauses) wait() {
	p.mu.Lock()
	d := time.Duration(p.random.IntN(p.most)) * time.Microsecond
	p.mu.Unlock()
	time.Sleep(d)
}

func (p *pauses) hook(invitetest.LedgerCall) error { p.wait(); return nil }

// TestMeanwhile has 200 mails go out while answers come in and the meeting changes.
// With odd seeds a part of the mails waits until it has changed.
func TestMeanwhile(t *testing.T) {
	seeds, people := 3, 200
	if testing.Short() {
		seeds, people = 2, 60
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { meanwhile(t, uint64(seed), people) })
	}
}

const answers = 20

func meanwhile(t *testing.T, seed uint64, people int) {
	ctx := t.Context()
	store, s, p := invitetest.NewLedger(), new(mailbox), newPauses(seed, 300)
	s.failure = func(*invite.Message) error { return nil }
	slow := invite.SenderFunc(func(ctx context.Context, m *invite.Message) error { p.wait(); return s.Send(ctx, m) })
	changed := make(chan struct{}) // the meeting
	if seed%2 == 0 {
		close(changed) // no mail waits for it
	}
	client := func() *invite.Client { // as a call of its own has it
		l := store.Call()
		l.Before = func(c invitetest.LedgerCall) error {
			if !c.IsBegin() && c.N == people/8 {
				<-changed
			}
			return p.hook(c)
		}
		l.After = p.hook
		o := options(l)
		o.Parallel, o.Random = 4, nil
		return invite.New(slow, o)
	}
	e := review(people)
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := client().Send(ctx, e, invite.HideGuests()); err != nil {
			t.Errorf("Send: %v", err)
		}
	})
	for store.Stored(e.UID) == nil {
		time.Sleep(time.Millisecond)
	}
	wg.Go(func() {
		for i := range answers {
			p.wait()
			answerLater(t, store, e.UID, i*people/answers)
		}
	})
	wg.Go(func() {
		for range int(seed) * 3 {
			p.wait()
		}
		if err := store.Change(e.UID, func(m *invite.Meeting) (*invite.Meeting, error) {
			p.wait()
			return client().Update(ctx, m, at(m.Event, "Room 2"), invite.QueueOnly())
		}); err != nil {
			t.Errorf("Update: %v", err)
		}
		if seed%2 == 1 {
			close(changed)
		}
		resumeAll(t, store, client(), e.UID)
	})
	wg.Wait()
	if list := s.twice(); list != nil {
		t.Errorf("%d mails were handed over twice: %q", len(list), list)
	}
	m := store.Stored(e.UID)
	d, o := count(m, invite.DeliveryDelivered), count(m, invite.DeliveryOvertaken)
	if d+o != 2*people || d != len(s.mails) {
		t.Errorf("%d delivered, %d overtaken, %d handed over, of %d mails: %q", d, o, len(s.mails), 2*people, states(m))
	}
	if seed%2 == 1 && o == 0 {
		t.Error("no mail was overtaken, though some had to wait for the change")
	}
	for i := range answers {
		if got := m.Answers; len(got) != answers || got[i].Email != address(i*people/answers) {
			t.Fatalf("%d answers are stored, want %d in their order: %+v", len(got), answers, got)
		}
	}
	last := make(map[string]string)
	for _, mail := range s.mails {
		last[mail.To[0]] = object(t, mail)
	}
	for i := range people {
		if got := last[address(i)]; got != "REQUEST 1" {
			t.Errorf("the last mail to %s is %s", address(i), got)
		}
	}
}

// answerLater stores an answer.
func answerLater(t *testing.T, store *invitetest.Ledger, uid string, i int) {
	err := store.Change(uid, func(m *invite.Meeting) (*invite.Meeting, error) {
		out, o := m.Answer(invite.Answer{Email: address(i), Status: ical.StatusAccepted, Via: "link", Stamp: week(-1).Add(time.Duration(i) * time.Minute)})
		if o.Verdict != invite.VerdictApplied {
			return nil, fmt.Errorf("%s: %s", o.Verdict, o.Reason)
		}
		return out, nil
	})
	if err != nil {
		t.Errorf("answer of %s: %v", address(i), err)
	}
}

// resumeAll resumes a meeting until none of its mails is open.
func resumeAll(t *testing.T, store *invitetest.Ledger, c *invite.Client, uid string) {
	for range 1_000 {
		m := store.Stored(uid)
		if count(m, invite.DeliveryPending)+count(m, invite.DeliverySending) == 0 {
			return
		}
		_, err := c.Resume(context.Background(), m)
		var waits *invite.DeliveryError
		if err != nil && !errors.As(err, &waits) {
			t.Errorf("Resume: %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("mails stay open: %q", states(store.Stored(uid)))
}

// TestTwoPrograms has two programs resume one meeting at once.
func TestTwoPrograms(t *testing.T) {
	const people = 30
	for seed := range 8 {
		store, s, p := invitetest.NewLedger(), new(mailbox), newPauses(uint64(seed), 200)
		queued := must(t)(invite.New(nil, options(nil)).Send(t.Context(), review(people), invite.QueueOnly()))
		if err := store.Begin(t.Context(), queued); err != nil {
			t.Fatal(err)
		}
		sent := make([]int, 2)
		var wg sync.WaitGroup
		for i := range sent {
			wg.Go(func() {
				l := store.Call()
				l.Before, l.After = p.hook, p.hook
				o := options(l)
				o.Parallel = 1 + i*seed
				m, err := invite.New(s, o).Resume(t.Context(), store.Stored(queued.Event.UID))
				if err != nil {
					t.Errorf("Resume: %v", err)
				}
				sent[i] = count(m, invite.DeliveryDelivered)
			})
		}
		wg.Wait()
		if twice := s.twice(); twice != nil || len(s.mails) != people {
			t.Errorf("seed %d: %d mails, %q twice, want each of %d once", seed, len(s.mails), twice, people)
		}
		if m := store.Stored(queued.Event.UID); count(m, invite.DeliveryDelivered) != people {
			t.Errorf("seed %d: states %q", seed, strings.Trim(fmt.Sprint(states(m)), "[]"))
		}
		t.Logf("seed %d: %d and %d", seed, sent[0], sent[1])
	}
}
