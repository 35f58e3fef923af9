package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// carryAnswers keeps the answers that still hold, and takes back the others.
func (u *update) carryAnswers() {
	after := &u.plan.event
	major := top(u.changes) == LevelMajor
	keep(after.Attendees, u.before.Attendees, after.Organizer.Email)
	if major {
		reset(after.Attendees, after.Organizer.Email)
		u.plan.revised = append(u.plan.revised, Revision{Sequence: after.Sequence})
	}
	for _, id := range special(u.before, after) {
		u.carryOccurrence(id, major)
	}
}

// carryOccurrence does the same for one occurrence. Answers to it that differ
// from those to the series are kept in an override of its own.
func (u *update) carryOccurrence(id time.Time, major bool) {
	after := &u.plan.event
	was, is := occurrence(u.before, id), occurrence(after, id)
	if is == nil {
		return
	}
	level := u.level(was, is)
	list := slices.Clone(is.Attendees)
	i := overrideOf(after, id)
	own := i >= 0 && len(after.Overrides[i].Attendees) > 0
	switch {
	case major || level == LevelMajor:
		reset(list, after.Organizer.Email)
	case own:
		keep(list, was.Attendees, after.Organizer.Email)
	case hasList(u.before, id):
		restore(list, was.Attendees)
	}
	if own || !sameAnswers(list, after.Attendees) {
		i = pin(after, id, list)
	}
	if level > LevelSilent && i >= 0 {
		after.Overrides[i].Sequence = after.Sequence
	}
	if level == LevelMajor && !major {
		u.plan.revised = append(u.plan.revised, Revision{RecurrenceID: id, Sequence: after.Sequence})
	}
}

// level is what the change of one occurrence asks for; one that did not take
// place before is as good as new.
func (u *update) level(was, is *ical.Event) Level {
	if was == nil {
		return LevelMajor
	}
	return top(diff(was, is, u.levels))
}

// keep copies the answers of before into list where it says none.
func keep(list, before []ical.Attendee, organizer string) {
	x := make(indexes)
	for i := range list {
		a := &list[i]
		at := x.find(before, address.Key(a.Email))
		if at >= 0 && a.Status == ical.StatusNeedsAction && !address.Same(a.Email, organizer) {
			a.Status, a.Comment = or(before[at].Status, ical.StatusNeedsAction), before[at].Comment
		}
	}
}

// restore copies the answers of before into list.
func restore(list, before []ical.Attendee) {
	x := make(indexes)
	for i := range list {
		if at := x.find(before, address.Key(list[i].Email)); at >= 0 {
			list[i].Status, list[i].Comment = or(before[at].Status, ical.StatusNeedsAction), before[at].Comment
		}
	}
}

// reset takes back all answers but the organizer's own, which never needs asking.
func reset(list []ical.Attendee, organizer string) {
	for i := range list {
		if a := &list[i]; !address.Same(a.Email, organizer) {
			a.Status, a.Comment = ical.StatusNeedsAction, ""
		}
	}
}

// pin gives an occurrence a list of attendees of its own, in an override that is
// made where there is none, and returns the override's index.
func pin(e *ical.Event, id time.Time, list []ical.Attendee) int {
	i := overrideOf(e, id)
	if i < 0 {
		i = len(e.Overrides)
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: id})
	}
	e.Overrides[i].Attendees = list
	return i
}

// follow lets the occurrences to which the whole series was invited stay so:
// their lists of attendees, which are there for their answers alone, take over
// what changed in that of the series.
func follow(after, before *ical.Event) {
	if sameInvited(before.Attendees, after.Attendees) {
		return
	}
	moved := after.Start.Sub(before.Start)
	for i := range after.Overrides {
		o := &after.Overrides[i]
		at := overrideOf(before, o.RecurrenceID.Add(-moved))
		if at < 0 || len(o.Attendees) == 0 {
			continue
		}
		if was := before.Overrides[at].Attendees; sameInvited(was, o.Attendees) && sameInvited(was, before.Attendees) {
			list := slices.Clone(after.Attendees)
			restore(list, o.Attendees)
			o.Attendees = list
		}
	}
}

// sameInvited reports whether two lists differ in their order and answers at most.
func sameInvited(a, b []ical.Attendee) bool {
	x := make(indexes)
	return len(a) == len(b) && !slices.ContainsFunc(a, func(p ical.Attendee) bool {
		i := x.find(b, address.Key(p.Email))
		return i < 0 || !equal(unanswered(p), unanswered(b[i]))
	})
}

// unanswered is an attendee without what only an answer says.
func unanswered(a ical.Attendee) ical.Attendee {
	a.Email, a.Status, a.Comment, a.Role = address.Key(a.Email), "", "", or(a.Role, ical.RoleRequired)
	if len(a.Params) == 0 {
		a.Params = nil
	}
	return a
}

// overrideOf is the index of the override of an occurrence, or -1.
func overrideOf(e *ical.Event, id time.Time) int {
	return slices.IndexFunc(e.Overrides, func(o ical.Event) bool { return o.RecurrenceID.Equal(id) })
}

// hasList reports whether an occurrence has attendees of its own.
func hasList(e *ical.Event, id time.Time) bool {
	i := overrideOf(e, id)
	return i >= 0 && !e.Overrides[i].Cancelled && len(e.Overrides[i].Attendees) > 0
}

// sameAttendees reports whether two versions invite the same addresses.
func sameAttendees(was, is *ical.Event) bool {
	x := make(indexes)
	return len(was.Attendees) == len(is.Attendees) && !slices.ContainsFunc(is.Attendees, func(a ical.Attendee) bool {
		return x.find(was.Attendees, address.Key(a.Email)) < 0
	})
}

// sameAnswers reports whether two lists of the same attendees say the same.
func sameAnswers(a, b []ical.Attendee) bool {
	return slices.EqualFunc(a, b, func(x, y ical.Attendee) bool { return x.Status == y.Status && x.Comment == y.Comment })
}
