package organizer_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// world is a meeting, its entry, and what the organizer has done in the calendar.
type world struct {
	t       *testing.T
	rnd     *rand.Rand
	f       *fake
	m       *invite.Meeting
	last    organizer.Object
	drift   *organizer.Drift
	own     []string          // lines that the organizer has added
	pending map[string]string // values that the organizer has set, by field
	touched map[string]bool   // fields that the meeting has changed since the last whole Sync
	minute  int
	log     []string
	changed string // the field that the server rewrites so that it cannot be compared
}

// values returns what is compared of an event.
func values(e *ical.Event) map[string]string {
	out := map[string]string{
		"summary": e.Summary, "location": e.Location, "description": e.Description,
		"time": e.Start.UTC().Format(time.RFC3339) + e.End.Sub(e.Start).String(),
	}
	for _, a := range e.Attendees {
		s := a.Status
		if s == "" {
			s = ical.StatusNeedsAction
		}
		out["status "+a.Email] = string(s)
	}
	return out
}

// wanted returns the values of the meeting.
func (w *world) wanted() map[string]string {
	e := w.m.Event.Clone()
	e.Attendees = w.m.Attendees(time.Time{})
	return values(&e)
}

func (w *world) logf(format string, args ...any) { w.log = append(w.log, fmt.Sprintf(format, args...)) }

func (w *world) failf(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\nsteps:\n%s\nentry:\n%s", fmt.Sprintf(format, args...), strings.Join(w.log, "\n"), unfolded(w.f.data))
}

var fields = []string{"summary", "location", "description", "time"}

// change changes a random field of an event, and returns it.
func (w *world) change(e *ical.Event) string {
	value := fmt.Sprintf("text %04d", w.rnd.IntN(10_000))
	field := fields[w.rnd.IntN(len(fields))]
	switch field {
	case "summary":
		e.Summary = value
	case "location":
		e.Location = value
	case "description":
		e.Description = value + "\nsecond line"
	case "time":
		by := time.Duration(1+w.rnd.IntN(5)) * 15 * time.Minute
		moved(e, e.Start.Add(by), e.End.Add(by))
	}
	return field
}

// organizer does something in the calendar.
func (w *world) organizer() {
	if w.f.data == nil {
		return
	}
	if w.rnd.IntN(3) == 0 {
		l := fmt.Sprintf("X-OWN-%d;X-P=q:%d", len(w.own), w.rnd.IntN(1000))
		w.f.replace(w.t, "END:VEVENT\r\n", l+"\r\nEND:VEVENT\r\n")
		w.own = append(w.own, l)
		w.logf("organizer adds %s", l)
		return
	}
	e := w.f.event(w.t)
	before := values(&e)
	if w.rnd.IntN(2) == 0 {
		i := w.rnd.IntN(len(e.Attendees))
		e.Attendees[i].Status = []ical.Status{ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative}[w.rnd.IntN(3)]
	} else {
		w.change(&e)
	}
	after := values(&e)
	for k, v := range after {
		if before[k] != v {
			w.pending[k] = v
			w.logf("organizer sets %s from %q to %q", k, before[k], v)
		}
	}
	kept := w.own
	w.f.edit(w.t, func(to *ical.Event) { *to = e })
	for _, l := range kept {
		if !strings.Contains(unfolded(w.f.data), l) {
			w.f.replace(w.t, "END:VEVENT\r\n", l+"\r\nEND:VEVENT\r\n")
		}
	}
}

// meeting changes the meeting.
func (w *world) meeting() {
	before := w.wanted()
	switch n := w.rnd.IntN(4); {
	case n == 0 && w.drift != nil && !w.drift.Deleted:
		w.logf("update with the drift %+v", w.drift.Changes)
		w.m = update(w.t, w.m, func(e *ical.Event) {
			if err := w.drift.Update(e); err != nil {
				w.failf("%v", err)
			}
		})
		for _, a := range w.drift.Answers() {
			w.minute++
			a.Stamp = now.Add(time.Duration(w.minute) * time.Minute)
			w.m, _ = w.m.Answer(a)
		}
		w.drift = nil
	case n <= 1:
		w.minute++
		start := time.Time{}
		if w.m.Event.Recurrence != nil && w.rnd.IntN(2) == 0 {
			start = w.m.Event.Start.AddDate(0, 0, 7*w.rnd.IntN(5))
		}
		a := w.m.Event.Attendees[w.rnd.IntN(len(w.m.Event.Attendees))]
		s := []ical.Status{ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative}[w.rnd.IntN(3)]
		w.m = answer(w.t, w.m, a.Email, s, start, w.minute)
		w.logf("%s answers %s at %v", a.Email, s, start)
	default:
		w.m = update(w.t, w.m, func(e *ical.Event) { w.change(e) })
	}
	for k, v := range w.wanted() {
		if before[k] != v {
			w.touched[k] = true
			w.logf("meeting sets %s from %q to %q", k, before[k], v)
		}
	}
}

// sync syncs, sometimes with a lost reply or a crash, and checks the result.
func (w *world) sync() {
	switch w.rnd.IntN(6) {
	case 0:
		w.f.lose = 1
	case 1:
		w.f.fail = 1
	case 2: // a crash after the call
		w.last, _ = w.last.Trying(w.m)
		w.logf("crash")
		if _, _, err := organizer.Sync(context.Background(), w.f, w.m, w.last); err != nil {
			w.failf("%v", err)
		}
		return
	}
	out, drift, err := organizer.Sync(context.Background(), w.f, w.m, w.last)
	w.last = out
	w.logf("Sync: %v, drift %v", err, drift != nil)
	w.f.lose, w.f.fail = 0, 0
	if err != nil {
		return
	}
	w.drift = drift
	w.check()
	w.touched = make(map[string]bool)
	puts := w.f.puts
	if w.last, drift, err = organizer.Sync(context.Background(), w.f, w.m, w.last); err != nil || w.f.puts != puts {
		w.failf("the second Sync writes: %v", err)
	}
	w.drift = drift
}

// check checks the entry after a Sync.
func (w *world) check() {
	text := unfolded(w.f.data)
	for _, l := range w.own {
		if !strings.Contains(text, l) {
			w.failf("the organizer's %q is lost", l)
		}
	}
	e := w.f.event(w.t)
	got, want := values(&e), w.wanted()
	reported := make(map[string]bool)
	if w.drift != nil {
		for _, c := range w.drift.Changes {
			if name := strings.TrimSpace(string(c.Field) + " " + c.Attendee); c.RecurrenceID.IsZero() && !c.Overwritten {
				reported[name] = true
			}
			if c.Before == c.After {
				w.failf("change %+v", c)
			}
		}
	}
	for k := range want {
		set, edited := w.pending[k]
		switch {
		case k == w.changed:
			continue
		case got[k] == want[k]:
			delete(w.pending, k)
			if reported[k] {
				w.failf("%s is reported, and equal", k)
			}
		case !edited || got[k] != set:
			w.failf("%s is %q, the meeting has %q, and the organizer has set %q", k, got[k], want[k], set)
		case !reported[k]:
			w.failf("%s is %q, the meeting has %q, and it is not reported", k, got[k], want[k])
		}
		if edited && !w.touched[k] && got[k] != set && want[k] != set {
			w.failf("%s is %q, and nobody has changed what the organizer set, %q", k, got[k], set)
		}
	}
}

var worlds = flag.Int("organizer.worlds", 90, "the number of runs of TestSyncRandom")

// TestSyncRandom makes random changes on both sides, and loses replies.
func TestSyncRandom(t *testing.T) {
	const steps = 25
	names := slices.Sorted(maps.Keys(servers))
	for seed := range uint64(*worlds) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		e := single()
		if seed%2 == 0 {
			e = weekly()
		}
		name := names[seed%3]
		w := &world{
			t: t, rnd: rnd, f: &fake{rewrite: servers[name]}, m: send(t, e), pending: map[string]string{}, touched: map[string]bool{},
			changed: map[string]string{"rewriter": "description", "floating": "time"}[name],
		}
		w.logf("seed %d, %s", seed, name)
		for range steps {
			switch rnd.IntN(3) {
			case 0:
				w.organizer()
			case 1:
				w.meeting()
			}
			if rnd.IntN(3) > 0 {
				w.sync()
			}
		}
	}
}
