package ical

import "time"

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

// clip returns the part of s that lies in within.
func (s Span) clip(within Span) Span {
	cut := func(t time.Time) time.Time {
		if t.Before(within.Start) {
			return within.Start
		}
		return earlier(t, within.End)
	}
	return Span{cut(s.Start), cut(s.End)}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
