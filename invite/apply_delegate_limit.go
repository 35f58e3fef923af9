package invite

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// These limits hold for each value of [Delegates]. An attendee shares the limits of an
// attendee with their delegates, and with the delegates of these. An attendee who takes
// a delegation back may not name one delegate more for it.
const (
	mostDelegatesOfMail     = 10  // new addresses that one mail may name
	mostDelegatesOfAttendee = 5   // different addresses
	mostPlacesOfAttendee    = 50  // delegates; a delegate for two dates counts twice
	mostOpenOfAttendee      = 10  // the same, of delegates who have not answered
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
		return held("an attendee who is not invited cannot delegate")
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
		return held("an attendee may have %d delegations", mostPlacesOfAttendee)
	case f.openPlaces() >= mostOpenOfAttendee:
		return held("the delegates have not answered %d of the attendee's delegations", mostOpenOfAttendee)
	case f.addresses[key]: // a delegate for one more date
	case x.p.Delegates != DelegatesAllow && f.waits(key, from):
		return held("another delegate of the attendee has not answered")
	case len(f.addresses) >= mostDelegatesOfAttendee:
		return held("an attendee may have %d delegates", mostDelegatesOfAttendee)
	case len(d.addresses) >= mostDelegatesOfMeeting:
		return held("a meeting may have %d delegates", mostDelegatesOfMeeting)
	}
	if !invited {
		d.link(key, from)
	}
	d.count(key, from, true)
	return nil
}
