package ical

import (
	"strings"
	"time"
)

// The forms of DATE and DATE-TIME (RFC 5545, sections 3.3.4 and 3.3.5).
const (
	layoutDate  = "20060102"
	layoutLocal = "20060102T150405"
	layoutUTC   = "20060102T150405Z"
)

// day is the length of a day on a clock without changes, such as that of a date.
const day = 24 * time.Hour

// parseDateTime reads a DATE or DATE-TIME. A time without "Z" is in loc, and a date
// is midnight in UTC. date reports whether the value was a date.
func parseDateTime(s string, loc *time.Location) (t time.Time, date bool, err error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	switch {
	case len(s) == len(layoutDate):
		t, err = time.Parse(layoutDate, s)
		date = true
	case strings.HasSuffix(s, "Z"):
		t, err = time.Parse(layoutUTC, s)
	default:
		if t, err = time.Parse(layoutLocal, s); err == nil && loc != time.UTC {
			t = instant(t.Unix(), loc)
		}
	}
	if err != nil {
		return time.Time{}, false, errValue(s)
	}
	return t.Truncate(time.Second), date, nil // Parse accepts a fraction, which RFC 5545 does not have
}

// dateOf returns the date of t in its own Location, as midnight in UTC.
func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// timeForm is the form in which one event and its overrides write their times:
// dates, times in UTC, or times with a TZID (RFC 5545, section 3.3.5). Times of a
// floating event are local, with the TZID that nothing explains, if there is one.
type timeForm struct {
	loc    *time.Location
	tzid   string // empty for UTC and for dates
	allDay bool
	local  bool
}

// append appends t to b in this form.
func (f timeForm) append(b []byte, t time.Time) []byte {
	switch {
	case f.allDay:
		return t.AppendFormat(b, layoutDate)
	case f.tzid == "" && !f.local:
		return t.UTC().AppendFormat(b, layoutUTC)
	}
	return t.In(f.loc).AppendFormat(b, layoutLocal)
}
