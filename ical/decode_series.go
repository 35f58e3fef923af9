package ical

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/internal/wallclock"
)

// objectReader reads the VEVENTs of one object.
type objectReader struct {
	zones   *objectZones
	events  []*eventReader
	masters map[string]*eventReader // the first event without RECURRENCE-ID, by UID
}

// read reads all events. Overrides come after all others, because their series
// gives a zone to their times.
func (x *objectReader) read() error {
	var overrides []*eventReader
	for _, e := range x.events {
		if firstProperty(e.base.Properties, "RECURRENCE-ID") != nil {
			overrides = append(overrides, e)
			continue
		}
		if err := e.read(nil); err != nil {
			return err // none: only RECURRENCE-ID gives an error
		}
		if _, again := x.masters[e.event.UID]; !again {
			x.masters[e.event.UID] = e
		}
	}
	for _, e := range overrides {
		uid := ""
		if p := firstProperty(e.base.Properties, "UID"); p != nil {
			uid = unwrapUID(p.Value)
		}
		if err := e.read(x.masters[uid]); err != nil {
			return refuse(&FieldError{Field: indexed("VEVENT", e.index, "RECURRENCE-ID"), Err: err})
		}
	}
	for _, e := range x.events {
		e.noteYears()
	}
	for _, e := range x.events {
		e.resolveZone()
		e.exceptOnDays()
	}
	x.settle(overrides)
	if x.zones.spent() {
		return refuse(&FieldError{Field: "Model", Err: fmt.Errorf("%w: too many dates or zones", ErrLimit)})
	}
	return nil
}

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
		start, err := n.Find(near(starts, id))
		if err != nil {
			x.zones.note(fmt.Sprintf("RECURRENCE-ID %s: the series has %v", id.Format(layoutLocal), err))
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
