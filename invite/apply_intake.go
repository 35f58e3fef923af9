package invite

// intake is one mail on its way into a meeting.
type intake struct {
	m      *Meeting // a copy
	in     Inbound
	p      *Policy
	token  token
	invite []string
	days   int // how far the series was searched for occurrences
}

// token is what a verified address says.
type token struct {
	email string // the attendee; "" for none, or for a token of the whole meeting
}
