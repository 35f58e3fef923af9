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

// everybody are all who may be invited to the whole, and guest who only to
// occurrences.
var everybody = []string{"ann@example.test", "bob@example.test", "cy@example.test", "Dee@bücher.example.test"}

const guest = "Guest@Example.test"

// generator makes meetings and changes of meetings.
type generator struct{ rng *rand.Rand }

func (g *generator) chance(n int) bool { return g.rng.IntN(n) == 0 }

func pick[T any](g *generator, list ...T) T { return list[g.rng.IntN(len(list))] }

func (g *generator) event() ical.Event {
	e := ical.Event{
		UID: "property", Summary: "Review", TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.test"},
		Attendees: g.people(),
	}
	e.AllDay = g.chance(6)
	e.Start = g.start(&e, 2)
	e.End = g.end(&e, e.Start)
	if !g.chance(3) {
		g.makeSeries(&e)
	}
	return e
}

func (g *generator) people() []ical.Attendee {
	var out []ical.Attendee
	for _, email := range everybody {
		if !g.chance(3) {
			out = append(out, ical.Attendee{Email: email, Role: g.role()})
		}
	}
	if out == nil {
		out = []ical.Attendee{{Email: everybody[0], Role: g.role()}}
	}
	return out
}

func (g *generator) role() ical.Role { return pick(g, ical.RoleRequired, ical.RoleOptional) }

func (g *generator) start(e *ical.Event, day int) time.Time {
	zone, _ := ical.LoadLocation(e.TimeZone)
	if e.AllDay {
		return time.Date(2027, 3, day, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(2027, 3, day, 8+g.rng.IntN(8), pick(g, 0, 30), 0, 0, zone)
}

func (g *generator) end(e *ical.Event, start time.Time) time.Time {
	if e.AllDay {
		return start.AddDate(0, 0, 1+g.rng.IntN(2))
	}
	return start.Add(time.Duration(1+g.rng.IntN(4)) * 30 * time.Minute)
}

func (g *generator) makeSeries(e *ical.Event) {
	e.Recurrence = &ical.Recurrence{Freq: pick(g, ical.FreqDaily, ical.FreqWeekly), Count: pick(g, 0, 3, 5, 8)}
	if g.chance(4) {
		e.Recurrence.Interval, e.Recurrence.Count = 2, 6
	}
	for range g.rng.IntN(3) {
		g.override(e)
	}
}

// ids are the original starts of the first occurrences that the rule gives.
func ids(e *ical.Event) []time.Time {
	bare := *e
	bare.Overrides = nil
	r := *e.Recurrence
	r.Except = nil
	bare.Recurrence = &r
	var out []time.Time
	for o := range bare.Occurrences(time.Time{}, time.Time{}) {
		if out = append(out, o.RecurrenceID); len(out) == 6 {
			break
		}
	}
	return out
}

// override changes, cancels, excepts or restores one occurrence.
func (g *generator) override(e *ical.Event) {
	id := pick(g, ids(e)...)
	e.Overrides = slices.DeleteFunc(slices.Clone(e.Overrides), func(o ical.Event) bool { return o.RecurrenceID.Equal(id) })
	r := *e.Recurrence
	r.Except = slices.DeleteFunc(slices.Clone(r.Except), id.Equal)
	e.Recurrence = &r
	o := ical.Event{RecurrenceID: id}
	switch g.rng.IntN(8) {
	case 0:
		o.Cancelled = true
	case 1:
		r.Except = append(r.Except, id)
		e.Recurrence = &r
		return
	case 2:
		return // as in the series
	case 3, 4:
		o.Start = id.AddDate(0, 0, g.rng.IntN(2))
		if !e.AllDay {
			o.Start = o.Start.Add(time.Duration(g.rng.IntN(5)) * time.Hour)
		}
		o.End = g.end(e, o.Start)
	case 5:
		o.Summary, o.Location = pick(g, "Review, special", ""), pick(g, "Cellar", "Roof")
	default:
		// The guest, who is never in the series, tells it from a list that
		// answers have made.
		o.Attendees = append(g.people(), ical.Attendee{Email: guest})
	}
	e.Overrides = append(e.Overrides, o)
}

// change returns e with one to three changes.
func (g *generator) change(e ical.Event) ical.Event {
	for range 1 + g.rng.IntN(3) {
		g.changeOnce(&e)
	}
	return e
}

func (g *generator) changeOnce(e *ical.Event) {
	if e.Recurrence != nil && g.chance(2) {
		g.override(e)
		return
	}
	switch g.rng.IntN(14) {
	case 0:
		g.move(e)
	case 1:
		e.Summary = pick(g, "Review", "Review 2", "Änderung; mit, Zeichen")
	case 2:
		e.Description = pick(g, "", "Agenda\n1. All", "Agenda\r\n2. None")
	case 3:
		e.Location = pick(g, "", "Room 1", "Room 2")
	case 4:
		e.Reminders = []ical.Reminder{{Before: time.Duration(1+g.rng.IntN(3)) * time.Hour}}
	case 5, 6:
		g.attendees(e)
	case 7:
		e.Attendees = slices.Clone(e.Attendees)
		e.Attendees[g.rng.IntN(len(e.Attendees))].Role = g.role()
	case 8:
		e.ShowAs, e.Priority = pick(g, "", ical.ShowFree, ical.ShowTentative), pick(g, 0, 1, 9)
	case 9:
		e.Categories = pick(g, nil, []string{"Work"}, []string{"A,B", "C"})
	case 10:
		e.URL, e.Organizer.Name = pick(g, "", "https://example.test/a"), pick(g, "Room desk", "Desk")
	case 11:
		g.rule(e)
	case 12:
		e.End = g.end(e, e.Start)
	case 13:
		e.Attachments = pick(g, nil, []ical.Link{{URL: "https://example.test/x.pdf", Name: "x.pdf"}})
	}
}

// attendees invites somebody or takes the invitation back.
func (g *generator) attendees(e *ical.Event) {
	before := e.Attendees
	email := pick(g, everybody...)
	e.Attendees = slices.DeleteFunc(slices.Clone(before), func(a ical.Attendee) bool { return a.Email == email })
	if len(e.Attendees) == len(before) {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: email})
	} else if len(e.Attendees) == 0 {
		e.Attendees = before
	}
}

// move moves the whole meeting, and the identities of its occurrences with it.
func (g *generator) move(e *ical.Event) {
	length := e.End.Sub(e.Start)
	was := e.Start
	e.Start = g.start(e, pick(g, 2, 2, 3))
	e.End = e.Start.Add(length)
	if e.Recurrence == nil {
		return
	}
	by := e.Start.Sub(was)
	r := *e.Recurrence
	if !r.Until.IsZero() {
		r.Until = r.Until.Add(by)
	}
	r.Except = slices.Clone(r.Except)
	for i := range r.Except {
		r.Except[i] = r.Except[i].Add(by)
	}
	e.Recurrence = &r
	e.Overrides = slices.Clone(e.Overrides)
	for i := range e.Overrides {
		o := &e.Overrides[i]
		o.RecurrenceID = o.RecurrenceID.Add(by)
	}
	dropStrangers(e)
}

// rule changes the rule, makes a series of a single event or one of a series.
func (g *generator) rule(e *ical.Event) {
	switch {
	case e.Recurrence == nil:
		g.makeSeries(e)
	case g.chance(4):
		e.Recurrence, e.Overrides = nil, nil
	default:
		r := *e.Recurrence
		switch g.rng.IntN(3) {
		case 0:
			r.Count = pick(g, 2, 4, 7)
		case 1:
			r.Interval = 1 + g.rng.IntN(2)
		case 2:
			r.Count, r.Until = 0, ids(e)[g.rng.IntN(len(ids(e)))]
		}
		if r.Count > 0 {
			r.Until = time.Time{}
		}
		e.Recurrence = &r
		dropStrangers(e)
	}
}

// dropStrangers removes the overrides that the series does not have any more.
func dropStrangers(e *ical.Event) {
	e.Overrides = slices.DeleteFunc(slices.Clone(e.Overrides), func(o ical.Event) bool {
		bare := *e
		bare.Overrides = nil
		_, ok := bare.Occurrence(o.RecurrenceID)
		return !ok
	})
}
