package organizer

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// merger compares the meeting (ours) with the entry (theirs), field by field, by the
// version that both had last:
//
//   - A field that only the meeting has changed is written.
//   - A field that only the organizer has changed in the calendar stays, and is
//     reported.
//   - A field that both have changed is written, and reported.
//
// An answer in the calendar that the meeting does not know stays if the meeting has
// no new one.
type merger struct {
	ours, theirs *version // in one frame, as is base
	base         *base
	frame        frame
	meeting      frame          // of the meeting
	asked        map[int64]int  // the sequences with which everybody was last asked anew, by occurrence
	has          map[int64]bool // the occurrences that the merged entry can have
	kept         []keptKey      // the values that only the organizer has changed
	changes      []Change
	drift        *Drift // nil if there are no changes
	write        bool   // the entry must be written
}

// keptKey is a key whose value in the calendar stays.
type keptKey struct {
	key
	from *version // has the value in the base
}

// compare merges two versions. asked has the sequences with which everybody was last
// asked anew, by occurrence.
func compare(ours, theirs *version, b *base, asked map[int64]int) *merger {
	m := &merger{ours: ours, theirs: theirs, base: b, asked: asked, meeting: frameOf(&ours.event, &ours.event)}
	f := m.commonFrame()
	m.ours, m.theirs, m.base, m.frame = ours.in(&f), theirs.in(&f), b.in(&f), f
	for _, k := range m.keys() {
		m.compareKey(k)
	}
	if s, _, _, _ := m.base.common(key{whole, fieldSequence, ""}, m.ours, m.theirs); s != m.ours.items[key{whole, fieldSequence, ""}] {
		m.write = m.write || m.theirs.event.Sequence < m.ours.event.Sequence
	}
	m.write = m.write || m.lacksAgent()
	m.drift = driftOf(m.theirs, m.changes)
	return m
}

// commonFrame compares the time and the rule, and returns the frame of the merged
// entry.
func (m *merger) commonFrame() frame {
	clock, rule := &m.ours.event, &m.ours.event
	if m.stays(key{whole, FieldTime, ""}) {
		clock = &m.theirs.event
	}
	if m.stays(key{whole, FieldRecurrence, ""}) {
		rule = &m.theirs.event
	}
	f := frameOf(clock, rule)
	sound := clock == &m.ours.event && rule == &m.ours.event || f.isSound()
	if !sound {
		f = frameOf(&m.ours.event, &m.ours.event)
	}
	for _, k := range []key{{whole, FieldTime, ""}, {whole, FieldRecurrence, ""}} {
		ours, theirs := m.ours.items[k], m.theirs.items[k]
		was, kept, _, from := m.base.common(k, m.ours, m.theirs)
		switch {
		case theirs == kept || theirs == ours:
			m.write = m.write || ours != was && ours != theirs
		case ours == was && sound:
			m.kept = append(m.kept, keptKey{k, from})
			m.report(k, from, false)
		default:
			m.write = true
			m.report(k, from, true)
		}
	}
	return f
}

// stays reports whether only the organizer has changed a value.
func (m *merger) stays(k key) bool {
	was, kept, _, _ := m.base.common(k, m.ours, m.theirs)
	return m.theirs.items[k] != kept && m.ours.items[k] == was && m.theirs.items[k] != m.ours.items[k]
}

// fieldOrder is the order of the fields in a Drift and in which they are written.
var fieldOrder = map[Field]int{FieldCancelled: 1, FieldTime: 2, FieldRecurrence: 3, FieldSummary: 4, FieldLocation: 5,
	FieldDescription: 6, FieldOther: 7, FieldAttendee: 8, FieldStatus: 9}

// keys returns all keys that are compared, in order.
func (m *merger) keys() []key {
	all := make(map[key]bool)
	dates := make(map[int64]bool)
	for _, v := range []*version{m.ours, m.theirs, m.base.was, m.base.kept, m.base.wasBefore, m.base.keptBefore} {
		if v == nil {
			continue
		}
		for k := range v.items {
			if fieldOrder[k.field] > 0 {
				all[k], dates[k.date] = true, true
			}
		}
	}
	m.addPeople(all)
	delete(all, key{whole, FieldTime, ""})
	delete(all, key{whole, FieldRecurrence, ""})
	m.has = m.occurrences(dates)
	maps.DeleteFunc(all, func(k key, _ bool) bool { return !m.has[k.date] })
	return slices.SortedFunc(maps.Keys(all), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(fieldOrder[a.field], fieldOrder[b.field]), cmp.Compare(a.email, b.email))
	})
}

// addPeople adds the attendees of the series for each occurrence that has an override in
// the calendar, because the organizer may have removed one of them there.
func (m *merger) addPeople(all map[key]bool) {
	var people []string
	for k := range all {
		if k.date == whole && k.field == FieldAttendee {
			people = append(people, k.email)
		}
	}
	for d := range m.theirs.overrides {
		for _, email := range people {
			all[key{d, FieldAttendee, email}], all[key{d, FieldStatus, email}] = true, true
		}
	}
}

// occurrences returns the dates that the merged entry can have.
func (m *merger) occurrences(dates map[int64]bool) map[int64]bool {
	var list []time.Time
	for d := range dates {
		if d != whole {
			list = append(list, time.Unix(d, 0).UTC())
		}
	}
	e := ical.Event{}
	m.frame.put(&e)
	has := series.StartsInRule(&e, list)
	has[whole] = true
	for d := range m.ours.overrides {
		has[d] = true
	}
	return has
}

// compareKey compares one value. See [merger].
func (m *merger) compareKey(k key) {
	if m.isGone(k) {
		return
	}
	ours, _ := m.ours.item(k)
	theirs, theirsOfSeries := m.theirs.item(k)
	was, kept, keptOfSeries, from := m.base.common(k, m.ours, m.theirs)
	moved := theirs != kept && !(theirsOfSeries && keptOfSeries) && theirs != ours
	switch {
	case !moved:
		m.write = m.write || ours != was && ours != theirs
	case k.field == FieldStatus:
		m.compareStatus(k, ours == was, keptKey{k, from})
	case k.field == FieldAttendee && theirs != "" && validAddress(m.theirs.attendee(k).Email) == "":
		// The line stays as it is, see combine.
	default:
		if ours == was {
			m.kept = append(m.kept, keptKey{k, from})
		} else {
			m.write = true
		}
		if !m.ours.isOrganizer(k) {
			m.report(k, from, ours != was)
		}
	}
}

// isGone reports whether there is nothing to compare, because the occurrence does not
// take place. If the organizer lets it take place again, it stays as the calendar
// has it.
func (m *merger) isGone(k key) bool {
	if k.date == whole || k.field == FieldCancelled || !m.ours.gone[k.date] && !m.theirs.gone[k.date] {
		return false
	}
	last := len(m.kept) - 1
	again := last >= 0 && m.kept[last].date == k.date && !m.theirs.gone[k.date] // FieldCancelled comes first
	if _, ofSeries := m.theirs.item(k); again && !ofSeries {
		m.kept = append(m.kept, keptKey{k, m.theirs})
	}
	return true
}

// compareStatus compares answers. Clients and servers set an attendee back to
// needs-action, which is no answer. The answer of an attendee whom the organizer has
// added comes with the attendee. If the meeting has asked everybody anew since, an answer in
// the calendar is about an earlier version.
func (m *merger) compareStatus(k key, unchanged bool, kept keptKey) {
	ours, theirs := m.ours.attendee(k), m.theirs.attendee(k)
	switch {
	case ours == nil || theirs == nil:
	case m.ours.isOrganizer(k):
		m.kept = append(m.kept, kept)
	case !roster.IsAnswer(theirs.Status), !unchanged, m.askedAnew(k):
		m.write = true
	default:
		m.kept = append(m.kept, kept)
		m.report(k, kept.from, false)
	}
}

// askedAnew reports whether the meeting has asked the attendees anew since the base.
func (m *merger) askedAnew(k key) bool {
	was := m.base.was
	return was != nil && max(m.asked[whole], m.asked[k.date]) > was.event.Sequence
}

// report adds a change to the drift.
func (m *merger) report(k key, from *version, overwritten bool) {
	c := Change{Field: k.field, Before: from.show(k), After: m.theirs.show(k), Overwritten: overwritten}
	if k.date != whole {
		c.RecurrenceID = time.Unix(k.date, 0).In(m.theirs.event.Start.Location())
	}
	if k.email != "" {
		for _, v := range []*version{m.theirs, m.ours} {
			if a := v.attendee(k); a != nil {
				c.Attendee = a.Email
				break
			}
		}
	}
	m.changes = append(m.changes, c)
}

// lacksAgent reports whether the entry has an attendee whom the server may mail. It
// does not count attendees of whom the server has dropped the parameter.
func (m *merger) lacksAgent() bool {
	lacks := func(a *ical.Attendee) bool { return a != nil && !isClient(a.Params[agent]) }
	for date, people := range m.theirs.people {
		for email, a := range people {
			if lacks(a) && (m.base.data == nil || !lacks(m.base.data.attendee(key{date, FieldAttendee, email}))) {
				return true
			}
		}
	}
	return false
}

// isClient reports whether a parameter SCHEDULE-AGENT says CLIENT.
func isClient(values []string) bool { return len(values) > 0 && strings.EqualFold(values[0], "CLIENT") }
