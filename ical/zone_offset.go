package ical

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/convene-go/convene/internal/wallclock"
)

// offsetAt returns the UTC offset of loc at the instant u (Unix seconds), in
// seconds east.
func offsetAt(loc *time.Location, u int64) int {
	_, offset := time.Unix(u, 0).In(loc).Zone()
	return offset
}

// instant returns the instant at which the clock of loc shows wall (seconds, as
// if in UTC). See [wallclock.Instant].
func instant(wall int64, loc *time.Location) time.Time { return wallclock.Instant(wall, loc) }

// steadyClock is the function instant for times that follow each other. Within a period
// without a change of the offset it looks the offset up once, which takes longer than
// the rest of an expansion.
type steadyClock struct {
	loc      *time.Location
	from, to int64 // the wall clock of the period, more than a day away from its ends
	offset   int64
}

func (c *steadyClock) instant(wall int64) time.Time {
	if c.from <= wall && wall < c.to {
		return time.Unix(wall-c.offset, 0).In(c.loc)
	}
	t := instant(wall, c.loc)
	_, offset := t.Zone()
	c.offset, c.from, c.to = int64(offset), math.MinInt64, math.MaxInt64
	const margin = 2 * 24 * 60 * 60
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		c.from = start.Unix() + c.offset + margin
	}
	if !end.IsZero() {
		c.to = end.Unix() + c.offset - margin
	}
	return t
}

// skips reports whether the clock of loc skips wall. The instant t is the
// result of instant for wall and shows another time in that case.
func skips(loc *time.Location, wall int64, t time.Time) bool {
	return t.Unix()+int64(offsetAt(loc, t.Unix())) != wall
}

// repeated reports whether the wall clock of loc at t comes twice. It does if
// the offset of the day before or after, too, puts an instant on that wall
// clock.
func repeated(loc *time.Location, t time.Time) bool {
	u := t.Unix()
	wall := u + int64(offsetAt(loc, u))
	for _, near := range []int64{u - 24*60*60, u + 24*60*60} {
		other := wall - int64(offsetAt(loc, near))
		if other != u && other+int64(offsetAt(loc, other)) == wall {
			return true
		}
	}
	return false
}

// formatOffset returns a UTC-OFFSET (RFC 5545, section 3.3.14) for an offset in
// seconds east.
func formatOffset(offset int) string {
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	s := fmt.Sprintf("%s%02d%02d", sign, offset/3600, offset/60%60)
	if offset%60 != 0 {
		s += fmt.Sprintf("%02d", offset%60)
	}
	return s
}

// parseOffset reads a UTC-OFFSET (RFC 5545, section 3.3.14) of less than a day, in seconds east.
func parseOffset(s string) (int, error) {
	sign := 1
	if s != "" && s[0] == '-' {
		sign = -1
	}
	digits := s[min(1, len(s)):]
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || (s[0] != '-' && s[0] != '+') || (len(digits) != 4 && len(digits) != 6) {
		return 0, errValue(s)
	}
	if len(digits) == 4 {
		n *= 100
	}
	seconds := n/10000*3600 + n/100%100*60 + n%100
	if seconds >= 24*60*60 {
		return 0, errValue(s)
	}
	return sign * seconds, nil
}
