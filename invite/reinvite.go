package invite

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
)

// planReinvite plans the current request for some of the attendees.
func planReinvite(m *Meeting, emails []string) (*plan, error) {
	if m.Event.Cancelled {
		return nil, ErrCancelled
	}
	p := m.repeat()
	asked := make(map[string]bool, len(emails))
	for _, email := range emails {
		key := address.Key(email)
		if !asked[key] && !p.reinvite(email) {
			return nil, fieldError("Attendees", "has no "+shown(email))
		}
		asked[key] = true
	}
	if len(p.notices) == 0 {
		return nil, fieldError("emails", "is empty")
	}
	p.mind(m, m.history(), body.ActionInvitation)
	return p, nil
}

// reinvite adds what one attendee is invited to; false if that is nothing.
func (p *plan) reinvite(email string) bool {
	if address.Same(email, p.event.Organizer.Email) {
		return false
	}
	list := p.view(&p.event, email).events()
	for _, e := range list {
		a := &e.Attendees[p.find(e.Attendees, address.Key(email))]
		reason := "gets the current version"
		if a.DelegatedFrom != "" {
			reason = "comes instead of " + a.DelegatedFrom
		}
		p.notices = append(p.notices, notice{attendee: a, content: &content{
			method: ical.MethodRequest, sequence: e.Sequence, reason: reason, event: e,
		}})
	}
	return len(list) > 0
}
