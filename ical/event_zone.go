package ical

import (
	"errors"
	"slices"
	"time"
)

// Zone returns the zone whose wall clock the event keeps. Its String is the
// TZID that [Encode] writes.
//
// Without TimeZone, the zone is Start's Location if this has an IANA name.
// Otherwise a single event is in UTC, and a series keeps the offset of its
// Location ("UTC+02:00"). A series is an error if its Location has clock
// changes and no name of its own, as [time.Local] may. A floating event is an
// error.
func (e Event) Zone() (*time.Location, error) { return e.zone() }

// zone is Zone without a copy of the event.
func (e *Event) zone() (*time.Location, error) {
	if e.Floating && !e.AllDay {
		return nil, errFloating
	}
	if e.TimeZone != "" {
		return LoadLocation(e.TimeZone)
	}
	loc := e.Start.Location()
	if loc == time.UTC {
		return loc, nil
	}
	named, err := namedZone(loc, e.Start)
	if e.keepsClock() {
		return named, err
	}
	if err == nil && named.String() == loc.String() && isKnown(named) {
		return named, nil
	}
	return time.UTC, nil
}

// clockZone returns the zone in whose clock the event is expanded, also if the
// event cannot be sent: UTC labels the clock of a floating event, and a zone may be
// described only by the file from which the event was read.
func (e *Event) clockZone() (*time.Location, error) {
	if e.Floating {
		return time.UTC, nil
	}
	loc, err := e.zone()
	var other *otherZoneError
	if errors.As(err, &other) {
		return e.Start.Location(), nil
	}
	return loc, err
}

// keepsClock reports whether the event's times must be on a wall clock. A
// series must, because an hour in UTC is another hour in summer. One occurrence
// must, because its times are written as the times of its series are.
func (e *Event) keepsClock() bool { return e.Recurrence != nil || !e.RecurrenceID.IsZero() }

// repeats reports whether the event starts or ends in an hour that comes twice.
// Such a wall clock means the first of the two, but some clients take the
// second.
func (e *Event) repeats(loc *time.Location) bool {
	return repeated(loc, e.Start) || !e.End.IsZero() && repeated(loc, e.End)
}

// misread reports whether a wall clock that must be written would mean another
// instant: no wall clock names the second time of an hour that comes twice.
func (e *Event) misread(loc *time.Location) bool {
	times := []time.Time{e.RecurrenceID}
	if e.Recurrence != nil {
		times = append([]time.Time{e.Start, e.End}, e.Recurrence.Include...)
	}
	return slices.ContainsFunc(times, func(t time.Time) bool {
		u := t.Unix()
		return !t.IsZero() && instant(u+int64(offsetAt(loc, u)), loc).Unix() != u
	})
}

// errRepeated refuses a series whose wall clock would mean another instant.
var errRepeated = errors.New("repeats the hour of the start or end when its clock is set back, and a series can only mean the first")
