package invite_test

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// fromDatabase returns the event as a database may give it back: each time in some
// Location and with some fraction of a second. Dates are midnights in UTC, or in the
// zone of the event.
func fromDatabase(g *generator, e ical.Event) ical.Event {
	e = e.Clone()
	zone, err := ical.LoadLocation(e.TimeZone)
	if err != nil {
		panic(err)
	}
	tokyo, err := ical.LoadLocation("Asia/Tokyo")
	if err != nil {
		panic(err)
	}
	changeTimes(&e, func(t time.Time) time.Time {
		if e.AllDay && g.chance(2) {
			t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
		}
		return t.In(pick(g, t.Location(), time.UTC, zone, tokyo)).Add(time.Duration(g.rng.IntN(1e9)))
	})
	if e.AllDay { // midnight in UTC is no midnight elsewhere
		changeTimes(&e, func(t time.Time) time.Time {
			if t.Unix()%(24*60*60) == 0 {
				return t.UTC()
			}
			return t
		})
	}
	return e
}

// changeTimes changes all times of an event and of its overrides.
func changeTimes(e *ical.Event, f func(time.Time) time.Time) {
	list := []*time.Time{&e.RecurrenceID, &e.Start, &e.End}
	if r := e.Recurrence; r != nil {
		list = append(list, &r.Until)
		for i := range r.Except {
			list = append(list, &r.Except[i])
		}
		for i := range r.Include {
			list = append(list, &r.Include[i])
		}
	}
	for _, t := range list {
		if !t.IsZero() {
			*t = f(*t)
		}
	}
	for i := range e.Overrides {
		changeTimes(&e.Overrides[i], f)
	}
}
