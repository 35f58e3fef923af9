package ical

import (
	"cmp"
	"slices"
	"time"
)

// fullForm returns observances that RFC 5545 reads as loc, from the beginning
// of the year before first to the end of last. Outlook cannot read them.
//
// The first observance is the offset at the beginning. The changes are then
// grouped by their two offsets, because an observance has one TZOFFSETFROM and
// one TZOFFSETTO. Each group becomes a rule if its changes follow one up to the
// end, and a list of dates before that.
func fullForm(loc *time.Location, first, last int) []observance {
	begin := newYear(first - 1)
	list := changes(loc, begin, newYear(last+1))
	start := offsetAt(loc, begin)
	out := []observance{{from: start, to: start, onset: time.Unix(begin, 0).UTC()}}
	type pair struct{ from, to int }
	groups := make(map[pair][]offsetChange)
	var order []pair
	for _, c := range list {
		p := pair{c.from, c.to}
		if groups[p] == nil {
			order = append(order, p)
		}
		groups[p] = append(groups[p], c)
	}
	for _, p := range order {
		out = append(out, groupObservances(groups[p], last)...)
	}
	slices.SortStableFunc(out, func(a, b observance) int { return cmp.Compare(a.at(a.onset), b.at(b.onset)) })
	return out
}

// groupObservances returns changes between the same two offsets as observances.
// The changes at the end that follow one rule become that rule. The changes
// before them become a list of dates.
func groupObservances(list []offsetChange, last int) []observance {
	var out []observance
	n := countRuled(list, last)
	if dated := list[:len(list)-n]; len(dated) > 0 {
		o := observance{from: dated[0].from, to: dated[0].to, onset: dated[0].wall()}
		for _, c := range dated {
			o.dates = append(o.dates, c.wall())
		}
		out = append(out, o)
	}
	if n > 0 {
		tail := list[len(list)-n:]
		o := observance{from: tail[0].from, to: tail[0].to, onset: tail[0].wall()}
		if o.window, o.rule = commonRule(tail); o.rule.n != 0 {
			o.window = weekdayWindow{}
		}
		out = append(out, o)
	}
	return out
}

// countRuled returns the number of changes, counted from the last, that follow
// one rule: one in each year up to the last year. It returns 0 if they are too
// few to be a rule.
func countRuled(list []offsetChange, last int) int {
	n := 0
	for n < len(list) {
		c := list[len(list)-1-n]
		if c.wall().Year() != last-n {
			break
		}
		if window, rule := commonRule(list[len(list)-1-n:]); window.day == 0 && rule.n == 0 {
			break
		}
		n++
	}
	if n < ruleYears {
		return 0
	}
	return n
}

// commonRule returns the rules that all changes follow; a zero value means that
// there is none.
//
// The changes must have the same month, weekday and time of day. If their days
// lie within seven days, they follow a weekdayWindow. If one ordinal gives all
// of them, they also follow an nthWeekday, which more clients can read.
func commonRule(list []offsetChange) (weekdayWindow, nthWeekday) {
	wall := list[0].wall()
	low, high := wall.Day(), wall.Day()
	rules := nthOf(wall)
	for _, c := range list[1:] {
		w := c.wall()
		if w.Weekday() != wall.Weekday() || w.Month() != wall.Month() || w.Sub(dateOf(w)) != wall.Sub(dateOf(wall)) {
			return weekdayWindow{}, nthWeekday{}
		}
		low, high = min(low, w.Day()), max(high, w.Day())
		rules = slices.DeleteFunc(rules, func(r nthWeekday) bool { return !r.in(w.Year()).Equal(dateOf(w)) })
	}
	var window weekdayWindow
	var rule nthWeekday
	if high-low < 7 && low+6 <= daysIn(wall) {
		window = weekdayWindow{low, wall.Weekday(), wall.Month()}
	}
	if len(rules) > 0 {
		rule = rules[0]
	}
	return window, rule
}

// daysIn returns the number of days in the month of t. February has 28.
func daysIn(t time.Time) int {
	return time.Date(2001, t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
