package body

import "github.com/convene-go/convene/ical"

// View is what one mail is about and who reads it. Rendering changes nothing in it.
type View struct {
	// Event is the meeting as the reader may see it. One occurrence of a series
	// alone has its RecurrenceID set.
	Event *ical.Event
	// Before is what the reader last saw; an [ActionUpdate] shows the differences to
	// it. For one occurrence it may be the whole series. Nil, none are shown.
	Before *ical.Event
	// Action is what the mail does; "" is what Method says.
	Action Action
	// Method is that of the calendar object; "" is a request.
	Method ical.Method
	// Attendee is the reader; the zero value writes for everybody, in the
	// event's own zone. Of an [ActionAnswer] it is the one who answers, and the
	// organizer reads.
	Attendee ical.Attendee
	// Language is the BCP 47 tag to use where neither Attendee nor Event names one.
	Language string
	// HideGuests leaves out who is invited; Event need not name anybody then.
	HideGuests bool
	// Comment is what the organizer says about a cancellation, a reminder or a
	// declined proposal, or the attendee with an answer.
	Comment string
	// Proposed is the time that was proposed: of a [ActionProposalDeclined], and of
	// an [ActionAnswer] that proposes another time. Zero, none was.
	Proposed ical.Span
	// Status is the answer of an [ActionAnswer].
	Status ical.Status
	// Answers are links for readers whose client has no buttons.
	Answers []AnswerLink
}

// Action is what a mail does for its reader.
type Action string

// The values of [Action].
const (
	// Invitation asks for an answer to a meeting that is new to the reader.
	ActionInvitation Action = "invitation"
	// Update says that something of the meeting has changed.
	ActionUpdate Action = "update"
	// Cancellation says that the meeting, or one occurrence, does not take place.
	ActionCancellation Action = "cancellation"
	// Reminder says that the meeting is near.
	ActionReminder Action = "reminder"
	// ProposalDeclined says that the meeting keeps its time.
	ActionProposalDeclined Action = "proposal-declined"
	// ActionAnswer is the attendee's own mail to the organizer.
	ActionAnswer Action = "answer"
)

// AnswerLink is a page that gives an answer for the reader.
type AnswerLink struct {
	// Status is the answer: [ical.StatusAccepted], [ical.StatusTentative] or [ical.StatusDeclined].
	Status ical.Status
	// URL is an absolute http, https or mailto link; others are left out.
	URL string
}

// Body is the part of a mail that people read.
type Body struct {
	// Subject is one line in any script.
	Subject string
	// Text is plain text with LF line ends, lines of at most 78 columns where
	// the words allow it; a character of East Asian width takes two.
	Text string
	// HTML says the same as a complete document, below 40 KB unless a template
	// of the caller is longer.
	HTML string
	// Inline are the images that HTML refers to as "cid:" and their ContentID.
	// They belong into a multipart/related with it.
	Inline []Image
}

// Image is a picture that goes with the HTML.
type Image struct {
	// Name is a file name; "" makes one.
	Name string
	// MediaType is "image/png", "image/jpeg" or "image/gif"; "" is found from Data.
	MediaType string
	// ContentID is left@right, without angle brackets; "" is made from Data.
	ContentID string
	// Data is the file, at most 256 KB.
	Data []byte
}

// action returns what the view does, where it says so only by its method.
func (v *View) action() Action {
	if v.Action != "" {
		return v.Action
	}
	switch v.Method {
	case ical.MethodCancel:
		return ActionCancellation
	case ical.MethodReply, ical.MethodCounter:
		return ActionAnswer
	case ical.MethodDeclineCounter:
		return ActionProposalDeclined
	}
	return ActionInvitation
}

// language returns the tag that counts for the reader.
func (v *View) language() string {
	for _, tag := range []string{v.Attendee.Language, v.Event.Language, v.Language} {
		if tag != "" {
			return tag
		}
	}
	return ""
}
