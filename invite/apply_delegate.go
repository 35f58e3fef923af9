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
	if has, ok := x.m.attendee(to, at); ok { // the delegate has an invitation already
		a.DelegatedTo = has.Email
		return nil
	}
	if err := x.mayDelegate(who, to); err != nil {
		return err
	}
	x.m.admit(ical.Attendee{
		Email: to, Role: who.Role, Kind: who.Kind, Status: ical.StatusNeedsAction, DelegatedFrom: who.Email,
	}, at)
	if !slices.ContainsFunc(x.invite, func(has string) bool { return address.Same(has, to) }) {
		x.invite = append(x.invite, to)
	}
	return nil
}

// leadsTo reports whether the delegations from one address lead to another, or go
// in a circle.
func (x *intake) leadsTo(from, to string, at series.Target) bool {
	if address.Same(from, to) {
		return true
	}
	if _, ok := x.m.attendee(from, at); !ok {
		return false // the usual case of a new delegate: no index is needed
	}
	list, counting, index := x.m.attendees(at), x.m.counting(), make(roster.Index)
	for range len(list) + 1 {
		if address.Same(from, to) {
			return true
		}
		i := index.Find(list, address.Key(from))
		if i < 0 {
			return false
		}
		a := list[i]
		if !address.Same(a.Email, x.m.Event.Organizer.Email) {
			counting.Answer(address.Key(a.Email), at.Start).Put(&a)
		}
		if a.DelegatedTo == "" {
			return false
		}
		from = a.DelegatedTo
	}
	return true
}
