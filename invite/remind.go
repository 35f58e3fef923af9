package invite

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// planRemind plans the current request again: for those who have not answered,
// or for those that the call names.
func planRemind(m *Meeting, o *Options) (*plan, error) {
	p := newPlan(own(m.Event))
	if p.event.Cancelled {
		return nil, ErrCancelled
	}
	if !o.MailPast && isPast(&p.event, o.Now()) {
		return nil, ErrPast
	}
	all := people(&p.event)
	named, err := among(all, o.call.only)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if len(named) == 0 || named[address.Key(a.Email)] {
			p.remind(a, len(named) > 0)
		}
	}
	return p, nil
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
			return nil, fieldError("Attendees", "has no "+email)
		}
		out[key] = true
	}
	return out, nil
}

// remind adds the requests that an attendee has not answered, or all.
func (p *plan) remind(a *ical.Attendee, all bool) {
	for _, e := range p.indexes.view(&p.event, a.Email).events() {
		at := p.indexes.find(e.Attendees, address.Key(a.Email))
		if all || at >= 0 && or(e.Attendees[at].Status, ical.StatusNeedsAction) == ical.StatusNeedsAction {
			p.add(a, content{method: ical.MethodRequest, event: e, reason: "has not answered" + onOccurrence(e)})
		}
	}
}
