package invite

import (
	"errors"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// PlanCancel returns what [Client.Cancel] sends, and sends nothing. The options
// of the call may hold [Occurrence] or [From].
func PlanCancel(m *Meeting, o *Options, opts ...SendOption) (*Plan, error) {
	o = o.forMeeting(m, opts)
	p, err := planCancel(m, o)
	if err != nil {
		return nil, err
	}
	return p.public(o), nil
}

func planCancel(m *Meeting, o *Options) (*plan, error) {
	switch c := o.call; {
	case m.Event.Cancelled:
		return nil, ErrCancelled
	case !c.occurrence.IsZero() && !c.from.IsZero():
		return nil, errors.New("invite: Occurrence and From exclude each other")
	case !c.occurrence.IsZero():
		return planCancelOne(m, c.occurrence, o)
	case !c.from.IsZero():
		return planCancelFrom(m, c.from, o)
	}
	return planCancelAll(m, o)
}

// planCancelAll cancels everything for everybody.
func planCancelAll(m *Meeting, o *Options) (*plan, error) {
	before := own(m.Event)
	p := newPlan(own(m.Event))
	p.previous = &before
	p.event.Cancelled = true
	p.event.Sequence++
	for _, a := range people(&before) {
		p.cancel(a, p.indexes.view(&before, a.Email), "the meeting is cancelled")
	}
	if !o.MailPast && isPast(&before, o.Now()) {
		p.silence("the meeting lies in the past")
		p.event.Sequence, p.previous = before.Sequence, nil
	}
	return p, nil
}

// planCancelOne makes the occurrence a cancelled override.
func planCancelOne(m *Meeting, id time.Time, o *Options) (*plan, error) {
	after := own(m.Event)
	if id = ownID(&after, id); occurrence(&after, id) == nil {
		return nil, fieldError("RecurrenceID", noOccurrence(&after, id))
	}
	after.Overrides = slices.DeleteFunc(after.Overrides, func(e ical.Event) bool { return e.RecurrenceID.Equal(id) })
	after.Overrides = append(after.Overrides, ical.Event{RecurrenceID: id, Cancelled: true})
	return planUpdate(m, after, o)
}

// planCancelFrom ends the series before the occurrence.
func planCancelFrom(m *Meeting, id time.Time, o *Options) (*plan, error) {
	before := own(m.Event)
	if id = ownID(&before, id); !inRule(&before, id) {
		return nil, fieldError("RecurrenceID", noOccurrence(&before, id))
	}
	after, ok := truncated(&before, id)
	if !ok {
		return planCancelAll(m, o)
	}
	return planUpdate(m, after, o)
}

// truncated returns the series without the occurrence of that original start
// and all after it; false where nothing remains. UNTIL is the start of the last
// that remains: Outlook reads it as a date and would keep one later that day.
func truncated(e *ical.Event, id time.Time) (ical.Event, bool) {
	out := own(*e)
	var last time.Time
	for o := range bareRule(e).Occurrences(time.Time{}, id) {
		if o.RecurrenceID.Before(id) {
			last = o.RecurrenceID
		}
	}
	if last.IsZero() {
		return out, false
	}
	r := *out.Recurrence
	r.Count, r.Until = 0, last
	r.Except = slices.DeleteFunc(slices.Clone(r.Except), func(t time.Time) bool { return !t.Before(id) })
	out.Recurrence = &r
	out.Overrides = slices.DeleteFunc(out.Overrides, func(v ical.Event) bool { return !v.RecurrenceID.Before(id) })
	return out, true
}

// cancel adds the cancellations of all that an attendee saw.
func (p *plan) cancel(a *ical.Attendee, was view, reason string) {
	for _, e := range was.events() {
		p.add(a, content{method: ical.MethodCancel, reason: reason + onOccurrence(e),
			event: p.indexes.cancelled(e, a, p.event.Sequence), before: e})
	}
}

// cancelled is the object that cancels e for one attendee (RFC 5546, section
// 3.2.5): the recipient is its only attendee.
func (x indexes) cancelled(e *ical.Event, a *ical.Attendee, sequence int) *ical.Event {
	out := *e
	out.Sequence, out.Cancelled = sequence, true
	out.Overrides, out.Reminders = nil, nil
	if at := x.find(e.Attendees, address.Key(a.Email)); at >= 0 {
		a = &e.Attendees[at]
	}
	out.Attendees = []ical.Attendee{*a}
	return &out
}

// bareRule is a series without overrides and exceptions: all that its rule gives.
func bareRule(e *ical.Event) *ical.Event {
	out := *e
	out.Overrides = nil
	if e.Recurrence != nil {
		r := *e.Recurrence
		r.Except = nil
		out.Recurrence = &r
	}
	return &out
}
