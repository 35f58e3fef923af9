package series

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// Lost is an exception or an override of a series that has no place in the changed
// series.
type Lost struct {
	Override bool      // an override, and otherwise an exception
	Index    int       // its index in the list
	Start    time.Time // its original start
	To       time.Time // the original start of another override that is in its place; otherwise zero
	Other    int       // the index of the other override
}

// Field returns the path of the original start.
func (l *Lost) Field() string {
	if l.Override {
		return fmt.Sprintf("Overrides[%d].RecurrenceID", l.Index)
	}
	return fmt.Sprintf("Recurrence.Except[%d]", l.Index)
}

// Event returns after with everything that the caller left as it was before at the
// place where the occurrences are after the change: exceptions, overrides, added
// dates and the end of the rule. Original starts that are new in after stay if the
// changed series gives them.
//
// Exceptions and cancelled occurrences that the changed series does not reach any
// more are left out, because they do not take place either way. All others that
// have no place are returned as lost. after must be the event from which v was
// made. The result may share the lists of people and texts with it.
func (v *Move) Event(after ical.Event) (ical.Event, []Lost) {
	if v == nil {
		return withoutCancelled(after), nil
	}
	return v.event(v.was, after)
}

// Before returns the version before, but with the times that its occurrences have
// after the change. Its differences from the event after are changes beside the
// move.
func (v *Move) Before(was *ical.Event) ical.Event {
	out := *was // event makes lists of its own, and Normalized the others
	out.Start, out.End, out.AllDay, out.TimeZone = v.after.Start, v.after.End, v.after.AllDay, v.after.TimeZone
	r := *v.after.Recurrence
	r.Until = v.untilGiven
	r.Except, r.Include = out.Recurrence.Except, out.Recurrence.Include
	out.Recurrence = &r
	out, _ = v.event(was, out)
	return Normalized(out)
}

// withoutCancelled returns an event that is no series any more without its cancelled
// occurrences.
func withoutCancelled(e ical.Event) ical.Event {
	if e.Recurrence == nil {
		e.Overrides = slices.DeleteFunc(slices.Clone(e.Overrides), func(o ical.Event) bool { return o.Cancelled })
	}
	return e
}

func (v *Move) event(was *ical.Event, after ical.Event) (ical.Event, []Lost) {
	m := &mover{Move: v, was: was, out: after}
	rule := *after.Recurrence
	rule.Except, rule.Include = slices.Clone(rule.Except), slices.Clone(rule.Include)
	m.out.Recurrence, m.out.Overrides = &rule, slices.Clone(after.Overrides)
	if r := m.out.Recurrence; v.keepsUntil() && !r.Until.Equal(v.after.Recurrence.Until) {
		r.Until = v.after.Recurrence.Until
	}
	if v.isStill() && m.isPlain() {
		r := m.out.Recurrence
		r.Except, r.Include = m.once(r.Except), m.once(r.Include)
		return m.out, nil
	}
	m.include()
	m.names()
	m.except()
	m.overrides()
	return m.out, m.lost
}

// isStill reports whether the series gives the same occurrences as before, apart from
// exceptions, overrides and added dates. Nothing moves then.
func (v *Move) isStill() bool {
	if v.form != moveKept || v.Renames() || !v.before.Start.Equal(v.after.Start) {
		return false
	}
	was, is := *v.before.Recurrence, *v.after.Recurrence
	if !was.Until.Equal(is.Until) {
		return false
	}
	was.Until, was.Include, is.Until, is.Include = time.Time{}, nil, time.Time{}, nil
	return reflect.DeepEqual(was, is)
}

// isPlain reports whether all original starts that the event names have the form of
// [Normalized], and no two overrides have the same one.
func (m *mover) isPlain() bool {
	seen := make(map[int64]bool, len(m.out.Overrides))
	for i := range m.out.Overrides {
		id := m.out.Overrides[i].RecurrenceID
		if seen[id.Unix()] || !isNormalStart(&m.after, id) {
			return false
		}
		seen[id.Unix()] = true
	}
	r := m.out.Recurrence
	other := func(t time.Time) bool { return !isNormalStart(&m.after, t) }
	return !slices.ContainsFunc(r.Except, other) && !slices.ContainsFunc(r.Include, other)
}
