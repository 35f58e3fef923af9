package ical

import (
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// objectZones resolves the TZIDs of one object. It lives as long as one call of
// [Decode] or [FromModel], so that no object can leave anything behind.
type objectZones struct {
	described map[string]objectZone     // the VTIMEZONE components, by TZID
	named     map[string]*time.Location // results of LoadLocation, nil for an error
	skipped   skipList                  // what of the zones and RECURRENCE-IDs is not understood
	*workBudget

	years       map[string]*zoneUseYears  // of the series, by TZID
	equivalents map[string]*time.Location // results of equivalent
}

// workBudget limits the work that one input may cause. All objects of the input
// share it, because each of thousands of small objects could otherwise take the time
// of a large one.
type workBudget struct{ left int }

// newWorkBudget returns the budget of an input of the given size in octets and number
// of objects. A unit is one date of a list that is read, or one observance that is
// visited, which takes 50 to 100 ns. The fixed part is enough for a small object with a
// long history. It cannot be much larger, because a mail may have 20 inputs with such a
// part each. The parts for each octet are enough for any number of ordinary objects,
// and make the work linear.
func newWorkBudget(octets, objects int) *workBudget {
	left := min(300_000+4*octets, 5_000_000)
	if objects > 1 {
		left += 2 * octets
	}
	return &workBudget{left}
}

// modelOctets is the size that is assumed for a golang-ical tree, whose real size is
// not known.
const modelOctets = 1 << 20

// The costs of other work, in units of workBudget. They are rounded estimates
// from measured times, because the budget only has to stop hostile objects.
const (
	costLoad       = 5000    // LoadLocation searches files in vain: 70 µs or more, and 150 KB
	costYear       = 40      // a rule is compared with each day of a month: 2 to 10 µs
	costOccurrence = 10      // an occurrence is found and compared: 0.4 µs
	costCandidate  = 4       // an occurrence is compared with a RECURRENCE-ID: 0.2 µs
	daysOfUnit     = 2       // a rule is searched for its next occurrence: 25 to 50 ns a day
	costEmptyRule  = 200_000 // a rule without a second occurrence is searched to its end: 1 to 20 ms
	costEquivalent = 2000    // a Location is made and compared: 100 to 300 µs
	costAgree      = 200     // two zones are compared in three years: 5 to 20 µs
	costSearch     = 20_000  // each zone of the Windows table is loaded and compared: 1 to 2 ms
)

// spend takes n from the budget, and reports whether it was enough.
func (b *workBudget) spend(n int) bool {
	if b.left >= 0 {
		b.left -= n
	}
	return b.left >= 0
}

// spendSearch takes the cost of an occurrence from the budget, which is so long
// after the one before it.
func (b *workBudget) spendSearch(gap time.Duration) bool {
	return b.spend(costOccurrence + int(gap/(daysOfUnit*day)))
}

// spent reports whether the budget is used up.
func (b *workBudget) spent() bool { return b.left < 0 }

// location returns the zone that a TZID names, or nil if [LoadLocation] does
// not know it.
func (z *objectZones) location(tzid string) *time.Location {
	loc, known := z.named[tzid]
	if !known && z.spend(costLoad) { // LoadLocation may open files
		loc, _ = LoadLocation(tzid)
		z.named[tzid] = loc
	}
	return loc
}

// ref returns the zone that a TZID stands for in the object. It reports false if
// nothing explains the TZID. It then remembers the TZID, so that the reader can be
// told.
//
// A VTIMEZONE of the object counts more than the zone that the name stands for,
// because it is the zone that the sender meant.
func (z *objectZones) ref(tzid string) (zoneRef, bool) {
	if tzid == "" {
		return zoneRef{}, false
	}
	var ref zoneRef
	if len(tzid) <= maxTZID {
		ref = zoneRef{tzid, z.location(tzid), z.described[tzid]}
	}
	if !ref.known() {
		z.skipped.addf("TZID %.60q, which names no known time zone", tzid)
	}
	return ref, ref.known()
}

// zoneRef is a zone of the times of an object. The zero value stands for no zone.
type zoneRef struct {
	tzid      string
	named     *time.Location // nil if no zone has the name
	described objectZone     // nil if the object does not describe it
}

// known reports whether the zone is not the zero value.
func (r zoneRef) known() bool { return r.named != nil || len(r.described) > 0 }

// name returns the IANA name of the zone of t, which was read in this zone. It is
// "" for times in Z and for zones without a name.
func (r zoneRef) name(t time.Time) string {
	if r.named == nil || r.tzid == "" || t.Location() != r.named {
		return ""
	}
	return r.named.String()
}

// instant returns the instant at which the clock of a zone shows wall, which is
// labelled UTC.
//
// If the VTIMEZONE and the named zone give the same offset, the time is in the
// named zone. If the VTIMEZONE does not reach back to the time, it is in the named
// zone too. Otherwise the time is in a fixed offset, under the TZID if no zone has
// that name.
func (z *objectZones) instant(r zoneRef, wall time.Time) time.Time {
	t := wall
	if r.named != nil && r.named != time.UTC {
		t = instant(wall.Unix(), r.named)
	}
	if len(r.described) == 0 {
		return t
	}
	offset, told := z.offset(r.described, wall)
	if _, have := t.Zone(); r.named != nil && (have == offset || !told) {
		return t
	}
	name := r.tzid
	if r.named != nil {
		name = "" // it stands for another offset
	}
	return wall.Add(-time.Duration(offset) * time.Second).In(fixedZone(name, offset))
}

// objectZone is a VTIMEZONE as read. The observance with the latest onset before
// an instant gives the instant's offset (RFC 5545, section 3.6.5).
type objectZone []objectObservance

// objectObservance is a STANDARD or DAYLIGHT as read.
type objectObservance struct {
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
func readZones(m *ics.Calendar, work *workBudget) *objectZones {
	zones := &objectZones{described: make(map[string]objectZone), named: make(map[string]*time.Location),
		workBudget: work, years: make(map[string]*zoneUseYears), equivalents: make(map[string]*time.Location)}
	for _, c := range m.Components {
		tz, ok := c.(*ics.VTimezone)
		if !ok || tz == nil {
			continue
		}
		if p := firstProperty(tz.Properties, "TZID"); p != nil {
			if zone := zones.read(tz); !zones.isNonsense(zone) {
				zones.described[p.Value] = zone
			}
		}
	}
	return zones
}

// isNonsense reports whether two observances with different offsets begin at the
// same time, or on the same day of each year, so that nobody can say which of them
// counts.
//
// QUIRK: some programs give STANDARD and DAYLIGHT the same DTSTART and no rule.
func (z *objectZones) isNonsense(zone objectZone) bool {
	if len(zone) > 20 {
		return false // a history, not a template that was filled in wrongly
	}
	for i := range zone {
		for j := range zone[:i] {
			a, b, cost := &zone[i], &zone[j], 1
			if a.rule != nil && b.rule != nil {
				cost = 2 * costYear
			}
			if a.to != b.to && z.spend(cost) && a.sameOnset(b) {
				return true
			}
		}
	}
	return false
}

// sameOnset reports whether two observances begin at the same time, or on the same
// day of each year.
func (o *objectObservance) sameOnset(p *objectObservance) bool {
	if len(o.dates)+len(p.dates) > 0 || (o.rule == nil) != (p.rule == nil) {
		return false
	}
	if o.rule == nil {
		return o.onset.Equal(p.onset)
	}
	year := max(o.onset.Year(), p.onset.Year()) + 1
	if o.rule.Freq != FreqYearly || p.rule.Freq != FreqYearly || !o.rule.Until.Equal(p.rule.Until) {
		return false
	}
	a, okA := o.in(year)
	b, okB := p.in(year)
	return okA && okB && dateOf(a).Equal(dateOf(b))
}

// read reads one VTIMEZONE.
func (z *objectZones) read(tz *ics.VTimezone) objectZone {
	var zone objectZone
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
func (z *objectZones) readObservance(props []ics.IANAProperty) (o objectObservance, ok bool) {
	start, to := firstProperty(props, "DTSTART"), firstProperty(props, "TZOFFSETTO")
	if start == nil || to == nil {
		return o, false
	}
	var errStart, errTo error
	o.onset, _, errStart = parseDateTime(start.Value, time.UTC)
	o.to, errTo = parseOffset(to.Value)
	o.from, o.years = o.to, make(map[int]yearOnset)
	if p := firstProperty(props, "TZOFFSETFROM"); p != nil {
		o.from, _ = parseOffset(p.Value)
	}
	if p := firstProperty(props, "RRULE"); p != nil {
		o.rule, _ = parseRule(p.Value, o.onset, func(v string) (time.Time, error) {
			t, _, err := parseDateTime(v, time.UTC)
			return t, err
		})
	}
	for _, p := range allProperties(props, "RDATE") {
		if !z.spend(strings.Count(p.Value, ",")) {
			break
		}
		for s := range strings.SplitSeq(p.Value, ",") {
			if d, _, err := parseDateTime(s, time.UTC); err == nil {
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
// offset is TZOFFSETFROM of that onset. zone must not be empty.
func (z *objectZones) offset(zone objectZone, w time.Time) (seconds int, told bool) {
	if !z.spend(len(zone)) {
		return zone[0].from, false
	}
	var latest time.Time
	found := -1
	for i := range zone {
		if at, ok := z.latest(&zone[i], w); ok && (found < 0 || at.After(latest)) {
			latest, found = at, i
		}
	}
	if found < 0 {
		first := slices.MinFunc(zone, func(a, b objectObservance) int { return a.onset.Compare(b.onset) })
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
func (z *objectZones) latest(o *objectObservance, w time.Time) (at time.Time, ok bool) {
	if w.Before(o.onset) {
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
func (z *objectZones) inYear(o *objectObservance, year int) yearOnset {
	t, known := o.years[year]
	if !known && z.spend(costYear) {
		t.at, t.ok = o.in(year)
		o.years[year] = t
	}
	return t
}

// in computes the onset for inYear. It tries each day of the month in turn.
func (o *objectObservance) in(year int) (t time.Time, ok bool) {
	month := o.onset.Month()
	if len(o.rule.ByMonth) > 0 {
		month = time.Month(o.rule.ByMonth[0])
	}
	h, m, s := o.onset.Clock()
	t = time.Date(year, month, 1, h, m, s, 0, time.UTC)
	for ; t.Month() == month; t = t.AddDate(0, 0, 1) {
		if o.rule.matchesDay(t, o.onset.Day()) {
			// QUIRK: old objects have a local UNTIL, or a date. So UNTIL may be exceeded by a day.
			return t, o.rule.Until.IsZero() || !t.After(o.rule.Until.AddDate(0, 0, 1))
		}
	}
	return t, false
}
