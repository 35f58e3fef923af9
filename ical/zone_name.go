package ical

import (
	"errors"
	"slices"
	"time"
)

// namedZone returns the zone that stands for loc under its own name. This is
// the first of:
//
//   - UTC
//   - the IANA zone of that name, if it has the same clock
//   - a fixed offset, if the clock does not change
//   - loc itself, if no other zone has its name
//
// Otherwise it is an error: the name would mean another clock, or the zone has
// no name that can be written.
func namedZone(loc *time.Location, at time.Time) (*time.Location, error) {
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

// The reasons for which a zone has no TZID.
var (
	errLocalZone = errors.New("is missing, and Start's Location has clock changes but no name: set TimeZone to an IANA name")
	errOtherZone = errors.New("is missing, and Start's Location has the name of an IANA zone but another clock: set TimeZone")
)

// sameClock compares two zones on one day of each month, for a year from t. A
// [time.FixedZone] may have the name of a zone that has summer time.
func sameClock(a, b *time.Location, t time.Time) bool {
	for month := range 12 {
		if u := t.AddDate(0, month, 0).Unix(); offsetAt(a, u) != offsetAt(b, u) {
			return false
		}
	}
	return true
}
