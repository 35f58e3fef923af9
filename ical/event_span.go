package ical

import (
	"iter"
	"time"
)

// ownSpan returns the time of the event itself, or of the first occurrence of a
// series.
func (e *Event) ownSpan() Span { return Span{e.Start, e.End}.withEnd() }

// zoneSpan returns the time for which the event's zone must be right. It reaches
// at most horizon years before and after Start.
func (e *Event) zoneSpan() Span {
	const certain = (horizon - 1) * 365 * day // less than horizon years, without calendar arithmetic
	whole := e.wholeSpan()
	if e.Start.Sub(whole.Start) < certain && whole.End.Sub(e.Start) < certain {
		return whole
	}
	return whole.clip(Span{e.Start.AddDate(-horizon, 0, 0), e.Start.AddDate(horizon, 0, 0)})
}

// wholeSpan returns the time from the first to the last instant of the event,
// with all occurrences and overrides of a series.
func (e *Event) wholeSpan() Span {
	s := e.ownSpan()
	if !e.RecurrenceID.IsZero() {
		s = s.join(Span{e.RecurrenceID, e.RecurrenceID})
	}
	if r := e.Recurrence; r != nil {
		length := s.End.Sub(s.Start)
		s.End = r.end(e.Start).Add(length)
		for _, list := range [][]time.Time{r.Except, r.Include} {
			for _, t := range list {
				s = s.join(Span{t, t.Add(length)})
			}
		}
	}
	for i := range e.Overrides {
		o := e.Override(i)
		s = s.join(o.wholeSpan())
	}
	return s
}

// seriesYears returns the year in which a series starts and the year of the last
// time that it names. The last year is at least horizon years after the first,
// because an endless series is expanded that far. Of one occurrence it returns the
// years of its start and its original start.
func (e *Event) seriesYears() (first, last int) {
	first = e.Start.UTC().Year()
	if e.Recurrence == nil {
		original := e.RecurrenceID.UTC().Year()
		return min(first, original), max(first, original)
	}
	last = first + horizon
	for _, list := range [][]time.Time{e.Recurrence.Except, e.Recurrence.Include, {e.Recurrence.Until}} {
		for _, t := range list {
			last = max(last, t.UTC().Year())
		}
	}
	return first, last
}

// exactSpans yields the periods in which the VTIMEZONE of the events must be
// exact, cut to within. For a series, these are the time of every override,
// together with its original start, and then the time of every occurrence that
// has no override, in their order.
func exactSpans(list []*Event, within Span) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		for _, e := range list {
			if !e.yieldSpans(within, yield) {
				return
			}
		}
	}
}

// yieldSpans yields the periods of one event for exactSpans.
func (e *Event) yieldSpans(within Span, yield func(Span) bool) bool {
	if e.Recurrence == nil {
		return e.yieldOwnSpans(within, yield)
	}
	for i := range e.Overrides { // also if the series does not have the occurrence
		if o := e.Override(i); !o.Cancelled && !o.yieldOwnSpans(within, yield) {
			return false
		}
	}
	for o := range e.Occurrences(time.Time{}, within.End.Add(time.Second)) {
		if o.Override < 0 && !yield(Span{o.Start, o.End}.clip(within)) {
			return false
		}
	}
	return true
}

// yieldOwnSpans yields the time of one event, and its original start if it is an
// override.
func (e *Event) yieldOwnSpans(within Span, yield func(Span) bool) bool {
	return yield(e.ownSpan().clip(within)) &&
		(e.RecurrenceID.IsZero() || yield(Span{e.RecurrenceID, e.RecurrenceID}.clip(within)))
}

// zoneSpanOf returns the time from the earliest to the latest zoneSpan in a list.
func zoneSpanOf(list []*Event) Span {
	joined := list[0].zoneSpan()
	for _, e := range list[1:] {
		joined = joined.join(e.zoneSpan())
	}
	return joined
}
