package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// ownAnswers returns the coming occurrences of a series for which the reader's
// answer is another than the one that the object shows. An update of the series
// resets every occurrence in the calendars of Thunderbird, Evolution and sabre, so
// without these occurrences a refused date would come back as accepted. They are
// for their reader alone: in the calendar of another attendee they would stay when
// that attendee answers the whole series (docs/changes.md).
func (r *renderer) ownAnswers(l letter, now time.Time) (out []ical.Event) {
	n := &l[0]
	if len(l) > 1 || r.options.oneMail || n.method != ical.MethodRequest || n.event.Recurrence == nil {
		return nil
	}
	key := n.key()
	dates := slices.DeleteFunc(r.plan.answers.apart(key), func(id time.Time) bool {
		return r.plan.answers.status(key, id) == r.shown(n, key, id)
	})
	if len(dates) == 0 {
		return nil
	}
	has := startsOf(n.event, dates)
	for _, id := range dates {
		if !has[id.Unix()] {
			continue
		}
		if e := r.ownOccurrence(n, key, id); e != nil && !isPast(e, now) {
			out = append(out, *e)
		}
	}
	return out
}

// shown is the status that the object for all shows for the attendee at an
// occurrence.
func (r *renderer) shown(n *notice, key string, id time.Time) ical.Status {
	list := n.event.Attendees
	if i := overrideOf(n.event, id); i >= 0 && len(n.event.Overrides[i].Attendees) > 0 {
		list = n.event.Overrides[i].Attendees
	}
	if i := r.plan.find(list, key); i >= 0 {
		return or(list[i].Status, ical.StatusNeedsAction)
	}
	return ""
}

// ownOccurrence is one occurrence for one attendee; nil if it does not take place
// or they are not invited to it. A refused one says only what a calendar needs to
// show it.
func (r *renderer) ownOccurrence(n *notice, key string, id time.Time) *ical.Event {
	e := r.plan.occurrenceOf(n.event, id)
	if e == nil {
		return nil
	}
	i := r.plan.find(e.Attendees, key)
	if i < 0 {
		return nil
	}
	a := e.Attendees[i]
	r.plan.answers.answer(key, id).put(&a)
	e.Sequence, e.Attendees = n.sequence, []ical.Attendee{a}
	if a.Status == ical.StatusDeclined {
		e.Description, e.URL, e.Categories, e.Attachments, e.Reminders, e.Extra = "", "", nil, nil, nil, nil
	}
	return e
}

// occurrenceOf is occurrence for an original start that the rule is known to have.
func (p *plan) occurrenceOf(e *ical.Event, id time.Time) *ical.Event {
	if i := overrideOf(e, id); i >= 0 {
		if e.Overrides[i].Cancelled {
			return nil
		}
		full := e.Override(i)
		return &full
	}
	if slices.ContainsFunc(e.Recurrence.Except, id.Equal) {
		return nil
	}
	return regular(e, id)
}
