package series

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// mover moves the parts of one event.
type mover struct {
	*Move
	was  *ical.Event
	out  ical.Event
	lost []Lost

	known  map[int64]bool      // the original starts that was names
	starts map[int64]time.Time // see [Move.Starts]
	given  map[int64]bool      // original starts that the changed series gives, of those that out names
	byHand map[int64]bool      // known original starts that the caller moved
	latest time.Time           // of the known ones
	fewer  *bool               // see thinsOut
	last   time.Time           // the last date of the changed series, once it is known
}

// include moves the added dates.
func (m *mover) include() {
	r := m.out.Recurrence
	known, starts, named := make(map[int64]bool), make(map[int64]time.Time), make(map[int64]bool)
	for _, t := range m.before.Recurrence.Include {
		known[t.Unix()], starts[t.Unix()] = true, m.added(t)
	}
	for _, t := range r.Include {
		named[startIn(&m.after, t).Unix()] = true
	}
	byHand := m.movedByHand(known, starts, named)
	for i, t := range r.Include {
		if key := m.key(t); known[key] && !byHand[key] && !starts[key].Equal(t) {
			r.Include[i] = starts[key]
		}
	}
	r.Include = m.once(r.Include)
}

// names looks all original starts up that the two versions name.
func (m *mover) names() {
	var ids, named []time.Time
	for i := range m.out.Overrides {
		named = append(named, m.out.Overrides[i].RecurrenceID)
	}
	named = append(named, m.out.Recurrence.Except...)
	ids = Exceptions(m.was)
	m.known = make(map[int64]bool, len(ids))
	for _, id := range ids {
		m.known[id.Unix()] = true
		m.latest = Later(m.latest, id)
	}
	m.starts = m.Starts(append(ids, named...))
	after := m.after
	r := *after.Recurrence
	r.Include = m.out.Recurrence.Include
	after.Recurrence = &r
	normal := make([]time.Time, len(named))
	present := make(map[int64]bool, len(named))
	for i, id := range named {
		normal[i] = startIn(&m.after, id)
		present[normal[i].Unix()] = true
	}
	m.given = StartsInRule(&after, normal)
	m.byHand = m.movedByHand(m.known, m.starts, present)
}

// movedByHand returns the known original starts that the caller has moved already.
// The event has their new starts (present), which it did not have before. If the
// new start of one is a known one, the caller must have moved that one too. If
// hours become days or days hours, the caller has moved none that still has the old
// form.
func (m *mover) movedByHand(known map[int64]bool, starts map[int64]time.Time, present map[int64]bool) map[int64]bool {
	out, seen := make(map[int64]bool), make(map[int64]bool)
	if m.before.AllDay != m.after.AllDay {
		return out
	}
	for id := range known {
		var chain []int64
		hand := false
		for at := id; ; {
			to := starts[at]
			if seen[at] {
				hand = out[at]
				break
			}
			seen[at] = true
			if to.IsZero() || to.Unix() == at || !present[to.Unix()] {
				break
			}
			chain = append(chain, at)
			if at = to.Unix(); !known[at] {
				hand = true
				break
			}
		}
		for _, at := range chain {
			out[at] = hand
		}
	}
	return out
}

// carried reports whether the caller left an original start as it was before the
// change.
func (m *mover) carried(id time.Time) bool {
	key := m.key(id)
	given := m.given[startIn(&m.after, id).Unix()]
	if m.known[key] {
		return !given || !m.byHand[key]
	}
	_, had := m.starts[key]
	return had && !given
}

// except moves the exceptions.
func (m *mover) except() {
	r := m.out.Recurrence
	var kept []time.Time
	for i, id := range r.Except {
		to, had := m.starts[m.key(id)]
		switch {
		case !m.carried(id), !had && !m.hasHour(id), !had && !m.Renames():
			kept = append(kept, id)
		case !had: // it excludes nothing, such as a holiday on another weekday
			kept = append(kept, m.hourOn(dateOn(&m.before, m.zoneBefore, id)))
		case to.Equal(id):
			kept = append(kept, id)
		case !to.IsZero():
			kept = append(kept, to)
		case !m.mayGo(id):
			m.lost = append(m.lost, Lost{Index: i, Start: id})
		}
	}
	r.Except = m.once(kept)
}

// once returns a list of original starts without repetitions.
func (m *mover) once(list []time.Time) (out []time.Time) {
	seen := make(map[int64]bool, len(list))
	for _, t := range list {
		if key := startIn(&m.after, t).Unix(); !seen[key] {
			seen[key] = true
			out = append(out, t)
		}
	}
	return out
}

// mayGo reports whether nothing takes place in the changed series in the place of an
// occurrence that is not there any more: the series begins later or ends earlier, or
// it only has fewer dates than before.
func (m *mover) mayGo(id time.Time) bool {
	date := dateOn(&m.before, m.zoneBefore, startIn(&m.before, id))
	_, hasPlace := m.date(date)
	switch {
	case m.form != moveOther && hasPlace, date.Before(m.daysAfter.first):
		return true // the rule gives its date, but the series does not reach it
	case m.form == moveOther && m.thinsOut():
		return true
	}
	if m.last.IsZero() {
		m.last = dateOn(&m.after, m.zoneAfter, LastStart(&m.after))
	}
	return m.last.Before(date)
}

// thinsOut reports whether the rule before gives all dates of the changed series.
// It looks at the dates up to a year after the last one that was changed.
func (m *mover) thinsOut() bool {
	if m.fewer == nil {
		limit := Later(m.latest, m.before.Start).AddDate(1, 0, 0)
		first := m.daysBefore.unit(m.daysBefore.first)
		m.daysBefore.expand(first, max(first, m.daysBefore.unit(dateOf(limit))))
		fewer := !m.daysAfter.first.Before(m.daysBefore.first)
		for o := range m.after.Occurrences(time.Time{}, limit) {
			if !fewer {
				break
			}
			_, rank := m.daysBefore.place(dateOn(&m.after, m.zoneAfter, o.Start))
			fewer = rank >= 0
		}
		m.fewer = &fewer
	}
	return *m.fewer
}
