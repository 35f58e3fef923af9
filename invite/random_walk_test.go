package invite_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
)

// TestWalk makes random calls about a meeting while mails fail, wait and come in
// doubt, and resumes at the end. Each attendee's calendar takes every mail over
// without complaint, and then shows the meeting as it is.
func TestWalk(t *testing.T) {
	for i, send := range [][]invite.SendOption{nil, {invite.HideGuests()}, {invite.OneMail()}} {
		t.Run(fmt.Sprint("mode ", i), func(t *testing.T) {
			t.Parallel()
			for n := range 60 * *chains {
				w := &walker{had: make(map[string]bool), world: world{t: t, blind: true,
					rng: rand.New(rand.NewPCG(uint64(i), uint64(n))), calendars: make(map[string]*calendar)}}
				w.options = &invite.Options{Now: w.clock, TellDeclined: true}
				if n%2 == 0 {
					w.options.Ledger = invite.WholeMeeting(func(context.Context, *invite.Meeting) error { return nil })
				}
				w.send = append(send[:len(send):len(send)], invite.AllowLint(everyRule...))
				if w.walk(6); t.Failed() {
					t.Fatalf("walk %d: %s", n, strings.Join(w.log, "\n"))
				}
			}
		})
	}
}

// walker is a world in which mails fail.
type walker struct {
	world
	calm bool            // no mail fails
	had  map[string]bool // the Message-IDs and recipients of mails that arrived
}

// walk makes so many calls, resumes, and cancels.
func (w *walker) walk(calls int) {
	g, ctx := &generator{rng: w.rng}, context.Background()
	c := invite.New(invite.SenderFunc(w.deliver), w.options)
	m, err := c.Send(ctx, g.event(), append(w.send, w.maybeQueue())...)
	for m = w.called("Send", m, err); calls > 0 && !w.t.Failed(); calls-- {
		w.now++
		m, err = w.call(ctx, c, g, m)
		m = w.called("call", m, err)
	}
	w.now++
	w.calm = true
	if m, err = c.Resume(ctx, m, invite.ResendUnknown()); err != nil {
		w.t.Errorf("the last Resume: %v", err)
	}
	if left := m.Tally().Pending; left > 0 || slices.Contains(states(m), invite.DeliverySending) {
		w.t.Errorf("mails are left: %q", states(m))
	}
	w.compare(&m.Event, m)
	w.now++
	if _, err := c.Cancel(ctx, m); err != nil {
		w.t.Errorf("Cancel: %v", err)
	}
	for email, c := range w.calendars {
		if left := c.sees(email, false); len(left) > 0 {
			w.t.Errorf("%s still sees %+v", email, left)
		}
	}
}

// call makes one call.
func (w *walker) call(ctx context.Context, c *invite.Client, g *generator, m *invite.Meeting) (*invite.Meeting, error) {
	lint, queue := invite.AllowLint(everyRule...), w.maybeQueue()
	switch w.rng.IntN(8) {
	case 0:
		return c.Remind(ctx, m, queue)
	case 1:
		return c.Reinvite(ctx, m, []string{pick(g, m.Event.Attendees...).Email}, queue)
	case 2:
		return c.Resume(ctx, m, pick(g, nil, invite.ResendUnknown()))
	case 3:
		a := invite.Answer{Email: pick(g, append(slices.Clone(everybody), guest)...), Via: "test", Stamp: w.clock(),
			Status: pick(g, ical.StatusAccepted, ical.StatusDeclined)}
		if m.Event.Recurrence != nil && g.chance(2) {
			a.RecurrenceID = pick(g, ids(&m.Event)...)
		}
		m, _ = m.Answer(a)
		return m, nil
	case 4:
		if m.Event.Recurrence != nil {
			return c.Cancel(ctx, m, invite.Occurrence(pick(g, ids(&m.Event)...)), lint, queue)
		}
	}
	return c.Update(ctx, m, g.change(m.Event), lint, queue)
}

// maybeQueue is an option in one of three calls.
func (w *walker) maybeQueue() invite.MailOption {
	return pick(&generator{w.rng}, nil, nil, invite.QueueOnly())
}

// called notes a call, and returns the meeting as a program has it that stores it.
func (w *walker) called(name string, m *invite.Meeting, err error) *invite.Meeting {
	var failed *invite.DeliveryError
	if m == nil || err != nil && !errors.As(err, &failed) && fieldOf(err) == "" && !errors.Is(err, invite.ErrPast) {
		w.t.Fatalf("%s: %v", name, err)
	}
	w.log = append(w.log, fmt.Sprint(w.now, " ", name, " ", spew(&m.Event)))
	for _, d := range m.Deliveries {
		w.log = append(w.log, fmt.Sprint("    ", d.To, " ", d.Sequence, d.RecurrenceID.Format(" 02T15 "), d.Method, " ", d.State, " ", d.Action))
	}
	return reload(w.t.(*testing.T), m)
}

// deliver hands a mail to its recipients. It fails for all of them or for one, or
// leaves in doubt that it arrived.
func (w *walker) deliver(ctx context.Context, m *invite.Message) error {
	fate, without := w.rng.IntN(8), ""
	switch {
	case w.calm:
		fate = 7
	case fate == 0:
		return errPlain
	case fate == 1:
		without = pick(&generator{w.rng}, m.To...)
	}
	kind, _, _ := strings.Cut(parseMail(w.t, m.Data).header.Get("Subject"), ":")
	for _, to := range m.To {
		c := w.calendars[address.Key(to)]
		switch {
		case to == without || w.had[m.ID+to]:
			continue
		case kind == "Updated" && (c == nil || c.whole == nil && len(c.single) == 0):
			w.t.Errorf("%s has nothing that could be updated", to)
		}
		w.had[m.ID+to] = true
		_ = w.world.deliver(ctx, &invite.Message{To: []string{to}, Data: m.Data}) // which reports errors
	}
	if fate == 2 {
		return doubt
	}
	if without != "" {
		return about{without, errPlain}
	}
	return nil
}
