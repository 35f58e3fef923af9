package ical

import (
	"iter"
	"time"
)

// clock is the wall clock on which an event's times are.
type clock struct {
	loc    *time.Location
	allDay bool
	length time.Duration // exact, or whole days (RFC 5545, section 3.8.5.3)
}

func (e *Event) clock() (clock, error) {
	if e.AllDay {
		days := day
		if !e.End.IsZero() {
			days = dateOf(e.End).Sub(dateOf(e.Start))
		}
		return clock{time.UTC, true, max(days, 0)}, nil
	}
	loc, err := e.zone()
	if err != nil {
		return clock{}, err
	}
	c := clock{loc: loc}
	if !e.End.IsZero() {
		c.length = max(e.End.Sub(e.Start), 0)
	}
	return c, nil
}

// wall is what the clock shows at t, labelled UTC.
func (c clock) wall(t time.Time) time.Time {
	if c.allDay {
		return dateOf(t)
	}
	u := t.Unix()
	return time.Unix(u+int64(offsetAt(c.loc, u)), 0).UTC()
}

// start is t on this clock: in its zone, or its date.
func (c clock) start(t time.Time) time.Time {
	if c.allDay {
		return dateOf(t)
	}
	return t.In(c.loc)
}

func (c clock) end(start time.Time) time.Time { return start.Add(c.length) }

// key is equal for equal starts: of an all-day event only the date counts.
func (c clock) key(t time.Time) int64 { return c.start(t).Unix() }

// bound is a limit of a search. All-day events are compared with its wall clock.
func (c clock) bound(t time.Time) time.Time {
	if !c.allDay || t.IsZero() {
		return t
	}
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second)
}

func (c clock) single(e *Event) Occurrence {
	o := Occurrence{RecurrenceID: e.RecurrenceID, Start: c.start(e.Start), Override: -1}
	o.End = c.end(o.Start)
	return o
}

func (c clock) override(series *Event, i int) Occurrence {
	e := series.Override(i)
	o := Occurrence{RecurrenceID: c.start(e.RecurrenceID), Start: c.start(e.Start), Override: i}
	switch {
	case !e.End.IsZero():
		o.End = c.start(e.End)
	default:
		o.End = c.end(o.Start)
	}
	return o
}

// starts yields the starts that the rule gives, in order.
func (c clock) starts(e *Event) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		s, ok := e.series(c)
		if !ok {
			yield(c.start(e.Start))
			return
		}
		for wall := range s.instances() {
			t := wall
			switch {
			case c.allDay:
			case wall.Equal(s.start):
				t = e.Start.In(c.loc) // also in the second of two equal hours
			default:
				t = instant(wall.Unix(), c.loc)
			}
			if !yield(t) {
				return
			}
		}
	}
}

// series returns the rule of e on its clock.
func (e *Event) series(c clock) (*series, bool) {
	var until time.Time
	if !e.Recurrence.Until.IsZero() {
		until = c.wall(e.Recurrence.Until)
	}
	return newSeries(e.Recurrence, c.wall(e.Start), until)
}
