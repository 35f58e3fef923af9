package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// base returns the version that an attendee has, and their view of it. If mails
// to them were not handed over, it is an earlier version. Single occurrences may
// then have a newer form, because the attendee received mails about them.
func (u *update) base(a *ical.Attendee) (*ical.Event, roster.View) {
	w := u.history.byAddress[address.Key(a.Email)]
	base, from := u.versionsOf(w)
	was := u.view(base, a)
	switch {
	case w == nil:
	case was.Whole != nil && u.history.known && !w.whole && !w.answered:
		return base, u.singlesOnly(w, base, from)
	case was.Whole != nil && len(from) > 0:
		base = u.mixed(base, from)
		was = u.view(base, a)
	case was.Whole == nil:
		was.Singles = u.receivedSingles(a, w, was.Singles, from)
	}
	return base, was
}

// view returns the view that an attendee had of a version.
func (u *update) view(version *ical.Event, a *ical.Attendee) roster.View {
	return u.plan.Index.View(version, a.Email, u.answersBefore)
}

// receivedSingles returns the occurrences that an attendee of single occurrences has,
// each as they have it: as in list, or as in another version.
func (u *update) receivedSingles(a *ical.Attendee, w *received, list []*ical.Event, from map[int64]*ical.Event) []*ical.Event {
	list = slices.DeleteFunc(list, func(e *ical.Event) bool {
		start := e.RecurrenceID.Unix()
		return from[start] != nil || !w.has(start)
	})
	for _, start := range slices.Sorted(maps.Keys(from)) {
		for _, e := range u.view(from[start], a).Singles {
			if e.RecurrenceID.Unix() == start && w.has(start) {
				list = append(list, e)
			}
		}
	}
	return list
}

// singlesOnly returns the view of an attendee of the whole meeting who has received
// single occurrences of it alone.
func (u *update) singlesOnly(w *received, base *ical.Event, from map[int64]*ical.Event) (v roster.View) {
	for _, start := range slices.Sorted(maps.Keys(w.singles)) {
		version := cmp.Or(from[start], base)
		if e := u.answersBefore.Occurrence(version, time.Unix(start, 0).UTC()); e != nil {
			v.Singles = append(v.Singles, e)
		}
	}
	return v
}

// versionsOf returns the version that an attendee has of the whole meeting, and the
// versions of the occurrences of which they have another, by original start as a Unix
// time.
func (u *update) versionsOf(w *received) (all *ical.Event, from map[int64]*ical.Event) {
	if w == nil || len(w.owed) == 0 {
		return u.before, nil
	}
	all = u.before
	if n, ok := w.owed[roster.Whole]; ok {
		all = cmp.Or(u.versions.get(versionUpTo(u.meeting.Before, n-1)), all)
	}
	from = make(map[int64]*ical.Event)
	for start, n := range w.got {
		from[start] = cmp.Or(u.versions.get(versionFrom(u.meeting.Before, n)), u.before)
	}
	for start, n := range w.owed {
		from[start] = cmp.Or(u.versions.get(versionUpTo(u.meeting.Before, n-1)), all)
	}
	maps.DeleteFunc(from, func(_ int64, v *ical.Event) bool { return v == all })
	return all, from
}

// mixed returns a version in which some occurrences are as in other versions. It is
// one value for all attendees with the same mixture.
func (u *update) mixed(e *ical.Event, from map[int64]*ical.Event) *ical.Event {
	starts := slices.Sorted(maps.Keys(from))
	var key strings.Builder
	fmt.Fprintf(&key, "%p", e)
	for _, start := range starts {
		fmt.Fprintf(&key, " %d %p", start, from[start])
	}
	if u.mixtures[key.String()] == nil {
		out := e.Clone()
		for _, start := range starts {
			series.CopyOccurrence(&out, from[start], start)
		}
		u.mixtures[key.String()] = &out
	}
	return u.mixtures[key.String()]
}
