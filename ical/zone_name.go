package ical

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// namedZone returns the zone that stands for loc under its own name. This is
// the first of:
//
//   - UTC
//   - the IANA zone of that name, if it has the same clock in the year of the
//     instant at and the two years after it
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
	if err == nil && named.String() == name && (named == loc || agree(named, loc, at.UTC().Year())) {
		return named, nil
	}
	year := at.UTC().Year()
	if len(changes(loc, newYear(year-1), newYear(year+horizon))) == 0 {
		return LoadLocation(offsetName(offsetAt(loc, at.Unix())))
	}
	switch {
	case err == nil:
		return nil, &otherZoneError{name, named.String()}
	case loc == time.Local, name == "", checkLine(name) != nil, slices.Contains(notZones, name):
		return nil, errLocalZone
	}
	return loc, nil
}

// errLocalZone and otherZoneError are the reasons for which a zone has no TZID.
var errLocalZone = errors.New("is missing, and Start's Location has clock changes but no name: set TimeZone to an IANA name")

// otherZoneError reports a Location that has the name of another zone. Decode makes
// such a Location if a file describes a zone of a known name with other rules.
type otherZoneError struct {
	name string // of the Location
	iana string // the zone that the name stands for
}

func (e *otherZoneError) Error() string {
	return fmt.Sprintf("is missing, and Start's Location has the name of an IANA zone, %q, but another clock, as the file of an event may describe it: "+
		"set TimeZone to %q to take the clock of the IANA zone", e.name, e.iana)
}

// isNamed reports whether [LoadLocation] returns loc, or an equal offset, for its
// name.
func isNamed(loc *time.Location) bool {
	if _, ok := parseOffsetName(loc.String()); ok {
		return true
	}
	return isShared(loc) // no look-up of the name, which takes long if it is unknown
}
