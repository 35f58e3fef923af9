package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// base returns the version that an attendee has of an occurrence, or of the whole
// meeting if id is zero.
func (u *update) base(key string, id time.Time) *ical.Event {
	kept := u.history.has(key, id, nil, u.m.Before)
	if kept == nil {
		return u.before
	}
	if u.versions[kept] == nil {
		filled := u.m.filled(*kept)
		u.versions[kept] = &filled
	}
	return u.versions[kept]
}

// holding is what one attendee has.
type holding struct {
	u     *update
	key   string
	base  *ical.Event // the version of the whole that they have
	was   view        // what they see of it
	fresh bool        // they have no invitation
}

// holds returns what an attendee has.
func (u *update) holds(a *ical.Attendee) *holding {
	h := &holding{u: u, key: address.Key(a.Email)}
	h.base = u.base(h.key, time.Time{})
	h.was = u.plan.indexes.view(h.base, a.Email, u.said)
	if h.was.whole != nil && !u.history.holds(h.key, time.Time{}) {
		h.was = view{} // they never got the whole
		for _, id := range u.history.single(h.key) {
			if e := u.said.occurrence(u.base(h.key, id), id); e != nil {
				h.was.alone = append(h.was.alone, e)
			}
		}
		return h
	}
	h.was.alone = slices.DeleteFunc(h.was.alone, func(e *ical.Event) bool { return h.occurrence(e.RecurrenceID) == nil })
	return h
}

// lacks returns the occurrences of which they have another version.
func (h *holding) lacks() []time.Time {
	if h.fresh {
		return nil
	}
	return h.u.history.lacks(h.key)
}

// occurrence returns what they have of an occurrence; nil for nothing.
func (h *holding) occurrence(id time.Time) *ical.Event {
	if h.fresh || !h.u.history.holds(h.key, id) {
		return nil
	}
	was := h.was
	if base := h.u.base(h.key, id); base != h.base {
		was = h.u.plan.indexes.view(base, h.key, h.u.said)
	}
	if was.whole != nil {
		return h.u.at(was.whole, id)
	}
	return find(was.alone, id)
}
