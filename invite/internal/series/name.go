package series

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/wallclock"
)

// FindNamed returns the subject of an answer as a client wrote it. Unlike [Find],
// it accepts a RECURRENCE-ID that has not the form of the series: a date, a time
// without a zone, or a time at midnight or in another zone. Such a RECURRENCE-ID
// names the one occurrence of that day in the zone of the series. Excepted
// occurrences do not count, and cancelled ones do.
//
// The error is a [*wallclock.NotOneError] if none is named, or if several may be.
func FindNamed(e, said *ical.Event) (Target, error) {
	id := said.RecurrenceID
	if t, ok := Find(e, id); ok && (id.IsZero() || e.AllDay) {
		return t, nil
	}
	zone, err := e.Zone()
	if err != nil || e.AllDay || e.Recurrence == nil && e.RecurrenceID.IsZero() {
		return Target{}, &wallclock.NotOneError{}
	}
	start, err := nameOf(said, zone).Find(startsNear(e, id))
	if err != nil {
		return Target{}, err
	}
	t, ok := Find(e, start)
	if !ok {
		return Target{}, &wallclock.NotOneError{}
	}
	return t, nil
}

// nameOf returns the name that an answer gives to an occurrence of a series.
func nameOf(said *ical.Event, zone *time.Location) wallclock.Name {
	id, writer := said.RecurrenceID, said.Start.Location()
	switch unknown := id.Location() == wallclock.Local; {
	case said.AllDay:
		return wallclock.NameOf(id.In(wallclock.Date), zone, nil)
	case said.Start.IsZero() || said.Floating && said.TimeZone == "":
		writer = zone
	case said.Floating || unknown:
		writer = nil
	}
	return wallclock.NameOf(id, zone, writer)
}

// startsNear returns the original starts within [wallclock.Reach] of id, also of
// cancelled occurrences. If e is one occurrence, it is the original start of e.
func startsNear(e *ical.Event, id time.Time) []time.Time {
	if e.Recurrence == nil {
		return []time.Time{e.RecurrenceID}
	}
	from, to := id.Add(-wallclock.Reach), id.Add(wallclock.Reach)
	plain := *e
	plain.Overrides, plain.Cancelled = nil, false
	var out []time.Time
	for o := range plain.Occurrences(from, to) {
		out = append(out, o.RecurrenceID)
	}
	for i := range e.Overrides {
		t := e.Overrides[i].RecurrenceID
		if !t.Before(from) && t.Before(to) && !slices.ContainsFunc(out, t.Equal) {
			out = append(out, t)
		}
	}
	return out
}
