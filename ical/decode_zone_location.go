package ical

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"github.com/convene-go/convene/internal/wallclock"
	"github.com/convene-go/convene/internal/windowszones"
)

// needsZone reports whether the event needs a Location, because a fixed offset
// cannot describe it: a series, or one occurrence of it, whose zone the object
// describes.
func (x *eventReader) needsZone() bool {
	e := &x.event
	if e.AllDay || x.floating || e.Start.IsZero() || len(x.own.described) == 0 {
		return false
	}
	return e.Recurrence != nil || !e.RecurrenceID.IsZero() && e.TimeZone == ""
}

// zoneUseYears has the years for which a zone of the object is needed.
type zoneUseYears struct {
	firsts []int // of each series
	last   int
}

// noteYears adds the years of the event to those for which its zone is needed, so
// that all events of a zone get one Location.
func (x *eventReader) noteYears() {
	if !x.needsZone() {
		return
	}
	first, last := x.event.seriesYears()
	last = max(last, x.written().Year()+lastingYears) // sameSeries may look at these years
	last = min(last, first+mostYears+lastingYears)
	y := x.zones.years[x.own.tzid]
	if y == nil {
		y = &zoneUseYears{last: last}
		x.zones.years[x.own.tzid] = y
	}
	if y.last = max(y.last, last); !slices.Contains(y.firsts, first) {
		y.firsts = append(y.firsts, first)
	}
}

// mostYears is the number of years of a series for which a VTIMEZONE is built. A longer
// series has no end in practice. After 400 years the Gregorian calendar begins anew.
const mostYears = 400

// written returns the DTSTAMP. If it is so late that the clock of its writer must have
// been wrong, written returns the start of the event.
func (x *eventReader) written() time.Time {
	if x.stamp.Year() > x.event.Start.Year()+mostYears {
		return x.event.Start
	}
	return x.stamp
}

// resolveZone gives the events that need it a Location. If the zone named by the
// TZID gives the same occurrences, it is used. Otherwise objectZones.equivalent
// finds the Location.
//
// QUIRK: Exchange names every zone that Windows does not have "Customized Time
// Zone".
func (x *eventReader) resolveZone() {
	if !x.needsZone() {
		return
	}
	e := &x.event
	loc := x.zones.equivalent(x.own.tzid)
	if loc == nil {
		return
	}
	named := x.own.named
	if named != nil && loc != named && e.Recurrence != nil && x.sameSeries(loc, named) {
		loc = named
	}
	e.TimeZone = ""
	if loc != time.UTC && isNamed(loc) {
		e.TimeZone = loc.String()
	}
	in := func(t time.Time) time.Time { return t.In(loc) }
	if loc == named {
		in = func(t time.Time) time.Time {
			if x.foreign[t] {
				return t.In(loc)
			}
			return onClock(t, loc)
		}
	}
	times := []*time.Time{&e.Start, &e.End}
	if x.ownID && !wallclock.IsLabel(e.RecurrenceID.Location()) {
		times = append(times, &e.RecurrenceID)
	}
	for _, t := range times {
		if !t.IsZero() {
			*t = in(*t)
		}
	}
	if e.Recurrence == nil {
		return
	}
	for _, list := range [][]time.Time{e.Recurrence.Except, e.Recurrence.Include} {
		for i := range list {
			list[i] = in(list[i])
		}
	}
}

// onClock returns t in a zone, with the clock time that t has in its own. A
// VTIMEZONE may be right for some years of a series only, and then gives the wrong
// instant to a date in the others. A time in UTC keeps its instant.
func onClock(t time.Time, loc *time.Location) time.Time {
	if t.Location() == time.UTC {
		return t.In(loc)
	}
	_, offset := t.Zone()
	return instant(t.Unix()+int64(offset), loc)
}

// sameSeries reports whether the occurrences of lastingYears, at most 300, are at
// the same instants in both zones. The zones themselves need not agree, because an
// object may describe no more of its zone than its events need. The result is true
// if the rule cannot be expanded, and false if the budget is used up.
//
// The years begin with the series. If it is longer and DTSTAMP is later, they begin
// with DTSTAMP: [Encode] may write a zone that is right for these years only.
func (x *eventReader) sameSeries(a, b *time.Location) bool {
	const most = 300
	if !x.zones.spend(costOccurrence * most) {
		return false
	}
	e := x.event
	c := wallClock{loc: a}
	s, ok := e.expansion(c)
	if !ok {
		return true
	}
	if !x.maySearch(c) {
		return false
	}
	from, r := e.Start, e.Recurrence
	end := r.end(from)
	endless := r.Count == 0 && r.Until.IsZero()
	if stamp := x.written(); endless || end.After(stamp) && end.After(from.AddDate(lastingYears, 0, 0)) {
		from = later(from, stamp)
	}
	n, before := 0, s.start
	for wall := range s.instances() {
		start := instant(wall.Unix(), a)
		if start.Before(from) {
			if !x.zones.spendSearch(wall.Sub(before)) {
				return false
			}
			before = wall
			continue
		}
		if n++; n > most || start.After(from.AddDate(lastingYears, 0, 0)) {
			break
		}
		if !start.Equal(instant(wall.Unix(), b)) {
			return false
		}
	}
	return true
}

// equivalent returns the Location that stands for a VTIMEZONE of the object in
// the years for which it is needed. It returns nil if there is none, or if the
// budget is used up.
func (z *objectZones) equivalent(tzid string) *time.Location {
	loc, known := z.equivalents[tzid]
	if !known && z.spend(costEquivalent) {
		loc = z.findEquivalent(tzid, z.years[tzid])
		z.equivalents[tzid] = loc
	}
	return loc
}

// findEquivalent returns the first of these:
//
//   - the zone that the TZID names, if it has the same clock as the
//     VTIMEZONE
//   - if the VTIMEZONE cannot be built: the zone that the TZID names, or nil if
//     it names none
//   - a fixed offset, if the VTIMEZONE has no change in the years of the series
//   - the first IANA zone of the Windows table with the same clock, unless the
//     budget is used up
//   - a Location made of the VTIMEZONE, named by its TZID
func (z *objectZones) findEquivalent(tzid string, years *zoneUseYears) *time.Location {
	named := z.location(tzid)
	first, latest := slices.Min(years.firsts), slices.Max(years.firsts)
	own := z.build(tzid, z.described[tzid], first, years.last)
	if own == nil || named != nil && z.agreeIn(own, named, years.firsts) {
		return named
	}
	if from := newYear(first); len(changes(own, from, newYear(latest+3))) == 0 {
		if loc, err := LoadLocation(offsetName(offsetAt(own, from))); err == nil {
			return loc
		}
	}
	if !z.spend(costSearch) {
		return own
	}
	for _, iana := range windowszones.IANA() {
		if loc, err := LoadLocation(iana); err == nil && z.agreeIn(own, loc, years.firsts) {
			return loc
		}
	}
	return own
}

// agreeIn reports whether two zones agree in each of the years.
func (z *objectZones) agreeIn(a, b *time.Location, years []int) bool {
	return !slices.ContainsFunc(years, func(y int) bool { return !z.spend(costAgree) || !agree(a, b, y) })
}

// agree reports whether two zones have the same clock in a year and the two
// years after it. Changes may differ by a second, because a rule at 24:00 is
// written a second early.
func agree(a, b *time.Location, year int) bool {
	from, to := newYear(year), newYear(year+3)
	if offsetAt(a, from) != offsetAt(b, from) {
		return false
	}
	return slices.EqualFunc(changes(a, from, to), changes(b, from, to), func(x, y offsetChange) bool {
		return x.from == y.from && x.to == y.to && max(x.at-y.at, y.at-x.at) <= 1
	})
}

// build makes a Location of a VTIMEZONE. It is right from the year before the
// given one to the last, because only these years become transitions.
func (z *objectZones) build(name string, zone objectZone, year, last int) *time.Location {
	var transitions []transition
	for i := range zone {
		if z.spent() {
			return nil
		}
		o := &zone[i]
		add := func(wall time.Time) { transitions = append(transitions, transition{wall.Unix() - int64(o.from), o.to}) }
		add(o.onset)
		for _, d := range o.dates {
			add(d)
		}
		if o.rule == nil || o.rule.Freq != FreqYearly {
			continue
		}
		for y := max(year-1, o.onset.Year()); y <= last+1; y++ {
			if t := z.inYear(o, y); t.ok && t.at.After(o.onset) {
				add(t.at)
			}
		}
	}
	slices.SortFunc(transitions, func(a, b transition) int { return cmp.Compare(a.at, b.at) })
	first := slices.MinFunc(zone, func(a, b objectObservance) int { return a.onset.Compare(b.onset) })
	loc, err := time.LoadLocationFromTZData(name, tzif(first.from, transitions))
	if err != nil {
		return nil
	}
	return loc
}

// tzif writes transitions in the format that package time reads (RFC 8536,
// version 2). It returns nil if there are more than 255 different offsets.
func tzif(initial int, transitions []transition) []byte {
	types := []int{initial}
	var times, indexes []byte
	for _, s := range transitions {
		i := slices.Index(types, s.offset)
		if i < 0 {
			i = len(types)
			types = append(types, s.offset)
		}
		if i > 255 {
			return nil
		}
		times = binary.BigEndian.AppendUint64(times, uint64(s.at))
		indexes = append(indexes, byte(i))
	}
	header := func(timeCount, typeCount, charCount int) []byte {
		out := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []int{0, 0, 0, timeCount, typeCount, charCount} {
			out = binary.BigEndian.AppendUint32(out, uint32(n))
		}
		return out
	}
	out := append(header(0, 0, 0), header(len(transitions), len(types), 1)...)
	out = append(append(out, times...), indexes...)
	for _, offset := range types {
		out = append(binary.BigEndian.AppendUint32(out, uint32(int32(offset))), 0, 0)
	}
	return append(out, 0, '\n', '\n') // one empty abbreviation, no rule for later
}
