package ical

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// transition is an instant from which an offset holds.
//
// Clients read a VTIMEZONE in two ways: as RFC 5545 says, and as Outlook does,
// which keeps one pair of yearly rules (MS-OXCICAL, section 2.1.3.1.1.19). Both
// readings, and the zone itself, become lists of transitions. A form is exact
// at the instants at which the three lists agree.
type transition struct {
	at     int64 // Unix seconds
	offset int   // seconds east of UTC
}

// unknownOffset is the offset of instants before the first onset.
const unknownOffset = 1 << 30

// period is a half-open range of Unix seconds: to is not included.
type period struct{ from, to int64 }

// zoneTransitions returns the transitions of loc.
func zoneTransitions(loc *time.Location, in period) []transition {
	out := []transition{{in.from, offsetAt(loc, in.from)}}
	for _, c := range changes(loc, in.from, in.to) {
		out = append(out, transition{c.at, c.to})
	}
	return out
}

// rfcTransitions returns the transitions that RFC 5545, section 3.6.5, gives to
// observances. Each begins at its onset. Only the onset and the rule are
// considered, because a candidate has no dates.
func rfcTransitions(list []observance, in period) []transition {
	out := make([]transition, 1, 8)
	out[0] = transition{math.MinInt64, unknownOffset}
	first, last := time.Unix(in.from, 0).UTC().Year()-1, time.Unix(in.to, 0).UTC().Year()
	for i := range list {
		o := &list[i]
		out = append(out, transition{o.at(o.onset), o.to})
		if o.rule.n == 0 {
			continue
		}
		for year := max(o.onset.Year()+1, first); year <= last; year++ {
			out = append(out, transition{o.at(o.rule.in(year).Add(o.timeOfDay())), o.to})
		}
	}
	return clipTransitions(out, in)
}

// outlookTransitions returns the transitions of a pair of rules that hold in
// every year, whatever DTSTART says. An observance without a rule repeats the
// weekday of its onset. TZOFFSETFROM is ignored: the offset before a change is
// the offset of the other observance.
func outlookTransitions(list []observance, in period) []transition {
	out := make([]transition, 1, 8)
	out[0] = transition{math.MinInt64, list[0].to}
	if len(list) == 1 {
		return out
	}
	first, last := time.Unix(in.from, 0).UTC().Year()-1, time.Unix(in.to, 0).UTC().Year()
	for i := range list {
		o := &list[i]
		rule := o.rule
		if rule.n == 0 {
			n := nthOf(o.onset) // the fifth is the last
			rule = n[len(n)-1]
		}
		for year := first; year <= last; year++ {
			at := rule.in(year).Add(o.timeOfDay()).Unix() - int64(list[1-i].to)
			out = append(out, transition{at, o.to})
		}
	}
	return clipTransitions(out, in)
}

// clipTransitions sorts transitions and cuts them to a period. The last
// transition before the period moves to its beginning, because its offset holds
// there.
func clipTransitions(list []transition, in period) []transition {
	slices.SortStableFunc(list, func(a, b transition) int { return cmp.Compare(a.at, b.at) })
	begin := 0
	for i := range list {
		if list[i].at <= in.from {
			begin = i
		}
	}
	list = list[begin:]
	list[0].at = in.from
	for len(list) > 1 && list[len(list)-1].at >= in.to {
		list = list[:len(list)-1]
	}
	return list
}

// differences returns the periods in which the transitions of a reading disagree
// with the transitions of a zone.
//
// If the reading sets its clock back at the beginning or the end of a period, the
// period includes the hour that comes twice then. The zone has a single hour there,
// but clients may take either of the two.
func differences(zone, reading []transition, in period) []period {
	var out []period
	for at, i, j := in.from, 0, 0; at < in.to; {
		for i+1 < len(zone) && zone[i+1].at <= at {
			i++
		}
		for j+1 < len(reading) && reading[j+1].at <= at {
			j++
		}
		next := in.to
		if i+1 < len(zone) {
			next = min(next, zone[i+1].at)
		}
		if j+1 < len(reading) {
			next = min(next, reading[j+1].at)
		}
		if zone[i].offset != reading[j].offset {
			out = append(out, period{at - setBack(reading, j, at), next + setBack(reading, j+1, next)})
		}
		at = next
	}
	return out
}

// setBack returns the seconds by which the transition at an index sets the clock
// back, if it is at the given instant.
func setBack(list []transition, i int, at int64) int64 {
	if i == 0 || i == len(list) || list[i].at != at || list[i-1].offset == unknownOffset {
		return 0
	}
	return int64(max(list[i-1].offset-list[i].offset, 0))
}

// misreadPeriods returns the periods in which RFC 5545 or Outlook reads another
// clock than the zone's, whose transitions are given. They are in order and do
// not overlap.
func misreadPeriods(list []observance, zone []transition, in period) []period {
	out := differences(zone, rfcTransitions(list, in), in)
	out = append(out, differences(zone, outlookTransitions(list, in), in)...)
	slices.SortFunc(out, func(a, b period) int { return cmp.Compare(a.from, b.from) })
	merged := out[:0]
	for _, p := range out {
		if n := len(merged); n > 0 && p.from <= merged[n-1].to {
			merged[n-1].to = max(merged[n-1].to, p.to)
		} else {
			merged = append(merged, p)
		}
	}
	return merged
}
