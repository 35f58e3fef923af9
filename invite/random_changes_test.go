package invite_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
)

// TestChangesReachEverybody plans and sends generated changes, lets every
// attendee's client take over the mails, and compares what it then shows with
// what the attendee is to see of the new version.
func TestChangesReachEverybody(t *testing.T) {
	modes := []struct {
		name   string
		change func(w *world)
		chains int
	}{
		{"one mail each", func(*world) {}, 60},
		{"tell all", func(w *world) { w.update, w.others = append(w.update, invite.TellAll()), true }, 40},
		{"hidden guests", func(w *world) { w.send = append(w.send, invite.HideGuests()) }, 30},
		{"declined are left alone", func(w *world) { w.options.TellDeclined = false }, 40},
		{"one mail to all", func(w *world) { w.send, w.blind = append(w.send, invite.OneMail()), true }, 30},
	}
	for i, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			for n := range mode.chains * *chains {
				w := &world{t: t, rng: rand.New(rand.NewPCG(uint64(i), uint64(n))),
					calendars: make(map[string]*calendar), declined: make(map[string]bool)}
				w.options = &invite.Options{Now: w.clock, TellDeclined: true}
				w.update = []invite.MailOption{invite.AllowLint(everyRule...)}
				w.send = []invite.SendOption{w.update[0]}
				mode.change(w)
				if w.play(4); t.Failed() {
					t.Fatalf("chain %d", n)
				}
			}
		})
	}
}

// chains multiplies the generated chains of changes.
var chains = flag.Int("chains", 1, "multiply the generated chains of changes")

// everyRule are the lint rules that generated meetings may break: they are
// about clients, not about what a change is.
var everyRule = []string{"summary-length", "location-length"}

// world is one meeting and the calendars of all who ever got mail about it.
type world struct {
	t         testing.TB
	rng       *rand.Rand
	options   *invite.Options
	send      []invite.SendOption
	update    []invite.MailOption
	others    bool // whether the lists of attendees have to agree
	blind     bool // whether the mails show nobody's own answers
	now       int
	calendars map[string]*calendar
	declined  map[string]bool // who does not hear of everything
	log       []string
}

func (w *world) clock() time.Time {
	return time.Date(2027, 1, 1, 8, 0, w.now, 0, time.UTC)
}

// play sends a meeting and changes it so many times.
func (w *world) play(changes int) {
	g := &generator{rng: w.rng}
	client := invite.New(invite.SenderFunc(w.deliver), w.options)
	event := g.event()
	m, err := client.Send(context.Background(), event, w.send...)
	if err != nil {
		w.t.Fatalf("Send(%+v): %v", event, err)
	}
	w.compare(&event, m)
	for range changes {
		w.now++
		base := event
		if w.rng.IntN(2) == 0 {
			base = m.Event // as a caller would who keeps nothing else
		}
		m = w.answers(g, m)
		after := g.change(base)
		next, err := client.Update(context.Background(), m, after, w.update...)
		if err != nil {
			w.t.Fatalf("Update(%+v): %v", after, err)
		}
		event, m = after, next
		if w.compare(&event, m); w.t.Failed() {
			w.t.Logf("before: %s\nafter:  %s\nmails: %v", spew(&base), spew(&event), w.log)
			return
		}
	}
}

func spew(e *ical.Event) string {
	data, err := json.Marshal(e)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// answers lets some attendees answer, the whole or an occurrence, in their
// calendars and to the organizer.
func (w *world) answers(g *generator, m *invite.Meeting) *invite.Meeting {
	for range g.rng.IntN(4) {
		email := pick(g, append(slices.Clone(everybody), guest)...)
		c := w.calendars[address.Key(email)]
		if c == nil {
			continue
		}
		var shown []time.Time // what the attendee can answer
		if c.whole != nil {
			shown = append(shown, time.Time{})
		}
		for id := range c.sees(email, false) {
			if id != 0 {
				shown = append(shown, time.Unix(id, 0).UTC())
			}
		}
		if len(shown) == 0 {
			continue
		}
		slices.SortFunc(shown, time.Time.Compare)
		a := invite.Answer{Email: email, Via: "test", Stamp: w.clock(), RecurrenceID: pick(g, shown...),
			Status: pick(g, ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative)}
		next, outcome := m.Answer(a)
		if outcome.Verdict != invite.VerdictApplied && outcome.Verdict != invite.VerdictDuplicate {
			w.t.Errorf("%+v: %+v", a, outcome)
		}
		m = next
		c.answer(email, a.RecurrenceID, a.Status)
		if a.Status == ical.StatusDeclined && !w.options.TellDeclined {
			w.declined[address.Key(email)] = true
		}
	}
	return m
}

func (w *world) deliver(_ context.Context, m *invite.Message) error {
	for _, to := range m.To {
		key := address.Key(to)
		if w.calendars[key] == nil {
			w.calendars[key] = newCalendar()
		}
		if err := w.calendars[key].take(m.Data); err != nil {
			w.t.Errorf("mail to %s: %v", to, err)
		}
		w.log = append(w.log, fmt.Sprint(w.now, " ", to))
	}
	return nil
}

func (w *world) compare(event *ical.Event, m *invite.Meeting) {
	for _, email := range append(slices.Clone(everybody), guest) {
		if w.declined[address.Key(email)] {
			continue
		}
		got := map[int64]sight{}
		if c := w.calendars[address.Key(email)]; c != nil {
			got = c.sees(email, w.others)
		}
		status := m.OccurrenceStatus
		if w.blind {
			status = func(string, time.Time) ical.Status { return "" }
			for id, s := range got {
				s.Status = ""
				got[id] = s
			}
		}
		want := shouldSee(event, email, w.others, status)
		for id, s := range got { // an occurrence for one attendee alone names nobody else
			if id != 0 && s.Others == address.Key(email) {
				s.Others = want[id].Others
				got[id] = s
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			w.t.Errorf("after change %d %s sees (-want +got):\n%s", w.now, email, diff)
		}
	}
}
