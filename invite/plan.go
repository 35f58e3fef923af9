package invite

import (
	"errors"
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Plan is what a call will send, before anything is sent.
type Plan struct {
	// Event is the meeting as it will be, with everybody's answers.
	Event ical.Event
	// Rest is the new meeting that [Client.UpdateFollowing] begins; nil otherwise.
	Rest *ical.Event
	// Notices are the mails in the order of sending: the mails of one attendee
	// follow each other, the attendees come in the order of the event, and removed
	// attendees last.
	Notices []Notice
	// Skipped are the notices that are not sent, with the reason; their
	// Method is empty.
	Skipped []Notice
}

// Notice is one calendar object for one attendee, and why they get it.
type Notice struct {
	// Attendee is the recipient.
	Attendee ical.Attendee
	// Method and Sequence are those of the object.
	Method   ical.Method
	Sequence int
	// Reason says in words why the attendee gets this.
	Reason string
	// Event is the meeting, or one occurrence of it, as the attendee may see
	// it. Notices that show the same share one value, which must not be changed.
	Event *ical.Event
	// Before is the same as the attendee saw it until now; nil for an
	// invitation and for a repetition.
	Before *ical.Event
}

func planSend(e ical.Event, o *settings) (*plan, error) {
	e = own(e)
	if e.UID == "" {
		e.UID = o.NewID()
	}
	if err := check(&e, o); err != nil {
		return nil, err
	}
	p := newPlan(e)
	p.said = new(Meeting).spoken(&e, o.stamp())
	clearStatuses(&p.intent)
	p.show(new(Meeting))
	p.inviteAll()
	if len(p.notices) == 0 {
		return nil, fieldError("Attendees", "has nobody but the organizer")
	}
	return p, nil
}

// inviteAll makes the notices of a new meeting.
func (p *plan) inviteAll() {
	list := people(&p.event)
	p.notices = make([]notice, 0, len(list))
	for _, a := range list {
		p.invite(a, p.view(&p.event, a.Email), "is invited")
	}
}

// onOccurrence names the occurrence that e is, "" for the whole meeting.
func onOccurrence(e *ical.Event) string {
	if e.RecurrenceID.IsZero() {
		return ""
	}
	return onDate(e, e.RecurrenceID)
}

// onDate names a time on the meeting's own clock.
func onDate(e *ical.Event, t time.Time) string {
	zone, err := e.Zone()
	if err != nil {
		zone = time.UTC
	}
	return " on " + moment(t, e.AllDay, zone)
}

// check refuses an event before anything is sent.
func check(e *ical.Event, o *settings) error {
	if o.oneMail && o.hideGuests {
		return errors.New("invite: OneMail and HideGuests exclude each other: a mail to all shows all addresses")
	}
	if err := e.Validate(); err != nil {
		return invalid(err)
	}
	if err := o.Levels.check(); err != nil {
		return err
	}
	if err := checkOverrides(e); err != nil {
		return err
	}
	var bad []ical.Finding
	for _, f := range e.Lint() {
		if f.Severity == ical.SeverityError && !o.allows(f.Rule) {
			bad = append(bad, f)
		}
	}
	if len(bad) > 0 {
		return &LintError{bad}
	}
	return nil
}

// checkOverrides refuses overrides of occurrences that the series does not have,
// and overrides with another organizer.
func checkOverrides(e *ical.Event) error {
	if len(e.Overrides) == 0 {
		return nil
	}
	ids := make([]time.Time, len(e.Overrides))
	for i := range e.Overrides {
		ids[i] = e.Overrides[i].RecurrenceID
	}
	has := startsOf(e, ids)
	for i, v := range e.Overrides {
		if !has[v.RecurrenceID.Unix()] {
			return fieldError(fmt.Sprintf("Overrides[%d].RecurrenceID", i), noOccurrence(e, v.RecurrenceID))
		}
		if by := v.Organizer.Email; by != "" && !address.Same(by, e.Organizer.Email) {
			return fieldError(fmt.Sprintf("Overrides[%d].Organizer.Email", i), "is not that of the series")
		}
	}
	return nil
}
