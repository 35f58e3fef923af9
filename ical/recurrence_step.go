package ical

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// stepRule is a daily or weekly rule without parts other than weekdays. Its instances
// are counted off on the calendar, which takes much less time than the library does.
type stepRule struct {
	start, until time.Time
	count        int // 0 if the rule has no count
	weekly       bool
	interval     int     // in days or weeks
	days         [7]bool // of a weekly rule, counted from the first day of the week
	first        int     // the day of start in its week, counted so
}

// newStepRule returns r as a stepRule, or nil if it is none. start must be an instance
// of r, on a wall clock. r must be valid.
func newStepRule(r *Recurrence, start, until time.Time) *stepRule {
	const longest, lastYear = 10_000, 9600 // beyond, the library ends a rule at the end of its calendar
	interval := max(r.Interval, 1)
	switch {
	case r.Freq != FreqDaily && r.Freq != FreqWeekly, r.Freq == FreqDaily && len(r.ByDay) > 0:
		return nil
	case interval > longest || start.Year() < 1 || start.Year() > lastYear || !r.startsOn(start):
		return nil
	}
	s := &stepRule{start: start, until: until, count: r.Count, weekly: r.Freq == FreqWeekly, interval: interval}
	if s.weekly {
		_, firstDay, _ := cmp.Or(r.WeekStart, DayMonday).Split()
		s.first = (int(start.Weekday()-firstDay) + 7) % 7
		for i := range s.days {
			day := weekdays[(i+int(firstDay))%7]
			s.days[i] = i == s.first || slices.Contains(r.ByDay, day)
		}
	}
	return s
}

// instances yields the instances of the rule in order. The start comes also if it is
// after the end.
func (s *stepRule) instances() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		n := 0
		emit := func(t time.Time) bool {
			n++
			return (n == 1 || !t.After(s.until)) && yield(t) && n != s.count
		}
		if !s.weekly {
			for t := s.start; emit(t); t = t.Add(time.Duration(s.interval) * day) {
			}
			return
		}
		week := s.start.Add(-time.Duration(s.first) * day)
		for i := s.first; ; i = 0 {
			for ; i < len(s.days); i++ {
				if s.days[i] && !emit(week.Add(time.Duration(i)*day)) {
					return
				}
			}
			week = week.Add(time.Duration(7*s.interval) * day)
		}
	}
}
