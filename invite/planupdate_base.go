package invite

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// base returns the version that an attendee has, and their view of it: the version
// before, with what the last mails about single occurrences said.
func (u *update) base(a *ical.Attendee) (*ical.Event, view) {
	w := u.history.of[address.Key(a.Email)]
	base, from := u.versionsOf(w)
	was := u.plan.indexes.view(base, a.Email, u.said)
	switch {
	case w == nil:
	case was.whole != nil && u.history.known && !w.whole && !w.answered:
		return base, u.onlyAlone(w, base, from)
	case was.whole != nil && len(from) > 0:
		base = u.mixed(base, from)
		was = u.plan.indexes.view(base, a.Email, u.said)
	case was.whole == nil:
		was.alone = slices.DeleteFunc(was.alone, func(e *ical.Event) bool {
			id := e.RecurrenceID.Unix()
			return from[id] != nil || !w.has(id)
		})
		for _, id := range slices.Sorted(maps.Keys(from)) {
			for _, e := range u.plan.indexes.view(from[id], a.Email, u.said).alone {
				if e.RecurrenceID.Unix() == id && w.has(id) {
					was.alone = append(was.alone, e)
				}
			}
		}
	}
	return base, was
}

// onlyAlone is the view of an attendee of the whole meeting who has got single
// occurrences of it alone.
func (u *update) onlyAlone(w *heard, base *ical.Event, from map[int64]*ical.Event) (v view) {
	for _, id := range slices.Sorted(maps.Keys(w.alone)) {
		version := base
		if from[id] != nil {
			version = from[id]
		}
		if e := u.said.occurrence(version, time.Unix(id, 0).UTC()); e != nil {
			v.alone = append(v.alone, e)
		}
	}
	return v
}

// versionsOf returns the version that an attendee has, and those of the occurrences
// of which they have another.
func (u *update) versionsOf(w *heard) (all *ical.Event, from map[int64]*ical.Event) {
	if w == nil || len(w.owed) == 0 {
		return u.before, nil
	}
	all = u.before
	if n, ok := w.owed[wholeMeeting]; ok {
		all = u.version(versionUpTo(u.m.Before, n-1), all)
	}
	from = make(map[int64]*ical.Event)
	for id, n := range w.got {
		from[id] = u.version(versionFrom(u.m.Before, n), u.before)
	}
	for id, n := range w.owed {
		from[id] = u.version(versionUpTo(u.m.Before, n-1), all)
	}
	maps.DeleteFunc(from, func(_ int64, v *ical.Event) bool { return v == all })
	return all, from
}

// version is an earlier version with answers; otherwise if it is not kept.
func (u *update) version(kept, otherwise *ical.Event) *ical.Event {
	if kept == nil {
		return otherwise
	}
	if u.versions[kept] == nil {
		filled := u.m.filled(*kept)
		u.versions[kept] = &filled
	}
	return u.versions[kept]
}

// mixed is a version in which some occurrences are as in others.
func (u *update) mixed(e *ical.Event, from map[int64]*ical.Event) *ical.Event {
	ids := slices.Sorted(maps.Keys(from))
	var key strings.Builder
	fmt.Fprintf(&key, "%p", e)
	for _, id := range ids {
		fmt.Fprintf(&key, " %d %p", id, from[id])
	}
	if u.mixtures[key.String()] == nil {
		out := e.Clone()
		for _, id := range ids {
			takeOccurrence(&out, from[id], id)
		}
		u.mixtures[key.String()] = &out
	}
	return u.mixtures[key.String()]
}

// takeOccurrence makes an occurrence of e as another version has it.
func takeOccurrence(e, from *ical.Event, id int64) {
	is := func(t time.Time) bool { return t.Unix() == id }
	e.Overrides = slices.DeleteFunc(e.Overrides, func(o ical.Event) bool { return is(o.RecurrenceID) })
	for i := range from.Overrides {
		if is(from.Overrides[i].RecurrenceID) {
			e.Overrides = append(e.Overrides, from.Overrides[i].Clone())
		}
	}
	if e.Recurrence == nil || from.Recurrence == nil {
		return
	}
	e.Recurrence.Except = slices.DeleteFunc(e.Recurrence.Except, is)
	if i := slices.IndexFunc(from.Recurrence.Except, is); i >= 0 {
		e.Recurrence.Except = append(e.Recurrence.Except, from.Recurrence.Except[i])
	}
}
