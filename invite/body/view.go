package body

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// View is the subject matter of one mail, and its reader. Rendering changes nothing
// in it.
type View struct {
	// Event is the meeting as the reader may see it. If the mail is about one
	// occurrence of a series, Event is that occurrence and has a RecurrenceID.
	Event *ical.Event
	// Before is the version of the meeting that the reader last saw. An
	// [ActionUpdate] shows the differences between it and Event. If Event is one
	// occurrence, Before may be the whole series. If it is nil, no differences
	// are shown.
	Before *ical.Event
	// Action is the purpose of the mail. If it is "", it follows from Method.
	Action Action
	// Method is the method of the calendar object; "" is a request.
	Method ical.Method
	// Attendee is the reader. The zero value writes for all attendees, in the
	// event's own zone. In an [ActionAnswer] it is the attendee who answers, and
	// the reader is the organizer.
	Attendee ical.Attendee
	// Language is the BCP 47 tag to use if neither Attendee nor Event has one.
	Language string
	// HideGuests leaves out the list of attendees. Then Event need not have any.
	HideGuests bool
	// Comment is the organizer's comment, or in an [ActionAnswer] the attendee's.
	// It is shown for every action.
	Comment string
	// Proposed is the proposed time, for an [ActionProposalDeclined] and for an
	// [ActionAnswer] that proposes another time. Zero means no proposal.
	Proposed ical.Span
	// Status is the answer of an [ActionAnswer].
	Status ical.Status
	// Calendars are pages that add the event to an online calendar, see [ical.Links].
	// They stand in invitations and reminders. In an update they would make a second
	// entry.
	Calendars []ical.CalendarLink
	// Answers are links for readers whose mail client has no buttons.
	Answers []AnswerLink
}

// Action is the purpose of a mail.
type Action string

// The values of [Action].
const (
	// ActionInvitation asks for an answer to a meeting that is new to the reader.
	ActionInvitation Action = "invitation"
	// ActionUpdate says that the meeting has changed.
	ActionUpdate Action = "update"
	// ActionCancellation says that the meeting, or one occurrence, does not take place.
	ActionCancellation Action = "cancellation"
	// ActionReminder repeats an invitation, to remind the reader of the upcoming
	// meeting.
	ActionReminder Action = "reminder"
	// ActionProposalDeclined says that the meeting keeps its time.
	ActionProposalDeclined Action = "proposal-declined"
	// ActionRefusal says that the reader is not invited. The meeting takes place
	// without them.
	ActionRefusal Action = "refusal"
	// ActionRemoval says that the reader is no longer invited. The meeting takes
	// place without them.
	ActionRemoval Action = "removal"
	// ActionPartialRemoval says that the reader is no longer invited to the whole
	// series, but stays invited to single dates of it.
	ActionPartialRemoval Action = "partial-removal"
	// ActionAnswer is an attendee's own mail to the organizer.
	ActionAnswer Action = "answer"
)

// action returns the action of the view, or the action of its method if it has
// none.
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

// language returns the language tag that counts for the reader; "" if no tag is set.
func (v *View) language() string {
	for _, tag := range []string{v.Attendee.Language, v.Event.Language, v.Language} {
		if tag != "" {
			return tag
		}
	}
	return ""
}

// normalized returns the view with the times of all-day events as dates. It is v itself
// if no event is all-day.
func (v *View) normalized() *View {
	if !v.Event.AllDay && (v.Before == nil || !v.Before.AllDay) {
		return v
	}
	out := *v
	for _, e := range []**ical.Event{&out.Event, &out.Before} {
		if *e != nil {
			n, _ := (*e).Normalized() // a time that is no date is written as it is
			*e = &n
		}
	}
	return &out
}

// before returns the version that the reader of an update last saw, and nil for
// other actions. If the event is one occurrence and Before is the series, it
// returns that occurrence of Before.
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

// readerZone returns the reader's zone if its clock differs from the clock of loc at
// the start or the end of the event, and nil otherwise. A floating time is on the clock of
// every reader (RFC 5545, section 3.3.5).
func (v *View) readerZone(loc *time.Location) *time.Location {
	if v.Attendee.TimeZone == "" || v.Event.AllDay || v.Event.Floating || v.action() == ActionAnswer {
		return nil
	}
	zone, err := ical.LoadLocation(v.Attendee.TimeZone)
	if err != nil {
		return nil
	}
	for _, t := range []time.Time{v.Event.Start, v.Event.End} {
		_, here := t.In(zone).Zone()
		_, there := t.In(loc).Zone()
		if here != there && !t.IsZero() {
			return zone
		}
	}
	return nil
}

// asksForAnswer reports whether the reader is to answer the mail.
func (v *View) asksForAnswer() bool {
	switch v.action() {
	case ActionInvitation, ActionUpdate, ActionReminder:
		return !v.Attendee.NoReply
	}
	return false
}

// answerer returns the name of the attendee who answers: Attendee, or if it is not
// set, the one attendee in the object of an answer (RFC 5546, section 3.2.3).
func (v *View) answerer() string {
	a := v.Attendee
	if a.Email == "" && a.Name == "" && len(v.Event.Attendees) == 1 {
		a = v.Event.Attendees[0]
	}
	return firstOf(a.Name, a.Email)
}

// answerKey returns the part of a catalog key that names the answer of an attendee.
func (v *View) answerKey() string {
	switch {
	case !v.Proposed.Start.IsZero() || v.Method == ical.MethodCounter:
		return "counter"
	case v.Status == ical.StatusAccepted || v.Status == ical.StatusTentative || v.Status == ical.StatusDeclined:
		return string(v.Status)
	case v.Status == ical.StatusDelegated && v.Attendee.DelegatedTo != "":
		return "delegated"
	}
	return "answer"
}
