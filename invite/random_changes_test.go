package invite_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/internal/steps"
	"github.com/convene-go/convene/invite"
)

// TestChangesReachEverybody sends generated changes, and applies the mails to the
// calendar of each attendee. After each change every calendar shows the new version.
func TestChangesReachEverybody(t *testing.T) {
	modes := []struct {
		name   string
		change func(w *world)
		chains int
	}{
		{"one mail each", func(*world) {}, 30},
		{"tell all", func(w *world) { w.update, w.others = append(w.update, invite.TellAll()), true }, 20},
		{"hidden guests", func(w *world) { w.send = append(w.send, invite.HideGuests()) }, 15},
		{"declined are left alone", func(w *world) { w.options.TellDeclined = false }, 20},
		{"whole series", func(w *world) { w.options.WholeSeries = everybodyReplaces }, 20},
		{"one mail to all", func(w *world) { w.send, w.blind = append(w.send, invite.OneMail()), true }, 15},
	}
	for i, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			eachChain(t, mode.chains, func(t *testing.T, n int) {
				w := newWorld(t, i, n)
				w.update = []invite.MailOption{invite.AllowLint(everyRule...)}
				w.send = []invite.SendOption{w.update[0]}
				mode.change(w)
				w.play(4)
			})
		})
	}
}

// everybodyReplaces says that every server replaces all that it has of a meeting.
func everybodyReplaces(ical.Attendee) bool { return true }

// chains multiplies the number of chains. A chain is a meeting and its changes. The seeds
// are fixed, so a change of the code is tried with more of them on demand: -chains=2.
var chains = flag.Int("chains", 1, "multiply the generated chains of changes")

// eachChain runs a subtest for each chain, up to the first that fails.
func eachChain(t *testing.T, count int, run func(t *testing.T, n int)) {
	for n := range count * *chains {
		if !t.Run(fmt.Sprint(n), func(t *testing.T) { run(t, n) }) {
			return
		}
	}
}

// everyRule are the lint rules that generated meetings may break. The rules are about
// the limits of clients, which do not matter here.
var everyRule = []string{
	"summary-length", "location-length", "series-empty", "occurrence-order", "occurrence-day", "occurrence-overlap",
}

// world is one meeting, and the calendars of all attendees who ever got a mail about it.
type world struct {
	t         *testing.T
	rng       *rand.Rand
	options   *invite.Options
	send      []invite.SendOption
	update    []invite.MailOption
	others    bool // whether the lists of attendees have to agree
	blind     bool // whether the mails show no answers
	now       int
	calendars map[string]*calendar
	declined  map[string]bool // attendees who are not told of changes any more
	steps     *steps.Log
}

// newWorld returns the world of a chain. The mode and the number of the chain are
// its seed.
func newWorld(t *testing.T, mode, n int) *world {
	w := &world{t: t, rng: rand.New(rand.NewPCG(uint64(mode), uint64(n))),
		calendars: make(map[string]*calendar), declined: make(map[string]bool)}
	w.options = &invite.Options{Now: w.clock, TellDeclined: true}
	w.steps = newSteps(t, fmt.Sprintf("seed %d, %d", mode, n), fmt.Sprint("-chains=", *chains))
	return w
}

func (w *world) clock() time.Time {
	return time.Date(2027, 1, 1, 8, 0, w.now, 0, time.UTC)
}

// play sends a meeting, and changes it several times.
func (w *world) play(changes int) {
	g := &generator{rng: w.rng}
	client := invite.New(invite.SenderFunc(w.deliver), w.options)
	event := g.event()
	w.steps.Call("Send: %s", difference(&ical.Event{}, &event))
	m, err := client.Send(context.Background(), fromDatabase(g, event), w.send...)
	if err != nil {
		w.t.Fatalf("Send = %v", err)
	}
	w.compare(&event, m)
	for range changes {
		w.now++
		base := event
		if w.rng.IntN(2) == 0 {
			base = m.Event // as a program that keeps only the Meeting
		}
		m = w.answers(g, m)
		after := g.change(base)
		w.steps.Call("Update: %s", difference(&event, &after))
		if m, err = client.Update(context.Background(), m, fromDatabase(g, after), w.update...); err != nil {
			w.t.Fatalf("Update = %v", err)
		}
		event = after
		if p, err := client.PlanUpdate(m, fromDatabase(g, m.Event), w.update...); err != nil || len(p.Notices) > 0 {
			w.t.Fatalf("PlanUpdate with the same event in other zones = %+v, %v, want no mail", p, err)
		}
		if w.compare(&event, m); w.t.Failed() {
			return
		}
	}
}

// answers lets some attendees answer for the whole or for an occurrence. The answers
// are entered in their calendars and in the Meeting.
func (w *world) answers(g *generator, m *invite.Meeting) *invite.Meeting {
	for range g.rng.IntN(4) {
		email := pick(g, append(slices.Clone(everybody), guest)...)
		c := w.calendars[address.Key(email)]
		if c == nil {
			continue
		}
		var shown []time.Time // the occurrences that the attendee can answer for
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
		w.steps.Call("%s answers: %s%s", email, a.Status, onDate(a.RecurrenceID))
		w.steps.Result("%s", outcome.Verdict)
		if outcome.Verdict != invite.VerdictApplied && outcome.Verdict != invite.VerdictDuplicate {
			w.t.Errorf("Answer(%+v) = %+v, want applied or duplicate", a, outcome)
		}
		m = next
		c.answer(email, a.RecurrenceID, a.Status)
		if a.Status == ical.StatusDeclined && !w.options.TellDeclined {
			w.declined[address.Key(email)] = true
		}
	}
	return m
}

// deliver puts a mail into the calendars of its recipients.
func (w *world) deliver(_ context.Context, m *invite.Message) error {
	for _, to := range m.To {
		w.arrive(to, readMail(w.t, m.Data))
	}
	return nil
}

// arrive puts a mail into an attendee's calendar.
func (w *world) arrive(to string, in *invite.Inbound) {
	w.steps.Result("%s gets %s", to, objectLine(in))
	key := address.Key(to)
	if w.calendars[key] == nil {
		w.calendars[key] = newCalendar()
	}
	take := w.calendars[key].take
	if w.options.WholeSeries != nil {
		take = w.calendars[key].replace
	}
	if err := take(in); err != nil {
		w.t.Errorf("the mail to %s: %v", to, err)
	}
}

// objectLine is the method, the sequence and the date of the calendar object in a
// mail, as "REQUEST 1 on 2027-03-09".
func objectLine(in *invite.Inbound) string {
	if in.Event == nil {
		return string(in.Kind)
	}
	return fmt.Sprintf("%s %d%s", in.Calendar.Method, in.Event.Sequence, onDate(in.Event.RecurrenceID))
}

// onDate is " on 2027-03-09", or "" if id is zero.
func onDate(id time.Time) string {
	if id.IsZero() {
		return ""
	}
	return id.UTC().Format(" on 2006-01-02")
}

// compare compares the calendar of each attendee with event.
func (w *world) compare(event *ical.Event, m *invite.Meeting) {
	for _, email := range append(slices.Clone(everybody), guest) {
		if w.declined[address.Key(email)] {
			continue
		}
		c := w.calendars[address.Key(email)]
		if c == nil {
			c = newCalendar()
		}
		got := c.sees(email, w.others)
		status := m.OccurrenceStatus
		if w.blind {
			status = func(string, time.Time) ical.Status { return "" }
			for id, s := range got {
				s.Status = ""
				got[id] = s
			}
		}
		want := shouldSee(event, email, w.others, status)
		for id, s := range got { // a mail about an occurrence of one attendee alone names no other
			if id != 0 && s.Others == address.Key(email) {
				s.Others = want[id].Others
				got[id] = s
			}
			if lean := withoutDetails(want[id]); c.refused[id] && s == lean {
				got[id] = want[id]
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			w.t.Errorf("calendar of %s after change %d (-want +got):\n%s", email, w.now, diff)
		}
	}
}

// withoutDetails returns a refused date as the attendee's own copy of it shows it:
// with the fields that a calendar needs, and no others. If the attendee takes the
// refusal back, the copy stays until the next request.
func withoutDetails(s sight) sight {
	s.Description, s.URL, s.Categories, s.Links = "", s.Conference, "", fmt.Sprint([]ical.Link(nil))
	return s
}
