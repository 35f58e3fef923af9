package invite_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
)

// TestWalk makes random calls about a meeting while some mails fail, some are queued
// and some become unknown. At the end it resumes. Each attendee's calendar accepts every
// mail, and then shows the present meeting.
func TestWalk(t *testing.T) {
	for i, send := range [][]invite.SendOption{nil, {invite.HideGuests()}, {invite.OneMail()}} {
		t.Run(fmt.Sprint("mode ", i), func(t *testing.T) {
			t.Parallel()
			eachChain(t, 30, func(t *testing.T, n int) {
				w := &walker{world: newWorld(t, i, n), had: make(map[string]bool), states: make(map[int]invite.DeliveryState)}
				w.blind = true
				if n%2 == 0 {
					w.options.Ledger = invite.WholeMeeting(func(context.Context, *invite.Meeting) error { return nil })
				}
				w.send = append(send[:len(send):len(send)], invite.AllowLint(everyRule...))
				w.walk(6)
			})
		})
	}
}

// walker is a world in which mails fail.
type walker struct {
	*world
	calm   bool                         // no mail fails
	had    map[string]bool              // the Message-IDs and recipients of mails that arrived
	states map[int]invite.DeliveryState // of the deliveries after the last call
}

// walk sends a meeting, makes several calls, resumes, and cancels.
func (w *walker) walk(calls int) {
	g, ctx := &generator{rng: w.rng}, context.Background()
	c := invite.New(invite.SenderFunc(w.deliver), w.options)
	event, queue := g.event(), w.maybeQueue()
	w.steps.Call("Send%s: %s", queued(queue), difference(&ical.Event{}, &event))
	m, err := c.Send(ctx, event, append(w.send, queue)...)
	for m = w.called(m, err); calls > 0 && !w.t.Failed() && !m.Event.Cancelled; calls-- { // with the last date everything is cancelled
		w.now++
		m = w.called(w.call(ctx, c, g, m))
	}
	w.now++
	w.calm = true
	w.steps.Call("Resume, ResendUnknown; no mail fails from now on")
	if m, err = c.Resume(ctx, m, invite.ResendUnknown()); err != nil {
		w.t.Errorf("the last Resume = %v, want no error", err)
	}
	m = w.called(m, err)
	if left := m.Tally().Pending; left > 0 || slices.Contains(states(m), invite.DeliverySending) {
		w.t.Errorf("states at the end = %q, want none pending or sending", states(m))
	}
	w.compare(&m.Event, m)
	w.now++
	w.steps.Call("Cancel")
	if _, err := c.Cancel(ctx, m); err != nil && !(m.Event.Cancelled && errors.Is(err, invite.ErrCancelled)) {
		w.t.Errorf("Cancel = %v, want no error", err)
	}
	for email, c := range w.calendars {
		if left := c.sees(email, false); len(left) > 0 {
			w.t.Errorf("after Cancel %s sees %+v, want nothing", email, left)
		}
	}
}

// call makes one call.
func (w *walker) call(ctx context.Context, c *invite.Client, g *generator, m *invite.Meeting) (*invite.Meeting, error) {
	lint, queue := invite.AllowLint(everyRule...), w.maybeQueue()
	switch w.rng.IntN(8) {
	case 0:
		w.steps.Call("Remind%s", queued(queue))
		return c.Remind(ctx, m, queue)
	case 1:
		email := pick(g, m.Event.Attendees...).Email
		w.steps.Call("Reinvite%s: %s", queued(queue), email)
		return c.Reinvite(ctx, m, []string{email}, queue)
	case 2:
		option := pick(g, nil, invite.ResendUnknown())
		w.steps.Call("Resume%s", map[bool]string{true: ", ResendUnknown"}[option != nil])
		return c.Resume(ctx, m, option)
	case 3:
		a := invite.Answer{Email: pick(g, append(slices.Clone(everybody), guest)...), Via: "test", Stamp: w.clock(),
			Status: pick(g, ical.StatusAccepted, ical.StatusDeclined)}
		if m.Event.Recurrence != nil && g.chance(2) {
			a.RecurrenceID = pick(g, ids(&m.Event)...)
		}
		w.steps.Call("%s answers: %s%s", a.Email, a.Status, onDate(a.RecurrenceID))
		m, o := m.Answer(a)
		w.steps.Result("%s", o.Verdict)
		return m, nil
	case 4:
		if m.Event.Recurrence != nil {
			id := pick(g, ids(&m.Event)...)
			w.steps.Call("Cancel%s%s", onDate(id), queued(queue))
			return c.Cancel(ctx, m, invite.Occurrence(id), lint, queue)
		}
	}
	after := g.change(m.Event)
	w.steps.Call("Update%s: %s", queued(queue), difference(&m.Event, &after))
	return c.Update(ctx, m, after, lint, queue)
}

// queued is ", QueueOnly" if a call has that option.
func queued(option invite.MailOption) string {
	if option == nil {
		return ""
	}
	return ", QueueOnly"
}

// maybeQueue returns QueueOnly in one of three calls, and nil otherwise.
func (w *walker) maybeQueue() invite.MailOption {
	return pick(&generator{w.rng}, nil, nil, invite.QueueOnly())
}

// called notes the result of a call. It returns the meeting after it was stored as JSON
// and read again.
func (w *walker) called(m *invite.Meeting, err error) *invite.Meeting {
	w.t.Helper()
	var failed *invite.DeliveryError
	if m == nil || err != nil && !errors.As(err, &failed) && fieldOf(err) == "" && !errors.Is(err, invite.ErrPast) {
		w.t.Fatalf("the call = %v, %v", m, err)
	}
	for _, d := range m.Deliveries {
		if w.states[d.N] != d.State && d.State != invite.DeliveryDelivered {
			w.steps.Result("mail %d to %s, %s %d%s, %s: %s", d.N, d.To, d.Method, d.Sequence, onDate(d.RecurrenceID), d.Action, d.State)
		}
		w.states[d.N] = d.State
	}
	if err != nil {
		w.steps.Result("%v", err)
	}
	return reload(w.t, m)
}

// deliver puts a mail into the calendars of its recipients. It may fail for all of them
// or for one, and may return an uncertain error although the mail arrived.
func (w *walker) deliver(_ context.Context, m *invite.Message) error {
	fate, without := w.rng.IntN(8), ""
	switch {
	case w.calm:
		fate = 7
	case fate == 0:
		return errPlain
	case fate == 1:
		without = pick(&generator{w.rng}, m.To...)
	}
	for _, to := range m.To {
		in, c := readMail(w.t, m.Data), w.calendars[address.Key(to)]
		switch {
		case to == without || w.had[m.ID+to]:
			continue
		case strings.HasPrefix(in.Mail.Subject, "Updated:") && (c == nil || c.whole == nil && len(c.single) == 0):
			w.t.Errorf("%s gets an update and has nothing that could be updated", to)
		}
		w.had[m.ID+to] = true
		w.arrive(to, in)
	}
	if fate == 2 {
		return doubt
	}
	if without != "" {
		return about{without, errPlain}
	}
	return nil
}
