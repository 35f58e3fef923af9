package series

import (
	"cmp"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// days are the dates that a rule gives, without an end in either direction. A date
// is midnight in UTC. The dates are grouped by the unit of the rule: by day, week,
// month or year. A unit has a number, and a date has a rank among the dates of its
// unit.
type days struct {
	first time.Time // the date of Start
	rule  ical.Recurrence

	from, to int                 // the units that dates has
	dates    map[int][]time.Time // by unit, in order; nil if there are none yet
	single   map[int][]time.Time // the same for single units outside
	searched int                 // the units that were searched, counted for tests
}

// daysOf returns the dates of a series. zone is the zone of its clock.
func daysOf(e *ical.Event, zone *time.Location) *days {
	first := dateOn(e, zone, e.Start)
	return &days{first: first, rule: explicit(e.Recurrence, first)}
}

// dateOn returns the date of a time on the clock of e.
func dateOn(e *ical.Event, zone *time.Location, t time.Time) time.Time {
	if e.AllDay {
		return startIn(e, t)
	}
	return dateOf(t.In(zone))
}

// explicit returns a rule without its end and its dates, in a form that can be
// compared. It names the days that the rule otherwise takes from its start (RFC
// 5545, section 3.3.10).
func explicit(r *ical.Recurrence, first time.Time) ical.Recurrence {
	out := ical.Recurrence{
		Freq: r.Freq, Interval: max(r.Interval, 1), WeekStart: cmp.Or(r.WeekStart, ical.DayMonday),
		ByDay: sortedSet(r.ByDay), ByMonthDay: sortedSet(r.ByMonthDay), ByMonth: sortedSet(r.ByMonth), BySetPos: sortedSet(r.BySetPos),
	}
	switch days := len(out.ByDay) + len(out.ByMonthDay); {
	case days > 0:
	case r.Freq == ical.FreqWeekly:
		out.ByDay = []ical.Day{weekdays[first.Weekday()]}
	case r.Freq == ical.FreqYearly && len(out.ByMonth) == 0:
		out.ByMonth, out.ByMonthDay = []int{int(first.Month())}, []int{first.Day()}
	case r.Freq == ical.FreqMonthly, r.Freq == ical.FreqYearly:
		out.ByMonthDay = []int{first.Day()}
	}
	return out
}

// weekdays are the days in the order of time.Weekday.
var weekdays = [...]ical.Day{ical.DaySunday, ical.DayMonday, ical.DayTuesday, ical.DayWednesday, ical.DayThursday, ical.DayFriday, ical.DaySaturday}

func sortedSet[T cmp.Ordered](list []T) []T {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// equal reports whether both give the same dates, apart from their beginning.
func (d *days) equal(o *days) bool {
	a, b := d.rule, o.rule
	if a.Interval == 1 || a.Freq != ical.FreqWeekly { // otherwise the week start decides on the weeks that are left out
		a.WeekStart = b.WeekStart
	}
	return a.Freq == b.Freq && a.Interval == b.Interval && a.WeekStart == b.WeekStart && slices.Equal(a.ByDay, b.ByDay) &&
		slices.Equal(a.ByMonthDay, b.ByMonthDay) && slices.Equal(a.ByMonth, b.ByMonth) && slices.Equal(a.BySetPos, b.BySetPos) &&
		(o.unit(o.first)-d.unit(d.first))%a.Interval == 0
}

// sameShape reports whether the two rules differ only in which days they give: the
// dates of one unit can be numbered alike.
func (d *days) sameShape(o *days) bool {
	a, b := d.rule, o.rule
	alike := len(a.ByDay) == len(b.ByDay) && len(a.ByMonthDay) == len(b.ByMonthDay) &&
		len(a.ByMonth) == len(b.ByMonth) && len(a.BySetPos) == len(b.BySetPos)
	return a.Freq == b.Freq && a.Interval == b.Interval && (alike || isSingle(&a) && isSingle(&b))
}

// isSingle reports whether a monthly or yearly rule gives at most one date a unit.
func isSingle(r *ical.Recurrence) bool {
	if r.Freq == ical.FreqYearly && len(r.ByMonth) != 1 {
		return false
	}
	switch days, numbers := len(r.ByDay), len(r.ByMonthDay); {
	case len(r.BySetPos) > 0:
		return len(r.BySetPos) == 1
	case days == 0:
		return numbers == 1
	case days == 1 && numbers == 0:
		n, _, _ := r.ByDay[0].Split()
		return n != 0
	}
	return false
}

// unit returns the number of the unit that a date lies in.
func (d *days) unit(date time.Time) int {
	number := int(date.Unix() / (24 * 60 * 60))
	switch d.rule.Freq {
	case ical.FreqWeekly:
		return floorDiv(number+4-d.weekStart(), 7) // 1 January 1970 was a Thursday
	case ical.FreqMonthly:
		return date.Year()*12 + int(date.Month()) - 1
	case ical.FreqYearly:
		return date.Year()
	}
	return number
}

// begin returns the first date of a unit.
func (d *days) begin(unit int) time.Time {
	switch d.rule.Freq {
	case ical.FreqWeekly:
		return time.Date(1970, 1, 1+unit*7-4+d.weekStart(), 0, 0, 0, 0, time.UTC)
	case ical.FreqMonthly:
		return time.Date(floorDiv(unit, 12), time.Month(unit-12*floorDiv(unit, 12)+1), 1, 0, 0, 0, 0, time.UTC)
	case ical.FreqYearly:
		return time.Date(unit, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(1970, 1, 1+unit, 0, 0, 0, 0, time.UTC)
}

func (d *days) weekStart() int { return slices.Index(weekdays[:], d.rule.WeekStart) }

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// in returns the dates of a unit, in order. A unit that expand was not asked for is
// searched alone: the start of a series can be a century away from another.
func (d *days) in(unit int) []time.Time {
	if d.dates != nil && unit >= d.from && unit <= d.to {
		return d.dates[unit]
	}
	list, known := d.single[unit]
	if !known {
		list = d.search(unit, unit)[unit]
		if d.single == nil {
			d.single = make(map[int][]time.Time)
		}
		d.single[unit] = list
	}
	return list
}

// at returns the date with a rank in a unit. ok is false if the unit has none.
func (d *days) at(unit, rank int) (date time.Time, ok bool) {
	list := d.in(unit)
	if rank < 0 || rank >= len(list) {
		return time.Time{}, false
	}
	return list[rank], true
}

// place returns the unit and the rank of a date. The rank is -1 if the rule does not
// give the date.
func (d *days) place(date time.Time) (unit, rank int) {
	unit = d.unit(date)
	return unit, slices.IndexFunc(d.in(unit), date.Equal)
}

// expand finds the dates of the units from one to another, and keeps them. It has to
// be called before many units are asked for.
func (d *days) expand(from, to int) {
	if d.dates != nil && from >= d.from && to <= d.to {
		return
	}
	if d.dates != nil {
		from, to = min(from, d.from), max(to, d.to)
	}
	d.from, d.to, d.dates = from, to, d.search(from, to)
}

// search returns the dates of the units from one to another. It expands the rule from
// a unit before, because a series has its start even if its rule does not give that
// date.
func (d *days) search(from, to int) map[int][]time.Time {
	d.searched += to - from + 1
	dates := make(map[int][]time.Time)
	first := d.unit(d.first)
	probe := ical.Event{AllDay: true, Recurrence: &d.rule}
	probe.Start = d.begin(first + (floorDiv(from-first, d.rule.Interval)-1)*d.rule.Interval)
	for o := range probe.Occurrences(d.begin(from), d.begin(to+1)) {
		unit := d.unit(o.Start)
		dates[unit] = append(dates[unit], o.Start)
	}
	return dates
}
