package invite

// intake is one mail on its way into a meeting.
type intake struct {
	m      *Meeting // a copy
	in     Inbound
	p      *Policy
	token  token
	invite []string
	days   int // the days of the series that were searched for occurrences
}

// token is the content of a verified address.
type token struct {
	email string // the attendee; "" if there is no token, or one of the whole meeting
}
