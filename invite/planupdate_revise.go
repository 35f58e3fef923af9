package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// revise finds the changes that ask for new answers, and gives changed
// occurrences the new sequence.
func (u *update) revise() {
	p := u.plan
	after := own(p.intent)
	for _, j := range u.m.Joined {
		admit(&after, j)
	}
	major := top(diff(u.before, &after, u.levels)) == LevelMajor
	if major {
		p.revised = append(p.revised, Revision{Sequence: p.intent.Sequence})
	}
	for _, id := range exceptions(u.before, &after) {
		is := occurrence(&after, id)
		if is == nil {
			continue
		}
		level := u.level(occurrence(u.before, id), is)
		if i := overrideOf(&p.intent, id); i >= 0 && level > LevelSilent {
			p.intent.Overrides[i].Sequence = p.intent.Sequence
		}
		if level == LevelMajor && (!major || u.guests(&after, id)) {
			p.revised = append(p.revised, Revision{RecurrenceID: id, Sequence: p.intent.Sequence})
		}
	}
	u.askAnew(&after)
	for i := range p.said { // the organizer's word is about the new version
		for _, r := range p.revised {
			if a := &p.said[i]; r.RecurrenceID.IsZero() || r.RecurrenceID.Equal(a.RecurrenceID) {
				a.Sequence = max(a.Sequence, r.Sequence)
			}
		}
	}
}

// guests reports whether an occurrence has attendees of its own.
func (u *update) guests(after *ical.Event, id time.Time) bool {
	i := overrideOf(after, id)
	return i >= 0 && len(after.Overrides[i].Attendees) > 0
}

// askAnew takes back the earlier answers of attendees who were not invited any
// more and are again.
func (u *update) askAnew(after *ical.Event) {
	asked := make(map[string]bool)
	for i := range u.m.Answers {
		key := address.Key(u.m.Answers[i].Email)
		if asked[key] || u.plan.attendee(u.before, key) != nil {
			continue
		}
		if asked[key] = true; u.plan.attendee(after, key) != nil {
			u.plan.said = append(u.said.askAnew(key, u.plan.intent.Sequence), u.plan.said...)
		}
	}
}

// level is the level of the change of one occurrence; one that did not take place
// before is as good as new.
func (u *update) level(was, is *ical.Event) Level {
	if was == nil {
		return LevelMajor
	}
	return top(diff(was, is, u.levels))
}
