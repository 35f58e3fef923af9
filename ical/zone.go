package ical

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // for systems without zone files; the system's own, often newer, are preferred by package time
)

// LoadLocation returns the zone that a TZID names: an IANA name, also with a
// vendor's prefix such as "/citadel.org/20250101_1/Europe/Berlin". It never
// returns [time.Local]; unknown names are an error.
func LoadLocation(tzid string) (*time.Location, error) {
	// QUIRK: Evolution and Mozilla put their own path in front of the IANA name.
	parts := strings.Split(strings.Trim(tzid, " /"), "/")
	for parts = parts[max(0, len(parts)-maxZoneParts):]; len(parts) > 0; parts = parts[1:] {
		if slices.Contains(notZones, parts[0]) {
			continue
		}
		if loc, err := time.LoadLocation(strings.Join(parts, "/")); err == nil && parts[0] != "" {
			return loc, nil
		}
	}
	return nil, fmt.Errorf("ical: unknown time zone %.60q", tzid)
}

// maxZoneParts is how many parts an IANA name has, as "America/Argentina/Salta".
const maxZoneParts = 3

// notZones are files and folders among the zones that depend on the machine or
// count leap seconds.
var notZones = []string{"Local", "localtime", "posixrules", "Factory", "posix", "right"}

// Zone returns the zone whose wall clock the event keeps; its String is the
// IANA name. Without TimeZone it is Start's Location if this has such a name,
// else UTC. The error is that of [LoadLocation].
func (e Event) Zone() (*time.Location, error) {
	if e.TimeZone != "" {
		return LoadLocation(e.TimeZone)
	}
	loc := e.Start.Location()
	if loc == time.Local || loc == time.UTC {
		return time.UTC, nil
	}
	named, err := LoadLocation(loc.String())
	if err == nil && named.String() == loc.String() && sameClock(named, loc, e.Start) {
		return named, nil
	}
	return time.UTC, nil
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

// fixedZone is a zone without changes; UTC itself where the offset is 0.
func fixedZone(name string, offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone(name, offset)
}

// offsetAt is the UTC offset of loc at the instant u (Unix seconds), in seconds east.
func offsetAt(loc *time.Location, u int64) int {
	_, offset := time.Unix(u, 0).In(loc).Zone()
	return offset
}

// offsetChange is an instant at which a zone's UTC offset changes.
type offsetChange struct {
	at       int64 // Unix seconds
	from, to int   // seconds east of UTC
}

// wall is the onset on the clock of the offset before it, labelled UTC: what
// DTSTART of an observance holds (RFC 5545, section 3.6.5).
func (c offsetChange) wall() time.Time { return time.Unix(c.at+int64(c.from), 0).UTC() }

// nextChange returns the first change after u and before limit.
//
// Time.ZoneBounds is only a hint. Past the zone's table it ends at year borders,
// on 31 December of leap years with an end that is not after u, and it also ends
// where nothing but the abbreviation changes.
func nextChange(loc *time.Location, u, limit int64) (c offsetChange, ok bool) {
	before := offsetAt(loc, u)
	for u < limit {
		_, end := time.Unix(u, 0).In(loc).ZoneBounds()
		if end.IsZero() {
			return c, false
		}
		next := end.Unix()
		if next <= u {
			next = bisectChange(loc, u, u+24*60*60)
		}
		if after := offsetAt(loc, next); next < limit && after != before {
			return offsetChange{next, before, after}, true
		}
		u = next
	}
	return c, false
}

// bisectChange returns the instant in (lo, hi] at which the offset of lo ends, or hi.
func bisectChange(loc *time.Location, lo, hi int64) int64 {
	before := offsetAt(loc, lo)
	if offsetAt(loc, hi) == before {
		return hi
	}
	for hi-lo > 1 {
		if mid := lo + (hi-lo)/2; offsetAt(loc, mid) == before {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// changes returns the changes in (from, to).
func changes(loc *time.Location, from, to int64) []offsetChange {
	var out []offsetChange
	for {
		c, ok := nextChange(loc, from, to)
		if !ok {
			return out
		}
		out = append(out, c)
		from = c.at
	}
}
