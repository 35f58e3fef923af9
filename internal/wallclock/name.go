package wallclock

import (
	"fmt"
	"slices"
	"time"
)

// Name is a RECURRENCE-ID as it was written, for the search among the occurrences
// of a series.
type Name struct {
	// Instants are the instants that it may mean.
	Instants []time.Time
	// Day is its date, at midnight in UTC. It is zero if only Instants count,
	// because the RECURRENCE-ID has the form that the series has.
	Day time.Time
	// Zones are the zones in which Day may be meant: the zone of the series, and
	// the zone of the program that wrote it.
	Zones []*time.Location
	// Unsure says that the zone of the program is not known. Then the days
	// before and after Day count too.
	Unsure bool
}

// NameOf returns the name that a RECURRENCE-ID gives to an occurrence of a series
// of hours. series is the zone of the series. writer is the zone of the program
// that wrote the RECURRENCE-ID, and nil if that zone is not known.
func NameOf(id time.Time, series, writer *time.Location) Name {
	y, m, d := id.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	switch loc := id.Location(); {
	case loc == Date:
		return Name{Day: day, Zones: zones(series, writer)}
	case loc == Local:
		return Name{Instants: []time.Time{In(id, series)}, Day: day, Zones: zones(series, writer), Unsure: writer == nil}
	case offset(id.Unix(), loc) == offset(id.Unix(), series) && !IsMidnight(id):
		return Name{Instants: []time.Time{id}}
	default:
		return Name{Instants: []time.Time{id}, Day: day, Zones: zones(series, loc)}
	}
}

// zones returns the zones in which a day may be meant.
func zones(series, writer *time.Location) []*time.Location {
	if writer == nil || writer == series {
		return []*time.Location{series}
	}
	return []*time.Location{series, writer}
}

// IsMidnight reports whether t is midnight in its own Location.
func IsMidnight(t time.Time) bool {
	h, m, s := t.Clock()
	return h == 0 && m == 0 && s == 0
}

// Reach is the time before and after a RECURRENCE-ID within which every occurrence
// lies that it may mean.
const Reach = 72 * time.Hour

// NotOneError says why a name does not name an occurrence.
type NotOneError struct {
	// Count is the number of occurrences that may be meant. If it is 0, the series
	// has none.
	Count int
	// Day is the day that is named; zero if an instant is named.
	Day time.Time
	// Zones is the number of zones in which the day was tried.
	Zones int
}

func (e *NotOneError) Error() string {
	switch {
	case e.Day.IsZero() && e.Count == 0:
		return "no occurrence at that time"
	case e.Day.IsZero():
		return fmt.Sprintf("%d occurrences that may be meant", e.Count)
	case e.Count == 0:
		return "no occurrence on " + e.Day.Format(time.DateOnly)
	case e.Zones > 1:
		return fmt.Sprintf("%d occurrences on %s, in the zone of the series or the zone of the writer", e.Count, e.Day.Format(time.DateOnly))
	}
	return fmt.Sprintf("%d occurrences on %s", e.Count, e.Day.Format(time.DateOnly))
}

// Find returns the occurrence that n names. starts are the original starts of the
// series within [Reach] of it, and equal starts stand beside one another. The error is
// a [*NotOneError].
//
//   - If an occurrence starts at an instant of n, that occurrence is meant.
//   - Otherwise the one occurrence of the day is meant. If the day means different
//     occurrences in the two zones, no occurrence is meant.
func (n Name) Find(starts []time.Time) (time.Time, error) {
	found, count := distinct(starts, func(t time.Time) bool { return slices.ContainsFunc(n.Instants, t.Equal) })
	switch {
	case count == 1:
		return found, nil
	case count > 1 || n.Day.IsZero():
		return time.Time{}, &NotOneError{Count: count}
	}
	found, count = distinct(starts, n.onDay)
	if count != 1 {
		return time.Time{}, &NotOneError{count, n.Day, len(n.Zones)}
	}
	return found, nil
}

// onDay reports whether t is on the day of n in one of its zones.
func (n Name) onDay(t time.Time) bool {
	for _, loc := range n.Zones {
		y, m, d := t.In(loc).Date()
		away := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(n.Day)
		if away == 0 || n.Unsure && max(away, -away) <= 24*time.Hour {
			return true
		}
	}
	return false
}

// distinct returns the first of the times that keep accepts, and the number of
// different times that it accepts. A day may have thousands, so distinct looks at each
// once, and equal times must stand beside one another.
func distinct(list []time.Time, keep func(time.Time) bool) (first time.Time, count int) {
	var last time.Time
	for _, t := range list {
		if !keep(t) || count > 0 && t.Equal(last) {
			continue
		}
		if last = t; count == 0 {
			first = t
		}
		count++
	}
	return first, count
}
