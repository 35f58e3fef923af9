package invite_test

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// everybody are the addresses that may be invited to the whole. guest may be invited to
// single occurrences only.
var everybody = []string{"ann@example.test", "bob@example.test", "cy@example.test", "Dee@bücher.example.test"}

const guest = "Guest@Example.test"

// generator makes random meetings and random changes of meetings.
type generator struct{ rng *rand.Rand }

func pick[T any](g *generator, list ...T) T { return list[g.rng.IntN(len(list))] }

func (g *generator) chance(n int) bool { return g.rng.IntN(n) == 0 }

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
		return // the occurrence is as in the series
	case 3, 4:
		o.Start = id.AddDate(0, 0, g.rng.IntN(2))
		if !e.AllDay {
			o.Start = o.Start.Add(time.Duration(g.rng.IntN(5)) * time.Hour)
		}
		o.End = g.end(e, o.Start)
	case 5:
		o.Summary, o.Location = pick(g, "Review, special", ""), pick(g, "Cellar", "Roof")
	default:
		// The guest, who is never in the series, tells this list from a list
		// that answers have made.
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

// attendees adds or removes an attendee.
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

// move moves the whole meeting, and the original starts of its overrides with it.
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

// rule changes the rule, makes a series of a single event, or a single event of a
// series.
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

// ids returns the original starts of the first six occurrences of the rule.
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

// dropStrangers removes overrides whose occurrence the series does not have any more.
func dropStrangers(e *ical.Event) {
	e.Overrides = slices.DeleteFunc(slices.Clone(e.Overrides), func(o ical.Event) bool {
		bare := *e
		bare.Overrides = nil
		_, ok := bare.Occurrence(o.RecurrenceID)
		return !ok
	})
}
