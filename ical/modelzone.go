package ical

import (
	"iter"
	"slices"
	"time"

	ics "github.com/arran4/golang-ical"
)

// zoneChooser chooses the time zones of one calendar.
type zoneChooser struct {
	cal   *Calendar
	zones map[string]*zoneUse
	order []*ics.VTimezone // shared
}

// wallZone is the form in which one event and its overrides write their times.
type wallZone struct {
	loc    *time.Location
	tzid   string // empty for UTC and for dates
	allDay bool
}

// zone chooses the form of e's times, and adds the VTIMEZONE that it needs. A
// single event that no form is right for is in UTC, which always is.
func (m *zoneChooser) zone(e *Event) (wallZone, error) {
	if e.AllDay {
		return wallZone{loc: time.UTC, allDay: true}, nil
	}
	loc, err := e.zone()
	if err != nil {
		return wallZone{}, err
	}
	if !e.keepsClock() && (loc == time.UTC || loc.String() == "UTC") {
		return wallZone{loc: time.UTC}, nil
	}
	use, err := m.use(loc)
	if err != nil {
		return wallZone{}, err
	}
	if !e.keepsClock() && (!use.exact(e.span()) || e.repeats(loc)) {
		return wallZone{loc: time.UTC}, nil
	}
	if e.keepsClock() && e.misread(loc) {
		return wallZone{}, errRepeated
	}
	if !use.added {
		use.added = true
		m.order = append(m.order, use.tree)
	}
	return wallZone{loc: loc, tzid: loc.String()}, nil
}

// zoneUse is the one VTIMEZONE of a zone in a calendar.
type zoneUse struct {
	*zoneWriter
	added bool
}

// use returns the form of loc's VTIMEZONE: right for every event in that zone,
// else for every series, since single events can do without.
func (m *zoneChooser) use(loc *time.Location) (*zoneUse, error) {
	name := loc.String()
	if u := m.zones[name]; u != nil {
		return u, nil
	}
	list := m.inZone(name)
	w, err := writerFor(loc, list, extentOf(list))
	if err != nil {
		return nil, err
	}
	if !w.form.Exact() {
		if series := keptClocks(list); len(series) > 0 {
			if w, err = writerFor(loc, series, extentOf(series)); err != nil {
				return nil, err
			}
		}
	}
	m.zones[name] = &zoneUse{zoneWriter: w}
	return m.zones[name], nil
}

// inZone are the events whose clock is that of a zone.
func (m *zoneChooser) inZone(name string) []*Event {
	var out []*Event
	for i := range m.cal.Events {
		e := &m.cal.Events[i]
		if loc, err := e.zone(); !e.AllDay && err == nil && loc.String() == name {
			out = append(out, e)
		}
	}
	return out
}

func keptClocks(list []*Event) []*Event {
	var out []*Event
	for _, e := range list {
		if e.keepsClock() {
			out = append(out, e)
		}
	}
	return out
}

// extentOf is the time in which all events of a list extend.
func extentOf(list []*Event) Span {
	all := list[0].extent()
	for _, e := range list[1:] {
		all = all.join(e.extent())
	}
	return all
}

// writerFor chooses the form of loc for events that extend over all.
func writerFor(loc *time.Location, list []*Event, all Span) (*zoneWriter, error) {
	z, err := zoneYears(loc, all)
	if err != nil {
		return nil, err
	}
	return z.choose(func(w *zoneWriter) bool {
		for s := range spans(list, all) {
			if !w.exact(s) {
				return false
			}
		}
		return true
	}), nil
}

// spans yields what the events' zone must be right for, as far as all extend.
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
				if o.Override < 0 && !yield(Span{o.Start, o.End}.within(all)) {
					return
				}
			}
			for i := range e.Overrides { // also of what the series has not
				if o := e.Override(i); !o.Cancelled && !o.yieldSpans(all, yield) {
					return
				}
			}
		}
	}
}

// yieldSpans yields the time of one occurrence, and when it was to be.
func (e *Event) yieldSpans(all Span, yield func(Span) bool) bool {
	return yield(e.span().within(all)) &&
		(e.RecurrenceID.IsZero() || yield(Span{e.RecurrenceID, e.RecurrenceID}.within(all)))
}

// within cuts s to what lies in all.
func (s Span) within(all Span) Span {
	cut := func(t time.Time) time.Time {
		if t.Before(all.Start) {
			return all.Start
		}
		return earlier(t, all.End)
	}
	return Span{cut(s.Start), cut(s.End)}
}

// span is the time of the event itself, or of its first occurrence.
func (e *Event) span() Span { return Span{e.Start, e.End}.normal() }

// extent is the time in which the event's zone must be right, at most the
// horizon before and after its start.
func (e *Event) extent() Span {
	const surely = (horizon - 1) * 365 * day // less than the horizon, without asking the calendar
	all := e.whole()
	if e.Start.Sub(all.Start) < surely && all.End.Sub(e.Start) < surely {
		return all
	}
	return all.within(Span{e.Start.AddDate(-horizon, 0, 0), e.Start.AddDate(horizon, 0, 0)})
}

// whole is the time from the first to the last instant of the event.
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

// end is an instant after the last start, at most the horizon after the first.
func (r *Recurrence) end(start time.Time) time.Time {
	end := start.AddDate(horizon, 0, 0)
	if n := r.Count * max(r.Interval, 1); r.Count > 0 && n < 1<<15 {
		n *= 2 // months without the day are passed over
		switch r.Freq {
		case FreqDaily:
			end = earlier(end, start.AddDate(0, 0, n))
		case FreqWeekly:
			end = earlier(end, start.AddDate(0, 0, 7*n))
		case FreqMonthly:
			end = earlier(end, start.AddDate(0, n, 0))
		}
	}
	if !r.Until.IsZero() {
		end = earlier(end, r.Until)
	}
	if end.Before(start) {
		return start
	}
	return end
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// repeats reports whether the event starts or ends in an hour that comes twice:
// a wall clock means the first, and some clients take the second.
func (e *Event) repeats(loc *time.Location) bool {
	return repeated(loc, e.Start) || !e.End.IsZero() && repeated(loc, e.End)
}

// misread reports whether a wall clock that must be written means another
// instant: the second time of an hour that comes twice cannot be said.
func (e *Event) misread(loc *time.Location) bool {
	times := []time.Time{e.RecurrenceID}
	if e.Recurrence != nil {
		times = append([]time.Time{e.Start, e.End}, e.Recurrence.Include...)
	}
	return slices.ContainsFunc(times, func(t time.Time) bool {
		u := t.Unix()
		return !t.IsZero() && instant(u+int64(offsetAt(loc, u)), loc).Unix() != u
	})
}

// repeated reports whether the wall clock of loc at t comes twice.
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

// append writes t.
func (z wallZone) append(b []byte, t time.Time) []byte {
	switch {
	case z.allDay:
		return t.AppendFormat(b, layoutDate)
	case z.tzid == "":
		return t.UTC().AppendFormat(b, layoutUTC)
	}
	return t.In(z.loc).AppendFormat(b, layoutLocal)
}
