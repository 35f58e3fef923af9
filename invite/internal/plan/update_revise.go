package plan

import (
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// revise finds the changes that ask for new answers, and gives changed occurrences
// the new sequence.
func (u *update) revise() {
	p := u.plan
	after := p.Intent
	after.Overrides = slices.Clone(after.Overrides)
	if joined := u.moving.record.Joined; len(joined) > 0 {
		after = series.Normalized(after)
		roster.Admit(&after, joined...)
	}
	major := highest(diff(u.before, &after, u.options.Levels)) == LevelMajor
	if major {
		p.Revised = append(p.Revised, roster.Revision{Sequence: p.Intent.Sequence})
	}
	for _, start := range series.Exceptions(u.moving.before, &after) {
		is := u.finder.Occurrence(&after, start)
		if is == nil {
			continue
		}
		level := u.movedLevel(start, is)
		if i := u.finder.OverrideIndex(&p.Intent, start); i >= 0 && level > LevelSilent {
			p.Intent.Overrides[i].Sequence = p.Intent.Sequence
		}
		if level == LevelMajor && (!major || roster.HasOwnAttendees(&after, start)) {
			p.Revised = append(p.Revised, roster.Revision{RecurrenceID: start, Sequence: p.Intent.Sequence})
		}
	}
	for i := range p.OrganizerAnswers { // the organizer's word is about the new version
		for _, r := range p.Revised {
			if a := &p.OrganizerAnswers[i]; r.RecurrenceID.IsZero() || r.RecurrenceID.Equal(a.RecurrenceID) {
				a.Sequence = max(a.Sequence, r.Sequence)
			}
		}
	}
}

// organizerAnswers returns the answers that the organizer gives by the event after, as
// it was given. Attendees who were not invited any more and are invited again start
// anew: their earlier answers are taken back first.
func (u *update) organizerAnswers(after *ical.Event) []roster.Answer {
	back := u.takenBack(after)
	then := *u.moving.record
	if len(back) > 0 {
		then.Given = slices.Clone(then.Given)
	}
	for i := range back {
		then.Given = append(then.Given, &back[i])
	}
	return append(back, then.OrganizerAnswers(after, u.options.stamp())...)
}

// takenBack returns answers that take back earlier ones. They are of attendees who
// were removed, and whom the event after invites again.
func (u *update) takenBack(after *ical.Event) (back []roster.Answer) {
	var with *ical.Event // after, with the attendees who joined
	asked, answers := make(map[string]bool), u.answersBefore
	if u.moving.Renames() {
		answers = u.moving.record.Counting()
	}
	for _, a := range u.meeting.Given {
		key := address.Key(a.Email)
		if asked[key] || u.plan.Index.Attendee(u.before, key) != nil {
			continue
		}
		asked[key] = true
		if with == nil {
			e := series.Normalized(*after)
			roster.Admit(&e, u.moving.record.Joined...)
			with = &e
		}
		if u.plan.Index.Attendee(with, key) != nil {
			back = append(back, answers.TakenBack(key, u.before.Sequence+1)...)
		}
	}
	return back
}

// level returns the level of the change of one occurrence. An occurrence that did not
// take place before is as good as new.
func (u *update) level(was, is *ical.Event) Level {
	if was == nil {
		return LevelMajor
	}
	return highest(diff(was, is, u.options.Levels))
}
