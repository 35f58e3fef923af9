package ical

import (
	"errors"
	"slices"
	"time"

	"github.com/convene-go/convene/internal/wallclock"
)

// Zone returns the zone whose wall clock the event keeps. Its String is the
// TZID that [Encode] writes.
//
// Without TimeZone, the zone is Start's Location if this has an IANA name.
// Otherwise a single event is in UTC, and a series keeps the offset of its
// Location ("UTC+02:00"). A series is an error if its Location has clock
// changes and no name of its own, as [time.Local] may. A floating event is an
// error.
//
// For an occurrence on its own, Zone is the zone of the series. Without TimeZone,
// it is RecurrenceID's Location if this has an IANA name. Otherwise Start gives the
// zone, as for a series.
func (e Event) Zone() (*time.Location, error) { return e.zone() }

// zone is Zone without a copy of the event.
func (e *Event) zone() (*time.Location, error) {
	if e.Floating && !e.AllDay {
		return nil, errFloating
	}
	if e.TimeZone != "" {
		return LoadLocation(e.TimeZone)
	}
	at := e.zoneTime()
	loc := at.Location()
	if loc == time.UTC {
		return loc, nil
	}
	named, err := namedZone(loc, at)
	if e.keepsClock() {
		return named, err
	}
	if err == nil && named.String() == loc.String() && isKnown(named) {
		return named, nil
	}
	return time.UTC, nil
}

// zoneTime returns the time whose Location is the zone of an event without
// TimeZone.
func (e *Event) zoneTime() time.Time {
	if !e.RecurrenceID.IsZero() && hasName(e.RecurrenceID.Location()) {
		return e.RecurrenceID
	}
	return e.Start
}

// hasName reports whether a Location is an IANA zone other than UTC.
func hasName(loc *time.Location) bool {
	return loc != time.UTC && loc.String() != "" && !wallclock.IsForm(loc) && isKnown(loc)
}

// inUTC reports whether the times of an occurrence are written in UTC, because its
// RECURRENCE-ID was read so. An answer must name the occurrence as the request
// did.
//
// QUIRK: Domino writes RECURRENCE-ID in UTC beside times with a TZID.
func (e *Event) inUTC() bool {
	return !e.RecurrenceID.IsZero() && e.RecurrenceID.Location() == wallclock.Zulu
}

// inheritZone puts an override into the zone of its series. If it has a zone of its
// own, this becomes the Location of Start and End.
func (e *Event) inheritZone(series *Event) {
	own := e.TimeZone
	if own != "" && (e.Floating || series.Floating) {
		return // only one of the two has a zone
	}
	e.TimeZone = series.TimeZone
	loc, err := series.zone()
	if err != nil || e.AllDay {
		return
	}
	if !wallclock.IsLabel(e.RecurrenceID.Location()) {
		e.RecurrenceID = e.RecurrenceID.In(loc)
	}
	if e.TimeZone == "" && isKnown(loc) && (loc != time.UTC || own != "") {
		e.TimeZone = loc.String()
	}
	clock := loc
	if own != "" {
		if clock, err = LoadLocation(own); err != nil {
			return // Validate reports it
		}
	} else if name := e.Start.Location().String(); name == "" || name == "UTC" {
		return // it is an instant, or has an offset, as JSON gives it
	}
	e.Start = e.Start.In(clock)
	if !e.End.IsZero() {
		e.End = e.End.In(clock)
	}
}

// standAlone gives an occurrence that was read without its series the zone of its
// RECURRENCE-ID, which is the zone of the series. Until then, TimeZone is the zone
// of DTSTART.
func (e *Event) standAlone() {
	if loc := e.RecurrenceID.Location(); !e.AllDay && !e.Floating && loc != time.UTC && isNamed(loc) {
		e.TimeZone = loc.String()
	}
}

// clockZone returns the zone in whose clock the event is expanded, also if the
// event cannot be sent: UTC labels the clock of a floating event, and a zone may be
// described only by the file from which the event was read.
func (e *Event) clockZone() (*time.Location, error) {
	if e.Floating {
		return time.UTC, nil
	}
	loc, err := e.zone()
	if err == nil {
		return loc, nil // errors.As allocates
	}
	var other *otherZoneError
	if errors.As(err, &other) {
		return e.zoneTime().Location(), nil
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
