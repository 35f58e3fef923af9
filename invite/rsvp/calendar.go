package rsvp

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/internal/series"
)

// calendar is the part of a page that adds the meeting to an online calendar.
type calendar struct {
	Label string
	Date  string // the date of a series that the links add; "" if they add the whole meeting
	Links []body.Value
}

// comes reports whether an answer is one after which a reader wants the meeting in
// their calendar.
func comes(s ical.Status) bool { return s == ical.StatusAccepted || s == ical.StatusTentative }

// entry returns the event that belongs into the reader's calendar: the whole meeting,
// or one date of a series if only that date was answered, or if it was answered last.
// It returns nil if the reader does not come, or has not answered.
func (v *visit) entry() *ical.Event {
	e := &v.meeting.Event
	if v.closed() != nil {
		return nil
	}
	if a := v.lastByLink(); a != nil && !a.RecurrenceID.IsZero() {
		if d, ok := v.find(a.RecurrenceID); ok && comes(d.status) {
			return series.InRuleOccurrence(e, d.RecurrenceID)
		}
	}
	if comes(v.meeting.OccurrenceStatus(v.who.Email, time.Time{})) {
		return e
	}
	if v.about != nil && comes(v.about.status) {
		return series.InRuleOccurrence(e, v.about.RecurrenceID)
	}
	for i := range v.dates {
		if comes(v.dates[i].status) {
			return series.InRuleOccurrence(e, v.dates[i].RecurrenceID)
		}
	}
	return nil
}

// calendarLinks returns the pages that add an event to an online calendar. details is
// the number of characters of the description that each link has.
func calendarLinks(e *ical.Event, details int) []ical.CalendarLink {
	if e == nil || details < 0 {
		return nil
	}
	short := *e
	if short.Description = ""; details > 0 {
		short.Description = shortened(e.Description, details)
	}
	return ical.Links(short)
}

// calendar adds the links to the page. The renderer has made a row of them.
func (p *page) calendar(v *visit, added *ical.Event) {
	for _, row := range p.Page.Rows {
		if row.ID != "calendars" {
			continue
		}
		p.Calendar = &calendar{Label: row.Label, Links: row.Values}
		if added.Recurrence == nil && v.meeting.Event.Recurrence != nil {
			p.Calendar.Date = unbroken(p.When(ical.Span{Start: added.Start, End: added.End}, added.AllDay, v.loc))
		}
	}
}
