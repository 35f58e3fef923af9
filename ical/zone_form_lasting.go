package ical

import (
	"slices"
	"time"
)

// lastingYears is the number of years for which a pair of rules must be right
// that is not right for all occurrences of a series.
const lastingYears = 3

// mostLasting is the number of times of one event that are compared with a pair.
// A daily series has half of it in the years up to the horizon.
const mostLasting = 20_000

// lastingForm is a form that Outlook reads, for events in a zone for which no such
// form is exact.
type lastingForm struct {
	*zoneForm
	span  Span      // the times that count
	first time.Time // the first start with which it is wrong; zero if none is known
	right bool      // whether each event has lastingYears before its first wrong start
}

// zoneForm returns the form in which a calendar has a zone with these events. If
// possible, it is right for all of them. Otherwise it is right for every series,
// because single events can be in UTC.
//
// If no form that Outlook reads is exact for every series, lasting is the best of
// them, and is returned as the form if it is right for the next years, because
// Outlook refuses the full form as a whole. The full form is left in three cases:
// no form is right for so long, ExactZones asks for it, or the zone has no name by
// which a reader knows its rules.
func (c *Calendar) zoneForm(loc *time.Location, list []*Event) (form *zoneForm, lasting *lastingForm, err error) {
	form, err = formFor(loc, list, zoneSpanOf(list), c.ExactZones)
	series := keptClocks(list)
	if err != nil || form.form.Exact() || len(series) == 0 {
		return form, nil, err
	}
	form, err = formFor(loc, series, zoneSpanOf(series), c.ExactZones)
	if err != nil || form.form.Exact() {
		return form, nil, err
	}
	lasting, err = newLastingForm(loc, series, c.Stamp)
	if err == nil && lasting.right && !c.ExactZones && isShared(loc) {
		form = lasting.zoneForm
	}
	return form, lasting, err
}

// newLastingForm returns the form with the latest first wrong start.
//
// The times that count begin with the first event. If a series is longer than
// lastingYears and has begun before the stamp of the object, they begin with the
// stamp, because an update is made for the occurrences to come.
func newLastingForm(loc *time.Location, list []*Event, stamp time.Time) (*lastingForm, error) {
	all := zoneSpanOf(list)
	if slices.ContainsFunc(list, func(e *Event) bool { return e.lasts(stamp) }) {
		all.Start = later(all.Start, stamp)
	}
	all.End = later(all.End, all.Start.AddDate(horizon, 0, 0)) // the horizon of a series counts from its start

	z, err := formsOf(loc, all)
	if err != nil {
		return nil, err
	}
	times := make([][]Span, len(list))
	for i, e := range list {
		times[i] = e.spansIn(all)
	}
	var best *lastingForm
	for i := range z.forms {
		f := &lastingForm{zoneForm: &z.forms[i], span: all, right: true}
		for j, e := range list {
			f.compare(times[j], later(all.Start, e.Start).AddDate(lastingYears, 0, 0))
		}
		if best == nil || f.better(best) {
			best = f
		}
	}
	return best, nil
}

// lasts reports whether the event is a series that is longer than lastingYears
// and has an end after t, or none.
func (e *Event) lasts(t time.Time) bool {
	r := e.Recurrence
	if r == nil {
		return false
	}
	if r.Count == 0 && r.Until.IsZero() {
		return true
	}
	least := later(t, e.Start.AddDate(lastingYears, 0, 0))
	for s := range exactSpans([]*Event{e}, e.zoneSpan()) {
		if s.End.After(least) {
			return true
		}
	}
	return false
}

// spansIn returns the exactSpans of one event that do not end before a period.
func (e *Event) spansIn(all Span) []Span {
	begin := all.Start
	all.Start = begin.Add(-time.Second) // clipped spans end here
	var out []Span
	for s := range exactSpans([]*Event{e}, all) {
		if !s.End.Before(begin) {
			out = append(out, s)
		}
		if len(out) == mostLasting {
			break
		}
	}
	return out
}

// compare takes the times of one event into account, which should be right up
// to a limit.
func (f *lastingForm) compare(times []Span, limit time.Time) {
	for _, s := range times {
		if f.exact(s) {
			continue
		}
		if s.Start.Before(limit) {
			f.right = false
		}
		if f.first.IsZero() || s.Start.Before(f.first) {
			f.first = s.Start
		}
	}
}

// firstWrong returns the first start of an event with which the form is wrong.
// It is zero if there is none.
func (f *lastingForm) firstWrong(e *Event) time.Time {
	one := &lastingForm{zoneForm: f.zoneForm}
	one.compare(e.spansIn(f.span), time.Time{})
	return one.first
}

// better reports whether f is right for longer than another form.
func (f *lastingForm) better(other *lastingForm) bool {
	switch {
	case f.right != other.right:
		return f.right
	case f.first.IsZero() || other.first.IsZero():
		return f.first.IsZero() && !other.first.IsZero()
	}
	return f.first.After(other.first)
}
