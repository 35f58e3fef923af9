package plan

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// CancelAll plans the cancellation of everything for everybody who has an invitation.
// If the meeting lies wholly in the past, nobody is told without o.AllowPast.
func CancelAll(m *Meeting, o *Options) (*Plan, error) {
	before := series.Normalized(*m.Event)
	p := newPlan(series.Normalized(*m.Event))
	p.Previous = &before
	p.Intent.Cancelled = true
	p.Intent.Sequence++
	p.show(&m.Record)
	u := newUpdate(m, &before, p.Intent, nil, o) // knows the version that each attendee has
	u.plan = p
	people := roster.All(u.before)
	p.Overtakes = make(map[string]bool, len(people))
	for _, a := range people {
		key := address.Key(a.Email)
		p.Overtakes[key] = true
		if !u.history.invited(key) {
			p.skip(a, "the meeting is cancelled: no invitation has gone out, so nothing to send")
			continue
		}
		_, was := u.base(a)
		p.cancel(a, was, ActionCancellation, "the meeting is cancelled")
	}
	if !o.AllowPast && series.IsPast(&before, o.Now()) {
		p.silence(liesInPast)
		p.Intent.Sequence, p.Previous = before.Sequence, nil
		p.show(&m.Record)
	}
	return p, nil
}

// CancelOccurrence plans the cancellation of the occurrence with that original
// start, which becomes a cancelled override. If no other occurrence takes place,
// everything is cancelled.
func CancelOccurrence(m *Meeting, start time.Time, o *Options) (*Plan, error) {
	after := series.Normalized(*m.Event)
	start, err := normalizedStart(&after, start)
	if err != nil {
		return nil, err
	}
	if series.Occurrence(&after, start) == nil {
		return nil, fieldError("RecurrenceID", NoOccurrence(&after, start))
	}
	after.Overrides = slices.DeleteFunc(after.Overrides, func(e ical.Event) bool { return e.RecurrenceID.Equal(start) })
	after.Overrides = append(after.Overrides, ical.Event{RecurrenceID: start, Cancelled: true})
	return cancelPart(m, after, o)
}

// cancelPart plans the change of a series to a version with fewer occurrences. If
// that has none, everything is cancelled, because Outlook refuses a series without
// any occurrence.
func cancelPart(m *Meeting, after ical.Event, o *Options) (*Plan, error) {
	if series.IsEmpty(&after) {
		return CancelAll(m, o)
	}
	return Update(m, after, o)
}

// CancelFrom plans the cancellation of the occurrence with that original start and
// of all later ones: the series ends before it. If no occurrence before it takes
// place, everything is cancelled.
func CancelFrom(m *Meeting, start time.Time, o *Options) (*Plan, error) {
	before := series.Normalized(*m.Event)
	start, err := normalizedStart(&before, start)
	if err != nil {
		return nil, err
	}
	if !series.InRule(&before, start) {
		return nil, fieldError("RecurrenceID", NoOccurrence(&before, start))
	}
	after, ok := series.EndBefore(&before, start)
	if !ok {
		return CancelAll(m, o)
	}
	return cancelPart(m, after, o)
}

// cancel adds the cancellations of everything that an attendee saw.
func (p *Plan) cancel(a *ical.Attendee, was roster.View, action Action, reason string) {
	for _, e := range was.Events() {
		p.addCancel(a, e, action, reason+onOccurrence(e))
	}
}

// addCancel adds the cancellation of e for one attendee. action is
// [ActionCancellation], or [ActionRemoval] if others still meet.
func (p *Plan) addCancel(a *ical.Attendee, e *ical.Event, action Action, reason string) {
	n := len(p.Notices)
	p.add(a, Content{Method: ical.MethodCancel, Reason: reason, Event: p.cancelled(e, a, p.Event.Sequence), Before: e})
	if len(p.Notices) > n && action != ActionCancellation {
		p.Notices[n].Action = action
	}
}

// cancelled returns the object that cancels e for one attendee: the recipient is its
// only attendee (RFC 5546, section 3.2.5).
func (p *Plan) cancelled(e *ical.Event, a *ical.Attendee, sequence int) *ical.Event {
	out := *e
	out.Sequence, out.Cancelled = sequence, true
	out.Overrides, out.Reminders = nil, nil
	if at := p.Index.Find(e.Attendees, address.Key(a.Email)); at >= 0 {
		a = &e.Attendees[at]
	}
	out.Attendees = []ical.Attendee{*a}
	return &out
}
