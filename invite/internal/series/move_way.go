package series

import (
	"math"
	"time"

	"github.com/convene-go/convene/ical"
)

// way is how the dates of one rule become the dates of another of the same form: by a
// number of units, and by a number of ranks. If the ranks of a unit are used up, they
// go on in the next unit that the rule gives.
type way struct {
	units, ranks int
	inUnit       int // the dates of a unit, for ranks
}

// findWay returns the way that the first date of a rule goes to the first date of
// another, without whole intervals.
func findWay(from, to *days) way {
	unit, rank := from.place(from.first)
	unitAfter, rankAfter := to.place(to.first)
	rank, rankAfter = max(rank, 0), max(rankAfter, 0) // another start is refused when the event is checked
	interval := from.rule.Interval
	w := way{units: unitAfter - unit - from.wholeUnits(to.first)/interval*interval}
	if date, ok := to.at(unit+w.units, rankAfter); ok { // the first Monday can be later in its month than the first Friday
		w.units -= from.wholeUnits(date) / interval * interval
	}
	if rank == rankAfter {
		return w
	}
	return w.nearest(from, to, rankAfter-rank)
}

// nearest returns the way on which the dates of the first unit move most evenly,
// and then least. The first of a pair of weekdays may become the first or the
// second of another pair. SA,SU becomes SU,MO, and each date moves by one day. If
// TU,TH that begins on a Tuesday becomes MO,WE that begins on a Wednesday, TU goes
// to MO and TH to WE, a day each. TU to WE and TH to MO would be one day and four
// days.
func (w way) nearest(from, to *days, ranks int) way {
	best, least := w, math.MaxInt
	if n := len(from.rule.ByDay); from.rule.Freq == ical.FreqWeekly && n == len(to.rule.ByDay) {
		best = way{w.units, ranks, n}
		least = best.cost(from, to)
	}
	for _, step := range []int{0, -1, 1} {
		other := way{units: w.units + step*from.rule.Interval}
		if cost := other.cost(from, to); cost < least {
			best, least = other, cost
		}
	}
	return best
}

// cost compares ways, see nearest. It is higher if a date has no place on the way.
func (w way) cost(from, to *days) int {
	const uneven, lost = 1000, 1_000_000
	lowest, highest, all := math.MaxInt, math.MinInt, 0
	for _, date := range from.in(from.unit(from.first)) {
		target, ok := w.date(from, to, date)
		if !ok {
			all += lost
			continue
		}
		by := int(target.Sub(date).Hours()) / 24
		lowest, highest, all = min(lowest, by), max(highest, by), all+max(by, -by)
	}
	return uneven*max(highest-lowest, 0) + all
}

// date returns the date that a date of from becomes. ok is false if from does not
// give the date, or if to has none in its place.
func (w way) date(from, to *days, date time.Time) (target time.Time, ok bool) {
	unit, rank := from.place(date)
	if rank < 0 {
		return time.Time{}, false
	}
	unit += w.units
	if w.inUnit > 0 {
		rank += w.ranks
		next := floorDiv(rank, w.inUnit)
		unit, rank = unit+next*to.rule.Interval, rank-next*w.inUnit
	}
	return to.at(unit, rank)
}

// wholeUnits returns the whole units that lie between the first date and another.
func (d *days) wholeUnits(date time.Time) int {
	number, within := d.unit(date)-d.unit(d.first), 0
	switch d.rule.Freq {
	case ical.FreqWeekly:
		return int(date.Sub(d.first).Hours()) / 24 / 7
	case ical.FreqMonthly:
		within = date.Day() - d.first.Day()
	case ical.FreqYearly:
		within = date.YearDay() - d.first.YearDay()
	}
	switch {
	case number > 0 && within < 0:
		return number - 1
	case number < 0 && within > 0:
		return number + 1
	}
	return number
}
