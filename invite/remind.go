package invite

import (
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// planRemind plans the current request again: for those who have not answered,
// or for those that the call names.
func planRemind(m *Meeting, o *Options) (*Plan, error) {
	p := &Plan{Event: own(m.Event)}
	if p.Event.Cancelled {
		return nil, ErrCancelled
	}
	if !o.MailPast && isPast(&p.Event, o.Now()) {
		return nil, ErrPast
	}
	all := people(&p.Event)
	for _, email := range o.call.only {
		if !has(all, email) {
			return nil, fieldError("Attendees", "has no "+email)
		}
	}
	roster := newRoster(&p.Event)
	for _, a := range all {
		p.remind(a, roster.view(a.Email), o.call.only)
	}
	return p, nil
}

// remind adds the requests that an attendee has not answered, or all.
func (p *Plan) remind(a ical.Attendee, v view, only []string) {
	named := slices.ContainsFunc(only, func(email string) bool { return address.Same(email, a.Email) })
	if len(only) > 0 && !named {
		return
	}
	for _, e := range v.events() {
		at := indexOf(e.Attendees, a.Email)
		if named || at >= 0 && or(e.Attendees[at].Status, ical.NeedsAction) == ical.NeedsAction {
			p.add(Notice{Attendee: a, Method: ical.MethodRequest, Event: e, Reason: "has not answered" + onOccurrence(e)})
		}
	}
}
