package ical_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/convene-go/convene/ical"
)

// review is the meeting of the examples.
func review() ical.Event {
	start := time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC)
	return ical.Event{
		UID: "7c9e6679-7425-40de-944b-e07fc1f90ae7", Summary: "Review",
		Start: start, End: start.Add(time.Hour),
		Organizer: ical.Person{Name: "Meeting Desk", Email: "desk@example.test"},
		Attendees: []ical.Attendee{{Name: "Doe, Bob", Email: "bob@example.test"}},
	}
}

func ExampleEncode() {
	data, err := ical.Encode(&ical.Calendar{
		Method: ical.MethodRequest,
		Stamp:  time.Date(2026, 2, 20, 9, 30, 0, 0, time.UTC),
		Events: []ical.Event{review()},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(strings.ReplaceAll(string(data), "\r\n", "\n"))
	// Output:
	// BEGIN:VCALENDAR
	// METHOD:REQUEST
	// VERSION:2.0
	// PRODID:-//convene//convene//EN
	// CALSCALE:GREGORIAN
	// BEGIN:VEVENT
	// UID:7c9e6679-7425-40de-944b-e07fc1f90ae7
	// SEQUENCE:0
	// DTSTAMP:20260220T093000Z
	// DTSTART:20260331T100000Z
	// DTEND:20260331T110000Z
	// ORGANIZER;CN=Meeting Desk:mailto:desk@example.test
	// ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
	//  TRUE;CN="Doe, Bob":mailto:bob@example.test
	// SUMMARY:Review
	// STATUS:CONFIRMED
	// TRANSP:OPAQUE
	// CLASS:PUBLIC
	// PRIORITY:5
	// X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE
	// X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY
	// X-MICROSOFT-CDO-ALLDAYEVENT:FALSE
	// END:VEVENT
	// END:VCALENDAR
}

func ExampleDecode() {
	answer := `BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:7c9e6679-7425-40de-944b-e07fc1f90ae7
DTSTAMP:20260220T101500Z
DTSTART;TZID=Europe/Berlin:20260331T120000
ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:bob@example.test
END:VEVENT
END:VCALENDAR
`
	c, err := ical.Decode(strings.NewReader(answer), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	e := c.Events[0]
	fmt.Println(c.Method, e.Attendees[0].Email, e.Attendees[0].Status, e.Start.UTC().Format(time.RFC3339))
	// Output: REPLY bob@example.test accepted 2026-03-31T10:00:00Z
}

func ExampleEvent_Validate() {
	e := review()
	e.End = e.Start.Add(-time.Hour)
	e.Attendees = append(e.Attendees, ical.Attendee{Email: "bob"}, ical.Attendee{Email: "BOB@example.test"})
	fmt.Println(e.Validate())
	// Output:
	// ical: End: 2026-03-31T09:00:00Z is before Start 2026-03-31T10:00:00Z; Attendees[1].Email: is not of the form local@domain; Attendees[2].Email: is the same address as Attendees[0]
}

// The body of an HTTP 422 names each field once.
func ExampleFieldErrors() {
	e := review()
	e.Summary = "Review\x00"
	e.Attendees = append(e.Attendees, ical.Attendee{Email: "bob"})
	err := fmt.Errorf("save: %w", e.Validate())

	problems := make(map[string]string)
	for _, fe := range ical.FieldErrors(err) {
		problems[fe.Field] = fe.Err.Error()
	}
	body, _ := json.MarshalIndent(problems, "", "  ")
	fmt.Println(string(body))
	fmt.Println(ical.FieldErrors(errors.New("disk full")) == nil)
	// Output:
	// {
	//   "Attendees[1].Email": "is not of the form local@domain",
	//   "Summary": "has the control character U+0000"
	// }
	// true
}

func ExampleEvent_Lint() {
	e := review()
	e.Summary = ""
	e.Reminders = []ical.Reminder{{Before: time.Hour}, {Before: 15 * time.Minute}}
	for _, f := range e.Lint() {
		fmt.Printf("%s %s (%s): %s\n", f.Severity, f.Rule, f.Field, f.Text)
	}
	// Output:
	// warning summary-empty (Summary): clients show a meeting without a title as "(no subject)"
	// warning reminders-several (Reminders[1]): Outlook keeps the first reminder only
}

func ExampleEvent_Override() {
	e := review()
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 4}
	e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Location: "Room 2"}}
	o := e.Override(0)
	fmt.Println(o.Summary, o.Location, o.Start.Format(time.RFC3339), o.End.Sub(o.Start))
	// Output: Review Room 2 2026-04-07T10:00:00Z 1h0m0s
}

func ExampleLoadLocation() {
	for _, tzid := range []string{"Europe/Berlin", "/citadel.org/20250101_1/Europe/Berlin", "W. Europe Standard Time", "UTC+02:00", "Local"} {
		loc, err := ical.LoadLocation(tzid)
		fmt.Println(loc, err)
	}
	// Output:
	// Europe/Berlin <nil>
	// Europe/Berlin <nil>
	// Europe/Berlin <nil>
	// UTC+02:00 <nil>
	// UTC ical: unknown time zone "Local"
}

func ExampleEvent_Occurrences() {
	e := review()
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Except: []time.Time{e.Start.AddDate(0, 0, 7)}}
	e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 14), Start: e.Start.AddDate(0, 0, 15)}}
	for o := range e.Occurrences(e.Start, e.Start.AddDate(0, 0, 28)) {
		fmt.Println(o.Start.Format(time.RFC3339), o.Override)
	}
	// Output:
	// 2026-03-31T10:00:00Z -1
	// 2026-04-15T10:00:00Z 0
	// 2026-04-21T10:00:00Z -1
}

func ExampleVTimezone() {
	loc, err := ical.LoadLocation("Africa/Cairo")
	if err != nil {
		panic(err)
	}
	start := time.Date(2027, 7, 1, 10, 0, 0, 0, loc)
	tz, form, err := ical.VTimezone(loc, []ical.Span{{Start: start, End: start.Add(time.Hour)}})
	if err != nil {
		panic(err)
	}
	var b strings.Builder
	if err := ical.WriteModel(&b, &ics.Calendar{Components: []ics.Component{tz}}); err != nil {
		panic(err)
	}
	fmt.Println(form, form.Exact())
	fmt.Print(strings.ReplaceAll(b.String(), "\r", ""))
	// Output:
	// annual true
	// BEGIN:VCALENDAR
	// BEGIN:VTIMEZONE
	// TZID:Africa/Cairo
	// BEGIN:STANDARD
	// DTSTART:19701029T235959
	// RRULE:FREQ=YEARLY;BYDAY=-1TH;BYMONTH=10
	// TZOFFSETFROM:+0300
	// TZOFFSETTO:+0200
	// END:STANDARD
	// BEGIN:DAYLIGHT
	// DTSTART:19700424T000000
	// RRULE:FREQ=YEARLY;BYDAY=-1FR;BYMONTH=4
	// TZOFFSETFROM:+0200
	// TZOFFSETTO:+0300
	// END:DAYLIGHT
	// END:VTIMEZONE
	// END:VCALENDAR
}

func ExampleWriteModel() {
	m := ics.NewCalendar()
	m.SetMethod(ics.MethodPublish)
	e := m.AddEvent("uid-1")
	e.SetProperty(ics.ComponentPropertySummary, "Lunch; or not, as you like")
	e.SetProperty(ics.ComponentPropertyOrganizer, "mailto:ann@example.test", ics.WithCN("Doe, Ann"))
	if err := ical.WriteModel(crlf{os.Stdout}, m); err != nil {
		fmt.Println(err)
	}
	// Output:
	// BEGIN:VCALENDAR
	// VERSION:2.0
	// PRODID:-//arran4//Golang ICS Library
	// METHOD:PUBLISH
	// BEGIN:VEVENT
	// UID:uid-1
	// SUMMARY:Lunch\; or not\, as you like
	// ORGANIZER;CN="Doe, Ann":mailto:ann@example.test
	// END:VEVENT
	// END:VCALENDAR
}

// crlf writes line ends that an example's output can hold.
type crlf struct{ w *os.File }

func (c crlf) Write(p []byte) (int, error) {
	_, err := c.w.WriteString(strings.ReplaceAll(string(p), "\r\n", "\n"))
	return len(p), err
}
