package ical

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"github.com/convene-go/convene/internal/windowszones"
)

// resolveZone puts a series whose zone the file describes into a Location with
// the same rules, because one offset is not enough for a series. A series whose
// occurrences are the same in the zone that its TZID names is in that zone.
// Otherwise it is in the zone of fileZones.equivalent.
//
// QUIRK: Exchange names every zone that Windows does not have "Customized Time
// Zone".
func (x *eventReader) resolveZone() {
	e := &x.event
	if e.Recurrence == nil || e.AllDay || e.Start.IsZero() || len(x.zones.file[x.tzid]) == 0 || !x.zoned {
		return
	}
	first, last := e.years()
	loc := x.zones.equivalent(x.tzid, first, last)
	if loc == nil {
		return
	}
	named := x.zones.location(x.tzid)
	if named != nil && loc != named && x.sameSeries(loc, named) {
		loc = named
	}
	e.TimeZone = ""
	if loc != time.UTC && isKnown(loc) {
		e.TimeZone = loc.String()
	}
	for _, t := range []*time.Time{&e.Start, &e.End} {
		if !t.IsZero() {
			*t = t.In(loc)
		}
	}
	for _, list := range [][]time.Time{e.Recurrence.Except, e.Recurrence.Include} {
		for i := range list {
			list[i] = list[i].In(loc)
		}
	}
}

// sameSeries reports whether the first 300 occurrences are at the same instants
// in both zones. The zones themselves need not agree, because a file may
// describe no more of its zone than its events need.
func (x *eventReader) sameSeries(a, b *time.Location) bool {
	const most = 300
	if !x.zones.spend(10 * most) {
		return false
	}
	e := x.event
	c := wallClock{loc: a}
	s, ok := e.expansion(c)
	if !ok {
		return true
	}
	n := 0
	for wall := range s.instances() {
		if n++; n > most {
			break
		}
		if !instant(wall.Unix(), a).Equal(instant(wall.Unix(), b)) {
			return false
		}
	}
	return true
}

// equivalentKey is the key of fileZones.equivalents. The result depends on the
// years.
type equivalentKey struct {
	tzid        string
	first, last int
}

// equivalent returns the Location that stands for a zone of the file in the
// years from first to last, or nil if there is none.
func (z *fileZones) equivalent(tzid string, first, last int) *time.Location {
	key := equivalentKey{tzid, first, last}
	loc, known := z.equivalents[key]
	if !known && z.spend(2000) {
		loc = z.findEquivalent(tzid, first, last)
		z.equivalents[key] = loc
	}
	return loc
}

// findEquivalent returns the first of these:
//
//   - the zone that the TZID names, if its clock is the clock of the
//     VTIMEZONE
//   - a fixed offset, if the VTIMEZONE has no change in three years
//   - the first IANA zone of the Windows table with the same clock
//   - a Location made of the VTIMEZONE, under its TZID
func (z *fileZones) findEquivalent(tzid string, year, last int) *time.Location {
	named := z.location(tzid)
	name := tzid
	if named != nil {
		name += " (file)" // another clock must not have its name
	}
	own := z.build(name, z.file[tzid], year, last)
	if own == nil || named != nil && agree(own, named, year) {
		return named
	}
	if from := newYear(year); len(changes(own, from, newYear(year+3))) == 0 {
		if loc, err := LoadLocation(offsetName(offsetAt(own, from))); err == nil {
			return loc
		}
	}
	if !z.spend(20_000) {
		return own
	}
	for _, iana := range windowszones.IANA() {
		if loc, err := LoadLocation(iana); err == nil && agree(own, loc, year) {
			return loc
		}
	}
	return own
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
func (z *fileZones) build(name string, zone fileZone, year, last int) *time.Location {
	var steps []transition
	for i := range zone {
		o := &zone[i]
		add := func(wall time.Time) { steps = append(steps, transition{wall.Unix() - int64(o.from), o.to}) }
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
	slices.SortFunc(steps, func(a, b transition) int { return cmp.Compare(a.at, b.at) })
	first := slices.MinFunc(zone, func(a, b fileObservance) int { return a.onset.Compare(b.onset) })
	loc, err := time.LoadLocationFromTZData(name, tzif(first.from, steps))
	if err != nil {
		return nil
	}
	return loc
}

// tzif writes transitions in the format that package time reads (RFC 8536,
// version 2). It returns nil if there are more than 255 different offsets.
func tzif(initial int, steps []transition) []byte {
	types := []int{initial}
	var times, indexes []byte
	for _, s := range steps {
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
	out := append(header(0, 0, 0), header(len(steps), len(types), 1)...)
	out = append(append(out, times...), indexes...)
	for _, offset := range types {
		out = append(binary.BigEndian.AppendUint32(out, uint32(int32(offset))), 0, 0)
	}
	return append(out, 0, '\n', '\n') // one empty abbreviation, no rule for later
}
