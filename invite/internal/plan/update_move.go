package plan

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// checkLost returns an error about exceptions and overrides that have no place in the
// event after. If after itself must not be sent, the error says that instead.
func checkLost(lost []series.Lost, before *ical.Event, after ical.Event, o *Options) error {
	if len(lost) == 0 {
		return nil
	}
	after = series.Normalized(after)
	bare := after
	bare.Overrides = nil
	if err := checkAfter(bare, o); err != nil {
		return err
	}
	errs := make([]*ical.FieldError, len(lost))
	for i, l := range lost {
		text := onTime(before, l.Start) + " is no occurrence of the changed series: remove it, or give it another original start"
		if !l.To.IsZero() {
			text = fmt.Sprintf("%s moves to %s, which Overrides[%d] has already", onTime(before, l.Start), onTime(&after, l.To), l.Other)
		}
		errs[i] = &ical.FieldError{Field: l.Field(), Err: errors.New(text)}
	}
	return fault.Join("invite", errs...)
}

// moving is the part of an update that knows which occurrences have other names after
// the change, see [series.Move].
type moving struct {
	*series.Move
	record *roster.Record      // of the meeting, with the new names
	to     map[int64]time.Time // the new names of changed occurrences, by their names before
	from   map[int64]time.Time // their names before, by the new ones
	before *ical.Event         // the version before with the new names and times, see [series.Move.Before]
}

// newMoving returns the effects of a move on a meeting. before is the version before, with
// everybody's answers.
func newMoving(m *Meeting, move *series.Move, before *ical.Event) *moving {
	v := &moving{Move: move, record: &m.Record, before: before}
	if !move.Renames() {
		return v
	}
	v.record = m.Moved(move)
	v.to, v.from = move.Starts(series.Exceptions(before)), make(map[int64]time.Time)
	for old, to := range v.to {
		if !to.IsZero() {
			v.from[to.Unix()] = time.Unix(old, 0).UTC()
		}
	}
	moved := move.Before(before)
	v.before = &moved
	return v
}

// renamed reports whether occurrences have other names than in a version that an
// attendee has.
func (u *update) renamed(base *ical.Event) bool { return base.Sequence < u.renamedAt }

// movedView returns a version with the names after the change, and an attendee's view
// of it. It is nil if the attendee has neither the version before nor the names after
// the change.
func (u *update) movedView(a *ical.Attendee, base, was *ical.Event) (*ical.Event, *ical.Event) {
	switch {
	case !u.renamed(base):
		return base, was
	case base != u.before || !u.moving.Renames():
		return nil, nil
	}
	return u.moving.before, u.plan.View(u.moving.before, a.Email).Whole
}

// movedLevel returns the level of the change of the occurrence that has the original
// start after the change.
func (u *update) movedLevel(start time.Time, is *ical.Event) Level {
	if old, ok := u.moving.from[start.Unix()]; ok {
		return u.level(u.finder.Occurrence(u.before, old), is)
	}
	level := u.level(u.finder.Occurrence(u.moving.before, start), is)
	if !u.moving.Renames() {
		return level
	}
	for _, c := range u.diff(u.before, &u.plan.Intent) {
		if slices.Contains([]string{"start", "allDay", "timeZone", "recurrence"}, c.field) {
			level = max(level, c.level)
		}
	}
	return level
}

// singleMoves adds the notices of one original start for an attendee of single
// occurrences, if the change moves an occurrence there or away. It reports false if
// it does not. A calendar knows an occurrence by its original start, so it needs a
// cancellation of the old one and a request for the new one.
func (u *update) singleMoves(a *ical.Attendee, was, is roster.View, start time.Time) bool {
	old, now := roster.WithStart(was.Singles, start), roster.WithStart(is.Singles, start)
	if old == nil && now == nil {
		return true
	}
	if now != nil {
		return u.singleArrives(a, was, old, now)
	}
	to, ok := u.moving.to[start.Unix()]
	if !ok || roster.WithStart(is.Singles, to) == nil {
		return false
	}
	u.plan.add(a, Content{Method: ical.MethodCancel, Event: u.plan.cancelled(old, a, u.plan.Event.Sequence), Before: old,
		Reason: fmt.Sprintf("moves from %s to %s", onTime(old, start), onTime(&u.plan.Event, to))})
	return true
}

// singleArrives adds the request for an occurrence that comes from another original
// start. old is the occurrence that the attendee had under its name, or nil.
func (u *update) singleArrives(a *ical.Attendee, was roster.View, old, now *ical.Event) bool {
	from, ok := u.moving.from[now.RecurrenceID.Unix()]
	switch {
	case ok && from.Equal(now.RecurrenceID):
		return false
	case !ok && (old == nil || !u.renamed(old)):
		return false
	}
	changes := []change{{"start", LevelMajor, "is another occurrence of the series now"}}
	if source := roster.WithStart(was.Singles, from); ok && source != nil {
		changes = slices.Concat(u.diff(source, now), u.roleChange(source, now, a.Email))
	} else if ok && old == nil {
		return false
	}
	for i := range changes {
		changes[i].level = max(changes[i].level, LevelMinor)
	}
	now.Sequence = u.plan.Event.Sequence
	u.plan.add(a, Content{Method: ical.MethodRequest, Event: now, Before: old, Reason: "only" + onOccurrence(now) + ": " + reasonFor(changes)})
	return true
}
