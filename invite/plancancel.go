package invite

import (
	"errors"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

func planCancel(m *Meeting, o *settings) (*plan, error) {
	switch {
	case m.Event.Cancelled:
		return nil, ErrCancelled
	case o.occurrence != nil && o.andLater != nil:
		return nil, errors.New("invite: Occurrence and OccurrenceAndLater exclude each other")
	case o.occurrence != nil:
		return planCancelOne(m, *o.occurrence, o)
	case o.andLater != nil:
		return planCancelFrom(m, *o.andLater, o)
	}
	return planCancelAll(m, o)
}

// planCancelAll cancels everything for everybody who has an invitation.
func planCancelAll(m *Meeting, o *settings) (*plan, error) {
	before := own(m.Event)
	p := newPlan(own(m.Event))
	p.previous = &before
	p.intent.Cancelled = true
	p.intent.Sequence++
	p.show(m)
	u := newUpdate(m, &before, p.intent, o) // for what the attendees have
	u.plan = p
	people := people(u.before)
	p.replaces = make(map[string]bool, len(people))
	for _, a := range people {
		key := address.Key(a.Email)
		p.replaces[key] = true
		if !u.history.invited(key) {
			p.skip(a, "the meeting is cancelled: no invitation has gone out, so nothing to send")
			continue
		}
		_, was := u.base(a)
		p.cancel(a, was, "the meeting is cancelled")
	}
	if !o.allowPast && isPast(&before, o.Now()) {
		p.silence("the meeting lies in the past")
		p.intent.Sequence, p.previous = before.Sequence, nil
		p.show(m)
	}
	return p, nil
}

// planCancelOne makes the occurrence a cancelled override.
func planCancelOne(m *Meeting, id time.Time, o *settings) (*plan, error) {
	after := own(m.Event)
	if id = ownID(&after, id); occurrence(&after, id) == nil {
		return nil, fieldError("RecurrenceID", noOccurrence(&after, id))
	}
	after.Overrides = slices.DeleteFunc(after.Overrides, func(e ical.Event) bool { return e.RecurrenceID.Equal(id) })
	after.Overrides = append(after.Overrides, ical.Event{RecurrenceID: id, Cancelled: true})
	return planUpdate(m, after, o)
}

// planCancelFrom ends the series before the occurrence.
func planCancelFrom(m *Meeting, id time.Time, o *settings) (*plan, error) {
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
			event: p.cancelled(e, a, p.event.Sequence), before: e})
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
