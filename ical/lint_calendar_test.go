package ical_test

import (
	"fmt"
	"testing"

	"github.com/convene-go/convene/ical"
)

// The work of Lint grows with the number of events, not with its square. The
// number of allocations stands for the work.
func TestCalendarLintIsLinear(t *testing.T) {
	allocations := func(n int) float64 {
		c := &ical.Calendar{Stamp: stamp}
		for i := range n {
			c.Events = append(c.Events, meeting(func(e *ical.Event) {
				e.UID, e.TimeZone = fmt.Sprint(i), "Asia/Jerusalem"
				e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 4}
			}))
		}
		return testing.AllocsPerRun(1, func() { c.Lint() })
	}
	if few, many := allocations(20), allocations(200); many > 20*few {
		t.Errorf("Lint allocates %.0f times for 20 events and %.0f times for 200", few, many)
	}
}
