package invite

import (
	"context"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// UpdateFollowing changes the occurrence with the original start id and all
// that follow it. Calendars agree on no range for that, so the series ends
// before the occurrence, and after becomes a meeting of its own with a new UID:
// old and rest are both to be kept. A Count that after has from the old series
// is lowered by the occurrences that stay with it.
//
// Answers are carried to the rest unless the change needs new ones. Where id is
// the first occurrence, the whole meeting is updated and rest is nil.
func (c *Client) UpdateFollowing(ctx context.Context, m *Meeting, id time.Time, after ical.Event, opts ...SendOption) (old, rest *Meeting, err error) {
	o := c.options.forMeeting(m, opts)
	end, begin, err := planFollowing(m, id, after, o)
	if err != nil {
		return nil, nil, err
	}
	if end == nil {
		old, err = c.Update(ctx, m, after, opts...)
		return old, nil, err
	}
	// The rest comes first: between the two mails an attendee has it twice
	// rather than not at all.
	if rest, err = c.carryOut(ctx, begin, new(Meeting), "", o); rest == nil {
		return nil, nil, err
	}
	old, errOld := c.carryOut(ctx, end, m, "", o)
	if err == nil {
		err = errOld
	}
	return old, rest, err
}

// PlanFollowing returns what [Client.UpdateFollowing] sends: the plan for the
// old series and that for the rest. Both are nil where id is the first
// occurrence, since that is an update of the whole.
func PlanFollowing(m *Meeting, id time.Time, after ical.Event, o *Options) (old, rest *Plan, err error) {
	o = o.forMeeting(m, nil)
	end, begin, err := planFollowing(m, id, after, o)
	if end == nil {
		return nil, nil, err
	}
	return end.public(o), begin.public(o), err
}

func planFollowing(m *Meeting, id time.Time, after ical.Event, o *Options) (old, rest *plan, err error) {
	before := own(m.Event)
	if before.Cancelled {
		return nil, nil, ErrCancelled
	}
	if id = ownID(&before, id); !inRule(&before, id) {
		return nil, nil, fieldError("RecurrenceID", noOccurrence(&before, id))
	}
	shortened, ok := truncated(&before, id)
	if !ok {
		return nil, nil, nil
	}
	after = own(after)
	if !after.Start.IsZero() && after.Start.Equal(before.Start) {
		after.Start, after.End = id, endFrom(&after, id)
	}
	if last := shortened.Recurrence.Until; !after.Start.After(last) {
		return nil, nil, fieldError("Start", "is not after the last occurrence that stays"+onDate(&before, last))
	}
	if old, err = planUpdate(m, shortened, o); err != nil {
		return nil, nil, err
	}
	if after.UID == before.UID || after.UID == "" {
		after.UID = o.NewID()
	}
	if rest, err = planSend(fromOccurrence(after, &before, id, o), o); err != nil {
		return nil, nil, err
	}
	return old, rest, nil
}

// fromOccurrence is after without what belongs to the occurrences before id,
// and with the answers that still hold.
func fromOccurrence(after ical.Event, before *ical.Event, id time.Time, o *Options) ical.Event {
	after.Sequence = 0
	after.Overrides = slices.DeleteFunc(after.Overrides, func(v ical.Event) bool { return v.RecurrenceID.Before(id) })
	for i := range after.Overrides {
		after.Overrides[i].UID, after.Overrides[i].Sequence = "", 0
	}
	if r := after.Recurrence; r != nil {
		r.Except = slices.DeleteFunc(r.Except, func(t time.Time) bool { return t.Before(id) })
		if r.Count > 0 && before.Recurrence != nil && r.Count == before.Recurrence.Count {
			r.Count = max(1, r.Count-countBefore(before, id))
		}
	}
	keep(after.Attendees, before.Attendees, after.Organizer.Email)
	if !sameMeeting(&after, before, id, o) {
		reset(after.Attendees, after.Organizer.Email)
		for i := range after.Overrides {
			reset(after.Overrides[i].Attendees, after.Organizer.Email)
		}
	}
	return after
}

// sameMeeting reports whether the series after the change is the one before it,
// from the occurrence with the original start id on, in all that needs an answer.
func sameMeeting(after, before *ical.Event, id time.Time, o *Options) bool {
	was := *before
	was.Start, was.End, was.Overrides = id, endFrom(before, id), nil
	is := *after
	is.Overrides = nil
	if was.Recurrence != nil && is.Recurrence != nil {
		r := *was.Recurrence
		if r.Count > 0 {
			r.Count -= countBefore(before, id)
		}
		was.Recurrence = &r
	}
	return top(diff(&was, &is, o.levels())) < LevelMajor
}

// countBefore counts the occurrences of the rule before id, excepted ones too.
func countBefore(e *ical.Event, id time.Time) int {
	n := 0
	for o := range bareRule(e).Occurrences(time.Time{}, id) {
		if o.RecurrenceID.Before(id) {
			n++
		}
	}
	return n
}
