package invite

import (
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// delegate adds the delegate of an attendee (RFC 5546, section 3.2.2.3), so that
// the delegate's answer comes from somebody invited, and asks for their
// invitation. It refuses a delegation that names nobody, or the organizer, or that
// goes in a circle. It also refuses a new delegate whom the policy or a limit keeps out.
func (x *intake) delegate(who ical.Attendee, a *Answer, at series.Target) error {
	to := a.DelegatedTo
	if to == "" {
		return refuse(VerdictHeld, "%s delegates and does not say to whom", who.Email)
	}
	if err := validAddress(to); err != nil {
		return err
	}
	if address.Same(to, x.m.Event.Organizer.Email) || x.leadsTo(to, who.Email, at) {
		return refuse(VerdictHeld, "%s delegates to %s, which goes in a circle", who.Email, to)
	}
	has, invited := x.m.attendee(to, at)
	if invited && !x.m.HideGuests {
		a.DelegatedTo = has.Email
		return nil
	}
	if err := x.mayDelegate(who, to, invited); err != nil || invited {
		return err // a hidden guest counts as a new delegate, and keeps the spelling of the answer
	}
	x.m.admit(ical.Attendee{
		Email: to, Role: who.Role, Kind: who.Kind, Status: ical.StatusNeedsAction, DelegatedFrom: who.Email,
	}, at)
	if !slices.ContainsFunc(x.invite, func(has string) bool { return address.Same(has, to) }) {
		x.invite = append(x.invite, to)
	}
	return nil
}

// mostSteps limits the delegations that are followed from one attendee.
const mostSteps = 100

// leadsTo reports whether the delegations from one address lead to another, or go
// in a circle, or on for more than mostSteps.
func (x *intake) leadsTo(from, to string, at series.Target) bool {
	if address.Same(from, to) {
		return true
	}
	if _, ok := x.m.attendee(from, at); !ok {
		return false // the usual case of a new delegate: no index is needed
	}
	list := x.m.attendees(at)
	for range mostSteps {
		if address.Same(from, to) {
			return true
		}
		i := roster.IndexOf(list, from)
		if i < 0 {
			return false
		}
		a := x.m.withAnswer(list[i], at.Start)
		if a.DelegatedTo == "" {
			return false
		}
		from = a.DelegatedTo
	}
	return true
}
