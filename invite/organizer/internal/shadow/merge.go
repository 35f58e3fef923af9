package shadow

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// Merge returns kept, the event that was written last, with the changes that people have
// made since. made is kept as the server should show it, and now is the event as the
// server shows it. Both come from the same function, so that they differ only if somebody
// has changed something. In both, every override has all fields, and occurrences that do
// not take place are exceptions of the rule. Merge reports whether there are changes.
func Merge(kept, made, now ical.Event) (ical.Event, bool) {
	if same(&made, &now) {
		return kept, false
	}
	out := kept.Clone()
	full := make([]ical.Event, len(kept.Overrides))
	for i := range kept.Overrides {
		full[i] = kept.Override(i)
	}
	change(&out, &made, &now)
	rule(&out, &made, &now)
	overrides(&out, full, &made, &now)
	return out, true
}

func same(a, b *ical.Event) bool {
	return sameEvent(a, b) && sameRule(a, b) && SameOccurrences(*a, *b)
}

// change takes the changes from p to s over into e.
func change(e, p, s *ical.Event) {
	for _, f := range fields {
		if !f.same(p, s) {
			f.copy(e, s)
		}
	}
	if !sameTime(p, s) {
		e.Start, e.End, e.TimeZone, e.AllDay, e.Floating = s.Start, s.End, s.TimeZone, s.AllDay, s.Floating
	}
	e.Attendees = attendees(e.Attendees, p.Attendees, s.Attendees)
}

// rule takes over a changed rule, and the exceptions that came and went.
func rule(e, p, s *ical.Event) {
	if !sameRule(p, s) {
		if s.Recurrence == nil {
			e.Recurrence, e.Overrides = nil, nil
			return
		}
		r := *s.Recurrence
		r.Except = nil
		if e.Recurrence != nil {
			r.Except = e.Recurrence.Except
		}
		e.Recurrence = &r
	}
	if e.Recurrence == nil {
		return
	}
	fewer, more := exceptions(p, s)
	e.Recurrence.Except = append(e.Recurrence.Except, more...)
	e.Recurrence.Except = slices.DeleteFunc(e.Recurrence.Except, func(at time.Time) bool { return contains(fewer, at) })
}

// exceptions returns the exceptions that only a has, and those that only b has.
func exceptions(a, b *ical.Event) (onlyA, onlyB []time.Time) {
	x, y := except(a), except(b)
	for _, at := range x {
		if !contains(y, at) {
			onlyA = append(onlyA, at)
		}
	}
	for _, at := range y {
		if !contains(x, at) {
			onlyB = append(onlyB, at)
		}
	}
	return onlyA, onlyB
}

func except(e *ical.Event) []time.Time {
	if e.Recurrence == nil {
		return nil
	}
	return e.Recurrence.Except
}

func contains(list []time.Time, at time.Time) bool { return slices.ContainsFunc(list, at.Equal) }

// find returns the index of the override of an occurrence, or -1.
func find(e *ical.Event, id time.Time) int {
	return slices.IndexFunc(e.Overrides, func(o ical.Event) bool { return o.RecurrenceID.Equal(id) })
}

// overrides takes over the changes in single occurrences. full are the overrides of e
// before its series was changed, with all fields.
func overrides(e *ical.Event, full []ical.Event, p, s *ical.Event) {
	if e.Recurrence == nil {
		return
	}
	restored, removed := exceptions(p, s)
	var out []ical.Event
	for i, raw := range e.Overrides {
		at, now := find(p, raw.RecurrenceID), find(s, raw.RecurrenceID)
		if contains(removed, raw.RecurrenceID) || at >= 0 && now < 0 {
			continue
		}
		if contains(restored, raw.RecurrenceID) {
			raw.Cancelled = false
		}
		// The server shows nothing of an override that was cancelled, that has only what
		// the server does not hold, or that nobody looks at.
		if raw.Cancelled || at < 0 && now < 0 {
			out = append(out, raw)
			continue
		}
		was := Plain(p, raw.RecurrenceID)
		if at >= 0 {
			was = p.Overrides[at]
		}
		change(&full[i], &was, &s.Overrides[now])
		out = append(out, Relative(e, raw, full[i]))
	}
	for i := range s.Overrides {
		id := s.Overrides[i].RecurrenceID
		if find(e, id) < 0 && find(p, id) < 0 {
			out = append(out, Relative(e, ical.Event{RecurrenceID: id}, s.Overrides[i]))
		}
	}
	e.Overrides = slices.DeleteFunc(out, bare)
}

// bare reports whether an override says nothing.
func bare(o ical.Event) bool {
	return o.Start.IsZero() && !o.Cancelled && len(o.Absent) == 0 && len(o.Attendees) == 0 && len(o.Extra) == 0 &&
		o.URL == "" && o.Conference == "" && len(o.Attachments) == 0 &&
		!slices.ContainsFunc(fields, func(f field) bool { return !f.empty(&o) })
}

// Relative returns an override of a series: raw, with the fields of full that differ from
// the series.
func Relative(series *ical.Event, raw, full ical.Event) ical.Event {
	for _, f := range fields {
		raw.Absent = slices.DeleteFunc(slices.Clone(raw.Absent), func(name string) bool { return name == f.name })
		switch {
		case f.same(series, &full):
			f.copy(&raw, &ical.Event{})
		case f.empty(&full):
			f.copy(&raw, &ical.Event{})
			raw.Absent = append(raw.Absent, f.name)
		default:
			f.copy(&raw, &full)
		}
	}
	raw.Start, raw.End = time.Time{}, time.Time{}
	if !full.Start.Equal(raw.RecurrenceID) || length(&full) != length(series) {
		raw.Start, raw.End = full.Start, full.End
	}
	raw.Attendees = nil
	if len(full.Attendees) > 0 && !sameAttendees(full.Attendees, series.Attendees) {
		raw.Attendees = full.Attendees
	}
	if len(raw.Absent) == 0 {
		raw.Absent = nil
	}
	return raw
}

func length(e *ical.Event) time.Duration {
	if e.End.IsZero() {
		return 0
	}
	return e.End.Sub(e.Start)
}
