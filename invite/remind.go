package invite

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
)

// planRemind plans the current request again: for the attendees who have not
// answered, or for those that the call names.
func planRemind(m *Meeting, o *settings) (*plan, error) {
	if m.Event.Cancelled {
		return nil, ErrCancelled
	}
	p := m.repeat()
	if !o.allowPast && isPast(&p.event, o.Now()) {
		return nil, ErrPast
	}
	if o.onlyTo && len(o.only) == 0 {
		return nil, fieldError("emails", "is empty")
	}
	all := people(&p.event)
	named, err := among(all, o.only)
	if err != nil {
		return nil, err
	}
	h := m.history()
	for _, a := range all {
		if len(named) == 0 || named[address.Key(a.Email)] {
			p.remind(a, len(named) > 0)
		}
	}
	p.mind(m, h, body.ActionReminder)
	return p, nil
}

// mind gives the notices of a repetition the action that fits what the attendee
// has: an attendee without an invitation is invited, and one who has not got the
// last change is told of it.
func (p *plan) mind(m *Meeting, h *history, action body.Action) {
	earlier := make(map[*ical.Event]*ical.Event) // with answers
	for i := range p.notices {
		n := &p.notices[i]
		kept := h.has(n.key(), n.event.RecurrenceID, nil, m.Before)
		switch {
		case !h.invited(n.key()) || h.at(n.attendee.Email).leaving:
			n.action = body.ActionInvitation
		case kept != nil:
			if earlier[kept] == nil {
				filled := m.filled(*kept)
				earlier[kept] = &filled
			}
			c := *n.content
			c.before = p.seen(earlier[kept], n.attendee.Email, n.event.RecurrenceID)
			n.content = &c
			n.action = body.ActionUpdate
			if c.before == nil {
				n.action = body.ActionInvitation
			}
		default:
			n.action = action
		}
	}
}

// among is the set of some addresses, by their keys; all must be of the list.
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
			return nil, fieldError("Attendees", "has no "+shown(email))
		}
		out[key] = true
	}
	return out, nil
}

// remind adds the requests that an attendee has not answered, or all.
func (p *plan) remind(a *ical.Attendee, all bool) {
	for _, e := range p.view(&p.event, a.Email).events() {
		at := p.find(e.Attendees, address.Key(a.Email))
		if all || at >= 0 && e.Attendees[at].Status == ical.StatusNeedsAction {
			p.add(a, content{method: ical.MethodRequest, event: e, reason: "has not answered" + onOccurrence(e)})
		}
	}
}
