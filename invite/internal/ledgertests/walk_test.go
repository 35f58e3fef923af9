package ledgertests_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// walk is a meeting on a random way, with a Sender that fails at random.
type walk struct {
	t        *testing.T
	random   *rand.Rand
	client   *invite.Client
	ledger   *invitetest.Ledger
	m        *invite.Meeting
	reliable bool
	accepted map[string]int               // by Message-ID
	has      map[string]int               // the mails that each attendee has
	refuses  bool                         // some mails are refused
	calendar map[string]map[string]string // the place of each occurrence, by attendee and date
	log      []string
}

// TestWalk makes random calls with a sender that fails at random. Whatever happened,
// nothing is accepted twice, and in the end nothing is pending, nobody has a
// cancellation without an invitation, and unless mails are refused every calendar
// shows what the organizer wants.
func TestWalk(t *testing.T) {
	seeds := *walks
	if testing.Short() || raceEnabled {
		seeds = 30
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { newWalk(t, uint64(seed)).run() })
	}
}

// walks is the number of random walks.
var walks = flag.Int("walks", 150, "random walks")

func newWalk(t *testing.T, seed uint64) *walk {
	w := &walk{
		t: t, random: rand.New(rand.NewPCG(seed, 2)), ledger: invitetest.NewLedger(),
		accepted: make(map[string]int), has: make(map[string]int), calendar: make(map[string]map[string]string),
		refuses: seed%2 == 0,
	}
	o := options(w.ledger)
	w.client = invite.New(invite.SenderFunc(func(_ context.Context, m *invite.Message) error { return w.send(m) }), o)
	return w
}

// send accepts a mail, or fails.
func (w *walk) send(m *invite.Message) error {
	if kind := w.random.IntN(10); !w.reliable && kind < 4 {
		switch kind {
		case 0:
			if w.refuses {
				return failure{refused: true}
			}
		case 1:
			w.accept(m) // and the reply is lost
			return failure{uncertain: true}
		}
		return errors.New("later")
	}
	w.accept(m)
	return nil
}

func (w *walk) accept(m *invite.Message) {
	w.accepted[m.ID]++
	to, what := m.To[0], object(w.t, m)
	w.log = append(w.log, "  "+to+" "+what)
	if _, invited := w.has[to]; !invited && what[:6] == "CANCEL" {
		w.t.Errorf("%s gets %s without an invitation", to, what)
	}
	if what[:7] != "DECLINE" {
		w.has[to]++
		w.show(to, m)
	}
}

// show does to the attendee's calendar what a mail says.
func (w *walk) show(to string, m *invite.Message) {
	c, err := ical.Decode(bytes.NewReader(invitetest.Calendar(m)), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.calendar[to] == nil {
		w.calendar[to] = make(map[string]string)
	}
	mine := w.calendar[to]
	for _, e := range c.Events {
		switch {
		case e.RecurrenceID.IsZero():
			clear(mine)
			if c.Method != ical.MethodCancel {
				places(&e, to, mine)
			}
		case c.Method == ical.MethodCancel || e.Cancelled:
			delete(mine, date(e.RecurrenceID))
		default:
			mine[date(e.RecurrenceID)] = e.Location
		}
	}
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// places enters the occurrences of a series to which an attendee is invited.
func places(e *ical.Event, to string, into map[string]string) {
	for o := range e.Occurrences(time.Time{}, time.Time{}) {
		v := *e
		if o.Override >= 0 {
			v = e.Override(o.Override)
		}
		if slices.ContainsFunc(v.Attendees, func(a ical.Attendee) bool { return a.Email == to }) {
			into[date(o.RecurrenceID)] = v.Location
		}
	}
}

// compare has each attendee's calendar show what the organizer wants.
func (w *walk) compare(e ical.Event) {
	for to, got := range w.calendar {
		want := make(map[string]string)
		places(&e, to, want)
		equal(w.t, "the calendar of "+to, want, got)
	}
}

func (w *walk) run() {
	m, err := w.client.Send(w.t.Context(), weekly(4))
	w.take("Send", m, err)
	for range 10 {
		w.step()
	}
	w.reliable = true
	for range 4 {
		m, err := w.client.Resume(w.t.Context(), w.ledger.Stored(w.m.Event.UID))
		w.take("Resume", m, err)
	}
	stored := w.ledger.Stored(w.m.Event.UID)
	if n := count(stored, invite.DeliveryPending) + count(stored, invite.DeliverySending); n > 0 {
		w.t.Errorf("%d mails are still open", n)
	}
	for id, n := range w.accepted {
		if n > 1 {
			w.t.Errorf("%s was accepted %d times", id, n)
		}
	}
	if !w.refuses {
		w.compare(stored.Event)
	}
	if w.t.Failed() {
		for _, line := range w.log {
			w.t.Log(line)
		}
		for _, d := range stored.Deliveries {
			w.t.Log(d.N, d.To, d.Method, d.Sequence, d.RecurrenceID, d.Action, d.State, d.Reply)
		}
	}
}

// step makes a call.
func (w *walk) step() {
	ctx, c, m := w.t.Context(), w.client, w.ledger.Stored(w.m.Event.UID)
	e := m.Event
	e.Attendees, e.Overrides = slices.Clone(e.Attendees), slices.Clone(e.Overrides)
	week := week(w.random.IntN(6))
	name := ""
	var opts []invite.MailOption
	if w.random.IntN(4) == 0 {
		opts = append(opts, invite.QueueOnly())
	}
	var err error
	switch w.random.IntN(10) {
	case 0:
		name = "Update, location"
		e.Location = fmt.Sprint("Room ", w.random.IntN(100))
		m, err = c.Update(ctx, m, e, opts...)
	case 1:
		name = "Update, occurrence"
		if !slices.ContainsFunc(e.Overrides, func(o ical.Event) bool { return o.RecurrenceID.Equal(week) }) {
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: week, Location: fmt.Sprint("Roof ", w.random.IntN(100))})
		}
		m, err = c.Update(ctx, m, e, opts...)
	case 2:
		name = "Update, remove"
		if len(e.Attendees) > 1 {
			e = without(e, w.random.IntN(len(e.Attendees)))
		}
		m, err = c.Update(ctx, m, e, opts...)
	case 3:
		name = "Update, add"
		if a := address(w.random.IntN(6)); !slices.ContainsFunc(e.Attendees, func(b ical.Attendee) bool { return b.Email == a }) {
			e.Attendees = append(e.Attendees, ical.Attendee{Email: a})
		}
		m, err = c.Update(ctx, m, e, opts...)
	case 4:
		name = "Update, guest of an occurrence"
		e.Overrides = slices.DeleteFunc(e.Overrides, func(o ical.Event) bool { return o.RecurrenceID.Equal(week) })
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: week, Attendees: append(slices.Clone(e.Attendees), ical.Attendee{Email: "guest@example.test"})})
		m, err = c.Update(ctx, m, e, opts...)
	case 5:
		name = "Cancel, occurrence"
		cancels := []invite.CancelOption{invite.Occurrence(week)}
		for _, o := range opts {
			cancels = append(cancels, o)
		}
		m, err = c.Cancel(ctx, m, cancels...)
	case 6:
		name = "Remind"
		m, err = c.Remind(ctx, m)
	case 7:
		name = "Reinvite"
		m, err = c.Reinvite(ctx, m, []string{e.Attendees[0].Email}, opts...)
	case 8:
		name = "DeclineProposal"
		p := proposal()
		p.Email, p.RecurrenceID, p.Stamp = e.Attendees[0].Email, week, p.Stamp.Add(0)
		p.Start, p.End = week.Add(p.Start.Sub(weekly(0).Start)), week.Add(p.End.Sub(weekly(0).Start))
		var o invite.Outcome
		if m, o = m.Propose(p); o.Verdict != invite.VerdictApplied {
			return
		}
		m, err = c.DeclineProposal(ctx, m, m.Proposals[len(m.Proposals)-1], opts...)
	default:
		name = "Resume"
		m, err = c.Resume(ctx, m)
	}
	w.take(fmt.Sprint(name, " ", week.Format("01-02"), " ", len(opts) > 0), m, err)
}

// take stores what came back.
func (w *walk) take(name string, m *invite.Meeting, err error) {
	w.t.Helper()
	w.log = append(w.log, fmt.Sprint(name, ": ", err))
	if m == nil {
		w.t.Fatalf("%s returned no Meeting: %v", name, err)
	}
	w.m = m
	if storeErr := w.ledger.Change(m.Event.UID, func(*invite.Meeting) (*invite.Meeting, error) { return m, nil }); storeErr != nil {
		w.t.Fatal(storeErr)
	}
	for i, d := range m.Deliveries {
		if d.N != i {
			w.t.Errorf("mail %d has the number %d", i, d.N)
		}
	}
}
