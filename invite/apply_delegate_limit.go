package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// These limits hold for each value of [Delegates]. An attendee and the delegates
// who come from them, also in a chain, share the limits of an attendee. Delegates
// count for good, also after the attendee has taken the delegation back.
const (
	mostDelegatesOfMail     = 10  // addresses that one mail may name and that are new
	mostDelegatesOfAttendee = 5   // different addresses
	mostPlacesOfAttendee    = 50  // delegates, where one address counts for each date
	mostDelegatesOfMeeting  = 100 // different addresses
)

// delegation is the place that a delegate has in the meeting.
type delegation struct {
	delegate ical.Attendee
	id       time.Time // the original start of the occurrence, or zero
}

// mayDelegate refuses a new delegate whom Policy.Delegates or a limit keeps out.
func (x *intake) mayDelegate(who ical.Attendee, to string) error {
	held := func(why string, args ...any) error {
		return refuse(VerdictHeld, "%s delegates to %.254s, and "+why, append([]any{who.Email, to}, args...)...)
	}
	switch {
	case x.p.Delegates == DelegatesHold:
		return held("the policy holds every new delegate")
	case x.p.Delegates == DelegatesDomain && domainOf(to) != domainOf(who.Email):
		return held("the policy allows delegates of the domain %s alone", domainOf(who.Email))
	case x.newDelegates >= mostDelegatesOfMail:
		return held("one mail may name %d new delegates", mostDelegatesOfMail)
	}
	all := x.m.delegations()
	family := familyOf(who.Email, all)
	addresses, own, places := map[string]bool{}, map[string]bool{}, 0
	open := ""
	for _, d := range all {
		key := address.Key(d.delegate.Email)
		addresses[key] = true
		if !family[key] {
			continue
		}
		own[key] = true
		if places++; places > mostPlacesOfAttendee {
			break
		}
		// An attendee who delegates answers by it, so they are not open.
		if open == "" && key != address.Key(to) && key != address.Key(who.Email) && x.isOpen(d) {
			open = d.delegate.Email
		}
	}
	if places >= mostPlacesOfAttendee {
		return held("%d delegations of an attendee are the most", mostPlacesOfAttendee)
	}
	if own[address.Key(to)] { // a delegate for one more date
		return nil
	}
	x.newDelegates++
	switch {
	case x.p.Delegates != DelegatesAllow && open != "":
		return held("their delegate %s has not answered", open)
	case len(own) >= mostDelegatesOfAttendee:
		return held("%d delegates of an attendee are the most", mostDelegatesOfAttendee)
	case len(addresses) >= mostDelegatesOfMeeting:
		return held("%d delegates of a meeting are the most", mostDelegatesOfMeeting)
	}
	return nil
}

// isOpen reports whether a delegate has not answered, and the delegation still
// counts.
func (x *intake) isOpen(d delegation) bool {
	if x.m.withAnswer(d.delegate, d.id).Status != ical.StatusNeedsAction {
		return false
	}
	from := x.m.withAnswer(ical.Attendee{Email: d.delegate.DelegatedFrom}, d.id)
	return from.Status == ical.StatusDelegated && address.Same(from.DelegatedTo, d.delegate.Email)
}

// delegations returns the delegates of the meeting and of its occurrences.
func (m *Meeting) delegations() []delegation {
	var out []delegation
	add := func(a ical.Attendee, id time.Time) {
		if a.DelegatedFrom != "" {
			out = append(out, delegation{a, id})
		}
	}
	for _, a := range m.Event.Attendees {
		add(a, time.Time{})
	}
	for _, j := range m.Joined {
		add(j.Attendee, j.RecurrenceID)
	}
	return out
}

// familyOf returns the keys of an attendee, of the attendee from whom they come by
// delegations, and of all delegates who come from that attendee.
func familyOf(email string, all []delegation) map[string]bool {
	from, to := map[string]string{}, map[string][]string{}
	for _, d := range all {
		key, delegator := address.Key(d.delegate.Email), address.Key(d.delegate.DelegatedFrom)
		if from[key] == "" {
			from[key] = delegator
		}
		to[delegator] = append(to[delegator], key)
	}
	root := address.Key(email)
	for range len(from) {
		if from[root] == "" {
			break
		}
		root = from[root]
	}
	family, queue := map[string]bool{root: true}, []string{root}
	for len(queue) > 0 {
		next := to[queue[0]]
		queue = queue[1:]
		for _, key := range next {
			if !family[key] {
				family[key] = true
				queue = append(queue, key)
			}
		}
	}
	return family
}
