package ical

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Zone returns the zone whose wall clock the event keeps; its String is the
// TZID that [Encode] writes. Without TimeZone it is Start's Location where this
// has an IANA name. Else a single event is in UTC, and a series keeps the
// offset of its Location ("UTC+02:00"), or is an error where this has changes
// and no name of its own, as [time.Local] may.
func (e Event) Zone() (*time.Location, error) { return e.zone() }

// zone is Zone without a copy of the event.
func (e *Event) zone() (*time.Location, error) {
	if e.TimeZone != "" {
		return LoadLocation(e.TimeZone)
	}
	loc := e.Start.Location()
	if loc == time.UTC {
		return loc, nil
	}
	named, err := properZone(loc, e.Start)
	if e.keepsClock() {
		return named, err
	}
	if err == nil && named.String() == loc.String() && isKnown(named) {
		return named, nil
	}
	return time.UTC, nil
}

// isKnown reports whether LoadLocation knows a zone by its name.
func isKnown(loc *time.Location) bool {
	_, err := LoadLocation(loc.String())
	return err == nil
}

// keepsClock reports whether the event's times must be on a wall clock: those of
// a series, because an hour in UTC is another one in summer, and those of one
// occurrence, because they are written as the series is.
func (e *Event) keepsClock() bool { return e.Recurrence != nil || !e.RecurrenceID.IsZero() }

// Why a zone has no TZID.
var (
	errLocalZone = errors.New("is missing, and Start's Location has clock changes but no name: set TimeZone to an IANA name")
	errOtherZone = errors.New("is missing, and Start's Location has the name of an IANA zone but another clock: set TimeZone")
)

// properZone returns the zone that may stand for loc under its own name: UTC,
// the IANA zone of that name with the same clock, an offset zone where the clock
// does not change, or loc itself where its name is nobody else's.
func properZone(loc *time.Location, at time.Time) (*time.Location, error) {
	name := loc.String()
	if loc == time.UTC || name == "UTC" {
		return time.UTC, nil
	}
	named, err := LoadLocation(name)
	if err == nil && named.String() == name && (named == loc || sameClock(named, loc, at)) {
		return named, nil
	}
	year := at.UTC().Year()
	if len(changes(loc, newYear(year-1), newYear(year+horizon))) == 0 {
		return LoadLocation(offsetName(offsetAt(loc, at.Unix())))
	}
	switch {
	case err == nil:
		return nil, errOtherZone
	case loc == time.Local, name == "", checkLine(name) != nil, slices.Contains(notZones, name):
		return nil, errLocalZone
	}
	return loc, nil
}

// sameClock reports whether two zones agree for a year from t: a
// [time.FixedZone] may have the name of a zone that has summer time.
func sameClock(a, b *time.Location, t time.Time) bool {
	for month := range 12 {
		if u := t.AddDate(0, month, 0).Unix(); offsetAt(a, u) != offsetAt(b, u) {
			return false
		}
	}
	return true
}

// checkAbbreviation refuses a time that package time has made of a zone's
// abbreviation which it does not know: it keeps the letters, with offset 0, so
// that "10:00 PST" is the wrong instant.
func checkAbbreviation(t time.Time) error {
	name := t.Location().String()
	if _, offset := t.Zone(); offset != 0 || len(name) < 3 || slices.Contains(zeroAbbreviations, name) {
		return nil
	}
	for _, c := range name {
		if c < 'A' || c > 'Z' {
			return nil
		}
	}
	return fmt.Errorf("is in a zone %.10q with the offset 0, which is what parsing makes of an unknown abbreviation: the instant is not what was meant", name)
}

// zeroAbbreviations are those whose offset is 0 indeed.
var zeroAbbreviations = []string{"UTC", "UCT", "GMT", "WET", "EGST", "AZOST"}
