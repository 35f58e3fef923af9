package plan

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
)

// Remind plans the current request once more, for the attendees who have not
// answered, or for the attendees with these addresses if there are any.
func Remind(m *Meeting, emails []string) (*Plan, error) {
	p := Unchanged(m)
	all := roster.All(&p.Event)
	named, err := among(all, emails)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if len(named) == 0 || named[address.Key(a.Email)] {
			p.remind(a, len(named) > 0)
		}
	}
	p.setActions(m, ActionReminder)
	return p, nil
}

// among returns the keys of some addresses. It is an error if one is not in the list.
func among(list []*ical.Attendee, emails []string) (map[string]bool, error) {
	if len(emails) == 0 {
		return nil, nil
	}
	known, out := make(map[string]bool, len(list)), make(map[string]bool, len(emails))
	for _, a := range list {
		known[address.Key(a.Email)] = true
	}
	for _, email := range emails {
		key := address.Key(email)
		if email == "" || !known[key] {
			return nil, noAttendee(email)
		}
		out[key] = true
	}
	return out, nil
}

// remind adds the requests that an attendee has not answered, or all of their
// requests.
func (p *Plan) remind(a *ical.Attendee, all bool) {
	for _, e := range p.View(&p.Event, a.Email).Events() {
		at := p.Index.Find(e.Attendees, address.Key(a.Email))
		if all || at >= 0 && e.Attendees[at].Status == ical.StatusNeedsAction {
			p.add(a, Content{Method: ical.MethodRequest, Event: e, Reason: "has not answered" + onOccurrence(e)})
		}
	}
}

// Reinvite plans the current request for the attendees with these addresses. It is an
// error if there is no address, or if one is not invited.
func Reinvite(m *Meeting, emails []string) (*Plan, error) {
	p := Unchanged(m)
	asked := make(map[string]bool, len(emails))
	for _, email := range emails {
		key := address.Key(email)
		if !asked[key] && !p.reinvite(email) {
			return nil, noAttendee(email)
		}
		asked[key] = true
	}
	if len(p.Notices) == 0 {
		return nil, fieldError("emails", "is empty")
	}
	p.setActions(m, ActionInvitation)
	return p, nil
}

// reinvite adds the requests for everything that one attendee is invited to. It
// reports false if that is nothing.
func (p *Plan) reinvite(email string) bool {
	if address.Same(email, p.Event.Organizer.Email) {
		return false
	}
	list := p.View(&p.Event, email).Events()
	for _, e := range list {
		a := &e.Attendees[p.Index.Find(e.Attendees, address.Key(email))]
		reason := "gets the current version"
		if a.DelegatedFrom != "" {
			reason = "comes instead of " + a.DelegatedFrom
		}
		p.Notices = append(p.Notices, Notice{Attendee: a, Content: &Content{
			Method: ical.MethodRequest, Sequence: e.Sequence, Reason: reason, Event: e,
			Object: p.object(a, e, ical.MethodRequest),
		}})
	}
	return len(list) > 0
}

// setActions gives the notices of a repetition the action that fits the attendee. An
// attendee without an invitation is invited. An attendee who has not received the last
// change is told of it. All others get the action.
func (p *Plan) setActions(m *Meeting, action Action) {
	h, versions := m.history(), newFilledVersions(m)
	for i := range p.Notices {
		n := &p.Notices[i]
		kept := h.version(n.Key(), n.Event.RecurrenceID, nil, m.Before)
		switch {
		case !h.invited(n.Key()) || h.at(n.Attendee.Email).leaving:
			n.Action = ActionInvitation
		case kept != nil:
			c := *n.Content
			c.Before = p.at(versions.get(kept), n.Attendee.Email, n.Event.RecurrenceID)
			n.Content, n.Action = &c, ActionUpdate
			if c.Before == nil {
				n.Action = ActionInvitation
			}
		default:
			n.Action = action
		}
	}
}

// Decline plans the refusal of a proposal to the attendee a, about e: the whole
// meeting, or one occurrence of it. id names the proposal.
func Decline(m *Meeting, e *ical.Event, a *ical.Attendee, id string) *Plan {
	p := Unchanged(m)
	p.Declined = id
	p.Notices = []Notice{{Attendee: a, Action: ActionProposalDeclined, Content: &Content{
		Method: ical.MethodDeclineCounter, Sequence: e.Sequence, Reason: "proposed another time", Event: roster.ForOne(e, a),
	}}}
	return p
}
