package ical_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

// startsOf returns the starts of a series in its zone, without their year.
func startsOf(e ical.Event) []string {
	var out []string
	for o := range e.Occurrences(time.Time{}, e.Start.AddDate(1, 0, 0)) {
		out = append(out, o.Start.Format("01-02T15:04"))
	}
	return out
}

// TestTimesBesideStart reads times of a series that have not the form of DTSTART.
func TestTimesBesideStart(t *testing.T) {
	const start, days = "DTSTART;TZID=Europe/Berlin:20270316T100000", "DTSTART;VALUE=DATE:20270316"
	for _, tt := range []struct {
		name string
		in   []string
		end  string // in UTC
		want string
	}{
		{"EXDATE and DTEND without a zone", []string{"EXDATE:20270323T100000", start, "DTEND:20270316T110000", "RRULE:FREQ=WEEKLY;COUNT=3"},
			"20270316T100000Z", "03-16T10:00 03-30T10:00"},
		{"RDATE without a zone", []string{"RDATE:20270402T150000", start, "RRULE:FREQ=WEEKLY;COUNT=2"}, "", "03-16T10:00 03-23T10:00 04-02T15:00"},
		{"EXDATE in a zone that is not known", []string{start, "RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=Lummerland:20270323T100000"}, "", "03-16T10:00"},
		{"EXDATE in another zone", []string{start, "RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=Asia/Tokyo:20270323T180000"}, "", "03-16T10:00"},
		{"UNTIL as a date includes its day", []string{"RRULE:FREQ=WEEKLY;UNTIL=20270330", start}, "", "03-16T10:00 03-23T10:00 03-30T10:00"},
		{"UNTIL as a date, late in the evening", []string{"DTSTART;TZID=America/New_York:20270316T233000", "RRULE:FREQ=DAILY;UNTIL=20270317"}, "",
			"03-16T23:30 03-17T23:30"},
		{"UNTIL on the clock of DTSTART", []string{start, "RRULE:FREQ=WEEKLY;UNTIL=20270330T095959"}, "", "03-16T10:00 03-23T10:00"},
		{"EXDATE as a date excepts its day", []string{start, "EXDATE;VALUE=DATE:20270323", "RRULE:FREQ=WEEKLY;COUNT=3"}, "", "03-16T10:00 03-30T10:00"},
		{"EXDATE as a date excepts all of its day", []string{"EXDATE;VALUE=DATE:20270323", start, "RDATE:20270323T150000,20270324T000000", "RRULE:FREQ=WEEKLY;COUNT=2"}, "",
			"03-16T10:00 03-24T00:00"},
		{"EXDATE as a date after the change of the clocks", []string{start, "EXDATE;VALUE=DATE:20270330", "RRULE:FREQ=WEEKLY;COUNT=3"}, "", "03-16T10:00 03-23T10:00"},
		{"RDATE as a date is at the hour of DTSTART", []string{"RDATE;VALUE=DATE:20270401", start, "RRULE:FREQ=WEEKLY;COUNT=1"}, "", "03-16T10:00 04-01T10:00"},
		{"RDATE twice", []string{start, "RDATE:20270317T100000,20270317T100000", "RRULE:FREQ=WEEKLY;COUNT=2"}, "", "03-16T10:00 03-17T10:00 03-23T10:00"},
		{"DTEND as a date", []string{start, "DTEND;VALUE=DATE:20270317", "RRULE:FREQ=WEEKLY;COUNT=1"}, "20270316T230000Z", "03-16T10:00"},
		{"times beside a date are dates", []string{days, "RRULE:FREQ=DAILY;UNTIL=20270319T235959Z", "EXDATE:20270317T000000", "EXDATE;TZID=Asia/Tokyo:20270318T120000", "RDATE:20270401T230000Z"},
			"20270317T000000Z", "03-16T00:00 03-19T00:00 04-01T00:00"},
		{"the zone of DTSTART is UTC", []string{"DTSTART:20270316T100000Z", "DTEND:20270316T110000", "EXDATE:20270323T100000", "RRULE:FREQ=WEEKLY;COUNT=2"},
			"20270316T110000Z", "03-16T10:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := decode(t, []byte(file(tt.in...))).Events[0]
			if got := strings.Join(startsOf(e), " "); got != tt.want {
				t.Errorf("occurrences = %s, want %s", got, tt.want)
			}
			if tt.end != "" && !e.End.Equal(utc(tt.end)) {
				t.Errorf("End = %v, want %s", e.End, tt.end)
			}
			if e.Floating {
				t.Error("the event is floating")
			}
		})
	}
}

// TestUnknownZone reads times whose instants nobody can know.
func TestUnknownZone(t *testing.T) {
	const nonsense = "METHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Office\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n" +
		"BEGIN:DAYLIGHT\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE"
	for _, tt := range []struct {
		name    string
		head    string
		in      []string
		zone    string
		skipped string
	}{
		{"a name that nobody knows", "METHOD:REQUEST", []string{"DTSTART;TZID=Lummerland:20270302T100000", "DTEND;TZID=Lummerland:20270302T110000"},
			"Lummerland", `TZID "Lummerland", which names no known time zone`},
		{"no zone at all", "METHOD:REQUEST", []string{"DTSTART:20270302T100000", "DTEND:20270302T110000"}, "", ""},
		{"the end alone", "METHOD:REQUEST", []string{"DTSTART;TZID=Europe/Berlin:20270302T100000", "DTEND;TZID=Lummerland:20270302T110000"},
			"Lummerland", `TZID "Lummerland", which names no known time zone`},
		{"a zone of the machine", "METHOD:REQUEST", []string{"DTSTART;TZID=Local:20270302T100000", "DTEND;TZID=Local:20270302T110000"},
			"Local", `TZID "Local", which names no known time zone`},
		{"a VTIMEZONE that says nothing", nonsense, []string{"DTSTART;TZID=Office:20270302T100000", "DTEND:20270302T110000"},
			"Office", `TZID "Office", which names no known time zone`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := decode(t, []byte(fileWith(tt.head, append(tt.in, "RRULE:FREQ=WEEKLY;UNTIL=20270309", "ORGANIZER:mailto:desk@example.test", "ATTENDEE:mailto:ann@example.test")...)))
			e := c.Events[0]
			if !e.Floating || e.TimeZone != tt.zone || !e.Start.Equal(utc("20270302T100000Z")) || !e.End.Equal(utc("20270302T110000Z")) {
				t.Errorf("Floating = %t, TimeZone = %q, from %v to %v; want the clock from 10:00 to 11:00 in %q", e.Floating, e.TimeZone, e.Start, e.End, tt.zone)
			}
			if got := strings.Join(startsOf(e), " "); got != "03-02T10:00 03-09T10:00" {
				t.Errorf("occurrences = %s, want them on the clock", got)
			}
			if got := strings.Join(c.Skipped, "\n"); got != tt.skipped {
				t.Errorf("Skipped = %s, want %s", got, tt.skipped)
			}
			checkFields(t, e.Validate(), "Floating: ")
			if _, err := e.Zone(); err == nil {
				t.Error("Zone of a floating event is no error")
			}
			data, err := json.Marshal(e)
			var back ical.Event
			if err == nil {
				err = json.Unmarshal(data, &back)
			}
			if diff := cmp.Diff(e, back); err != nil || diff != "" {
				t.Errorf("JSON (-want +got): %v\n%s", err, diff)
			}
		})
	}
}

// TestFloatingAsItCame writes a floating event into a file or an answer, and into
// nothing else.
func TestFloatingAsItCame(t *testing.T) {
	c := decode(t, []byte(file("DTSTART;TZID=Lummerland:20270302T100000", "RRULE:FREQ=WEEKLY;UNTIL=20270330T100000Z", "EXDATE:20270309T100000",
		"ORGANIZER:mailto:desk@example.test", "ATTENDEE:mailto:ann@example.test")))
	c.Stamp = stamp
	for _, m := range []ical.Method{"", ical.MethodReply, ical.MethodRefresh, ical.MethodRequest, ical.MethodCancel, ical.MethodCounter, ical.MethodPublish} {
		c.Method = m
		data, err := ical.Encode(c)
		if m == ical.MethodRequest || m == ical.MethodCancel || m == ical.MethodCounter || m == ical.MethodPublish {
			checkFields(t, err, "Events[0].Floating: the zone \"Lummerland\" is not known")
			continue
		}
		for _, line := range []string{"DTSTART;TZID=Lummerland:20270302T100000", "EXDATE;TZID=Lummerland:20270309T100000", "RRULE:FREQ=WEEKLY;UNTIL=20270330T100000"} {
			if err != nil || !strings.Contains(string(data), "\r\n"+line+"\r\n") {
				t.Errorf("%q: %v, want the line %s in\n%s", m, err, line, data)
			}
		}
	}
}

// TestFloatingOverride: an override may be floating in a series that is not, and the
// other way round.
func TestFloatingOverride(t *testing.T) {
	event := func(lines ...string) string {
		return "BEGIN:VEVENT\r\nUID:u\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	read := func(events ...string) ical.Calendar {
		c := decode(t, []byte("BEGIN:VCALENDAR\r\n"+strings.Join(events, "")+"END:VCALENDAR\r\n"))
		c.Stamp = stamp
		return *c
	}
	c := read(event("RECURRENCE-ID;TZID=Europe/Berlin:20270309T100000", "DTSTART;TZID=Lummerland:20270309T120000"),
		event("DTSTART;TZID=Europe/Berlin:20270302T100000", "RRULE:FREQ=WEEKLY;COUNT=3"),
		event("RECURRENCE-ID:20270316T100000", "DTSTART:20270316T120000"))
	e := c.Events[0]
	if a, b := e.Override(0), e.Override(1); e.Floating || !a.Floating || a.TimeZone != "Lummerland" || b.Floating || !b.Start.Equal(utc("20270316T110000Z")) || b.TimeZone != "Europe/Berlin" {
		t.Errorf("floating = %t, overrides %t in %q and %t at %v in %q; want the first override alone, and the second at 12:00 Berlin", e.Floating, a.Floating, a.TimeZone, b.Floating, b.Start, b.TimeZone)
	}
	e.Organizer.Email, e.Attendees = "desk@example.test", []ical.Attendee{{Email: "ann@example.test"}}
	checkFields(t, e.Validate(), `Overrides[0].Floating: the zone "Lummerland" is not known`)
	if data := string(encode(t, c)); !strings.Contains(data, "RECURRENCE-ID;TZID=Europe/Berlin:20270309T100000\r\nDTSTART;TZID=Lummerland:20270309T120000\r\n") {
		t.Errorf("the override is written as\n%s", data)
	}
	c = read(event("DTSTART:20270302T100000", "RRULE:FREQ=WEEKLY;COUNT=3"), event("RECURRENCE-ID:20270309T100000", "DTSTART:20270309T120000Z"))
	e = c.Events[0]
	if o := e.Override(0); !e.Floating || o.Floating || o.TimeZone != "UTC" || !o.RecurrenceID.Equal(utc("20270309T100000Z")) {
		t.Errorf("floating = %t, override %t in %q, of %v; want the series alone", e.Floating, o.Floating, o.TimeZone, o.RecurrenceID)
	}
	if data := string(encode(t, c)); !strings.Contains(data, "RECURRENCE-ID:20270309T100000\r\nDTSTART:20270309T120000Z\r\n") {
		t.Errorf("the override is written as\n%s", data)
	}
}

// TestRecurrenceIDBesideSeries reads overrides that do not name their occurrence in
// the form of the series.
func TestRecurrenceIDBesideSeries(t *testing.T) {
	const weekly, daily = "RRULE:FREQ=WEEKLY;COUNT=4", "RRULE:FREQ=DAILY;COUNT=20"
	for _, tt := range []struct {
		name, start, rule string
		id, own           string // RECURRENCE-ID and DTSTART of the override
		want              string // the occurrence in UTC; "" if it is not clear
		told              string
	}{
		{"the form of the series", ";TZID=Europe/Berlin:20270302T100000", weekly, ";TZID=Europe/Berlin:20270309T100000", ":20270309T120000Z", "20270309T090000Z", ""},
		{"floating", ";TZID=Europe/Berlin:20270302T100000", weekly, ":20270309T100000", ":20270309T120000Z", "20270309T090000Z", ""},
		{"floating, on the clock of DTSTART", ";TZID=Europe/Berlin:20270302T100000", daily, ":20270309T180000", ";TZID=Asia/Tokyo:20270309T180000", "20270309T090000Z", ""},
		{"a date", ";TZID=Europe/Berlin:20270302T100000", weekly, ";VALUE=DATE:20270309", ";TZID=Europe/Berlin:20270309T120000", "20270309T090000Z", ""},
		{"midnight", ";TZID=Europe/Berlin:20270302T100000", daily, ";TZID=Europe/Berlin:20270309T000000", ":20270309T120000", "20270309T090000Z", ""},
		{"midnight in UTC", ";TZID=Europe/Berlin:20270302T100000", daily, ":20270309T000000Z", ":20270309T120000", "20270309T090000Z", ""},
		{"the clock of the series in another zone", ";TZID=Europe/Berlin:20270302T100000", weekly, ";TZID=America/New_York:20270309T100000", ":20270309T120000", "20270309T090000Z", ""},
		{"the same instant in another zone, on another day", ";TZID=America/New_York:20270302T200000", daily, ";TZID=Europe/Berlin:20270310T020000", ":20270309T120000", "20270310T010000Z", ""},
		{"a zone that is not known", ";TZID=Europe/Berlin:20270302T100000", daily, ";TZID=Lummerland:20270309T100000", ":20270309T120000", "20270309T090000Z", ""},
		{"a zone that is not known, another clock", ";TZID=Europe/Berlin:20270302T100000", daily, ";TZID=Lummerland:20270309T110000", ":20270309T120000", "", "3 occurrences on 2027-03-09"},
		{"a date of two days", ";TZID=America/New_York:20270302T200000", daily, ";VALUE=DATE:20270309", ";TZID=Europe/Berlin:20270309T120000", "", "2 occurrences on 2027-03-09, in the zone of the series or the zone of the writer"},
		{"a date that is also an instant", ";TZID=America/New_York:20270302T190000", daily, ";VALUE=DATE:20270309", ":20270309T000000Z", "", "2 occurrences on 2027-03-09"},
		{"a date without an occurrence", ";TZID=Europe/Berlin:20270302T100000", weekly, ";VALUE=DATE:20270310", ":20270310T120000", "", "no occurrence on 2027-03-10"},
		{"an hour of the series that it does not have", ";TZID=Europe/Berlin:20270302T100000", weekly, ";TZID=Europe/Berlin:20270309T110000", ":20270309T120000", "", ""},
		{"a time in a series of days", ";VALUE=DATE:20270302", daily, ":20270309T230000Z", ";VALUE=DATE:20270310", "20270309T000000Z", ""},
		{"a date in a series of days", ";VALUE=DATE:20270302", daily, ";VALUE=DATE:20270309", ":20270309T120000Z", "20270309T000000Z", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := decode(t, []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nRECURRENCE-ID"+tt.id+"\r\nDTSTART"+tt.own+"\r\nEND:VEVENT\r\n"+
				"BEGIN:VEVENT\r\nUID:u\r\nDTSTART"+tt.start+"\r\n"+tt.rule+"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
			e := c.Events[0]
			if len(c.Events) != 1 || len(e.Overrides) != 1 {
				t.Fatalf("%d events, want one with one override", len(c.Events))
			}
			replaced := ""
			for o := range e.Occurrences(time.Time{}, time.Time{}) {
				if o.Override == 0 {
					replaced = o.RecurrenceID.UTC().Format("20060102T150405Z")
				}
			}
			if replaced != tt.want {
				t.Errorf("the override replaces %q, want %q", replaced, tt.want)
			}
			if got := strings.Join(c.Skipped, "\n"); tt.told == "" && strings.Contains(got, "RECURRENCE-ID") || !strings.Contains(got, tt.told) {
				t.Errorf("Skipped = %q, want %q in it", got, tt.told)
			}
		})
	}
}

// TestRecurrenceIDAlone: an occurrence without its series goes back as it came.
func TestRecurrenceIDAlone(t *testing.T) {
	for _, tt := range []struct{ id, start, want string }{
		{";VALUE=DATE:20270309", ";TZID=Europe/Berlin:20270309T100000", "RECURRENCE-ID;VALUE=DATE:20270309"},
		{":20270309T100000", ";TZID=Europe/Berlin:20270309T110000", "RECURRENCE-ID;TZID=Europe/Berlin:20270309T100000"},
		{":20270309T100000", ":20270309T110000", "RECURRENCE-ID:20270309T100000\r\nDTSTART:20270309T110000"},
		{":20270309T090000Z", ":20270309T110000", "RECURRENCE-ID:20270309T090000Z\r\nDTSTART:20270309T110000"},
		{":20270309T100000", ";TZID=Lummerland:20270309T110000", "RECURRENCE-ID;TZID=Lummerland:20270309T100000\r\nDTSTART;TZID=Lummerland:20270309T110000"},
		{";TZID=Lummerland:20270309T100000", ";TZID=Europe/Berlin:20270309T110000", "RECURRENCE-ID:20270309T100000"},
	} {
		c := decode(t, []byte(fileWith("METHOD:REPLY", "RECURRENCE-ID"+tt.id, "DTSTART"+tt.start, "ORGANIZER:mailto:desk@example.test", "ATTENDEE:mailto:ann@example.test")))
		c.Stamp = stamp
		if data := string(encode(t, *c)); !strings.Contains(data, "\r\n"+tt.want+"\r\n") {
			t.Errorf("RECURRENCE-ID%s beside DTSTART%s comes back as\n%s\nwant %s", tt.id, tt.start, data, tt.want)
		}
	}
}

// TestFloatingInAKnownZone names the flag and not the zone if the zone is known.
func TestFloatingInAKnownZone(t *testing.T) {
	e := meeting(func(e *ical.Event) { e.TimeZone, e.Floating = "Europe/Berlin", true })
	checkFields(t, e.Validate(), `Floating: the times are not in the zone "Europe/Berlin", because Floating is set: give Start and End in a zone`)
}
