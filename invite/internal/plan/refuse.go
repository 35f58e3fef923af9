package plan

import (
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
)

// Refuse plans the cancellation for somebody who is not invited: of the whole meeting
// if start is zero, and otherwise of the occurrence with that original start. The
// sequence rises, so that their calendar takes the cancellation for newer than the
// invitation that somebody passed on to them.
func Refuse(m *Meeting, email string, start time.Time) (*Plan, error) {
	p := Unchanged(m)
	p.Intent.Sequence++
	p.Event.Sequence = p.Intent.Sequence
	start, err := normalizedStart(&p.Event, start)
	if err != nil {
		return nil, err
	}
	at, ok := series.Find(&p.Event, start)
	if !ok {
		return nil, fieldError("RecurrenceID", NoOccurrence(&p.Event, start))
	}
	if address.Same(email, p.Event.Organizer.Email) {
		return nil, fieldError("email", fmt.Sprintf("%.80q is the organizer", email))
	}
	switch v := p.View(&p.Event, email); {
	case v.Whole != nil, at.Start.IsZero() && len(v.Singles) > 0, p.at(&p.Event, email, at.Start) != nil:
		return nil, fieldError("email", fmt.Sprintf("%.80q is invited: use Update to remove an attendee", email))
	}
	p.Notices = []Notice{{Attendee: &ical.Attendee{Email: email}, Action: ActionRefusal, Content: &Content{
		Method: ical.MethodCancel, Sequence: p.Event.Sequence, Reason: "is not invited" + p.onTarget(at),
		Event: p.refused(at, email, p.Event.Sequence),
	}}}
	return p, nil
}

// onTarget returns " on " and the date if t is an occurrence, and otherwise "".
func (p *Plan) onTarget(t series.Target) string {
	e := t.Event(p.Event)
	return onOccurrence(&e)
}

// refused returns the object that takes the meeting, or an occurrence of it, from the
// calendar of somebody who is not invited. It has only the title and the time, because
// nothing else is for them: they may know an old version, or nothing but the UID.
func (p *Plan) refused(t series.Target, email string, sequence int) *ical.Event {
	e := t.Event(p.Event)
	return &ical.Event{
		UID: e.UID, RecurrenceID: e.RecurrenceID, Sequence: sequence, Cancelled: true,
		Summary: e.Summary, Language: e.Language, Organizer: e.Organizer, Attendees: []ical.Attendee{{Email: email}},
		Start: e.Start, End: e.End, AllDay: e.AllDay, TimeZone: e.TimeZone, Recurrence: e.Recurrence,
	}
}
