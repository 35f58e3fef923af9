package ical

import "time"

// offsetChange is an instant at which a zone's UTC offset changes.
type offsetChange struct {
	at       int64 // Unix seconds
	from, to int   // seconds east of UTC
}

// wall returns the onset on the clock of the offset before it, labelled UTC.
// This is the form of DTSTART in an observance (RFC 5545, section 3.6.5).
func (c offsetChange) wall() time.Time { return time.Unix(c.at+int64(c.from), 0).UTC() }

// nextChange returns the first change after u and before limit.
//
// [time.Time.ZoneBounds] is only a hint, for two reasons. After the last entry
// of the zone's table it ends at year borders; on 31 December of leap years its
// end is not even after u. It also ends at a change of the abbreviation alone.
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

// bisectChange returns the instant in (lo, hi] at which the offset of lo ends,
// or hi if it does not.
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

// changes returns the changes of loc in (from, to).
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

// newYear returns the first second of a year in UTC.
func newYear(year int) int64 { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix() }

// horizon is the number of years for which an endless series is expanded. After
// 28 years, the weekdays fall on the same dates again.
const horizon = 28
