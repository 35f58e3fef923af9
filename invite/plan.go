package invite

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// Plan has the notices of a call, before anything is sent.
type Plan struct {
	// Event is the meeting as it will be, with everybody's answers.
	Event ical.Event
	// Rest is the new meeting that [Client.UpdateFollowing] begins. Otherwise it
	// is nil.
	Rest *ical.Event
	// Notices has the notices in the order of sending. The notices of one
	// attendee follow each other. The attendees come in the order of the event,
	// and removed attendees last.
	Notices []Notice
	// Skipped has the notices that are not sent, with the reason. Their Method is
	// empty.
	Skipped []Notice
}

// Notice is one calendar object for one attendee, and why they get it.
type Notice struct {
	// Attendee is the recipient.
	Attendee ical.Attendee
	// Method and Sequence are the METHOD and the SEQUENCE of the object.
	Method   ical.Method
	Sequence int
	// Reason says in words why the attendee gets this.
	Reason string
	// Event is the meeting, or one occurrence of it, as the attendee may see it.
	// Notices with equal events share one value, which must not be changed.
	Event *ical.Event
	// Before is the event as the attendee saw it until now. It is nil for an
	// invitation, and for a repetition that tells no change.
	Before *ical.Event
}

// publicPlan returns a plan in its exported form. Guests are hidden from each
// other if the call hides them. A nil plan stays nil.
func publicPlan(p *plan.Plan, o *settings) *Plan {
	if p == nil {
		return nil
	}
	out := &Plan{Event: p.Event, Notices: publicNotices(p.Notices), Skipped: publicNotices(p.Skipped)}
	if !o.hideGuests {
		return out
	}
	for i := range out.Notices {
		n := &out.Notices[i]
		n.Event, n.Before = p.Index.Narrowed(n.Event, &n.Attendee), p.Index.Narrowed(n.Before, &n.Attendee)
	}
	return out
}

func publicNotices(list []plan.Notice) []Notice {
	if len(list) == 0 {
		return nil
	}
	out := make([]Notice, 0, len(list))
	for _, n := range list {
		out = append(out, Notice{
			Attendee: *n.Attendee, Method: n.Method, Sequence: n.Sequence, Reason: n.Reason, Event: n.Event, Before: n.Before,
		})
	}
	return out
}

// withRest returns the plan with the notices of a new meeting, which each
// attendee gets first.
func (p *Plan) withRest(rest *Plan) *Plan {
	out := *p
	out.Rest = &rest.Event
	out.Notices = grouped(slices.Concat(rest.Notices, p.Notices), func(n Notice) string {
		return address.Key(n.Attendee.Email)
	})
	out.Skipped = slices.Concat(rest.Skipped, p.Skipped)
	return &out
}

// grouped returns a list ordered by the first element with each key. The order of the
// elements with one key stays.
func grouped[T any](list []T, key func(T) string) (out []T) {
	of := make(map[string][]T)
	var order []string
	for _, x := range list {
		k := key(x)
		if of[k] == nil {
			order = append(order, k)
		}
		of[k] = append(of[k], x)
	}
	for _, k := range order {
		out = append(out, of[k]...)
	}
	return out
}

// planner makes the plan of one call about a meeting.
type planner func(m *Meeting, o *settings) (*plan.Plan, error)

// planSend plans the invitation to a new meeting.
func planSend(e ical.Event, o *settings) (*plan.Plan, error) {
	if err := o.checkCall(); err != nil {
		return nil, err
	}
	return plan.Send(e, o.sending())
}

// planUpdate plans the change of a meeting to the event after. given is the meeting as
// the caller has it, or nil.
func planUpdate(given *Meeting, after ical.Event) planner {
	return func(m *Meeting, o *settings) (*plan.Plan, error) {
		if m.Event.Cancelled {
			return nil, ErrCancelled
		}
		return plan.Update(o.planned(m), roster.WithoutRepeated(after, &given.Event), o.planning())
	}
}

// planFollowing plans the change of an occurrence and all later ones. given is the
// meeting as the caller has it. rest is nil if start is the first occurrence.
func planFollowing(given, m *Meeting, start time.Time, after ical.Event, o *settings) (old, rest *plan.Plan, err error) {
	if err := o.checkCall(); err != nil {
		return nil, nil, err
	}
	if m.Event.Cancelled {
		return nil, nil, ErrCancelled
	}
	return plan.Following(o.planned(m), start, roster.WithoutRepeated(after, &given.Event), o.planning())
}

// planCancel plans the cancellation that the options name: of the meeting, of one
// occurrence, or of one and all later ones.
func planCancel(m *Meeting, o *settings) (*plan.Plan, error) {
	switch {
	case m.Event.Cancelled:
		return nil, ErrCancelled
	case o.occurrence != nil && o.andLater != nil:
		return nil, errors.New("invite: Occurrence and OccurrenceAndLater exclude each other")
	case o.occurrence != nil:
		return plan.CancelOccurrence(o.planned(m), *o.occurrence, o.cancelling())
	case o.andLater != nil:
		return plan.CancelFrom(o.planned(m), *o.andLater, o.cancelling())
	}
	return plan.CancelAll(o.planned(m), o.planning())
}

// planRemind plans the current request once more. See [Client.Remind].
func planRemind(m *Meeting, o *settings) (*plan.Plan, error) {
	switch {
	case m.Event.Cancelled:
		return nil, ErrCancelled
	case o.isPast(&m.Event):
		return nil, ErrPast
	case o.onlyTo && len(o.only) == 0:
		return nil, fieldError("OnlyTo", "names nobody")
	}
	return plan.Remind(o.planned(m), o.only)
}

// isPast reports whether a meeting lies wholly in the past, unless the call allows that.
func (s *settings) isPast(e *ical.Event) bool {
	times := *e
	times.Attendees = nil // a copy of a long list takes longer than the rest
	times = series.Normalized(times)
	return !s.allowPast && series.IsPast(&times, s.Now())
}

// planRemindStart plans a reminder of a start. See [Client.RemindStart].
func planRemindStart(start time.Time, emails []string) planner {
	return func(m *Meeting, o *settings) (*plan.Plan, error) {
		switch {
		case m.Event.Cancelled:
			return nil, ErrCancelled
		case o.isPast(&m.Event):
			return nil, ErrPast
		}
		return plan.RemindStart(o.planned(m), start, emails)
	}
}

// planReinvite plans the current request for the attendees with these addresses.
func planReinvite(emails []string) planner {
	return func(m *Meeting, o *settings) (*plan.Plan, error) {
		if m.Event.Cancelled {
			return nil, ErrCancelled
		}
		return plan.Reinvite(o.planned(m), emails)
	}
}

// planRefuse plans the cancellation for somebody who is not invited. See
// [Client.Refuse].
func planRefuse(email string, start time.Time) planner {
	return func(m *Meeting, o *settings) (*plan.Plan, error) {
		if _, err := address.ASCII(email); err != nil {
			return nil, fieldError("email", fmt.Sprintf("%.80q %v", email, err))
		}
		return plan.Refuse(o.planned(m), email, start)
	}
}

// planDecline plans the refusal of a proposal, which is found as
// [Client.DeclineProposal] says.
func planDecline(p Proposal) planner {
	return func(m *Meeting, o *settings) (*plan.Plan, error) {
		if m.Event.Cancelled {
			return nil, ErrCancelled
		}
		i := slices.IndexFunc(m.Proposals, func(q Proposal) bool {
			if p.ID != "" {
				return p.ID == q.ID && address.Same(p.Email, q.Email)
			}
			return p.equal(q)
		})
		if i < 0 {
			return nil, p.error(errors.New("is not one of this meeting"))
		}
		held := &m.Proposals[i]
		at, ok := m.target(held.RecurrenceID)
		if !ok {
			return nil, held.error(unknownOccurrence(&m.Event, held.RecurrenceID))
		}
		a, ok := m.attendee(held.Email, at)
		switch {
		case !ok:
			return nil, held.error(ErrNotInvited)
		case at.Cancelled:
			return nil, held.error(errors.New("the occurrence is cancelled"))
		}
		a = m.withAnswer(a, at.Start)
		e := at.Event(m.Event)
		return plan.Decline(o.planned(m), &e, &a, held.ID), nil
	}
}
