package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// planFollowing plans the end of the old series and the new meeting that follows
// it. rest is nil if start is the first occurrence, since that is an update of the
// whole.
func planFollowing(m *Meeting, start time.Time, after ical.Event, o *settings) (old, rest *plan, err error) {
	before := own(m.Event)
	if before.Cancelled {
		return nil, nil, ErrCancelled
	}
	if start = ownID(&before, start); !inRule(&before, start) {
		return nil, nil, fieldError("RecurrenceID", noOccurrence(&before, start))
	}
	shortened, ok := truncated(&before, start)
	if !ok {
		old, err = planUpdate(m, after, o)
		return old, nil, err
	}
	after = own(after)
	if !after.Start.IsZero() && after.Start.Equal(before.Start) {
		after.Start, after.End = start, endFrom(&after, start)
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
	after = fromOccurrence(after, &before, start)
	carried := m.carried(&after, &before, start, o)
	said := m.spoken(&after, o.stamp())
	clearStatuses(&after)
	if rest, err = planSend(after, o); err != nil {
		return nil, nil, err
	}
	for _, a := range said {
		a.Sequence = 0
		carried = append(carried, a)
	}
	rest.said = carried
	rest.joined = m.joinedFrom(start)
	rest.show(&Meeting{Joined: rest.joined})
	rest.inviteAll()
	return old, rest, nil
}

// carried returns the answers that hold for the rest of a series, as answers to
// the new meeting; none if the change asks everybody anew.
func (m *Meeting) carried(after, before *ical.Event, start time.Time, o *settings) (out []Answer) {
	if !sameMeeting(after, before, start, o) {
		return nil
	}
	s := m.standing()
	for i := range m.Answers {
		a := m.Answers[i]
		key := answerKey{address.Key(a.Email), a.RecurrenceID.Unix()}
		if s.latest[key] != &m.Answers[i] || a.Sequence < s.floorOf(key.email, a.RecurrenceID) ||
			!a.RecurrenceID.IsZero() && a.RecurrenceID.Before(start) {
			continue
		}
		a.Sequence, a.MessageID = 0, "" // it is no answer to an invitation to the rest
		out = append(out, a)
	}
	return out
}

// joinedFrom returns who joined the occurrence with the original start or a later
// one.
func (m *Meeting) joinedFrom(start time.Time) []Joined {
	return slices.DeleteFunc(slices.Clone(m.Joined), func(j Joined) bool { return j.RecurrenceID.Before(start) })
}

// fromOccurrence is after without what belongs to the occurrences before start.
func fromOccurrence(after ical.Event, before *ical.Event, start time.Time) ical.Event {
	after.Sequence = 0
	after.Overrides = slices.DeleteFunc(after.Overrides, func(v ical.Event) bool { return v.RecurrenceID.Before(start) })
	for i := range after.Overrides {
		after.Overrides[i].UID, after.Overrides[i].Sequence = "", 0
	}
	if r := after.Recurrence; r != nil {
		r.Except = slices.DeleteFunc(r.Except, func(t time.Time) bool { return t.Before(start) })
		if r.Count > 0 && before.Recurrence != nil && r.Count == before.Recurrence.Count {
			r.Count = max(1, r.Count-countBefore(before, start))
		}
	}
	return after
}

// sameMeeting reports whether the series after the change is the one before it,
// from the occurrence with the original start id on, in all that needs an answer.
func sameMeeting(after, before *ical.Event, id time.Time, o *settings) bool {
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
