package invite

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
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

// text writes the answer for readers whose program does not read the object. was is
// the event at the present time, if the answer proposes another one.
//
// The reader is the organizer. The first language that is given counts: the
// invitation's, its mail's (Content-Language, RFC 3282), [Options].Language.
func (r *answerMail) text(in *Inbound, was, e *ical.Event, m ical.Method) (*body.Body, error) {
	v := &body.View{
		Event: legible(*was), Method: m, Action: body.ActionAnswer, Attendee: e.Attendees[0], Status: r.Status,
		Comment: r.Comment, HideGuests: true, Language: cmp.Or(contentLanguage(in), r.Language),
	}
	if r.proposes() {
		v.Proposed = ical.Span{Start: r.Start, End: r.End}
	}
	return r.Body.Render(v)
}

// legible returns e with a zone that a text can name. If the zone of e is not known,
// it is the UTC offset at the start. Then the rule, which that offset does not hold
// for, is left out.
func legible(e ical.Event) *ical.Event {
	if _, err := e.Zone(); err == nil || e.AllDay || e.Floating {
		return &e
	}
	e.TimeZone, e.Recurrence = "", nil
	loc, err := ical.LoadLocation("UTC" + e.Start.Format("-07:00"))
	if err != nil {
		loc = e.Start.Location() // described by the file of the invitation alone
	}
	e.Start = e.Start.In(loc)
	if !e.End.IsZero() {
		e.End = e.End.In(loc)
	}
	return &e
}

// contentLanguage returns the first language of the invitation's mail, or "".
func contentLanguage(in *Inbound) string {
	if in.Mail == nil {
		return ""
	}
	for _, v := range in.Mail.Values("Content-Language") {
		tag, _, _ := strings.Cut(v, ",")
		return strings.TrimSpace(tag)
	}
	return ""
}

// name returns the author's name, if the answer is their own.
func (e *answerEvent) name(r *answerMail) string {
	if r.OnBehalfOf != "" {
		return ""
	}
	return e.Attendees[0].Name
}
