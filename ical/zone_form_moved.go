package ical

import "time"

// mostMoved is the number of days that a rule may be from the zone's own.
const mostMoved = 3

// nearRule returns the rule that is nearest to a change in the years in which
// it is made, for a change whose own rule Outlook cannot hold.
//
// Israel begins its summer time on the Friday from the 23rd to the 29th, at
// 02:00. The fourth Friday is the 22nd to the 28th. But the fourth Thursday is
// always the day before, so that "the fourth Thursday, 23:59:59" is wrong for two
// hours a year. A rule on an earlier day is written as 23:59:59, a rule on a
// later day as 00:00.
func (y *pairYears) nearRule(loc *time.Location, c offsetChange) (best observance, ok bool) {
	list := c.repeated(changes(loc, c.at-1, newYear(y.year+y.years)))
	least := int64(mostMoved * 24 * 60 * 60)
	for days := -mostMoved; days <= mostMoved; days++ {
		var timeOfDay time.Duration
		switch {
		case days < 0:
			timeOfDay = day - time.Second
		case days == 0:
			continue // the zone's own day, which bestRule has tried
		}
		for _, rule := range nthOf(dateOf(c.wall()).AddDate(0, 0, days)) {
			o := c.ruled(rule, y.begin, timeOfDay)
			if away := o.away(list); away < least {
				best, least, ok = o, away, true
			}
		}
	}
	return best, ok
}

// repeated returns the changes of a list that repeat c within days, once a year.
// The others, as around Ramadan, are of no use to find a rule.
func (c offsetChange) repeated(list []offsetChange) []offsetChange {
	const week = 7 * day
	var out []offsetChange
	for _, x := range list {
		wall := x.wall()
		near := c.wall().AddDate(wall.Year()-c.wall().Year(), 0, 0).Sub(wall)
		if x.from == c.from && x.to == c.to && -week <= near && near <= week {
			out = append(out, x)
		}
	}
	return out
}

// away returns the most seconds that the onset of o is from a change in its year.
func (o *observance) away(list []offsetChange) (most int64) {
	for _, c := range list {
		away := o.at(o.rule.in(c.wall().Year()).Add(o.timeOfDay())) - c.at
		most = max(most, away, -away)
	}
	return most
}
