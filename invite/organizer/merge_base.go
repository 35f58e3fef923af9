package organizer

import (
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// base is the version that the meeting and the calendar had in common last.
type base struct {
	was  *version // as the meeting gave it; nil if there is none
	kept *version // as the server kept it; nil if its reply was lost
	data *version // the entry of which the program knows last; nil if there is none

	zone string // of kept, as the server writes it

	// If the reply was lost, the version before is known too, unless there was none.
	wasBefore, keptBefore *version
}

// common returns the value of a key in the base: as the meeting gave it, and as the server
// kept it. from has the latter, and ofSeries is as in [version.item].
func (b *base) common(k key, ours, theirs *version) (was, kept string, ofSeries bool, from *version) {
	is, isOfSeries := theirs.item(k)
	switch {
	case b.was == nil && (k.field == FieldAttendee || k.field == FieldStatus) && ours.attendee(k) == nil:
		return "", "", false, ours // the organizer has added them
	case b.was == nil:
		return is, is, isOfSeries, theirs
	}
	was, wasOfSeries := b.was.item(k)
	if b.kept != nil {
		kept, ofSeries = b.kept.item(k)
		return was, kept, ofSeries, b.kept
	}
	if is != was && b.wasBefore != nil {
		if before, _ := b.wasBefore.item(k); before == was {
			kept, ofSeries = b.keptBefore.item(k)
			return was, kept, ofSeries, b.keptBefore
		}
	}
	if is != was && mayBeServers(k.field, is, was) {
		return was, is, isOfSeries, theirs
	}
	return was, was, wasOfSeries, b.was
}

// mayBeServers reports whether a server may have made the value of the written one: it
// cuts texts, drops characters, and leaves out values that it cannot hold. An organizer
// who does the same is not noticed, but only if the reply was lost.
func mayBeServers(f Field, is, was string) bool {
	switch f {
	case FieldSummary, FieldDescription, FieldLocation, FieldOther:
		for _, r := range was {
			if next, size := utf8.DecodeRuneInString(is); size > 0 && next == r {
				is = is[size:]
			}
		}
	}
	return is == "" || is == string(ical.StatusNeedsAction)
}

// in returns the base in a frame.
func (b *base) in(f *frame) *base {
	return &base{b.was.in(f), b.kept.in(f), b.data, b.zone, b.wasBefore.in(f), b.keptBefore.in(f)}
}

// baseOf returns the base of a merge: the one in last, or one of the entries in
// last.Tried if theirs is nearer to it. read reads the data of an entry.
func baseOf(last *Object, theirs *version, read func(data []byte) (*version, error)) (*base, error) {
	b := &base{}
	var err error
	if len(last.Data) > 0 {
		if b.data, err = read(last.Data); err != nil {
			return nil, err
		}
		b.was, b.kept = b.data, b.data
		if len(last.Written) > 0 {
			if b.was, err = read(last.Written); err != nil {
				return nil, err
			}
		}
		if len(last.Base) > 0 {
			if b.kept, err = read(last.Base); err != nil {
				return nil, err
			}
		}
	}
	var tries []*version
	for _, data := range split(last.Tried) {
		t, err := read(data)
		if err != nil {
			return nil, err
		}
		tries = append(tries, t)
	}
	if t := b.nearest(tries, theirs); t != nil {
		b = &base{was: t, data: b.data, wasBefore: b.was, keptBefore: b.kept}
	}
	return b, nil
}

// nearest returns the try that theirs came from. It is nil if theirs came from the version
// before the tries. Only the values count which some of them explain and others do not.
// If two explain equally many, it is the earlier one.
func (b *base) nearest(tries []*version, theirs *version) *version {
	if len(tries) == 0 {
		return nil
	}
	var explains []func(k key, value string) bool // whether a value may be there if a candidate was stored
	keys := make(map[key]string)
	before, given := noItem, noItem
	if b.data != nil {
		before, given = b.data.alignedWith(theirs), b.was.alignedWith(theirs)
		explains = append(explains, func(k key, value string) bool { return value == before(k) })
		maps.Copy(keys, b.data.items)
	}
	for _, t := range tries {
		item := t.alignedWith(theirs)
		maps.Copy(keys, t.items)
		explains = append(explains, func(k key, value string) bool {
			return value == item(k) || b.data != nil && item(k) == given(k) && value == before(k)
		})
	}
	votes := make([]int, len(explains))
	for k := range keys {
		value, _ := theirs.item(k)
		doubts := func(explains func(key, string) bool) bool { return !explains(k, value) }
		if !slices.ContainsFunc(explains, doubts) {
			continue
		}
		for i := range explains {
			if explains[i](k, value) {
				votes[i]++
			}
		}
	}
	best := slices.Index(votes, slices.Max(votes))
	if b.data == nil {
		return tries[best]
	}
	return slices.Concat([]*version{nil}, tries)[best]
}

// noItem is the item method of no version.
func noItem(key) string { return "" }

// alignedWith returns the item method of v with the names that the occurrences have in
// another version.
func (v *version) alignedWith(other *version) func(k key) string {
	aligned, f := v, frameOf(&other.event, &other.event)
	if !f.has(&v.event) && f.isSound() {
		aligned = v.in(&f)
	}
	return func(k key) string {
		if k.date == whole {
			return v.items[k]
		}
		value, _ := aligned.item(k)
		return value
	}
}

// isOrganizer reports whether a key is about the organizer as an attendee, whom some
// clients and servers add.
func (v *version) isOrganizer(k key) bool {
	return k.email != "" && address.HasKey(v.event.Organizer.Email, k.email)
}

// fixZone gives theirs the zone of the meeting, unless the organizer has changed the
// zone: servers write a zone under another name, or in UTC. It does so for the versions
// that the server kept, too.
func (b *base) fixZone(theirs, ours *version) {
	before := b.kept
	if before == nil {
		before = b.was
	}
	if before != nil {
		b.zone = zoneOf(&before.event).String()
	}
	if before != nil && (b.zone == zoneOf(&theirs.event).String() ||
		timeItem(&theirs.event) == timeItem(&before.event)) {
		theirs.setZone(ours)
	}
	b.kept.setZone(b.was)
	b.keptBefore.setZone(b.wasBefore)
}

// setZone gives v the zone of another version.
func (v *version) setZone(of *version) {
	if v == nil || of == nil || v.event.AllDay || of.event.AllDay {
		return
	}
	e := &v.event
	e.TimeZone = of.event.TimeZone
	zone := zoneOf(e)
	for _, t := range []*time.Time{&e.Start, &e.End} {
		if !t.IsZero() {
			*t = t.In(zone)
		}
	}
}
