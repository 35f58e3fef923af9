package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// Step is something that a call has done, for [Options].Observe. It is plain data. A field
// that a kind does not name is zero, and N is -1.
//
// Kind, Method, Action, State, Verdict, Via, Status, Held and Again have few values, so
// they can be labels of a counter. No field has the address of an attendee, a name or a
// title, except Err: its text may have addresses and the words of a server.
type Step struct {
	// Kind says which step it is, and which fields it sets.
	Kind StepKind
	// Time is the time at which the step was over, and Took the time that it took, so it
	// began at Time.Add(-Took). They come from the machine's clock and not from Now of
	// [Options], which may stand still in tests.
	Time time.Time
	Took time.Duration
	// UID is the UID of the meeting as its event has it. It is "" if a mail that came in is
	// about no meeting. Tag is [Meeting.Tag].
	UID, Tag string

	// Mails is the number of mails that the call makes, or goes on with.
	Mails int
	// Again reports whether earlier calls have made the mails, as in [Client.Resume].
	Again bool

	// N is the number of the mail's delivery, see [Delivery]. If one mail goes to several
	// attendees, it is the number of its first delivery, except in a StepResult.
	// [Client.Respond] has no delivery, so N is -1 there.
	N int
	// Recipients is the number of attendees to whom the mail goes.
	Recipients int
	// MessageID, Method and Action are those of the mail. The steps of one mail have the
	// same MessageID. In a StepPlanned, Method and Action are "" if mails differ in them.
	MessageID string
	Method    ical.Method
	Action    body.Action
	// Size is the number of octets of the mail.
	Size int
	// Waited is the time since the mail was made, by Now of [Options] and to the second.
	// With a desk it is the age of the mail in the queue.
	Waited time.Duration

	// State is the state of the delivery after the try. [DeliveryPending] means that the
	// server refused it for a while, and that to try again is useful.
	State DeliveryState
	// Receipt is [Delivery.Receipt].
	Receipt string
	// Err says why the try failed, or why the calendar did.
	Err error

	// Verdict and Held are those of the [Outcome].
	Verdict Verdict
	Held    bool
	// Via is the way by which the answer came, as Via of an [Answer]. "mail" is a mail,
	// "held" a mail that a person has let pass, and "report" a report of an HTTP API.
	Via string
	// Status is the answer if exactly one was taken in.
	Status ical.Status
}

// StepKind is the kind of a [Step].
type StepKind string

// The values of [StepKind], with the fields that each sets besides Kind, Time, Took and UID
// and Tag. A [Client] tells the first four, and a desk all.
const (
	// StepPlanned: a call knows its mails. UpdateFollowing has two such steps, one for each
	// meeting. Took is the time since the call began. Sets Mails, Again, Method and Action.
	// A call that fails before has no step.
	StepPlanned StepKind = "planned"
	// StepRendered: a mail was built. That comes before the first mail of the call is
	// handed over, or just before its own turn. With [QueueOnly] it is only a check, and
	// the mail is built again when it is sent. The mails beyond the first 4 MiB of a call
	// have no such step then. Sets N, Recipients, MessageID, Method, Action and Size.
	StepRendered StepKind = "rendered"
	// StepHandedOver: a mail is given to the Sender now. If there is a ledger, it has the
	// claim. Took is 0. Sets N, Recipients, MessageID, Method, Action, Size and Waited.
	StepHandedOver StepKind = "handed-over"
	// StepResult: the Sender has returned, and the delivery has another state. There is one
	// for each recipient. Took is the time in the Sender. Sets N, MessageID, Method, Action,
	// State, Receipt and Err. A desk also tells of states that no try has led to: unknown
	// after a crash, and refused after five days. Then Took is 0.
	StepResult StepKind = "result"
	// StepApplied: a desk has taken in an answer, a proposal or a report, or has refused
	// it. Sets Verdict, Held, Via and Status.
	StepApplied StepKind = "applied"
	// StepCalendar: a desk has worked at the entry in the organizer's own calendar. Sets
	// Err, which is nil if the entry is right.
	StepCalendar StepKind = "calendar"
)
