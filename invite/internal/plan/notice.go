package plan

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Notice is one calendar object for one attendee, and why they get it. Its values do
// not change once it is made. It is small, because a call may have a hundred
// thousand.
type Notice struct {
	Attendee *ical.Attendee
	*Content
	// Action is the kind of the mail's text.  "" follows from the content, see
	// [Notice.Kind].
	Action Action
}

// Content is the content of a notice, without the attendee. Successive notices
// with equal contents share one value.
type Content struct {
	Method   ical.Method
	Sequence int
	Reason   string      // for people
	Event    *ical.Event // the meeting, or one occurrence of it
	Before   *ical.Event // the same as the attendee saw it until now; nil if they did not
}

// Action is the kind of a mail's text, with the values of body.Action.
type Action string

// The values of [Action].
const (
	ActionInvitation       Action = "invitation"
	ActionUpdate           Action = "update"
	ActionCancellation     Action = "cancellation"
	ActionReminder         Action = "reminder"
	ActionProposalDeclined Action = "proposal-declined"
)

// Key returns the key of the attendee's address.
func (n *Notice) Key() string { return address.Key(n.Attendee.Email) }

// Kind returns the action of the notice, or the one that follows from its content.
func (n *Notice) Kind() Action {
	switch {
	case n.Action != "":
		return n.Action
	case n.Method == ical.MethodCancel:
		return ActionCancellation
	case n.Before != nil:
		return ActionUpdate
	}
	return ActionInvitation
}
