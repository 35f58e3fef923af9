package ical

import (
	"iter"
	"math"
	"time"

	"github.com/convene-go/convene/internal/wallclock"
)

// wallClock is the wall clock that an event keeps, with the length of its
// occurrences.
type wallClock struct {
	loc    *time.Location
	allDay bool
	length time.Duration // exact, or whole days (RFC 5545, section 3.8.5.3)
}

// wallClock returns the clock of the event, or an error if its zone is unknown.
func (e *Event) wallClock() (wallClock, error) {
	if e.AllDay {
		days := day
		if !e.End.IsZero() {
			days = dateOf(e.End).Sub(dateOf(e.Start))
		}
		return wallClock{time.UTC, true, max(days, 0)}, nil
	}
	loc, err := e.clockZone()
	if err != nil {
		return wallClock{}, err
	}
	c := wallClock{loc: loc}
	if !e.End.IsZero() {
		c.length = max(e.End.Sub(e.Start), 0)
	}
	return c, nil
}

// wall returns the time that the clock shows at t, labelled UTC.
func (c wallClock) wall(t time.Time) time.Time {
	if c.allDay {
		return dateOf(t)
	}
	u := t.Unix()
	return time.Unix(u+int64(offsetAt(c.loc, u)), 0).UTC()
}

// start returns t on this clock: in its zone, or as its date.
func (c wallClock) start(t time.Time) time.Time {
	if c.allDay {
		return dateOf(t)
	}
	return t.In(c.loc)
}

// end returns the end of an occurrence.
func (c wallClock) end(start time.Time) time.Time { return start.Add(c.length) }

// key is equal for equal starts. For an all-day event only the date counts. In an
// event of hours, a RECURRENCE-ID that is no instant is equal to no start.
func (c wallClock) key(t time.Time) int64 {
	if !c.allDay && wallclock.IsLabel(t.Location()) {
		return math.MinInt64
	}
	return c.start(t).Unix()
}

// bound returns a limit of a search. All-day events are compared with the
// limit's own wall clock.
func (c wallClock) bound(t time.Time) time.Time {
	if !c.allDay || t.IsZero() {
		return t
	}
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second)
}

// single returns the one occurrence of an event without a rule.
func (c wallClock) single(e *Event) Occurrence {
	o := Occurrence{RecurrenceID: e.RecurrenceID, Start: c.start(e.Start), Override: -1}
	o.End = c.end(o.Start)
	return o
}

// override returns the occurrence that the override at index i of a series
// describes.
func (c wallClock) override(series *Event, i int) Occurrence {
	e := series.Override(i)
	if e.Floating != series.Floating && !c.allDay {
		e.Start, e.End = c.sameClock(e.Start), c.sameClock(e.End)
	}
	o := Occurrence{RecurrenceID: c.start(e.RecurrenceID), Start: c.start(e.Start), Override: i}
	switch {
	case !e.End.IsZero():
		o.End = c.start(e.End)
	case c.allDay:
		o.End = o.Start.Add(day)
	default: // also if the series has an end, which the override then lacks
		o.End = o.Start
	}
	return o
}

// sameClock returns the instant at which this clock shows the time that t shows in
// its own Location. If the zone of a series or of its override is not known, no
// better time can be given. The zero time stays.
func (c wallClock) sameClock(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return wallclock.In(t, c.loc)
}

// starts yields the starts that the rule gives, in order.
func (c wallClock) starts(e *Event) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		s, ok := e.expansion(c)
		if !ok {
			yield(c.start(e.Start))
			return
		}
		near := steadyClock{loc: c.loc}
		for wall := range s.instances() {
			t := wall
			switch {
			case c.allDay:
			case wall.Equal(s.start):
				t = e.Start.In(c.loc) // also in the second of two equal hours
			default:
				t = near.instant(wall.Unix())
			}
			if !yield(t) {
				return
			}
		}
	}
}

// expansion returns the expanded rule of e on its clock. It reports false if
// the rule cannot be expanded.
func (e *Event) expansion(c wallClock) (*expansion, bool) {
	var until time.Time
	if !e.Recurrence.Until.IsZero() {
		until = c.wall(e.Recurrence.Until)
	}
	return newExpansion(e.Recurrence, c.wall(e.Start), until)
}
