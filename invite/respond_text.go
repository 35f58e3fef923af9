package invite

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

// propose puts another time into an answer. Outlook shows the old time from
// properties of its own (MS-OXCICAL, section 2.1.3.1.1.20.44).
func (e *answerEvent) propose(r *answerMail) error {
	if e.Floating {
		return e.proposeInUTC(r)
	}
	for _, p := range []struct {
		name string
		t    time.Time
	}{{"X-MS-OLK-ORIGINALSTART", e.Start}, {"X-MS-OLK-ORIGINALEND", series.EndOf(&e.Event)}} {
		value := p.t.UTC().Format("20060102T150405Z")
		params := map[string][]string(nil)
		if e.AllDay {
			value, params = p.t.Format("20060102"), map[string][]string{"VALUE": {"DATE"}}
		}
		e.Extra = append(e.Extra, ical.Property{Name: p.name, Value: value, Params: params})
	}
	loc := e.Start.Location()
	e.Start, e.End = r.Start, r.End
	if e.TimeZone == "" && !e.AllDay { // only Start names the zone of the meeting
		e.Start, e.End = r.Start.In(loc), r.End.In(loc)
	}
	return nil
}

// proposeInUTC proposes another time for a meeting whose zone is not known.
func (e *answerEvent) proposeInUTC(r *answerMail) error {
	if !e.RecurrenceID.IsZero() {
		return fmt.Errorf("no other time can be proposed for one occurrence, because %s", unknownZone(&e.Event))
	}
	e.Floating, e.TimeZone = false, ""
	e.Start, e.End = r.Start.UTC(), inUTC(r.End)
	return nil
}

// replyWords are the words for an answer: the beginning of the subject, and the
// sentence after the attendee's name.
var replyWords = map[ical.Status][2]string{
	ical.StatusAccepted:  {"Accepted", "accepts this meeting"},
	ical.StatusTentative: {"Tentative", "may come to this meeting"},
	ical.StatusDeclined:  {"Declined", "does not come to this meeting"},
	ical.StatusDelegated: {"Delegated", "sends somebody else to this meeting"},
}

// subject returns the subject of an answer.
func (e *answerEvent) subject(m ical.Method) string {
	word := replyWords[e.Attendees[0].Status][0]
	if m == ical.MethodCounter {
		word = "New time proposed"
	}
	return word + ": " + cmp.Or(strings.Join(strings.Fields(e.Summary), " "), "Meeting")
}

// text returns the answer for readers whose program does not read the object.
func (e *answerEvent) text(m ical.Method) string {
	a := &e.Attendees[0]
	var b strings.Builder
	b.WriteString(cmp.Or(a.Name, a.Email) + " " + replyWords[a.Status][1])
	if m == ical.MethodCounter {
		b.WriteString(" and proposes another time")
	}
	if a.DelegatedTo != "" {
		b.WriteString(": " + a.DelegatedTo)
	}
	b.WriteString(".\n\n" + e.Summary + "\n" + e.when() + "\n")
	if a.Comment != "" {
		b.WriteString("\n" + a.Comment + "\n")
	}
	return b.String()
}

// when returns the start of an answer's event, on the clock of the meeting.
func (e *answerEvent) when() string {
	if e.AllDay {
		return e.Start.Format("Monday, 2 January 2006")
	}
	if e.Floating {
		return strings.TrimSpace(e.Start.Format("Monday, 2 January 2006, 15:04 ") + e.TimeZone)
	}
	loc, err := e.Zone()
	if err != nil {
		loc = e.Start.Location() // described by the file of the invitation alone
	}
	return e.Start.In(loc).Format("Monday, 2 January 2006, 15:04 MST")
}

// name returns the author's name, if the answer is their own.
func (e *answerEvent) name(r *answerMail) string {
	if r.OnBehalfOf != "" {
		return ""
	}
	return e.Attendees[0].Name
}
