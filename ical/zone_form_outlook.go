package ical

import (
	"slices"
	"time"
)

// candidate is one way to write a zone, with the periods in which it is wrong.
// The periods cover the years for which it was made.
type candidate struct {
	form        Form
	observances []observance
	wrong       []period
}

// ruleYears is the number of years for which a rule should hold, so that a
// meeting that is moved still has the right rule. In 11 years a date falls on
// every weekday, which tells the fourth weekday of a month from the last.
const ruleYears = 12

// candidates returns the forms of loc that Outlook reads, the best first, for
// the instants of some years. The search ends after a form that is right
// throughout.
//
// Outlook keeps one pair of rules. So the candidates are, in this order:
//
//   - the annual pair of the first year, then of the second, if it is needed:
//     the rules may have changed between them
//   - each pair of neighbouring changes around these years, for zones whose
//     changes follow no rule, such as Morocco's
//   - each offset alone, for events that do not meet a change
func candidates(loc *time.Location, first, last int) []candidate {
	in := inYears(first, last)
	around := changes(loc, newYear(first-1)-24*60*60, newYear(min(last, first+1)+2)+24*60*60)
	zone := zoneTransitions(loc, in)
	var out []candidate
	add := func(f Form, list []observance, ok bool) (done bool) {
		if !ok {
			return false
		}
		c := candidate{f, list, misreadPeriods(list, zone, in)}
		out = append(out, c)
		return len(c.wrong) == 0
	}
	for year := first; year <= min(last, first+1); year++ {
		list, ok := annualPair(loc, around, year, max(last-year+1, ruleYears))
		if add(FormAnnual, list, ok) {
			return out
		}
	}
	for i := 1; i < len(around); i++ {
		list, ok := neighbours(around[i-1], around[i])
		if add(FormNeighbours, list, ok) {
			return out
		}
	}
	for _, offset := range distinctOffsets(zone) {
		if add(FormFixed, []observance{fixedObservance(offset, first)}, true) {
			return out
		}
	}
	return out
}

// inYears returns the seconds that are in these years on some clock.
func inYears(first, last int) period {
	return period{newYear(first) - 2*24*60*60, newYear(last+1) + 2*24*60*60}
}

// distinctOffsets returns the offsets of the transitions, each once.
func distinctOffsets(list []transition) []int {
	var out []int
	for _, s := range list {
		if !slices.Contains(out, s.offset) {
			out = append(out, s.offset)
		}
	}
	return out
}

// fixedObservance returns one STANDARD that begins in the year before the given
// one.
func fixedObservance(offset, year int) observance {
	return observance{from: offset, to: offset, onset: time.Unix(newYear(year-1), 0).UTC()}
}

// annualPair returns the rules that the two changes of a year follow. It
// reports false if the year does not have two changes, or if they are not the
// two ends of a summer time. Of several rules, it takes the rule that holds for
// most of the following years. Onsets lie in the year before, because clients
// refuse an event that is older than its zone.
func annualPair(loc *time.Location, around []offsetChange, year, years int) ([]observance, bool) {
	var pair []offsetChange
	for _, c := range around {
		if c.wall().Year() == year {
			pair = append(pair, c)
		}
	}
	if len(pair) != 2 || !opposite(pair[0], pair[1]) {
		return nil, false
	}
	return standardFirst(bestRule(loc, pair[0], years), bestRule(loc, pair[1], years)), true
}

// neighbours returns two successive changes as observances without a rule.
// Outlook repeats them every year, so it reports false if they are more than a
// year apart.
func neighbours(a, b offsetChange) ([]observance, bool) {
	if !opposite(a, b) || b.at-a.at > 365*24*60*60 {
		return nil, false
	}
	var out [2]observance
	for i, c := range []offsetChange{a, b} {
		out[i] = observance{from: c.from, to: c.to, onset: c.wall()}
	}
	return standardFirst(out[0], out[1]), true
}

// opposite reports whether two changes are the two ends of a summer time.
func opposite(a, b offsetChange) bool {
	return a.from == b.to && a.to == b.from && max(a.to-a.from, a.from-a.to) < mostDaylight
}

// standardFirst returns two observances in the order that Exchange writes.
func standardFirst(a, b observance) []observance {
	if a.daylight() {
		a, b = b, a
	}
	return []observance{a, b}
}

// bestRule returns the rule that a change follows for the longest time. The
// rules to choose from are the fourth and the last weekday, if the day is both.
//
// Changes at 24:00, as in Egypt and Chile, are midnight of the next day, which
// may be in the next month and then follows no rule. For these, the rule is
// looked for a second earlier and written as 23:59:59.
func bestRule(loc *time.Location, c offsetChange, years int) observance {
	var best observance
	most := -1
	for _, early := range []time.Duration{0, time.Second} {
		wall := c.wall().Add(-early)
		for _, rule := range nthOf(wall) {
			timeOfDay := wall.Sub(dateOf(wall)) + early
			held := 0
			for held < years && rule.changes(loc, c, wall.Year()+held, timeOfDay) {
				held++
			}
			if held > most {
				most = held
				best = observance{from: c.from, to: c.to, rule: rule}
				best.onset = rule.in(wall.Year() - 1).Add(timeOfDay - early)
			}
			if held == years {
				return best
			}
		}
	}
	return best
}

// changes reports whether loc makes the change c in a year on the rule's day at
// a time of day.
func (r nthWeekday) changes(loc *time.Location, c offsetChange, year int, timeOfDay time.Duration) bool {
	at := r.in(year).Add(timeOfDay).Unix() - int64(c.from)
	return offsetAt(loc, at-1) == c.from && offsetAt(loc, at) == c.to
}
