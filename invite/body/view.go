package body

import (
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// Action is what a mail does.
type Action string

const (
	Invitation   Action = "invitation"
	Update       Action = "update"
	Cancellation Action = "cancellation"
	Reminder     Action = "reminder"
)

// View is what one mail is about and who reads it.
type View struct {
	// Event is the meeting as the reader may see it; it is not changed.
	Event *ical.Event
	// Method is what the mail does; "" is a request.
	Method ical.Method
	// Attendee is the reader; the zero value writes for everybody, in the
	// event's own zone.
	Attendee   ical.Attendee
	Action     Action
	Before     *ical.Event
	Comment    string
	HideGuests bool
}

// Body is the part of a mail that people read.
type Body struct {
	// Subject is one line in any script.
	Subject string
	// Text is plain text with LF line ends, lines of at most 78 characters
	// where the words allow it.
	Text string
	// HTML says the same as a complete document.
	HTML string
}

// page is the text of a mail, before it is set as text or as HTML.
type page struct {
	Lead        string // what the mail is, in one sentence
	Title       string
	When        []string
	Rows        []row
	Description string
}

// row is a named value; Link is set where the value is one.
type row struct{ Name, Value, Link string }

// newPage collects what the reader sees. Times are in the meeting's zone, and
// in the reader's own where that shows another clock.
func newPage(v *View) (*page, error) {
	e := v.Event
	loc, err := e.Zone()
	if err != nil {
		return nil, err
	}
	p := &page{Title: oneLine(e.Summary), Description: description(e.Description)}
	p.Lead = lead(v.Method, name(e.Organizer.Name, e.Organizer.Email))
	p.When = []string{formatSpan(e, loc)}
	if own := ownZone(v, loc); own != nil && !e.AllDay {
		p.When = append(p.When, formatSpan(e, own))
	}
	if r := e.Recurrence; r != nil && r.Freq != "" {
		p.Rows = append(p.Rows, row{Name: "Repeats", Value: repeats(e, loc)})
	}
	p.place(e)
	p.people(e)
	for _, l := range e.Attachments {
		p.Rows = append(p.Rows, row{"Document", name(l.Name, l.URL), l.URL})
	}
	return p, nil
}

// description keeps the indent of the first line, and no empty lines around the text.
func description(s string) string {
	return strings.TrimRight(strings.TrimLeft(lineEnds.Replace(s), "\n"), " \t\n")
}

// ownZone is the reader's zone where it shows another clock than loc at the start, else nil.
func ownZone(v *View, loc *time.Location) *time.Location {
	own, err := ical.LoadLocation(v.Attendee.TimeZone)
	if err != nil {
		return nil
	}
	_, here := v.Event.Start.In(own).Zone()
	_, there := v.Event.Start.In(loc).Zone()
	if here == there {
		return nil
	}
	return own
}

func (p *page) place(e *ical.Event) {
	if e.Location != "" && e.Location != e.Conference {
		p.Rows = append(p.Rows, row{Name: "Where", Value: oneLine(e.Location)})
	}
	if e.Conference != "" {
		p.Rows = append(p.Rows, row{"Join", e.Conference, e.Conference})
	}
	if e.URL != "" && e.URL != e.Conference {
		p.Rows = append(p.Rows, row{"Page", e.URL, e.URL})
	}
}

func (p *page) people(e *ical.Event) {
	p.Rows = append(p.Rows, row{Name: "Organizer", Value: name(e.Organizer.Name, e.Organizer.Email)})
	for _, g := range []struct {
		name string
		has  func(*ical.Attendee) bool
	}{
		{"Attendees", func(a *ical.Attendee) bool { return !isPlace(a) && a.Role != ical.RoleOptional }},
		{"Optional", func(a *ical.Attendee) bool { return !isPlace(a) && a.Role == ical.RoleOptional }},
		{"Rooms", isPlace},
	} {
		var list []string
		for i := range e.Attendees {
			if a := &e.Attendees[i]; g.has(a) {
				list = append(list, name(a.Name, a.Email))
			}
		}
		if len(list) > 0 {
			p.Rows = append(p.Rows, row{Name: g.name, Value: shorten(list)})
		}
	}
}

func isPlace(a *ical.Attendee) bool { return a.Kind == ical.KindRoom || a.Kind == ical.KindResource }

// mostNames is how many names a list shows before it counts the rest.
const mostNames = 50

func shorten(list []string) string {
	if len(list) <= mostNames {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:mostNames], ", ") + " and " + plural(len(list)-mostNames, "other")
}

// name is what people call somebody or something.
func name(name, address string) string {
	if name = oneLine(name); name != "" {
		return name
	}
	return oneLine(address)
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// oneLine puts a space where the text has line ends and tabs.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
