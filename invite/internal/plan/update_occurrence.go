package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// changedDate is an occurrence that changes for one attendee. The event of a
// version is nil if the occurrence does not take place in it.
type changedDate struct {
	was, is *ical.Event
	changes []change
}

// changedDates returns the occurrences that either version changes, cancels or
// excepts, with their changes. If restored is true, the attendee needs the whole
// series, because an occurrence takes place again that was excepted for them:
// Thunderbird keeps its EXDATE if only the occurrence comes, and goes on hiding it.
func (u *update) changedDates(a *ical.Attendee, base, was, is *ical.Event) (list []changedDate, restored bool) {
	if base, was = u.movedView(a, base, was); base == nil {
		return nil, false // the change of the series says it
	}
	list = slices.Clone(u.changingDates(dateVersions{base, was, is}))
	for i := range list {
		switch d := &list[i]; {
		case d.was == nil:
			restored = true
			d.changes = []change{{"cancelled", LevelMajor, u.begins(a, base, d.is)}}
		case d.is == nil:
			_, why := u.ends(d.was)
			d.changes = []change{{"cancelled", LevelMinor, why}} // asks for no answer
		default:
			d.changes = slices.Concat(u.diff(d.was, d.is), u.roleChange(d.was, d.is, a.Email))
		}
	}
	return list, restored
}

// dateVersions are the versions between which occurrences change for an attendee: the
// version that the attendee has, and the views of it and of the new version.
type dateVersions struct{ base, was, is *ical.Event }

// changingDates returns the occurrences that either version changes, cancels or
// excepts and that take place in one of them, without their changes. They are the same
// for all attendees with these versions.
func (u *update) changingDates(v dateVersions) []changedDate {
	list, ok := u.dates[v]
	if ok {
		return list
	}
	for _, start := range series.Exceptions(v.was, v.is) {
		if u.excepts(v.was, start) && u.excepts(v.is, start) {
			continue
		}
		d := changedDate{was: u.occurrence(v.was, start), is: u.occurrence(v.is, start)}
		if d.was == nil && d.is == nil || !u.finder.InRule(v.base, start) || !u.finder.InRule(&u.plan.Event, start) {
			continue // the change of the rule says it
		}
		list = append(list, d)
	}
	u.dates[v] = list
	return list
}

// excepts reports whether a version excepts an occurrence and has no override of it.
func (u *update) excepts(version *ical.Event, start time.Time) bool {
	return u.finder.IsExcepted(version, start) && u.finder.OverrideIndex(version, start) < 0
}

// beside returns the changes of the date for a reason that already has the
// changes of the whole meeting. It leaves out changes that only follow from
// these.
func (d *changedDate) beside(whole []change) (out []change) {
	e := d.is
	if e == nil {
		e = d.was
	}
	for _, c := range d.changes {
		if c.level == LevelSilent || slices.Contains(whole, c) {
			continue
		}
		if c.field == "cancelled" {
			c.text += onOccurrence(e)
		} else {
			c.text = strings.TrimSpace(onOccurrence(e)) + ": " + c.text
		}
		out = append(out, c)
	}
	return out
}

// singles adds the notices of an attendee who was and is invited to single
// occurrences alone.
func (u *update) singles(a *ical.Attendee, base *ical.Event, was, is roster.View) {
	list := append(slices.Clone(was.Singles), is.Singles...)
	slices.SortStableFunc(list, func(x, y *ical.Event) int { return x.RecurrenceID.Compare(y.RecurrenceID) })
	list = slices.CompactFunc(list, func(x, y *ical.Event) bool { return x.RecurrenceID.Equal(y.RecurrenceID) })
	for _, e := range list {
		if u.singleMoves(a, was, is, e.RecurrenceID) {
			continue
		}
		u.single(a, base, roster.WithStart(was.Singles, e.RecurrenceID), roster.WithStart(is.Singles, e.RecurrenceID))
	}
}

// single adds the notice of one occurrence. The event of a version is nil if the
// occurrence does not take place in it for the attendee.
func (u *update) single(a *ical.Attendee, base, was, is *ical.Event) {
	switch {
	case was == nil && is == nil:
	case was == nil:
		is.Sequence = u.plan.Event.Sequence
		u.plan.add(a, Content{Method: ical.MethodRequest, Event: is, Reason: u.begins(a, base, is) + onOccurrence(is)})
	case is == nil:
		action, reason := u.ends(was)
		u.plan.addCancel(a, was, action, reason+onOccurrence(was))
	default:
		changes := slices.Concat(u.diff(was, is), u.roleChange(was, is, a.Email))
		if highest(changes) > LevelSilent {
			is.Sequence = u.plan.Event.Sequence
			u.request(a, was, is, changes)
		}
	}
}

// begins says why an attendee gets an occurrence that they did not see.
func (u *update) begins(a *ical.Attendee, base, is *ical.Event) string {
	if u.plan.Index.Find(base.Attendees, address.Key(a.Email)) >= 0 && u.occurrence(base, is.RecurrenceID) == nil {
		return "takes place after all"
	}
	return "is invited"
}

// ends says why an attendee does not see an occurrence any more.
func (u *update) ends(was *ical.Event) (Action, string) {
	if u.occurrence(&u.plan.Event, was.RecurrenceID) == nil {
		return ActionCancellation, "does not take place"
	}
	return ActionRemoval, "is no longer invited"
}
