package plan

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// Following plans the change of the occurrence with that original start and of all
// later ones: the end of the old series, and a new meeting that follows it. rest is
// nil if start is the first occurrence, because that is an update of the whole
// meeting.
func Following(m *Meeting, start time.Time, after ical.Event, o *Options) (old, rest *Plan, err error) {
	before := series.Normalized(*m.Event)
	if start, err = normalizedStart(&before, start); err != nil {
		return nil, nil, err
	}
	if !series.InRule(&before, start) {
		return nil, nil, fieldError("RecurrenceID", NoOccurrence(&before, start))
	}
	shortened, ok := series.EndBefore(&before, start)
	if !ok {
		old, err = Update(m, after, o)
		return old, nil, err
	}
	after = series.Normalized(after)
	if !after.Start.IsZero() && after.Start.Equal(before.Start) {
		after.Start, after.End = start, series.End(&after, start)
	}
	if last := shortened.Recurrence.Until; !after.Start.After(last) {
		return nil, nil, fieldError("Start", "is not after the last occurrence that stays"+onDate(&before, last))
	}
	if old, err = Update(m, shortened, o.unchecked()); err != nil {
		return nil, nil, err
	}
	if after.UID == before.UID || after.UID == "" {
		after.UID = o.NewID()
	}
	rest, err = m.rest(series.BeginAt(after, &before, start), &before, start, o)
	if err != nil {
		return nil, nil, err
	}
	return old, rest, nil
}

// unchecked returns options that check no event. The half that stays needs no
// check: it was checked when it was sent, and the caller cannot mend it.
func (o *Options) unchecked() *Options {
	out := *o
	out.Check = func(*ical.Event) error { return nil }
	return &out
}

// rest plans the new meeting, with the answers and the attendees that the old one
// hands on to it.
func (m *Meeting) rest(after ical.Event, before *ical.Event, start time.Time, o *Options) (*Plan, error) {
	if err := o.Check(&after); err != nil { // with the statuses, which become answers
		return nil, err
	}
	carried := m.carried(&after, before, start, o)
	fromOrganizer := m.OrganizerAnswers(&after, o.stamp())
	roster.ClearAnswers(&after)
	p, err := Send(after, o.unchecked())
	if err != nil {
		return nil, err
	}
	for _, a := range fromOrganizer {
		a.Sequence = 0
		carried = append(carried, a)
	}
	p.OrganizerAnswers = carried
	for _, j := range m.Joined {
		if !j.RecurrenceID.Before(start) {
			p.Joined = append(p.Joined, j)
		}
	}
	p.show(&roster.Record{Event: new(ical.Event), Joined: p.Joined})
	p.inviteAll(o)
	return p, nil
}

// carried returns the answers that hold for the rest of a series, as answers to the
// new meeting. There are none if the change asks everybody anew.
func (m *Meeting) carried(after, before *ical.Event, start time.Time, o *Options) (out []roster.Answer) {
	if !sameMeeting(after, before, start, o) {
		return nil
	}
	counting := m.Counting()
	for _, given := range m.Given {
		key := address.Key(given.Email)
		if counting.Newest(key, given.RecurrenceID) != given || given.Sequence < counting.Floor(key, given.RecurrenceID) ||
			!given.RecurrenceID.IsZero() && given.RecurrenceID.Before(start) {
			continue
		}
		a := *given
		a.Sequence, a.MessageID = 0, "" // it is no answer to an invitation to the rest
		out = append(out, a)
	}
	return out
}

// sameMeeting reports whether the series after the change equals the one before it,
// from the occurrence with that original start on, in everything that needs an
// answer.
func sameMeeting(after, before *ical.Event, start time.Time, o *Options) bool {
	was := *before
	was.Start, was.End, was.Overrides = start, series.End(before, start), nil
	is := *after
	is.Overrides = nil
	if was.Recurrence != nil && is.Recurrence != nil {
		r := *was.Recurrence
		if r.Count > 0 {
			r.Count -= series.CountBefore(before, start)
		}
		was.Recurrence = &r
	}
	return highest(diff(&was, &is, o.Levels)) < LevelMajor
}
