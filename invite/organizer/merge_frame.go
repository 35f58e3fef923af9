package organizer

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

// frame is the time and the rule of a series. They give the occurrences their names, so
// versions can be compared only in one frame.
type frame struct {
	start, end time.Time
	zone       string
	allDay     bool
	rule       *ical.Recurrence
}

// frameOf returns the frame with the time of one event and the rule of another one.
func frameOf(clock, rule *ical.Event) frame {
	f := frame{start: clock.Start, end: clock.End, zone: clock.TimeZone, allDay: clock.AllDay}
	if rule.Recurrence != nil {
		r := *rule.Recurrence
		r.Except = nil
		f.rule = &r
	}
	return f
}

// put gives an event the frame.
func (f *frame) put(e *ical.Event) {
	e.Start, e.End, e.TimeZone, e.AllDay = f.start, f.end, f.zone, f.allDay
	e.Recurrence = nil
	if f.rule != nil {
		r := *f.rule
		r.Include = slices.Clone(r.Include)
		e.Recurrence = &r
	}
}

// has reports whether an event has the time and the rule of the frame.
func (f *frame) has(e *ical.Event) bool {
	in := ical.Event{}
	f.put(&in)
	return timeItem(e) == timeItem(&in) && ruleItem(e.Recurrence, e.AllDay) == ruleItem(in.Recurrence, in.AllDay)
}

// isSound reports whether the frame can be the frame of a meeting.
func (f *frame) isSound() bool {
	e := ical.Event{
		UID: "1", Summary: "1", Organizer: ical.Person{Email: "a@example.com"}, Attendees: []ical.Attendee{{Email: "b@example.com"}},
	}
	f.put(&e)
	return e.Validate() == nil
}

// move returns an event in the frame, with the overrides and exceptions in the places
// of their occurrences. Those without a place are left out.
func (f *frame) move(e ical.Event) ical.Event {
	if f.has(&e) {
		return e
	}
	e = series.Normalized(e)
	to := e
	f.put(&to)
	if e.Recurrence == nil || f.rule == nil {
		to.Overrides = nil
		return series.Normalized(to)
	}
	to.Recurrence.Except = e.Recurrence.Except
	v := series.NewMove(&e, to)
	if v == nil {
		to.Overrides, to.Recurrence.Except = nil, nil
		return series.Normalized(to)
	}
	out := v.Before(&e)
	except := out.Recurrence.Except
	f.put(&out)
	out.Recurrence.Except = except
	return series.Normalized(out)
}

// in returns a version in the frame. Nil stays nil.
func (v *version) in(f *frame) *version {
	if v == nil || f.has(&v.event) {
		return v
	}
	out := newVersion(f.move(v.event))
	out.stamp, out.object, out.master, out.singles = v.stamp, v.object, v.master, v.singles
	return out
}
