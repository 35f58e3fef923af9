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

const day = 24 * time.Hour

// Span is a period of time that includes Start and excludes End.
type Span struct{ Start, End time.Time }

// withEnd returns s with an End that is not before Start. A missing or earlier
// End becomes Start.
func (s Span) withEnd() Span {
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

// clip returns the part of s that lies in all.
func (s Span) clip(all Span) Span {
	cut := func(t time.Time) time.Time {
		if t.Before(all.Start) {
			return all.Start
		}
		return earlier(t, all.End)
	}
	return Span{cut(s.Start), cut(s.End)}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// parseTime reads a DATE or DATE-TIME. A time without "Z" is in loc, and a date
// is midnight in UTC. date reports whether the value was a date.
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

// dateOf returns the date of t in its own Location, as midnight in UTC.
func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// timeForm is the form in which one event and its overrides write their times:
// dates, times in UTC, or times with a TZID (RFC 5545, section 3.3.5).
type timeForm struct {
	loc    *time.Location
	tzid   string // empty for UTC and for dates
	allDay bool
}

// append appends t to b in this form.
func (z timeForm) append(b []byte, t time.Time) []byte {
	switch {
	case z.allDay:
		return t.AppendFormat(b, layoutDate)
	case z.tzid == "":
		return t.UTC().AppendFormat(b, layoutUTC)
	}
	return t.In(z.loc).AppendFormat(b, layoutLocal)
}
