package plan

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
)

// MethodNone is the method of a mail without a calendar object.
const MethodNone ical.Method = ""

// RemindStart plans a reminder without a calendar object for the attendees with these
// addresses: of the meeting if start is zero, and otherwise of the occurrence with that
// original start. An attendee who has no invitation yet is skipped.
func RemindStart(m *Meeting, start time.Time, emails []string) (*Plan, error) {
	p := Unchanged(m)
	start, err := normalizedStart(&p.Event, start)
	if err != nil {
		return nil, err
	}
	at, ok := series.Find(&p.Event, start)
	if !ok || at.Cancelled {
		return nil, fieldError("RecurrenceID", NoOccurrence(&p.Event, start))
	}
	if len(emails) == 0 {
		return nil, fieldError("emails", "is empty")
	}
	e := at.Event(p.Event)
	h := m.history()
	for _, email := range emails {
		key := address.Key(email)
		i := p.Index.Find(e.Attendees, key)
		if i < 0 {
			return nil, noAttendee(email)
		}
		a := &e.Attendees[i]
		if !h.invited(key) {
			p.skip(a, "has no invitation yet")
			continue
		}
		p.add(a, Content{Method: MethodNone, Event: &e, Reason: "is reminded" + onOccurrence(&e)})
	}
	for i := range p.Notices {
		p.Notices[i].Action = ActionReminder
	}
	return p, nil
}
