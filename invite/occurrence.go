package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// occurrenceStart finds the original start of the occurrence that id names, as
// the series has it, and whether there is one.
func occurrenceStart(e *ical.Event, id time.Time) (time.Time, bool) {
	r := e.Recurrence
	if r == nil {
		return time.Time{}, false
	}
	for _, t := range r.Except {
		if sameOccurrence(e, t, id) {
			return time.Time{}, false
		}
	}
	for n, t := 0, e.Start; n < 10000 && (r.Count == 0 || n < r.Count) && (r.Until.IsZero() || !t.After(r.Until)); n++ {
		if sameOccurrence(e, t, id) {
			return t, true
		}
		switch step := max(r.Interval, 1); r.Freq {
		case ical.Daily:
			t = t.AddDate(0, 0, step)
		case ical.Weekly:
			t = t.AddDate(0, 0, 7*step)
		default:
			return time.Time{}, false
		}
	}
	return time.Time{}, false
}

// occurrenceEvent is one occurrence of a series as an event of its own, or the
// whole where id is zero.
func (m *Meeting) occurrenceEvent(at target) ical.Event {
	e := m.Event
	switch {
	case at.id.IsZero():
		return e
	case at.override >= 0:
		return e.Override(at.override)
	}
	e.Overrides = []ical.Event{{RecurrenceID: at.id}}
	return e.Override(0)
}
