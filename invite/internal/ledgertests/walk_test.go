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
	"github.com/convene-go/convene/internal/steps"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// walk is a meeting with random calls and a Sender that fails at random.
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
	states   map[int]invite.DeliveryState // of the deliveries after the last call
	steps    *steps.Log
}

// TestWalk makes random calls with a Sender that fails at random, and resumes at the end:
//
//   - No mail was accepted twice, and none is pending.
//   - No attendee got a cancellation without an invitation.
//   - Every calendar shows the present meeting, unless mails were refused.
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
		refuses: seed%2 == 0, states: make(map[int]invite.DeliveryState),
		steps: newSteps(t, fmt.Sprint("seed ", seed), fmt.Sprint("-walks=", *walks)),
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
	w.steps.Result("%s gets %s", to, what)
	if _, invited := w.has[to]; !invited && what[:6] == "CANCEL" {
		w.t.Errorf("%s gets %s without an invitation", to, what)
	}
	if what[:7] != "DECLINE" {
		w.has[to]++
		w.show(to, m)
	}
}

// show applies a mail to the calendar of an attendee.
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

// places enters the occurrences of e to which an attendee is invited, each with its
// location.
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

// compare compares the calendar of each attendee with e.
func (w *walk) compare(e ical.Event) {
	for to, got := range w.calendar {
		want := make(map[string]string)
		places(&e, to, want)
		equal(w.t, "the calendar of "+to, want, got)
	}
}

func (w *walk) run() {
	w.steps.Call("Send: 4 attendees, 6 weeks")
	w.take(w.client.Send(w.t.Context(), weekly(4)))
	for range 10 {
		w.step()
	}
	w.reliable = true
	for range 4 {
		w.steps.Call("Resume, and no mail fails")
		w.take(w.client.Resume(w.t.Context(), w.ledger.Stored(w.m.Event.UID)))
	}
	stored := w.ledger.Stored(w.m.Event.UID)
	if n := count(stored, invite.DeliveryPending) + count(stored, invite.DeliverySending); n > 0 {
		w.t.Errorf("%d mails are pending or sending at the end, want none", n)
	}
	for id, n := range w.accepted {
		if n > 1 {
			w.t.Errorf("%s was accepted %d times, want once", id, n)
		}
	}
	if !w.refuses {
		w.compare(stored.Event)
	}
}

// step makes a call.
func (w *walk) step() {
	m := w.ledger.Stored(w.m.Event.UID)
	date := week(w.random.IntN(6))
	var opts []invite.MailOption
	queued := ""
	if w.random.IntN(4) == 0 {
		opts, queued = append(opts, invite.QueueOnly()), ", QueueOnly"
	}
	if kind := w.random.IntN(10); kind < 5 {
		e, what := w.changed(m.Event, kind, date)
		w.steps.Call("Update%s: %s", queued, what)
		w.take(w.client.Update(w.t.Context(), m, e, opts...))
	} else {
		w.call(m, kind, date, queued, opts)
	}
}

// changed returns e with one change, and the change in words.
func (w *walk) changed(e ical.Event, kind int, date time.Time) (ical.Event, string) {
	what := "nothing"
	e.Attendees, e.Overrides = slices.Clone(e.Attendees), slices.Clone(e.Overrides)
	isDate := func(o ical.Event) bool { return o.RecurrenceID.Equal(date) }
	switch kind {
	case 0:
		e.Location = fmt.Sprint("Room ", w.random.IntN(100))
		what = e.Location
	case 1:
		if !slices.ContainsFunc(e.Overrides, isDate) {
			o := ical.Event{RecurrenceID: date, Location: fmt.Sprint("Roof ", w.random.IntN(100))}
			e.Overrides = append(e.Overrides, o)
			what = o.Location + on(date)
		}
	case 2:
		if len(e.Attendees) > 1 {
			i := w.random.IntN(len(e.Attendees))
			what = "without " + e.Attendees[i].Email
			e = without(e, i)
		}
	case 3:
		if a := address(w.random.IntN(6)); !slices.ContainsFunc(e.Attendees, func(b ical.Attendee) bool { return b.Email == a }) {
			e.Attendees = append(e.Attendees, ical.Attendee{Email: a})
			what = "with " + a
		}
	case 4:
		guest := ical.Attendee{Email: "guest@example.test"}
		e.Overrides = append(slices.DeleteFunc(e.Overrides, isDate),
			ical.Event{RecurrenceID: date, Attendees: append(slices.Clone(e.Attendees), guest)})
		what = "with " + guest.Email + on(date)
	}
	return e, what
}

// call makes a call that is no update.
func (w *walk) call(m *invite.Meeting, kind int, date time.Time, queued string, opts []invite.MailOption) {
	ctx, c, first := w.t.Context(), w.client, m.Event.Attendees[0].Email
	switch kind {
	case 5:
		cancels := []invite.CancelOption{invite.Occurrence(date)}
		for _, o := range opts {
			cancels = append(cancels, o)
		}
		w.steps.Call("Cancel%s%s", on(date), queued)
		w.take(c.Cancel(ctx, m, cancels...))
	case 6:
		w.steps.Call("Remind")
		w.take(c.Remind(ctx, m))
	case 7:
		w.steps.Call("Reinvite%s: %s", queued, first)
		w.take(c.Reinvite(ctx, m, []string{first}, opts...))
	case 8:
		p := proposal()
		p.Email, p.RecurrenceID = first, date
		p.Start, p.End = date.Add(p.Start.Sub(week(0))), date.Add(p.End.Sub(week(0)))
		w.steps.Call("%s proposes another time%s, and DeclineProposal%s", first, on(date), queued)
		m, o := m.Propose(p)
		if w.steps.Result("%s", o.Verdict); o.Verdict == invite.VerdictApplied {
			w.take(c.DeclineProposal(ctx, m, m.Proposals[len(m.Proposals)-1], opts...))
		}
	default:
		w.steps.Call("Resume")
		w.take(c.Resume(ctx, m))
	}
}

// on is " on 2027-03-09".
func on(id time.Time) string { return " on " + date(id) }

// take notes and stores the Meeting that a call returned.
func (w *walk) take(m *invite.Meeting, err error) {
	w.t.Helper()
	if err != nil {
		w.steps.Result("%v", err)
	}
	if m == nil {
		w.t.Fatalf("the call = nil, %v, want a Meeting", err)
	}
	w.m = m
	if err := w.ledger.Change(m.Event.UID, func(*invite.Meeting) (*invite.Meeting, error) { return m, nil }); err != nil {
		w.t.Fatal(err)
	}
	for i, d := range m.Deliveries {
		if d.N != i {
			w.t.Errorf("delivery %d has the number %d", i, d.N)
		}
		if w.states[i] != d.State && d.State != invite.DeliveryDelivered {
			w.steps.Result("mail %d to %s, %s %d, %s: %s", i, d.To, d.Method, d.Sequence, d.Action, d.State)
		}
		w.states[i] = d.State
	}
}
