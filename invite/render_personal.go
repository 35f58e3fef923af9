package invite

import (
	"cmp"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

// ownAnswers returns the coming occurrences of a series for which the reader's
// answer differs from the one that the object shows. An update of the series
// resets every occurrence in the calendars of Thunderbird, Evolution and sabre,
// so without these occurrences a refused date would come back as accepted. They
// are for their reader alone: in the calendar of another attendee they would stay
// when that attendee answers the whole series (docs/changes.md).
func (r *renderer) ownAnswers(l letter, now time.Time) (out []ical.Event) {
	n := &l[0]
	if len(l) > 1 || r.options.oneMail || n.ObjectMethod() != ical.MethodRequest || n.ObjectEvent().Recurrence == nil {
		return nil
	}
	key := n.Key()
	dates := slices.DeleteFunc(r.plan.Answers.Apart(key), func(id time.Time) bool {
		return r.plan.Answers.Status(key, id) == r.shown(n, key, id)
	})
	if len(dates) == 0 {
		return nil
	}
	has := series.StartsInRule(n.ObjectEvent(), dates)
	for _, id := range dates {
		if !has[id.Unix()] {
			continue
		}
		if e := r.ownOccurrence(n, key, id); e != nil && !series.IsPast(e, now) {
			out = append(out, *e)
		}
	}
	return out
}

// shown returns the status that the object shows to all attendees for one
// attendee at an occurrence.
func (r *renderer) shown(n *recipient, key string, id time.Time) ical.Status {
	list := n.ObjectEvent().Attendees
	if i := series.OverrideIndex(n.ObjectEvent(), id); i >= 0 && len(n.ObjectEvent().Overrides[i].Attendees) > 0 {
		list = n.ObjectEvent().Overrides[i].Attendees
	}
	if i := r.plan.Index.Find(list, key); i >= 0 {
		return cmp.Or(list[i].Status, ical.StatusNeedsAction)
	}
	return ""
}

// ownOccurrence returns one occurrence for one attendee. It is nil if the
// occurrence does not take place or if they are not invited to it. A refused
// occurrence has only the fields that a calendar needs to show it.
func (r *renderer) ownOccurrence(n *recipient, key string, id time.Time) *ical.Event {
	e := series.InRuleOccurrence(n.ObjectEvent(), id)
	if e == nil {
		return nil
	}
	i := r.plan.Index.Find(e.Attendees, key)
	if i < 0 {
		return nil
	}
	a := e.Attendees[i]
	r.plan.Answers.Answer(key, id).Put(&a)
	e.Sequence, e.Attendees = n.Sequence, []ical.Attendee{a}
	if a.Status == ical.StatusDeclined {
		e.Description, e.URL, e.Categories, e.Attachments, e.Reminders, e.Extra = "", "", nil, nil, nil, nil
	}
	return e
}
