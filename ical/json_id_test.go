package ical_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

// foreignEvent returns an event of another program, in an object with a method.
func foreignEvent(lines ...string) string {
	return "BEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20270101T000000Z\r\nORGANIZER:mailto:desk@example.test\r\nATTENDEE:mailto:ann@example.test\r\n" +
		strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
}

// A decoded event is the same object after it was stored as JSON. RECURRENCE-ID
// keeps the form that an answer must repeat.
func TestEventJSONKeepsRecurrenceID(t *testing.T) {
	const berlin = "TZID=Europe/Berlin:2027030"
	series := foreignEvent("DTSTART;"+berlin+"2T100000", "RRULE:FREQ=WEEKLY;COUNT=6")
	lone := []string{"DTSTART;" + berlin + "9T120000", "DTEND;" + berlin + "9T130000"}
	for _, tt := range []struct{ name, events, id, json string }{
		{"UTC", foreignEvent(append(lone, "RECURRENCE-ID:20270309T090000Z")...),
			"RECURRENCE-ID:20270309T090000Z", `"2027-03-09T09:00:00-00:00"`},
		{"a date", foreignEvent(append(lone, "RECURRENCE-ID;VALUE=DATE:20270309")...),
			"RECURRENCE-ID;VALUE=DATE:20270309", `"2027-03-09"`},
		{"an unknown zone", foreignEvent(append(lone, "RECURRENCE-ID;TZID=Nowhere:20270309T090000")...),
			"RECURRENCE-ID:20270309T090000", `"2027-03-09T09:00:00"`},
		{"all times in an unknown zone", foreignEvent("RECURRENCE-ID;TZID=Nowhere:20270309T090000", "DTSTART;TZID=Nowhere:20270309T100000"),
			"RECURRENCE-ID;TZID=Nowhere:20270309T090000", `"2027-03-09T09:00:00"`},
		{"a date that the series does not have", series + foreignEvent(append(lone, "RECURRENCE-ID;VALUE=DATE:20270310")...),
			"RECURRENCE-ID;VALUE=DATE:20270310", `"2027-03-10"`},
		{"a date that the series has", series + foreignEvent(append(lone, "RECURRENCE-ID;VALUE=DATE:20270309")...),
			"RECURRENCE-ID;TZID=Europe/Berlin:20270309T100000", `"2027-03-09T10:00:00+01:00"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := decode(t, []byte("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"+tt.events+"END:VCALENDAR\r\n"))
			data, err := json.Marshal(c)
			if err != nil || !strings.Contains(string(data), `"recurrenceId":`+tt.json) {
				t.Errorf("Marshal = %s, %v, want %s in it", data, err, tt.json)
			}
			var back ical.Calendar
			if err := json.Unmarshal(data, &back); err != nil {
				t.Fatal(err)
			}
			before, after := string(encode(t, *c)), string(encode(t, back))
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("Encode after JSON (-before +after):\n%s", diff)
			}
			if !strings.Contains(before, "\r\n"+tt.id+"\r\n") {
				t.Errorf("Encode =\n%s\nwant %s", before, tt.id)
			}
		})
	}
}

// An event of a program must name its occurrence by an instant.
func TestEventValidateRefusesFormsOfRecurrenceID(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"recurrenceId":"2026-03-31"}`, "RecurrenceID"},
		{`{"recurrenceId":"2026-03-31T10:00:00"}`, "RecurrenceID"},
		{`{"overrides":[{"recurrenceId":"2026-03-31"}]}`, "Overrides[0].RecurrenceID"},
	} {
		e := meeting()
		if err := json.Unmarshal([]byte(tt.in), &e); err != nil {
			t.Fatal(err)
		}
		if len(e.Overrides) > 0 {
			e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily}
		}
		err := e.Validate()
		if !slices.Contains(fieldsOf(t, err), tt.want) || !strings.Contains(err.Error(), "a date or a time without a zone") {
			t.Errorf("Validate of %s = %v, want an error of %s", tt.in, err, tt.want)
		}
	}
}

const outdatedEastern = "BEGIN:VTIMEZONE\r\nTZID:US/Eastern\r\n" +
	"BEGIN:STANDARD\r\nDTSTART:19701025T020000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n" +
	"BEGIN:DAYLIGHT\r\nDTSTART:19700405T020000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"

// An occurrence in a zone with the outdated rules of its file is answered under
// the date and the hour that its organizer gave it.
func TestDecodeOccurrenceInOutdatedZone(t *testing.T) {
	c := decode(t, []byte("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"+outdatedEastern+foreignEvent(
		"RECURRENCE-ID;TZID=US/Eastern:20270320T100000", "DTSTART;TZID=US/Eastern:20270320T120000")+"END:VCALENDAR\r\n"))
	out := string(encode(t, *c))
	for _, want := range []string{"RECURRENCE-ID;TZID=US/Eastern:20270320T100000", "DTSTART;TZID=US/Eastern:20270320T120000", "BYMONTH=4"} {
		if !strings.Contains(out, want) {
			t.Errorf("Encode =\n%s\nwant %s", out, want)
		}
	}
}

// JSON has no room for the rules of a zone. Its name is kept, because an offset
// would be wrong for half of the year.
func TestEventJSONNamesOutdatedZone(t *testing.T) {
	c := decode(t, []byte("BEGIN:VCALENDAR\r\n"+outdatedEastern+foreignEvent(
		"DTSTART;TZID=US/Eastern:20270301T100000", "RRULE:FREQ=WEEKLY")+"END:VCALENDAR\r\n"))
	data, err := json.Marshal(c.Events[0])
	if err != nil || !strings.Contains(string(data), `"timeZone":"US/Eastern"`) {
		t.Errorf("Marshal = %s, %v, want the zone US/Eastern", data, err)
	}
}

// RFC 3339 has no seconds in an offset, and zones had them until about 1940.
func TestEventJSONKeepsInstantsOfOldTimes(t *testing.T) {
	loc, err := ical.LoadLocation("Europe/Amsterdam") // +00:19:32 until 1937
	if err != nil {
		t.Fatal(err)
	}
	at := func(day int) time.Time { return time.Date(1930, 1, day, 10, 0, 0, 0, loc) }
	want := ical.Event{Start: at(1), End: at(2), Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Until: at(29), Except: []time.Time{at(8)}},
		Overrides: []ical.Event{{RecurrenceID: at(15), Start: at(16), End: at(17)}}}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got ical.Event
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	was, is := slices.Collect(want.Occurrences(time.Time{}, time.Time{})), slices.Collect(got.Occurrences(time.Time{}, time.Time{}))
	if diff := cmp.Diff(was, is); diff != "" || len(was) != 4 {
		t.Errorf("Occurrences after JSON (-before +after):\n%s\n%s", diff, data)
	}
}

// If only the series or only its override has a known zone, the clock of the
// override counts.
func TestOccurrencesOfFloatingOverride(t *testing.T) {
	const rule = "RRULE:FREQ=WEEKLY;COUNT=2"
	for _, tt := range []struct{ series, id, override string }{
		{"DTSTART;TZID=Europe/Berlin:20270302T100000", "RECURRENCE-ID;TZID=Europe/Berlin:20270309T100000", "DTSTART;TZID=Nowhere:20270309T120000"},
		{"DTSTART:20270302T100000", "RECURRENCE-ID:20270309T100000", "DTSTART;TZID=Europe/Berlin:20270309T120000"},
		{"DTSTART;TZID=Nowhere:20270302T100000", "RECURRENCE-ID;TZID=Nowhere:20270309T100000", "DTSTART;TZID=Asia/Tokyo:20270309T120000"},
	} {
		c := decode(t, []byte("BEGIN:VCALENDAR\r\n"+foreignEvent(tt.series, rule)+foreignEvent(tt.id, tt.override)+"END:VCALENDAR\r\n"))
		var got []string
		for o := range c.Events[0].Occurrences(time.Time{}, time.Time{}) {
			got = append(got, o.Start.Format("02T15:04"))
		}
		if want := []string{"02T10:00", "09T12:00"}; !slices.Equal(got, want) {
			t.Errorf("Occurrences of %s with %s = %v, want %v", tt.series, tt.override, got, want)
		}
	}
}
