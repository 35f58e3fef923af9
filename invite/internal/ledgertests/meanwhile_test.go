package ledgertests_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/steps"
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

// TestMeanwhile sends 200 mails while answers come in and the meeting changes. If the
// seed is odd, some of the mails wait until the meeting has changed.
func TestMeanwhile(t *testing.T) {
	seeds, people := 3, 200
	if testing.Short() {
		seeds, people = 2, 60
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newMeanwhile(t, seed, people)
			w.run()
			w.check()
		})
	}
}

const answers = 20

// meanwhile is a meeting that several goroutines work on at once.
type meanwhile struct {
	t            *testing.T
	seed, people int
	uid          string
	store        *invitetest.Ledger
	mailbox      mailbox
	pauses       *pauses
	changed      chan struct{} // closed when the meeting has changed, or if no mail waits for it
	steps        *steps.Log
}

func newMeanwhile(t *testing.T, seed, people int) *meanwhile {
	w := &meanwhile{t: t, seed: seed, people: people, uid: review(0).UID, store: invitetest.NewLedger(),
		pauses: newPauses(uint64(seed), 300), changed: make(chan struct{}),
		steps: newSteps(t, fmt.Sprintf("seed %d (the order in which goroutines run is not repeated)", seed))}
	if seed%2 == 0 {
		close(w.changed)
	}
	return w
}

// client returns a client with a ledger of its own, as another program has it.
func (w *meanwhile) client() *invite.Client {
	l := w.store.Call()
	l.Before = func(c invitetest.LedgerCall) error {
		if !c.IsBegin() && c.N == w.people/8 {
			<-w.changed
		}
		return w.pauses.hook(c)
	}
	l.After = w.pauses.hook
	o := options(l)
	o.Parallel, o.Random = 4, nil
	return invite.New(invite.SenderFunc(func(ctx context.Context, m *invite.Message) error {
		w.pauses.wait()
		return w.mailbox.Send(ctx, m)
	}), o)
}

// run sends, answers and changes at once.
func (w *meanwhile) run() {
	var wg sync.WaitGroup
	wg.Go(func() {
		w.steps.Call("Send: %d attendees", w.people)
		_, err := w.client().Send(w.t.Context(), review(w.people), invite.HideGuests())
		w.done("Send", err)
	})
	for w.store.Stored(w.uid) == nil {
		time.Sleep(time.Millisecond)
	}
	wg.Go(w.answer)
	wg.Go(w.update)
	wg.Wait()
}

// done notes the end of a call that has to succeed.
func (w *meanwhile) done(name string, err error) {
	w.steps.Result("%s = %v", name, err)
	if err != nil {
		w.t.Errorf("%s = %v, want no error", name, err)
	}
}

// answer stores answers of every tenth attendee.
func (w *meanwhile) answer() {
	for n := range answers {
		w.pauses.wait()
		i := n * w.people / answers
		w.done(address(i)+" answers: accepted", w.store.Change(w.uid, func(m *invite.Meeting) (*invite.Meeting, error) {
			out, o := m.Answer(invite.Answer{Email: address(i), Status: ical.StatusAccepted, Via: "link", Stamp: week(-1).Add(time.Duration(i) * time.Minute)})
			if o.Verdict != invite.VerdictApplied {
				return nil, fmt.Errorf("%s: %s", o.Verdict, o.Reason)
			}
			return out, nil
		}))
	}
}

// update changes the meeting, and resumes it until none of its mails is open.
func (w *meanwhile) update() {
	for range w.seed * 3 {
		w.pauses.wait()
	}
	w.steps.Call("Update, QueueOnly: Room 2")
	w.done("Update", w.store.Change(w.uid, func(m *invite.Meeting) (*invite.Meeting, error) {
		w.pauses.wait()
		return w.client().Update(w.t.Context(), m, at(m.Event, "Room 2"), invite.QueueOnly())
	}))
	if w.seed%2 == 1 {
		close(w.changed)
	}
	c := w.client()
	for range 1_000 {
		m := w.store.Stored(w.uid)
		open := count(m, invite.DeliveryPending) + count(m, invite.DeliverySending)
		if open == 0 {
			return
		}
		w.steps.Call("Resume: %d mails are open", open)
		var waits *invite.DeliveryError
		if _, err := c.Resume(w.t.Context(), m); err == nil || !errors.As(err, &waits) {
			w.done("Resume", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Errorf("states after 1000 calls of Resume = %q, want none pending or sending", states(w.store.Stored(w.uid)))
}

// check compares the stored meeting with the mails.
func (w *meanwhile) check() {
	if list := w.mailbox.twice(); list != nil {
		w.t.Errorf("mails handed over twice = %q, want none", list)
	}
	m, mails := w.store.Stored(w.uid), w.mailbox.take()
	d, o := count(m, invite.DeliveryDelivered), count(m, invite.DeliveryOvertaken)
	if d+o != 2*w.people || d != len(mails) {
		w.t.Errorf("%d delivered, %d overtaken, %d handed over, of %d mails: %q", d, o, len(mails), 2*w.people, states(m))
	}
	if w.seed%2 == 1 && o == 0 {
		w.t.Error("no mail was overtaken, though some had to wait for the change")
	}
	for i := range answers {
		if got := m.Answers; len(got) != answers || got[i].Email != address(i*w.people/answers) {
			w.t.Fatalf("stored answers = %+v, want %d in their order", got, answers)
		}
	}
	last := make(map[string]string)
	for _, mail := range mails {
		last[mail.To[0]] = object(w.t, mail)
	}
	for i := range w.people {
		if got := last[address(i)]; got != "REQUEST 1" {
			w.t.Errorf("the last mail to %s = %q, want REQUEST 1", address(i), got)
		}
	}
}

// TestTwoPrograms has two programs resume one meeting at once.
func TestTwoPrograms(t *testing.T) {
	for seed := range 8 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { twoPrograms(t, seed) })
	}
}

func twoPrograms(t *testing.T, seed int) {
	const people = 30
	steps := newSteps(t, fmt.Sprintf("seed %d (the order in which goroutines run is not repeated)", seed))
	store, s, p := invitetest.NewLedger(), new(mailbox), newPauses(uint64(seed), 200)
	queued := must(t)(invite.New(nil, options(nil)).Send(t.Context(), review(people), invite.QueueOnly()))
	if err := store.Begin(t.Context(), queued); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			l := store.Call()
			l.Before, l.After = p.hook, p.hook
			o := options(l)
			o.Parallel = 1 + i*seed
			steps.Call("program %d resumes, Parallel %d", i, o.Parallel)
			m, err := invite.New(s, o).Resume(t.Context(), store.Stored(queued.Event.UID))
			steps.Result("program %d: %d delivered, %v", i, count(m, invite.DeliveryDelivered), err)
			if err != nil {
				t.Errorf("Resume = %v, want no error", err)
			}
		})
	}
	wg.Wait()
	if twice := s.twice(); twice != nil || len(s.mails) != people {
		t.Errorf("%d mails, %q twice, want each of %d once", len(s.mails), twice, people)
	}
	if m := store.Stored(queued.Event.UID); count(m, invite.DeliveryDelivered) != people {
		t.Errorf("states = %q, want %d delivered", states(m), people)
	}
}
