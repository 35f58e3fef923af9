package ical

import (
	"iter"
	"time"
)

// span returns the time of the event itself, or of the first occurrence of a
// series.
func (e *Event) span() Span { return Span{e.Start, e.End}.withEnd() }

// extent returns the time in which the event's zone must be right. It ends at
// most the horizon before and after the start.
func (e *Event) extent() Span {
	const surely = (horizon - 1) * 365 * day // less than the horizon, without asking the calendar
	all := e.whole()
	if e.Start.Sub(all.Start) < surely && all.End.Sub(e.Start) < surely {
		return all
	}
	return all.clip(Span{e.Start.AddDate(-horizon, 0, 0), e.Start.AddDate(horizon, 0, 0)})
}

// whole returns the time from the first to the last instant of the event.
func (e *Event) whole() Span {
	s := e.span()
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
		s = s.join(o.whole())
	}
	return s
}

// years returns the year in which a series starts and the year of the last time
// that it names. The last year is at least the horizon after the first, because
// an endless series is expanded that far.
func (e *Event) years() (first, last int) {
	first = e.Start.UTC().Year()
	last = first + horizon
	for _, list := range [][]time.Time{e.Recurrence.Except, e.Recurrence.Include, {e.Recurrence.Until}} {
		for _, t := range list {
			last = max(last, t.UTC().Year())
		}
	}
	return first, last
}

// spans yields the periods in which the VTIMEZONE of the events must be exact,
// cut to all. These are the time of every event, of every occurrence that has
// no override, and of every override, together with its original start.
func spans(list []*Event, all Span) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		for _, e := range list {
			if e.Recurrence == nil {
				if !e.yieldSpans(all, yield) {
					return
				}
				continue
			}
			for o := range e.Occurrences(time.Time{}, all.End.Add(time.Second)) {
				if o.Override < 0 && !yield(Span{o.Start, o.End}.clip(all)) {
					return
				}
			}
			for i := range e.Overrides { // also if the series does not have the occurrence
				if o := e.Override(i); !o.Cancelled && !o.yieldSpans(all, yield) {
					return
				}
			}
		}
	}
}

// yieldSpans yields the time of one event, and its original start if it is an
// override.
func (e *Event) yieldSpans(all Span, yield func(Span) bool) bool {
	return yield(e.span().clip(all)) &&
		(e.RecurrenceID.IsZero() || yield(Span{e.RecurrenceID, e.RecurrenceID}.clip(all)))
}

// extentOf returns the time from the earliest to the latest extent in a list.
func extentOf(list []*Event) Span {
	all := list[0].extent()
	for _, e := range list[1:] {
		all = all.join(e.extent())
	}
	return all
}
