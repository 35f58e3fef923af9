package invitetest

import "github.com/convene-go/convene/invite"

// LedgerCall is one call of Begin or Record.
type LedgerCall struct {
	// N counts the calls of the same method of a Ledger, from 1.
	N int
	// Meetings are the meetings that Begin was given; nil for Record.
	Meetings []*invite.Meeting
	// UID and Changed are the arguments of Record.
	UID     string
	Changed []invite.Delivery
}

// IsBegin reports whether it is a call of Begin.
func (c *LedgerCall) IsBegin() bool { return c.Meetings != nil }

// hook calls f if it is not nil.
func (c *LedgerCall) hook(f func(LedgerCall) error) error {
	if f == nil {
		return nil
	}
	return f(*c)
}
