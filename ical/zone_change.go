package ical

import "time"

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
		if next >= limit {
			return c, false
		}
		if after := offsetAt(loc, next); after != before {
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

// newYear is the first second of a year in UTC.
func newYear(year int) int64 { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix() }

// horizon is for how many years an endless series is looked at: after 28, the
// weekdays fall on the same dates again.
const horizon = 28
