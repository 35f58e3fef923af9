package plan

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// Following plans the change of the occurrence with that original start and of all
// later ones: the end of the old series, and a new meeting that follows it. begin is
// nil if start is the first occurrence, because that is an update of the whole
// meeting. If no occurrence before start takes place, the old series is cancelled.
func Following(m *Meeting, start time.Time, after ical.Event, o *Options) (old, begin *Plan, err error) {
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
	rest := series.BeginAt(inOneForm(&before, after), &before, start)
	if last := shortened.Recurrence.Until; !rest.Event.Start.After(last) {
		return nil, nil, fieldError("Start", "is not after the last occurrence that stays"+onDate(&before, last))
	}
	if old, err = cancelPart(m, shortened, o.unchecked()); err != nil {
		return nil, nil, err
	}
	if after := &rest.Event; after.UID == before.UID || after.UID == "" {
		after.UID = o.NewID()
	}
	if err := checkLost(rest.Lost, &before, rest.Event, o); err != nil {
		return nil, nil, err
	}
	begin, err = m.rest(&rest, start, o)
	if err != nil {
		return nil, nil, err
	}
	return old, begin, nil
}

// unchecked returns options that check no event. The half that stays needs no
// check: it was checked when it was sent, and the caller cannot mend it.
func (o *Options) unchecked() *Options {
	out := *o
	out.Check = func(*ical.Event) error { return nil }
	return &out
}

// rest plans the new meeting, with the answers and the attendees that the old one
// hands on to it. They go with the occurrences that they are about.
func (m *Meeting) rest(r *series.Rest, start time.Time, o *Options) (*Plan, error) {
	after := r.Event
	if err := o.Check(&after); err != nil { // with the statuses, which become answers
		return nil, err
	}
	from := *m
	from.Joined = slices.DeleteFunc(slices.Clone(m.Joined), func(j roster.Joined) bool { return j.RecurrenceID.Before(start) })
	from.Given = slices.DeleteFunc(slices.Clone(m.Given), func(a *roster.Answer) bool {
		return !a.RecurrenceID.IsZero() && a.RecurrenceID.Before(start)
	})
	from.Record = *from.Moved(r.Move)
	carried := from.carried(r, o)
	fromOrganizer := from.OrganizerAnswers(&after, o.stamp())
	roster.ClearAnswers(&after)
	p, err := Send(after, o.unchecked())
	if err != nil {
		return nil, err
	}
	for _, a := range fromOrganizer {
		a.Sequence = 0
		carried = append(carried, a)
	}
	p.OrganizerAnswers, p.Joined = carried, from.Joined
	p.show(&roster.Record{Event: new(ical.Event), Joined: p.Joined})
	p.inviteAll(o)
	return p, nil
}

// carried returns the answers that hold for the rest of a series, as answers to the
// new meeting. There are none if the change asks everybody anew.
func (m *Meeting) carried(r *series.Rest, o *Options) (out []roster.Answer) {
	if !sameMeeting(r, o) {
		return nil
	}
	counting := m.Counting()
	for _, given := range m.Given {
		key := address.Key(given.Email)
		if counting.Newest(key, given.RecurrenceID) != given || given.Sequence < counting.Floor(key, given.RecurrenceID) {
			continue
		}
		a := *given
		a.Sequence, a.MessageID = 0, "" // it is no answer to an invitation to the rest
		out = append(out, a)
	}
	return out
}

// sameMeeting reports whether the rest of a series after the change equals the rest
// before it in everything that needs an answer.
func sameMeeting(r *series.Rest, o *Options) bool {
	was, is := r.Was, r.Event
	was.Overrides, is.Overrides = nil, nil
	return highest(diff(&was, &is, o.Levels)) < LevelMajor
}
