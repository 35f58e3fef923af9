package plan

import (
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

// Object has the events of a calendar object that replaces everything that the
// recipient has of the meeting. Its method is REQUEST. See [Meeting.WholeSeries].
//
// QUIRK: sabre/vobject 4.6, which Nextcloud uses, replaces all components of a
// stored meeting by the components of a REQUEST, and cancels all of them for a
// CANCEL (ITip\Broker).
type Object struct {
	// Events has the meeting, or all occurrences that the recipient is invited to.
	// The occurrence that the mail is about comes first, cancelled or not.
	Events []*ical.Event
}

// ObjectMethod returns the method of the calendar object.
func (c *Content) ObjectMethod() ical.Method {
	if c.Object != nil {
		return ical.MethodRequest
	}
	return c.Method
}

// ObjectEvent returns the first event of the calendar object.
func (c *Content) ObjectEvent() *ical.Event {
	if c.Object != nil {
		return c.Object.Events[0]
	}
	return c.Event
}

// Others returns the events of the calendar object after the first.
func (c *Content) Others() []*ical.Event {
	if c.Object != nil {
		return c.Object.Events[1:]
	}
	return nil
}

// replaces reports whether an attendee's calendar replaces everything that it has of
// a meeting by every mail.
func (p *Plan) replaces(a *ical.Attendee) bool { return p.wholeSeries != nil && p.wholeSeries(*a) }

// object returns the object of a mail about an occurrence for an attendee whose
// calendar replaces everything. It is nil if the occurrence alone is right: if the
// attendee has nothing else of the meeting.
func (p *Plan) object(a *ical.Attendee, e *ical.Event, method ical.Method) *Object {
	if e.RecurrenceID.IsZero() || series.Same(&p.Event, p.Event.RecurrenceID, e.RecurrenceID) ||
		method == ical.MethodDeclineCounter || method == MethodNone || p.Intent.Cancelled || !p.replaces(a) {
		return nil
	}
	v := p.View(&p.Event, a.Email)
	if v.Whole != nil {
		return &Object{[]*ical.Event{v.Whole}}
	}
	list := []*ical.Event{e}
	for _, o := range v.Singles {
		if !o.RecurrenceID.Equal(e.RecurrenceID) {
			list = append(list, o)
		}
	}
	if len(list) == 1 {
		return nil
	}
	return &Object{list}
}

// together reports whether an attendee gets the whole series although only these
// dates of it change, because their calendar replaces everything.
func (u *update) together(a *ical.Attendee, dates []changedDate) bool {
	return u.plan.replaces(a) && slices.ContainsFunc(dates, func(d changedDate) bool {
		return highest(d.changes) > LevelSilent && (d.was == nil || !u.mayIgnore(a, d.was, d.changes))
	})
}

// reasonForDates returns the reason for changes of a series. If only single dates
// change, the reason says so.
func reasonForDates(list []change) string {
	text := reasonFor(list)
	if strings.HasPrefix(text, "on ") {
		return "only " + text
	}
	return text
}
