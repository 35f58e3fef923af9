package series_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

// TestFinder compares a Finder with the functions that look each start up alone: in
// series of hours and of days, for starts that it was made for and for others.
func TestFinder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		e := ical.Event{UID: "a@example.test", Start: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC), TimeZone: "Europe/Berlin",
			Recurrence: &ical.Recurrence{Freq: ical.FreqDaily, Count: 30, Interval: 1 + rnd.IntN(2)}}
		if e.AllDay = rnd.IntN(3) == 0; e.AllDay {
			e.Start, e.TimeZone = time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), ""
		}
		var starts []time.Time
		for range 40 { // some of them are no occurrence
			at := e.Start.Add(time.Duration(rnd.IntN(40)) * 24 * time.Hour)
			starts = append(starts, at.Add(time.Duration(rnd.IntN(8)/7)*time.Hour))
		}
		e.Recurrence.Except = append(e.Recurrence.Except, starts[:8]...)
		e.Recurrence.Include = append(e.Recurrence.Include, starts[8:10]...)
		for _, at := range starts[5:12] { // some of them twice, and some excepted too
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: at, Summary: at.String(), Cancelled: rnd.IntN(4) == 0})
		}
		e.Cancelled = rnd.IntN(10) == 0
		f := series.NewFinder(starts[:30])
		for _, at := range starts {
			if got, want := f.InRule(&e, at), series.InRule(&e, at); got != want {
				t.Fatalf("InRule(%v) = %v, want %v", at, got, want)
			}
			if got, want := f.OverrideIndex(&e, at), series.OverrideIndex(&e, at); got != want {
				t.Fatalf("OverrideIndex(%v) = %v, want %v", at, got, want)
			}
			if diff := cmp.Diff(series.Occurrence(&e, at), f.Occurrence(&e, at), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("Occurrence(%v): -want +got\n%s", at, diff)
			}
		}
	}
}

// TestExceptionsMerged: each start once and in order, however the lists are ordered.
func TestExceptionsMerged(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2027, 3, day, 9, 0, 0, 0, time.UTC) }
	a := &ical.Event{Recurrence: &ical.Recurrence{Except: []time.Time{at(9), at(2), at(2)}}, Overrides: []ical.Event{{RecurrenceID: at(5)}, {RecurrenceID: at(1)}}}
	b := &ical.Event{Recurrence: &ical.Recurrence{Except: []time.Time{at(1), at(7)}}}
	want := []time.Time{at(1), at(2), at(5), at(7), at(9)}
	if diff := cmp.Diff(want, series.Exceptions(a, b, a)); diff != "" {
		t.Errorf("Exceptions: -want +got\n%s", diff)
	}
	if got := a.Recurrence.Except[0]; !got.Equal(at(9)) {
		t.Errorf("Exceptions changed a list: it begins with %v", got)
	}
}
