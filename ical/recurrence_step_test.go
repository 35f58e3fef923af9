package ical

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// instancesOf returns at most n instances of an expansion.
func instancesOf(s *expansion, n int) (out []time.Time) {
	for t := range s.instances() {
		if out = append(out, t); len(out) == n {
			break
		}
	}
	return out
}

// TestStepRule compares the rules that are counted off with the library's results.
func TestStepRule(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...int) int { return list[rnd.IntN(len(list))] }
	steps := 0
	for range 4000 {
		r := &Recurrence{Freq: []Frequency{FreqDaily, FreqWeekly}[rnd.IntN(2)], Interval: pick(0, 1, 2, 3, 5, 52, 999), Count: pick(0, 0, 1, 2, 7, 40)}
		start := time.Date(pick(1, 1969, 2027, 2028, 2399, 9599, 9601, 9990), time.Month(1+rnd.IntN(12)), 1+rnd.IntN(31), rnd.IntN(24), 0, 0, 0, time.UTC)
		if r.Freq == FreqWeekly {
			r.WeekStart = append([]Day{""}, weekdays[:]...)[rnd.IntN(8)]
			if rnd.IntN(3) > 0 {
				r.ByDay = append(r.ByDay, weekdays[start.Weekday()])
				for range rnd.IntN(4) {
					r.ByDay = append(r.ByDay, weekdays[rnd.IntN(7)])
				}
			}
		}
		var until time.Time
		if r.Count == 0 && rnd.IntN(2) == 0 {
			until = start.Add(time.Duration(rnd.IntN(400)-10) * 12 * time.Hour)
		}
		got, ok := newExpansion(r, start, until)
		if !ok {
			t.Fatalf("newExpansion(%+v, %v) = false", *r, start)
		}
		if got.steps == nil {
			continue
		}
		steps++
		want := libraryExpansion(t, r, start, until)
		for _, n := range []int{2, 60} {
			if a, b := instancesOf(got, n), instancesOf(want, n); !slices.Equal(a, b) {
				t.Fatalf("%+v from %v until %v:\ngot  %v\nwant %v", *r, start, until, a, b)
			}
		}
	}
	if steps < 2000 {
		t.Errorf("%d rules were counted off, want most of 4000", steps)
	}
}

// TestStepRuleEnds compares the last instances of rules without an end.
func TestStepRuleEnds(t *testing.T) {
	for _, r := range []*Recurrence{{Freq: FreqDaily, Interval: 30}, {Freq: FreqWeekly, Interval: 2, ByDay: []Day{"MO", "TH"}}} {
		start := time.Date(2027, 3, 1, 10, 0, 0, 0, time.UTC)
		s, _ := newExpansion(r, start, time.Time{})
		got, want := instancesOf(s, 0), instancesOf(libraryExpansion(t, r, start, time.Time{}), 0)
		if !slices.Equal(got, want) {
			t.Errorf("%v: %d instances to %v, want %d to %v", fmt.Sprint(*r), len(got), got[len(got)-1], len(want), want[len(want)-1])
		}
	}
}

// libraryExpansion returns the expansion that the library makes of a rule.
func libraryExpansion(t *testing.T, r *Recurrence, start, until time.Time) *expansion {
	t.Helper()
	s, ok := expandByLibrary(r, start, lastInstance(start, until))
	if !ok {
		t.Fatalf("expandByLibrary(%+v, %v) = false", *r, start)
	}
	return s
}
