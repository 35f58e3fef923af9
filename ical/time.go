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

// Span is a stretch of time from Start up to, and not with, End.
type Span struct{ Start, End time.Time }

// normal returns s with an end: one that is missing or too early is the start.
func (s Span) normal() Span {
	if s.End.Before(s.Start) {
		s.End = s.Start
	}
	return s
}

// join returns the span from the earlier start to the later end.
func (s Span) join(t Span) Span {
	if t.Start.Before(s.Start) {
		s.Start = t.Start
	}
	if t.End.After(s.End) {
		s.End = t.End
	}
	return s
}

// parseTime reads a DATE or DATE-TIME; one without "Z" is in loc. It says
// whether it was a date; dates are midnight in UTC.
func parseTime(s string, loc *time.Location) (t time.Time, date bool, err error) {
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
	return t.Truncate(time.Second), date, nil
}

// instant returns the instant at which the clock of loc shows wall (seconds, as
// if in UTC): the first of two where a change repeats it; by the offset before
// the change where it is skipped (RFC 5545, section 3.3.5). time.Date takes the
// second of two in zones east of Greenwich.
func instant(wall int64, loc *time.Location) time.Time {
	before, after := offsetAt(loc, wall-24*60*60), offsetAt(loc, wall+24*60*60)
	for _, offset := range []int{before, after} {
		if u := wall - int64(offset); offsetAt(loc, u) == offset {
			return time.Unix(u, 0).In(loc)
		}
	}
	return time.Unix(wall-int64(before), 0).In(loc)
}

// dateOf is the date of t in its own Location, as midnight in UTC.
func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
