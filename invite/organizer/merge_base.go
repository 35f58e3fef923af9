package organizer

import (
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// base is the version that the meeting and the calendar had in common last.
type base struct {
	was  *version // as the meeting gave it; nil if there is none
	kept *version // as the server kept it; nil if its reply was lost
	data *version // the entry of which the program knows last; nil if there is none

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
	if is != was && isShortened(is, was) {
		return was, is, isOfSeries, theirs
	}
	return was, was, wasOfSeries, b.was
}

// isShortened reports whether a server may have made the value: it cuts texts, and
// leaves out values that it cannot hold. An organizer who does the same is not noticed,
// but only if the reply was lost.
func isShortened(is, was string) bool {
	return is == string(ical.StatusNeedsAction) || strings.HasPrefix(was, is)
}

// in returns the base in a frame.
func (b *base) in(f *frame) *base {
	return &base{b.was.in(f), b.kept.in(f), b.data, b.wasBefore.in(f), b.keptBefore.in(f)}
}

// baseOf returns the base of a merge: what last says, or one of the entries in
// last.Tried if theirs is nearer to it. zone is the zone of the meeting.
func baseOf(last *Object, uid string, theirs *version, zone *time.Location) (*base, error) {
	read := func(data []byte) (*version, error) {
		v, err := read(data, uid, zone)
		if err != nil {
			return nil, wrap("the entry that was kept", err)
		}
		return v, nil
	}
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
	best, most := (*version)(nil), 0
	for _, data := range split(last.Tried) {
		t, err := read(data)
		if err != nil {
			return nil, err
		}
		if n := b.votes(t, theirs); n > most || best == nil && b.was == nil {
			best, most = t, n
		}
	}
	if best != nil {
		b = &base{was: best, data: b.data, wasBefore: b.was, keptBefore: b.kept}
	}
	return b, nil
}

// votes counts the values that speak for a try, less those that speak for the version
// before it. Values that the try did not change say nothing.
func (b *base) votes(t, theirs *version) (n int) {
	for k, value := range union(t, b.was) {
		if b.was != nil && value == b.was.items[k] {
			continue
		}
		is := theirs.items[k]
		if is == value {
			n++
		}
		if b.data != nil && is == b.data.items[k] || b.data == nil && is != value {
			n--
		}
	}
	return n
}

// union returns the items of t, and an empty value for each other key of was.
func union(t, was *version) map[key]string {
	if was == nil {
		return t.items
	}
	out := make(map[key]string, len(t.items))
	for k := range was.items {
		out[k] = ""
	}
	for k, value := range t.items {
		out[k] = value
	}
	return out
}

// isOrganizer reports whether a key is about the organizer as an attendee, whom some
// clients and servers add.
func (v *version) isOrganizer(k key) bool {
	return k.email != "" && address.HasKey(v.event.Organizer.Email, k.email)
}

// fixZone gives theirs the zone of the meeting, unless the organizer has changed the
// zone: servers write a zone under another name, or in UTC.
func (b *base) fixZone(theirs, ours *version) {
	before := b.kept
	if before == nil {
		before = b.was
	}
	e := &theirs.event
	if before == nil || e.AllDay || ours.event.AllDay {
		return
	}
	if zoneOf(e).String() == zoneOf(&before.event).String() || timeItem(e) == timeItem(&before.event) {
		e.TimeZone = ours.event.TimeZone
	}
}
