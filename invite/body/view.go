package body

import (
	"time"

	"github.com/convene-go/convene/ical"
)

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

// before is what the reader of an update last saw; of a series, the occurrence
// that the event is about.
func (v *View) before() *ical.Event {
	b := v.Before
	if v.action() != ActionUpdate || b == nil {
		return nil
	}
	if v.Event.RecurrenceID.IsZero() || b.Recurrence == nil {
		return b
	}
	for i := range b.Overrides {
		if b.Overrides[i].RecurrenceID.Equal(v.Event.RecurrenceID) {
			o := b.Override(i)
			return &o
		}
	}
	series := *b
	series.Overrides = []ical.Event{{RecurrenceID: v.Event.RecurrenceID}}
	o := series.Override(0)
	return &o
}

// ownZone is the reader's zone where its clock differs from loc at the start or
// the end, else nil.
func (v *View) ownZone(loc *time.Location) *time.Location {
	if v.Attendee.TimeZone == "" || v.Event.AllDay || v.action() == ActionAnswer {
		return nil
	}
	own, err := ical.LoadLocation(v.Attendee.TimeZone)
	if err != nil {
		return nil
	}
	for _, t := range []time.Time{v.Event.Start, v.Event.End} {
		_, here := t.In(own).Zone()
		_, there := t.In(loc).Zone()
		if here != there && !t.IsZero() {
			return own
		}
	}
	return nil
}

// answerer is the name of who answers: the reader's own, else the one attendee
// that an answer has (RFC 5546, section 3.2.3).
func (v *View) answerer() string {
	a := v.Attendee
	if a.Email == "" && a.Name == "" && len(v.Event.Attendees) == 1 {
		a = v.Event.Attendees[0]
	}
	return firstOf(a.Name, a.Email)
}

// answerKey is the part of a key that names what an attendee answers.
func (v *View) answerKey() string {
	switch {
	case !v.Proposed.Start.IsZero() || v.Method == ical.MethodCounter:
		return "counter"
	case v.Status == ical.StatusAccepted || v.Status == ical.StatusTentative || v.Status == ical.StatusDeclined:
		return string(v.Status)
	}
	return "answer"
}
