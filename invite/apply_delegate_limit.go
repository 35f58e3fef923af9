package invite

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// These limits hold for each value of [Delegates]. An attendee and the delegates
// who come from them, also in a chain, share the limits of an attendee. An attendee
// who takes a delegation back gets no new place for it.
const (
	mostDelegatesOfMail     = 10  // addresses that one mail may name and that are new
	mostDelegatesOfAttendee = 5   // different addresses
	mostPlacesOfAttendee    = 50  // delegates, where one address counts for each date
	mostOpenOfAttendee      = 10  // places of delegates who have not answered
	mostDelegatesOfMeeting  = 100 // different addresses
)

// mayDelegate refuses a new delegate whom Policy.Delegates or a limit keeps out. It
// counts the delegate if they may come. invited says that they are a hidden guest, who
// counts as a new delegate for the attendee who names them.
func (x *intake) mayDelegate(who ical.Attendee, to string, invited bool) error {
	held := func(why string, args ...any) error {
		return refuse(VerdictHeld, "%s delegates to %.254s, and "+why, append([]any{who.Email, to}, args...)...)
	}
	switch {
	case x.p.Delegates == DelegatesHold:
		return held("the policy holds every new delegate")
	case x.p.Delegates == DelegatesDomain && domainOf(to) != domainOf(who.Email):
		return held("the policy allows delegates of the domain %s alone", domainOf(who.Email))
	case x.stranger:
		return held("is not invited")
	case x.newDelegates >= mostDelegatesOfMail:
		return held("one mail may name %d new delegates", mostDelegatesOfMail)
	}
	if x.delegates == nil {
		x.delegates = x.m.countDelegates()
	}
	d, key, from := x.delegates, address.Key(to), address.Key(who.Email)
	f := d.family(from)
	if !f.addresses[key] {
		x.newDelegates++
	}
	switch {
	case d.removed[key]:
		return held("an update has removed this delegate")
	case f.places >= mostPlacesOfAttendee:
		return held("%d delegations of an attendee are the most", mostPlacesOfAttendee)
	case f.openPlaces() >= mostOpenOfAttendee:
		return held("their delegates have not answered %d delegations", mostOpenOfAttendee)
	case f.addresses[key]: // a delegate for one more date
	case x.p.Delegates != DelegatesAllow && f.waits(key, from):
		return held("their other delegate has not answered")
	case len(f.addresses) >= mostDelegatesOfAttendee:
		return held("%d delegates of an attendee are the most", mostDelegatesOfAttendee)
	case len(d.addresses) >= mostDelegatesOfMeeting:
		return held("%d delegates of a meeting are the most", mostDelegatesOfMeeting)
	}
	if !invited {
		d.link(key, from)
	}
	d.count(key, from, true)
	return nil
}
