// Package wallclock turns the time that a clock shows into an instant, and finds
// the occurrence of a series that a RECURRENCE-ID names.
package wallclock

import "time"

// The Locations that say how a RECURRENCE-ID was written. All have the offset 0.
var (
	// Date is the Location of a RECURRENCE-ID that is a DATE in a series of
	// hours. The time is midnight of that date.
	Date = time.FixedZone("DATE", 0)
	// Local is the Location of a RECURRENCE-ID whose zone is not known.
	Local = time.FixedZone("local", 0)
	// Zulu is the Location of a RECURRENCE-ID that was written as an instant in
	// UTC.
	Zulu = time.FixedZone("Z", 0)
)

// IsLabel reports whether loc is [Date] or [Local], so that the time is no
// instant.
func IsLabel(loc *time.Location) bool { return loc == Date || loc == Local }

// IsForm reports whether loc says only how a RECURRENCE-ID was written.
func IsForm(loc *time.Location) bool { return IsLabel(loc) || loc == Zulu }

// Instant returns the instant at which the clock of loc shows wall (seconds, as
// if in UTC). If a change repeats the time, it is the first of two instants. If a
// change skips it, the offset before the change counts (RFC 5545, section 3.3.5).
// [time.Date] would take the second of two in zones east of Greenwich.
//
// The candidates are the offsets of the day before and the day after.
func Instant(wall int64, loc *time.Location) time.Time {
	before, after := offset(wall-24*60*60, loc), offset(wall+24*60*60, loc)
	for _, o := range []int{before, after} {
		if u := wall - int64(o); offset(u, loc) == o {
			return time.Unix(u, 0).In(loc)
		}
	}
	return time.Unix(wall-int64(before), 0).In(loc)
}

// offset returns the UTC offset of loc at the instant u, in seconds east.
func offset(u int64, loc *time.Location) int {
	_, o := time.Unix(u, 0).In(loc).Zone()
	return o
}

// In returns the instant at which the clock of loc shows the time that t shows in
// its own Location.
func In(t time.Time, loc *time.Location) time.Time {
	return Instant(t.Unix()+int64(offset(t.Unix(), t.Location())), loc)
}
