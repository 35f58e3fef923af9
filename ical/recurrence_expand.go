package ical

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/teambition/rrule-go"
)

// expansion is a rule prepared for expansion. Its instances are wall clocks,
// labelled UTC, so that they keep their hour across clock changes of the zone.
type expansion struct {
	steps *stepRule    // nil if the rule is none
	rule  *rrule.RRule // nil if the rule is a stepRule, or if only Include makes the series
	start time.Time    // wall clock of the first instance
	shift int          // years between the rule's calendar and ours
}

// newExpansion returns the expansion of r from a start on the wall clock. It
// reports false for two kinds of rules that the library cannot expand. The
// library panics on the sixth weekday of a month, and it finds nothing if BYDAY
// mixes days with and without ordinals.
func newExpansion(r *Recurrence, start, until time.Time) (s *expansion, ok bool) {
	if len(r.check()) > 0 || r.outOfMonth() || r.mixedDays() {
		return nil, false
	}
	if r.Freq == "" {
		return &expansion{start: start}, true
	}
	last := lastInstance(start, until)
	if steps := newStepRule(r, start, last); steps != nil {
		return &expansion{start: start, steps: steps}, true
	}
	return expandByLibrary(r, start, last)
}

// lastInstance returns the time after which a rule has no instance: until, or 292 years
// after the start if that is earlier or until is zero.
func lastInstance(start, until time.Time) time.Time {
	end := start.Add(math.MaxInt64)
	if until.IsZero() {
		return end
	}
	return earlier(end, until)
}

// expandByLibrary returns the expansion of any rule that the library can expand.
func expandByLibrary(r *Recurrence, start, last time.Time) (s *expansion, ok bool) {
	s = &expansion{start: start, shift: calendarShift(start.Year())}
	opts := rrule.ROption{
		Freq: ruleFrequencies[r.Freq], Dtstart: start.AddDate(s.shift, 0, 0), Interval: max(r.Interval, 1), Count: r.Count,
		Until:   last.AddDate(s.shift, 0, 0),
		Bymonth: r.ByMonth, Bymonthday: r.ByMonthDay, Bysetpos: r.BySetPos, Wkst: ruleDay(cmp.Or(r.WeekStart, DayMonday)),
	}
	for _, d := range r.ByDay {
		opts.Byweekday = append(opts.Byweekday, ruleDay(d))
	}
	var err error
	s.rule, err = rrule.NewRRule(opts)
	return s, err == nil
}

// calendarShift returns the years by which a rule's calendar is shifted, a
// multiple of 400 years, after which the calendar repeats. The shift puts the
// rule near the year 9999, at which the library's calendar ends. If a rule has
// no further instance, the library searches up to that year, and a search from
// today would take long.
func calendarShift(year int) int { return max(0, (9999-300-year)/400*400) }

// ruleFrequencies are the frequencies in the library's terms.
var ruleFrequencies = map[Frequency]rrule.Frequency{
	FreqDaily: rrule.DAILY, FreqWeekly: rrule.WEEKLY, FreqMonthly: rrule.MONTHLY, FreqYearly: rrule.YEARLY,
}

// ruleDay returns d in the library's terms.
func ruleDay(d Day) rrule.Weekday {
	n, weekday, _ := d.Split()
	w := [...]rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}[weekday]
	return w.Nth(n)
}

// outOfMonth reports whether the rule has a weekday ordinal that no month has.
func (r *Recurrence) outOfMonth() bool {
	for _, d := range r.ByDay {
		n, _, _ := d.Split()
		if inMonth := r.Freq == FreqMonthly || len(r.ByMonth) > 0; inMonth && (n < -5 || n > 5) {
			return true
		}
	}
	return false
}

// mixedDays reports whether the rule has weekdays both with and without
// ordinals.
func (r *Recurrence) mixedDays() bool {
	plain, ordinal := false, false
	for _, d := range r.ByDay {
		n, _, _ := d.Split()
		plain, ordinal = plain || n == 0, ordinal || n != 0
	}
	return plain && ordinal
}

// aligned returns the first instance of the rule, and reports whether it is the
// start. If the rule has no instance, first is the zero time.
func (s *expansion) aligned() (first time.Time, ok bool) {
	if s.rule == nil {
		return s.start, true
	}
	first, ok = s.rule.Iterator()()
	if !ok {
		return time.Time{}, false
	}
	first = first.AddDate(-s.shift, 0, 0)
	return first, first.Equal(s.start)
}

// instances yields the wall clocks of the rule in order. The start comes first
// even if the rule has another first instance (RFC 5545, section 3.8.5.3).
func (s *expansion) instances() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if s.steps != nil {
			s.steps.instances()(yield)
			return
		}
		if !yield(s.start) || s.rule == nil {
			return
		}
		next := s.rule.Iterator()
		left := cmp.Or(s.rule.OrigOptions.Count, math.MaxInt) - 1
		for t, ok := next(); ok && left > 0; t, ok = next() {
			t = t.AddDate(-s.shift, 0, 0)
			if t.Equal(s.start) {
				continue
			}
			if left--; !yield(t) {
				return
			}
		}
	}
}

// startsOn reports whether start is an instance of a rule that has only
// weekdays. It reports false for every other rule, because those need
// expansion.
func (r *Recurrence) startsOn(start time.Time) bool {
	if len(r.ByMonth)+len(r.ByMonthDay)+len(r.BySetPos) > 0 || start.Year() >= 9999 {
		return false
	}
	ordinal := func(d Day) bool { return len(d) > len(DayMonday) }
	return len(r.ByDay) == 0 || slices.Contains(r.ByDay, weekdays[start.Weekday()]) && !slices.ContainsFunc(r.ByDay, ordinal)
}

// end returns an instant that is not before the last start, and at most the
// horizon after the first.
func (r *Recurrence) end(start time.Time) time.Time {
	end := start.AddDate(horizon, 0, 0)
	if product := int64(r.Count) * int64(max(r.Interval, 1)); r.Count > 0 && product < 1<<15 {
		n := 2 * int(product) // months without the day are passed over
		switch r.Freq {
		case FreqDaily:
			end = earlier(end, start.AddDate(0, 0, n))
		case FreqWeekly:
			end = earlier(end, start.AddDate(0, 0, 7*n))
		case FreqMonthly:
			end = earlier(end, start.AddDate(0, n, 0))
		}
	}
	if !r.Until.IsZero() {
		end = earlier(end, r.Until)
	}
	if end.Before(start) {
		return start
	}
	return end
}

// matchesDay reports whether the rule's BYDAY and BYMONTHDAY allow the day of
// t. If the rule has neither, only the given day of the month is allowed.
func (r *Recurrence) matchesDay(t time.Time, day int) bool {
	length := time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	fromEnd := t.Day() - length - 1
	if len(r.ByDay) == 0 && len(r.ByMonthDay) == 0 {
		return t.Day() == day
	}
	if len(r.ByMonthDay) > 0 && !slices.Contains(r.ByMonthDay, t.Day()) && !slices.Contains(r.ByMonthDay, fromEnd) {
		return false
	}
	return len(r.ByDay) == 0 || slices.ContainsFunc(r.ByDay, func(d Day) bool {
		n, weekday, _ := d.Split()
		nth, nthLast := (t.Day()-1)/7+1, (fromEnd+1)/7-1
		return weekday == t.Weekday() && (n == 0 || n == nth || n == nthLast)
	})
}
