package series

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// overrides moves the overrides.
func (m *mover) overrides() {
	at := make(map[int64]int) // the index in m.out of the override that stays in its place
	for i := range m.out.Overrides {
		if id := m.out.Overrides[i].RecurrenceID; !m.carried(id) {
			at[startIn(&m.after, id).Unix()] = i
		}
	}
	var kept []ical.Event
	for i, o := range m.out.Overrides {
		id := o.RecurrenceID
		to, had := m.starts[m.key(id)]
		if id.IsZero() || !m.carried(id) || !had {
			kept = append(kept, o)
			continue
		}
		empty := m.isEmpty(o)
		if to.IsZero() {
			if !empty || !m.mayGo(id) {
				m.lost = append(m.lost, Lost{Override: true, Index: i, Start: id})
			}
			continue
		}
		other, taken := at[to.Unix()]
		at[to.Unix()] = i
		switch {
		case taken && empty: // the caller's own form of the date counts
		case taken:
			m.lost = append(m.lost, Lost{true, i, id, to, other})
		default:
			m.override(&o, to)
			kept = append(kept, o)
		}
	}
	m.out.Overrides = kept
}

// isEmpty reports whether an override cancels its occurrence, or repeats the series.
func (m *mover) isEmpty(o ical.Event) bool {
	if m.key(o.Start) == m.key(o.RecurrenceID) {
		if end := End(&m.before, o.Start); m.key(o.End) == m.key(end) {
			o.End = time.Time{}
		}
		o.Start = time.Time{}
	}
	o.TimeZone = ""
	return o.Cancelled || IsBare(o) && len(o.Attendees) == 0
}

// override moves one override. If it is at its original start, it stays there. If it
// has a time of its own, it keeps the time of day, and moves by as many days as its
// original start. A time that the caller changed stays.
func (m *mover) override(o *ical.Event, to time.Time) {
	id, was := o.RecurrenceID, m.overrideBefore(o.RecurrenceID)
	if id.Equal(to) && !m.Renames() {
		return
	}
	o.RecurrenceID = to
	days := int(dateOn(&m.after, m.zoneAfter, to).Sub(dateOn(&m.before, m.zoneBefore, startIn(&m.before, id))).Hours()) / 24
	keepsEnd := was != nil && m.key(o.End) == m.key(was.End)
	switch {
	case o.Start.IsZero() && (o.End.IsZero() || !keepsEnd):
		return
	case o.Start.IsZero() || m.key(o.Start) == m.key(id):
		m.follow(o, to, id)
	case was != nil && m.key(o.Start) == m.key(was.Start):
		o.Start = m.ownTime(o.Start, days)
		if keepsEnd && !o.End.IsZero() {
			o.End = m.ownTime(o.End, days)
		}
	default:
		return
	}
	if m.before.AllDay != m.after.AllDay {
		o.End = time.Time{}
		if o.Start.Equal(to) {
			o.Start = time.Time{}
		}
	}
}

// follow puts an override to its new original start, and leaves it as long as it is.
func (m *mover) follow(o *ical.Event, to, id time.Time) {
	if !o.End.IsZero() {
		o.End = to.Add(o.End.Sub(id))
	}
	if !o.Start.IsZero() {
		o.Start = to
	}
}

// overrideBefore returns the override of an occurrence in the version before, or nil.
func (m *mover) overrideBefore(id time.Time) *ical.Event {
	if i := OverrideIndex(m.was, startIn(&m.before, id)); i >= 0 {
		return &m.was.Overrides[i]
	}
	return nil
}
