package ical

import (
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// fileZones resolves the TZIDs of one object. It lives as long as one call of
// [Decode] or [FromModel], so that no file can leave anything behind.
type fileZones struct {
	file   map[string]fileZone       // the VTIMEZONE components
	named  map[string]*time.Location // results of LoadLocation, nil for an error
	budget int                       // see spend

	equivalents map[equivalentKey]*time.Location // results of equivalent
}

// fileZoneWork is the budget of one object, counted in dates of lists and looks
// at observances. A file with every zone and a long history needs a tenth of
// it.
const fileZoneWork = 5_000_000

// spend takes n from the budget, and reports whether it was enough.
func (z *fileZones) spend(n int) bool {
	if z.budget >= 0 {
		z.budget -= n
	}
	return z.budget >= 0
}

// location returns the zone that a TZID names, or nil if [LoadLocation] does
// not know it.
func (z *fileZones) location(tzid string) *time.Location {
	loc, known := z.named[tzid]
	if !known && z.spend(2000) { // opens files
		loc, _ = LoadLocation(tzid)
		z.named[tzid] = loc
	}
	return loc
}

// fileZone is a VTIMEZONE as read. The observance with the latest onset before
// an instant gives the instant's offset (RFC 5545, section 3.6.5).
type fileZone []fileObservance

// fileObservance is a STANDARD or DAYLIGHT as read.
type fileObservance struct {
	onset    time.Time // wall clock, labelled UTC
	from, to int
	rule     *Recurrence
	dates    []time.Time       // further onsets, in order
	years    map[int]yearOnset // by the rule, as far as asked for
}

// yearOnset is the onset that a rule gives in one year; ok is false if there is
// none.
type yearOnset struct {
	at time.Time
	ok bool
}

// readZones reads the VTIMEZONE components of an object.
func readZones(m *ics.Calendar) *fileZones {
	zones := &fileZones{file: make(map[string]fileZone), named: make(map[string]*time.Location),
		budget: fileZoneWork, equivalents: make(map[equivalentKey]*time.Location)}
	for _, c := range m.Components {
		tz, ok := c.(*ics.VTimezone)
		if !ok || tz == nil {
			continue
		}
		if p := firstProperty(tz.Properties, "TZID"); p != nil {
			zones.file[p.Value] = zones.read(tz)
		}
	}
	return zones
}

// read reads one VTIMEZONE.
func (z *fileZones) read(tz *ics.VTimezone) fileZone {
	var zone fileZone
	for _, c := range tz.Components {
		kind, base, ok := component(c)
		if !ok || (kind != ics.ComponentStandard && kind != ics.ComponentDaylight) {
			continue
		}
		if o, ok := z.readObservance(base.Properties); ok {
			zone = append(zone, o)
		}
	}
	return zone
}

// readObservance reads the parts of an observance that it understands. It
// reports false if the onset or the offset is missing or unreadable.
func (z *fileZones) readObservance(props []ics.IANAProperty) (o fileObservance, ok bool) {
	start, to := firstProperty(props, "DTSTART"), firstProperty(props, "TZOFFSETTO")
	if start == nil || to == nil {
		return o, false
	}
	var errStart, errTo error
	o.onset, _, errStart = parseTime(start.Value, time.UTC)
	o.to, errTo = parseOffset(to.Value)
	o.from, o.years = o.to, make(map[int]yearOnset)
	if p := firstProperty(props, "TZOFFSETFROM"); p != nil {
		o.from, _ = parseOffset(p.Value)
	}
	if p := firstProperty(props, "RRULE"); p != nil {
		o.rule, _ = parseRule(p.Value, o.onset)
	}
	for _, p := range allProperties(props, "RDATE") {
		if !z.spend(strings.Count(p.Value, ",")) {
			break
		}
		for s := range strings.SplitSeq(p.Value, ",") {
			if d, _, err := parseTime(s, time.UTC); err == nil {
				o.dates = append(o.dates, d)
			}
		}
	}
	slices.SortFunc(o.dates, time.Time.Compare)
	return o, errStart == nil && errTo == nil
}

// offset returns the UTC offset in seconds on the wall clock w (labelled UTC).
// In an hour that a change skips, this is the offset before the change (RFC
// 5545, section 3.3.5). If w is before the first onset, told is false and the
// offset is TZOFFSETFROM of that onset.
func (z *fileZones) offset(zone fileZone, w time.Time) (seconds int, told bool) {
	var latest time.Time
	found := -1
	for i := range zone {
		if at, ok := z.latest(&zone[i], w); ok && (found < 0 || at.After(latest)) {
			latest, found = at, i
		}
	}
	if found < 0 {
		first := slices.MinFunc(zone, func(a, b fileObservance) int { return a.onset.Compare(b.onset) })
		return first.from, false
	}
	o := &zone[found]
	if skipped := time.Duration(o.to-o.from) * time.Second; w.Before(latest.Add(skipped)) {
		return o.from, true
	}
	return o.to, true
}

// latest returns the latest onset of o that is not after w.
//
// The candidates are DTSTART, the last RDATE before w, and the onset of the
// yearly rule. The rule is asked for the year of w and the two years before,
// because the onset of this year may be after w, and a rule may have none in some
// years. Rules that are not yearly are ignored.
func (z *fileZones) latest(o *fileObservance, w time.Time) (at time.Time, ok bool) {
	if w.Before(o.onset) || !z.spend(1) {
		return at, false
	}
	at = o.onset
	after, _ := slices.BinarySearchFunc(o.dates, w.Add(1), time.Time.Compare)
	if after > 0 && o.dates[after-1].After(at) {
		at = o.dates[after-1]
	}
	if o.rule == nil || o.rule.Freq != FreqYearly {
		return at, true
	}
	last := w.Year()
	if until := o.rule.Until; !until.IsZero() {
		last = min(last, until.Year()+1) // on the wall clock it may be another year
	}
	for year := last; year > last-3; year-- {
		if t := z.inYear(o, year); t.ok && !t.at.After(w) {
			if t.at.After(at) {
				at = t.at
			}
			break
		}
	}
	return at, true
}

// inYear returns the onset that the rule gives in a year, and remembers it.
func (z *fileZones) inYear(o *fileObservance, year int) yearOnset {
	t, known := o.years[year]
	if !known && z.spend(40) {
		t.at, t.ok = o.in(year)
		o.years[year] = t
	}
	return t
}

// in computes the onset for inYear. It tries each day of the month in turn.
func (o *fileObservance) in(year int) (t time.Time, ok bool) {
	month := o.onset.Month()
	if len(o.rule.ByMonth) > 0 {
		month = time.Month(o.rule.ByMonth[0])
	}
	h, m, s := o.onset.Clock()
	t = time.Date(year, month, 1, h, m, s, 0, time.UTC)
	for ; t.Month() == month; t = t.AddDate(0, 0, 1) {
		if o.rule.matchesDay(t, o.onset.Day()) {
			// QUIRK: old files have a local UNTIL, or a date; so a day is no matter.
			return t, o.rule.Until.IsZero() || !t.After(o.rule.Until.AddDate(0, 0, 1))
		}
	}
	return t, false
}
