package invite

import "slices"

// intake takes one mail into a meeting, or one answer that came without a mail.
type intake struct {
	m               *Meeting // a copy, which may be changed if it is owned
	owned           bool     // m is the result, see [intake.own]
	ownedDeliveries bool     // the deliveries of m may be changed too, see [intake.ownDeliveries]
	in              Inbound  // the zero value if there is no mail
	p               *Policy  // with defaults
	token           token
	invite          []string // see Outcome.Invite
	days            int      // the days of the series that were searched for occurrences

	spoken       []string                  // the keys of the attendees who said something new
	answered     map[string]map[int64]bool // see [intake.answeredBy]
	delegates    *delegates                // nil before somebody delegates
	stranger     bool                      // the attendee who answers is not invited, and joins because of Policy.Uninvited
	requested    map[string]int            // see [intake.requests]
	members      map[[2]string]bool        // see [intake.group]
	newDelegates int                       // the new delegates that the mail names
	joined       int                       // the occurrences to which uninvited people came
	undelivered  []int                     // the deliveries that reports made undelivered; nil before they are read, see [intake.arrived]
	adjusted     bool                      // an answer has another time or SEQUENCE than the mail says, see [intake.stamp]
}

// own makes x.m a copy that may be changed, except for its deliveries. It is called
// before each change, so that a mail that is refused costs no copy of a large meeting.
func (x *intake) own() {
	if !x.owned {
		x.m, x.owned = x.m.forAnswer(), true
	}
}

// ownDeliveries makes x.m a copy whose deliveries may be changed too.
func (x *intake) ownDeliveries() {
	x.own()
	if !x.ownedDeliveries {
		x.m.Deliveries, x.ownedDeliveries = slices.Clone(x.m.Deliveries), true
	}
}

// token is the verified token in an address that the mail came to.
type token struct {
	email string // the attendee; "" if there is no token, or one for all attendees together
	valid bool   // there is a token
}
