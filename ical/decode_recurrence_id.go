package ical

import (
	"cmp"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/convene-go/convene/internal/wallclock"
)

// settle finds the occurrences that the RECURRENCE-IDs of overrides name, if these
// are not in the form of the series.
func (x *objectReader) settle(overrides []*eventReader) {
	bySeries := make(map[*eventReader][]*eventReader)
	for _, e := range overrides {
		if s := e.series; s != nil && s.event.Recurrence != nil {
			bySeries[s] = append(bySeries[s], e)
		}
	}
	for _, s := range x.events {
		if list := bySeries[s]; len(list) > 0 && s.event.AllDay {
			for _, e := range list {
				e.event.RecurrenceID = dateOf(e.event.RecurrenceID)
			}
		} else if len(list) > 0 {
			s.settle(list)
		}
	}
}

// settle does the work of objectReader.settle for the overrides of one series of
// hours. The series is expanded once.
func (x *eventReader) settle(overrides []*eventReader) {
	c, err := x.event.wallClock()
	if err != nil || x.event.Start.IsZero() {
		return
	}
	names := make(map[*eventReader]wallclock.Name)
	var last time.Time
	for _, o := range overrides {
		if n := o.name(c.loc, x.floating); !n.Day.IsZero() {
			names[o] = n
			if id := o.event.RecurrenceID; id.After(last) {
				last = id
			}
		}
	}
	if len(names) == 0 {
		return
	}
	starts := x.startsUntil(c, last.Add(wallclock.Reach))
	for _, o := range overrides {
		n, loose := names[o]
		if !loose {
			continue
		}
		id := o.event.RecurrenceID
		candidates := near(starts, id)
		if !x.zones.spend(costCandidate * len(candidates)) {
			return
		}
		start, err := n.Find(candidates)
		if err != nil {
			x.zones.skipped.addf("RECURRENCE-ID %s: the series has %v", id.Format(layoutLocal), err)
			o.unsettle()
			continue
		}
		o.event.RecurrenceID = start
	}
}

// unsettle takes the instant away from a RECURRENCE-ID that had none, so that the
// override replaces no occurrence by chance.
func (x *eventReader) unsettle() {
	switch id := x.event.RecurrenceID; {
	case x.event.AllDay:
		x.event.RecurrenceID = id.In(wallclock.Date)
	case x.clockID:
		x.event.RecurrenceID = wallclock.In(id, wallclock.Local)
	}
}

// name returns the name that the RECURRENCE-ID of an override is in its series. In a
// floating series only the time as written counts. A time without TZID may be on the
// clock of the series, or on the clock of DTSTART.
func (x *eventReader) name(series *time.Location, floating bool) wallclock.Name {
	id, writer := x.event.RecurrenceID, x.event.Start.Location()
	switch {
	case x.event.AllDay:
		return wallclock.NameOf(id.In(wallclock.Date), series, nil)
	case floating && id.Location() == wallclock.Date:
		return wallclock.NameOf(id, series, series)
	case floating:
		return wallclock.NameOf(wallclock.In(id, wallclock.Local), series, series)
	case x.event.Start.IsZero():
		writer = series
	case x.floating || id.Location() == wallclock.Local:
		writer = nil
	}
	if !x.clockID || wallclock.IsLabel(id.Location()) {
		return wallclock.NameOf(id, series, writer)
	}
	n := wallclock.NameOf(wallclock.In(id, wallclock.Local), series, writer)
	n.Instants = append(n.Instants, id)
	return n
}

// startsUntil returns the original starts of a series up to an instant, in order.
func (x *eventReader) startsUntil(c wallClock, last time.Time) []time.Time {
	var out []time.Time
	if !x.maySearch(c) {
		return nil
	}
	before := x.event.Start
	for o := range x.event.base(c) {
		if o.Start.After(last) || !x.zones.spendSearch(o.Start.Sub(before)) {
			break
		}
		out = append(out, o.Start)
		before = o.Start
	}
	return out
}

// maySearch reports whether the budget allows to expand the rule. A rule that has
// no second occurrence is searched up to the year 9999 by the library.
func (x *eventReader) maySearch(c wallClock) bool {
	r := *x.event.Recurrence
	if r.Freq == "" || len(r.check()) > 0 || r.startsOn(c.wall(x.event.Start)) {
		return !x.zones.spent()
	}
	r.Count, r.Until = 0, time.Time{}
	s, ok := newExpansion(&r, c.wall(x.event.Start), time.Time{})
	if !ok || !x.zones.spend(costYear) {
		return !ok
	}
	for wall := range s.instances() {
		if gap := wall.Sub(s.start); gap > 0 {
			return x.zones.spendSearch(gap)
		}
	}
	return x.zones.spend(costEmptyRule)
}

// near returns the times of a sorted list that are within [wallclock.Reach] of t.
func near(list []time.Time, t time.Time) []time.Time {
	compare := func(a, b time.Time) int { return cmp.Compare(a.Unix(), b.Unix()) }
	i, _ := slices.BinarySearchFunc(list, t.Add(-wallclock.Reach), compare)
	j, _ := slices.BinarySearchFunc(list, t.Add(wallclock.Reach), compare)
	return list[i:j]
}

// readRange reads the RANGE of a RECURRENCE-ID (RFC 5545, section 3.2.13), by which
// an override counts for all later occurrences too. No field can hold it, so the
// property is kept in Extra. [Event.Validate] refuses it there, so that it cannot be
// sent on as a change of one occurrence.
func (x *eventReader) readRange(p *ics.BaseProperty) {
	values := p.ICalParameters["RANGE"]
	if len(values) == 0 || values[0] == "" {
		return
	}
	x.ranged = strings.ToUpper(values[0])
	x.event.Extra = append(x.event.Extra, Property{
		Name: p.IANAToken, Params: map[string][]string{"RANGE": {x.ranged}}, Value: p.Value,
	})
}
