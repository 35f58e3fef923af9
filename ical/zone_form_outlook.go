package ical

import (
	"slices"
	"time"
)

// candidate is one way to write a zone, with the periods in which it is wrong.
// The periods cover the years for which it was made.
type candidate struct {
	form        Form
	moved       bool // an annual pair of rules that are near the zone's own
	observances []observance
	wrong       []period // in order, without overlaps
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
//   - the moved pair of the first year, then of the second, if a rule of the
//     zone is one that Outlook cannot hold
//   - each pair of neighbouring changes around these years, for zones whose
//     changes follow no rule, such as Morocco's
//   - each offset alone, for events that do not meet a change
func candidates(loc *time.Location, first, last int) []candidate {
	in := inYears(first, last)
	around := changes(loc, newYear(first-1)-24*60*60, newYear(min(last, first+1)+2)+24*60*60)
	zone := zoneTransitions(loc, in)
	var out []candidate
	add := func(c candidate, ok bool) (done bool) {
		if !ok {
			return false
		}
		c.wrong = misreadPeriods(c.observances, zone, in)
		out = append(out, c)
		return len(c.wrong) == 0
	}
	for _, moved := range []bool{false, true} {
		for year := first; year <= min(last, first+1); year++ {
			y := pairYears{year: year, years: max(last-year+1, ruleYears), begin: onsetYear(first), moved: moved}
			list, ok := y.annualPair(loc, around)
			if add(candidate{form: FormAnnual, moved: moved, observances: list}, ok) {
				return out
			}
		}
	}
	for i := 1; i < len(around); i++ {
		list, ok := neighbours(around[i-1], around[i])
		if add(candidate{form: FormNeighbours, observances: list}, ok) {
			return out
		}
	}
	for _, offset := range distinctOffsets(zone) {
		list := []observance{fixedObservance(offset, onsetYear(first))}
		if add(candidate{form: FormFixed, observances: list}, true) {
			return out
		}
	}
	return out
}

// onsetYear returns the year in which annual and fixed observances begin, if
// the first event is in a given year. It is 1970, or the year before earlier
// events, because clients refuse an event that is older than its zone.
//
// QUIRK: vobject takes a zone for UTC if its clock is UTC from 2000 to 2020, and
// then drops the zone. London and Dublin were such zones with later onsets. ts-ics
// is an hour off before the first onset. With onsets in 1601, ical.js needs 17
// times as long.
func onsetYear(first int) int { return min(1970, first-1) }

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

// fixedObservance returns one STANDARD that begins with a year.
func fixedObservance(offset, begin int) observance {
	return observance{from: offset, to: offset, onset: time.Unix(newYear(begin), 0).UTC()}
}

// pairYears says which annual pair of a zone is wanted.
type pairYears struct {
	year  int  // the year whose two changes the pair describes
	years int  // the number of years, from that year, for which its rules should hold
	begin int  // the year of the onsets
	moved bool // a rule that does not hold so long is replaced by one that is near
}

// annualPair returns the rules that the two changes of a year follow. It
// reports false if the year does not have two changes, or if they are not the
// two ends of a summer time. Of several rules, it takes the rule that holds for
// most of the following years. It also reports false if a moved pair is wanted
// and no rule is replaced.
func (y *pairYears) annualPair(loc *time.Location, around []offsetChange) ([]observance, bool) {
	var pair []offsetChange
	for _, c := range around {
		if c.wall().Year() == y.year {
			pair = append(pair, c)
		}
	}
	if len(pair) != 2 || !opposite(pair[0], pair[1]) {
		return nil, false
	}
	var out [2]observance
	replaced := false
	for i, c := range pair {
		best, held := y.bestRule(loc, c)
		if y.moved && held < y.years {
			if near, ok := y.nearRule(loc, c); ok {
				best, replaced = near, true
			}
		}
		out[i] = best
	}
	return standardFirst(out[0], out[1]), replaced || !y.moved
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

// bestRule returns the rule that a change follows for the longest time, and the
// number of years for which it holds. The rules to choose from are the fourth
// and the last weekday, if the day is both.
//
// Changes at 24:00, as in Egypt and Chile, are midnight of the next day, which
// may be in the next month and then follows no rule. For these, the rule is
// looked for a second earlier and written as 23:59:59.
func (y *pairYears) bestRule(loc *time.Location, c offsetChange) (best observance, most int) {
	most = -1
	for _, early := range []time.Duration{0, time.Second} {
		wall := c.wall().Add(-early)
		for _, rule := range nthOf(wall) {
			timeOfDay := wall.Sub(dateOf(wall)) + early
			held := 0
			for held < y.years && rule.changes(loc, c, wall.Year()+held, timeOfDay) {
				held++
			}
			if held > most {
				most, best = held, c.ruled(rule, y.begin, timeOfDay-early)
			}
			if held == y.years {
				return best, most
			}
		}
	}
	return best, most
}

// ruled returns the change as an observance with a rule that begins in a year.
func (c offsetChange) ruled(rule nthWeekday, begin int, timeOfDay time.Duration) observance {
	return observance{from: c.from, to: c.to, rule: rule, onset: rule.in(begin).Add(timeOfDay)}
}

// changes reports whether loc makes the change c in a year on the rule's day at
// a time of day.
func (r nthWeekday) changes(loc *time.Location, c offsetChange, year int, timeOfDay time.Duration) bool {
	at := r.in(year).Add(timeOfDay).Unix() - int64(c.from)
	return offsetAt(loc, at-1) == c.from && offsetAt(loc, at) == c.to
}
