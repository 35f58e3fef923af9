package invite

// intake takes one mail into a meeting, or one answer that came without a mail.
type intake struct {
	m            *Meeting // a copy, which may be changed
	in           Inbound  // the zero value if there is no mail
	p            *Policy  // with defaults
	token        token
	invite       []string   // see Outcome.Invite
	delegates    *delegates // nil before somebody delegates
	newDelegates int        // the delegates that the mail names and that are new
	stranger     bool       // the attendee who answers joins because Policy.Uninvited lets them in
	days         int        // the days of the series that were searched for occurrences
}

// token is the verified token in an address that the mail came to.
type token struct {
	email string // the attendee; "" if there is no token, or one for all attendees together
}
