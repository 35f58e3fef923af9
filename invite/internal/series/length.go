package series

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// Length returns the duration of a meeting. An all-day meeting is counted in whole
// days of 24 hours. If End is zero, it is one day, or nothing if the meeting is not
// all-day.
func Length(e *ical.Event) time.Duration {
	length := EndOf(e).Sub(e.Start)
	if e.AllDay { // if it is not normalized, a change of the clock may lie in it
		return length.Round(24 * time.Hour)
	}
	return length
}

// Longest returns the duration of the longest occurrence of a meeting.
func Longest(e *ical.Event) time.Duration {
	most := Length(e)
	for i := range e.Overrides {
		o := e.Override(i)
		most = max(most, Length(&o))
	}
	return max(most, 0)
}

// EndOf returns the end of a meeting, also if its End is zero (RFC 5545, section
// 3.6.1).
func EndOf(e *ical.Event) time.Time {
	switch {
	case !e.End.IsZero():
		return e.End
	case e.AllDay:
		return e.Start.AddDate(0, 0, 1)
	}
	return e.Start
}

// IsEmpty reports whether a series has no occurrence that takes place.
func IsEmpty(e *ical.Event) bool {
	for range e.Occurrences(time.Time{}, time.Time{}) {
		return false
	}
	return true
}

// IsPast reports whether nothing of a meeting lies after now. A date ends last in the
// zone twelve hours behind UTC, so an all-day meeting is past twelve hours after its
// end in UTC.
func IsPast(e *ical.Event, now time.Time) bool {
	if now = now.UTC(); e.AllDay {
		now = now.Add(-12 * time.Hour)
	}
	if e.Recurrence == nil {
		return Later(e.Start, EndOf(e)).Before(now)
	}
	longest := Length(e)
	for i := range e.Overrides {
		o := e.Override(i)
		longest = max(longest, Length(&o))
	}
	for o := range e.Occurrences(now.Add(-max(longest, 0)), time.Time{}) {
		if !Later(o.Start, o.End).Before(now) {
			return false
		}
	}
	return true
}

// farFuture is a time after which the end of a series does not matter to anybody.
var farFuture = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// LastEnd returns the end of a meeting. The end of a series is the latest end of all
// its occurrences, with its overrides and added dates. It is [Forever] if the rule has
// no end, or if occurrences begin after the year 2199.
func LastEnd(e *ical.Event) time.Time {
	last := Later(e.Start, EndOf(e))
	r := e.Recurrence
	if r == nil {
		return last
	}
	if r.Freq != "" && r.Count == 0 && r.Until.IsZero() {
		return Forever
	}
	for o := range e.Occurrences(time.Time{}, time.Time{}) {
		if o.Start.After(farFuture) {
			return Forever
		}
		last = Later(last, Later(o.Start, o.End))
	}
	return last
}

// Later returns the later of two times.
func Later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
