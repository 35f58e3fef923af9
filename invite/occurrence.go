package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// occurrenceStart finds the original start of the occurrence that id names, as
// the series has it, and whether there is one.
func occurrenceStart(e ical.Event, id time.Time) (time.Time, bool) {
	if e.Recurrence == nil {
		return time.Time{}, false
	}
	e.Overrides, e.Cancelled = nil, false
	o, ok := e.Occurrence(id)
	return o.RecurrenceID, ok
}

// occurrenceEvent is one occurrence of a series as an event of its own, or the
// whole where the target is that.
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
