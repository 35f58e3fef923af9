package plan

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Notice is one calendar object for one attendee, and why they get it. It is
// small, because a call may have a hundred thousand.
type Notice struct {
	Attendee *ical.Attendee
	*Content
	// Action is the purpose of the mail. "" follows from the content, see
	// [Notice.Purpose].
	Action Action
}

// Content is the content of a notice, without the attendee. It is never changed
// after it is made, because successive notices with equal contents share one
// value.
type Content struct {
	Method   ical.Method
	Sequence int
	Reason   string      // for people
	Event    *ical.Event // the meeting, or one occurrence of it
	Before   *ical.Event // the same as the attendee saw it until now; nil if they did not
	Object   *Object     // the calendar object if it is not Event alone; otherwise nil
}

// Action is the purpose of a mail, with the values of body.Action.
type Action string

// The values of [Action].
const (
	ActionInvitation       Action = "invitation"
	ActionUpdate           Action = "update"
	ActionCancellation     Action = "cancellation"
	ActionReminder         Action = "reminder"
	ActionProposalDeclined Action = "proposal-declined"
	ActionRefusal          Action = "refusal"
	ActionRemoval          Action = "removal"
	ActionPartialRemoval   Action = "partial-removal"
)

// Key returns the key of the attendee's address.
func (n *Notice) Key() string { return address.Key(n.Attendee.Email) }

// Purpose returns the action of the notice, or the one that follows from its content.
func (n *Notice) Purpose() Action {
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
