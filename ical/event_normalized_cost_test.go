package ical

import (
	"testing"
	"time"
)

// TestInFormCosts: an event that is in form is not copied.
func TestInFormCosts(t *testing.T) {
	e := lintEvent()
	e.AllDay, e.Start, e.End = true, e.Start.Truncate(day), time.Time{}
	e.Recurrence = &Recurrence{Freq: FreqDaily, Except: []time.Time{e.Start.Add(day), e.Start.Add(2 * day)}}
	e.Overrides = []Event{{RecurrenceID: e.Start.Add(3 * day)}}
	got := testing.AllocsPerRun(10, func() {
		if n, errs := e.inForm(); n != &e || errs != nil {
			t.Error("the event was copied")
		}
	})
	if got > 0 {
		t.Errorf("%v allocations, want none", got)
	}
}
