package invite_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	convenemime "github.com/convene-go/convene/mime"
)

// TestWalk makes random calls about a meeting while mails fail, wait and get lost,
// and resumes at the end. Each attendee's calendar takes every mail over without
// complaint, and then shows the meeting as it is.
func TestWalk(t *testing.T) {
	modes := []struct {
		name string
		send []invite.SendOption
	}{{"one mail each", nil}, {"hidden guests", []invite.SendOption{invite.HideGuests()}}, {"one mail to all", []invite.SendOption{invite.OneMail()}}}
	for i, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			for n := range 60 * *chains {
				w := &walker{had: make(map[string]bool), world: world{t: t, blind: true,
					rng: rand.New(rand.NewPCG(uint64(i), uint64(n))), calendars: make(map[string]*calendar)}}
				w.options = &invite.Options{Now: w.clock, TellDeclined: true}
				if n%2 == 0 {
					w.options.Ledger = invite.WholeMeeting(func(_ context.Context, m *invite.Meeting) error { w.stored = m; return nil })
				}
				w.update = []invite.MailOption{invite.AllowLint(everyRule...)}
				w.send = append(slices.Clone(mode.send), w.update[0])
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
	calm   bool            // no mail fails
	had    map[string]bool // the Message-IDs and recipients of mails that arrived
	stored *invite.Meeting
}

// walk makes so many calls, and resumes.
func (w *walker) walk(calls int) {
	g := &generator{rng: w.rng}
	c := invite.New(invite.SenderFunc(w.deliver), w.options)
	m, err := c.Send(context.Background(), g.event(), append(w.send, w.maybeQueue())...)
	m = w.called("Send", m, err)
	for range calls {
		w.now++
		switch opts := append(slices.Clone(w.update), w.maybeQueue()); w.rng.IntN(8) {
		case 0, 1, 2:
			m, err = c.Update(context.Background(), m, g.change(m.Event), opts...)
			m = w.called("Update", m, err)
		case 3:
			m, err = c.Remind(context.Background(), m, opts[0], opts[1])
			m = w.called("Remind", m, err)
		case 4:
			m, err = c.Reinvite(context.Background(), m, []string{pick(g, m.Event.Attendees...).Email}, opts...)
			m = w.called("Reinvite", m, err)
		case 5:
			a := invite.Answer{Email: pick(g, append(slices.Clone(everybody), guest)...), Via: "test", Stamp: w.clock(),
				Status: pick(g, ical.StatusAccepted, ical.StatusDeclined)}
			if m.Event.Recurrence != nil && g.chance(2) {
				a.RecurrenceID = pick(g, ids(&m.Event)...)
			}
			m, _ = m.Answer(a)
		case 6:
			m, err = c.Resume(context.Background(), m, pick(g, nil, invite.ResendUnknown()))
			m = w.called("Resume", m, err)
		case 7:
			if m.Event.Recurrence != nil {
				m, err = c.Cancel(context.Background(), m, invite.Occurrence(pick(g, ids(&m.Event)...)), opts[0], opts[1])
				m = w.called("Cancel one", m, err)
			}
		}
		if w.t.Failed() {
			return
		}
	}
	w.now++
	w.calm = true
	if m, err = c.Resume(context.Background(), m, invite.ResendUnknown()); err != nil {
		w.t.Errorf("the last Resume: %v", err)
	}
	for _, d := range m.Deliveries {
		if d.State == invite.DeliveryPending || d.State == invite.DeliverySending {
			w.t.Errorf("%+v", d)
		}
	}
	w.compare(&m.Event, m)
	if w.now++; w.rng.IntN(2) == 0 {
		if _, err := c.Cancel(context.Background(), m); err != nil {
			w.t.Errorf("Cancel: %v", err)
		}
		for email, c := range w.calendars {
			if left := c.sees(email, false); len(left) > 0 {
				w.t.Errorf("%s still sees %+v", email, left)
			}
		}
	}
}

// maybeQueue is an option half of the time.
func (w *walker) maybeQueue() invite.MailOption {
	if w.rng.IntN(3) == 0 {
		return invite.QueueOnly()
	}
	return nil
}

// called notes a call, and returns the meeting as a program has it that stores it.
func (w *walker) called(name string, m *invite.Meeting, err error) *invite.Meeting {
	var failed *invite.DeliveryError
	if m == nil || err != nil && !errors.As(err, &failed) && !errors.Is(err, invite.ErrPast) && !strings.Contains(err.Error(), "no occurrence") {
		w.t.Fatalf("%s: %v", name, err)
	}
	w.log = append(w.log, time.Duration(w.now).String()+" "+name+" "+spew(&m.Event))
	for _, d := range m.Deliveries {
		w.log = append(w.log, fmt.Sprint("    ", d.To, " ", d.Sequence, d.RecurrenceID.Format(" 02T15 "), d.Method, " ", d.State, " ", d.Action))
	}
	return reload(w.t.(*testing.T), m)
}

// deliver hands a mail to its recipients. It fails for all of them or for one, or
// leaves in doubt that it arrived.
func (w *walker) deliver(ctx context.Context, m *convenemime.Message) error {
	fate, without := w.rng.IntN(8), ""
	switch {
	case w.calm:
		fate = 7
	case fate == 0:
		return errPlain
	case fate == 1:
		without = m.To[w.rng.IntN(len(m.To))]
	}
	for _, to := range m.To {
		if key := m.ID + to; to != without && !w.had[key] {
			w.had[key] = true
			w.take(ctx, m, to)
		}
	}
	switch {
	case without != "":
		return about{without, errPlain}
	case fate == 2:
		return doubt
	}
	return nil
}

// take hands a mail to one recipient.
func (w *walker) take(ctx context.Context, m *convenemime.Message, to string) {
	c := w.calendars[address.Key(to)]
	kind, _, _ := strings.Cut(parseMail(w.t, m.Data).header.Get("Subject"), ":")
	if kind == "Updated" && (c == nil || c.whole == nil && len(c.single) == 0) {
		w.t.Errorf("%s has nothing that could be updated", to)
	}
	if err := w.world.deliver(ctx, &convenemime.Message{To: []string{to}, Data: m.Data}); err != nil {
		w.t.Error(err)
	}
}
