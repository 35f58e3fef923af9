package ical_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

// absentCases has a property of a series for each field that an override can lack.
// kept is the line with the default that Encode writes in place of nothing.
var absentCases = []struct{ field, line, kept string }{
	{"attachments", "ATTACH:https://example.test/a.pdf", ""},
	{"attendees", "ATTENDEE:mailto:a@example.test", ""},
	{"categories", "CATEGORIES:red,blue", ""},
	{"conference", "CONFERENCE;VALUE=URI:https://meet.example.test/1", ""},
	{"description", "DESCRIPTION:Agenda", ""},
	{"end", "DTEND;TZID=Europe/Berlin:20270302T110000", ""},
	{"extra", "X-COST-CENTRE:4711", ""},
	{"language", "SUMMARY;LANGUAGE=de:Besprechung", ""},
	{"location", "LOCATION:Room 1", ""},
	{"noCounter", "X-MICROSOFT-DISALLOW-COUNTER:TRUE", ""},
	{"noForward", "X-MICROSOFT-DONOTFORWARDMEETING:TRUE", ""},
	{"organizer", "ORGANIZER:mailto:o@example.test", ""},
	{"priority", "PRIORITY:1", "PRIORITY:5"},
	{"reminders", "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT15M\nEND:VALARM", ""},
	{"sensitivity", "CLASS:PRIVATE", "CLASS:PUBLIC"},
	{"showAs", "X-MICROSOFT-CDO-INTENDEDSTATUS:OOF", "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY"},
	{"summary", "SUMMARY:Review", ""},
	{"url", "URL:https://example.test/page", ""},
}

// TestAbsent decodes a series with a property that its override lacks, and checks
// that the override still lacks it after it was stored and sent on.
func TestAbsent(t *testing.T) {
	for _, tt := range absentCases {
		t.Run(tt.field, func(t *testing.T) {
			e := decode(t, seriesObject("", tt.line, "")).Events[0]
			if !slices.Contains(e.Overrides[0].Absent, tt.field) {
				t.Fatalf("Absent = %q, want %s in it", e.Overrides[0].Absent, tt.field)
			}
			stored := throughJSON(t, e)
			if diff := cmp.Diff(e, stored); diff != "" {
				t.Errorf("through JSON (-want +got):\n%s", diff)
			}
			data := encode(t, object("", stored))
			_, override, _ := strings.Cut(string(data), "RECURRENCE-ID")
			name, _, _ := strings.Cut(strings.FieldsFunc(tt.line, func(r rune) bool { return r == ';' || r == ':' || r == '\n' })[0], ";")
			got := linesOf([]byte(override), name)
			if len(got) > 0 && got[0] == "BEGIN:VALARM" || tt.field != "language" && strings.Join(got, "\n") != tt.kept {
				t.Errorf("the override has %q, want %q:\n%s", got, tt.kept, data)
			}
			if strings.Contains(override, "LANGUAGE") {
				t.Errorf("the override has a LANGUAGE:\n%s", data)
			}
			again := decode(t, data).Events[0]
			if diff := cmp.Diff(e.Overrides[0].Absent, again.Overrides[0].Absent); diff != "" {
				t.Errorf("Absent after another round (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAbsentNothing: an override that repeats the property lacks nothing.
func TestAbsentNothing(t *testing.T) {
	for _, tt := range absentCases {
		if e := decode(t, seriesObject("", tt.line, strings.ReplaceAll(tt.line, "20270302", "20270309"))).Events[0]; e.Overrides[0].Absent != nil {
			t.Errorf("Absent with its own %q = %q, want none", tt.line, e.Overrides[0].Absent)
		}
	}
	request := decode(t, seriesObject("REQUEST", "ORGANIZER:mailto:o@example.test\nATTENDEE:mailto:a@example.test\nLOCATION:Room 1", "")).Events[0]
	if diff := cmp.Diff([]string{"location"}, request.Overrides[0].Absent); diff != "" {
		t.Errorf("Absent in a request, which must name the people (-want +got):\n%s", diff)
	}
	if o := request.Override(0); len(o.Attendees) != 1 || o.Organizer.Email == "" || o.Location != "" || o.Absent != nil {
		t.Errorf("Override = %+v, want the people of the series and no place", o)
	}
}

// TestAbsentEnd: an override without an end takes no time (RFC 5545, section 3.6.1).
func TestAbsentEnd(t *testing.T) {
	e := decode(t, seriesObject("", "DTEND;TZID=Europe/Berlin:20270302T110000", "")).Events[0]
	o, ok := e.Occurrence(e.Overrides[0].RecurrenceID)
	if !ok || !o.Start.Equal(o.End) {
		t.Errorf("Occurrence = %v, %v, want it without a length", o, ok)
	}
	if o := e.Override(0); !o.End.IsZero() {
		t.Errorf("Override(0).End = %v, want none", o.End)
	}
}

// seriesObject returns a weekly series with more lines for the series and for its
// override on 9 March.
func seriesObject(method, series, override string) []byte {
	if method != "" {
		method = "METHOD:" + method + "\n"
	}
	if override != "" {
		override += "\n"
	}
	return []byte("BEGIN:VCALENDAR\nVERSION:2.0\n" + method +
		"BEGIN:VEVENT\nUID:u\nDTSTAMP:20270101T000000Z\nDTSTART;TZID=Europe/Berlin:20270302T100000\nRRULE:FREQ=WEEKLY;COUNT=6\n" + series + "\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:u\nDTSTAMP:20270101T000000Z\nRECURRENCE-ID;TZID=Europe/Berlin:20270309T100000\n" +
		"DTSTART;TZID=Europe/Berlin:20270309T140000\n" + override + "END:VEVENT\nEND:VCALENDAR\n")
}

// TestAbsentMerged: the series and its override come in two objects.
func TestAbsentMerged(t *testing.T) {
	data := strings.ReplaceAll(string(seriesObject("", "LOCATION:Room 1", "")), "END:VEVENT\nBEGIN:VEVENT",
		"END:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT")
	c := decode(t, []byte(data))
	if len(c.Events) != 1 || len(c.Events[0].Overrides) != 1 {
		t.Fatalf("%d events, want one with an override", len(c.Events))
	}
	if diff := cmp.Diff([]string{"location"}, c.Events[0].Overrides[0].Absent); diff != "" {
		t.Errorf("Absent (-want +got):\n%s", diff)
	}
}

func TestAbsentValidate(t *testing.T) {
	weekly := func(absent []string, change func(o *ical.Event)) ical.Event {
		return meeting(func(e *ical.Event) {
			e.TimeZone, e.Recurrence = "Europe/Berlin", &ical.Recurrence{Freq: ical.FreqWeekly}
			e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Absent: absent}}
			if change != nil {
				change(&e.Overrides[0])
			}
		})
	}
	for _, tt := range []struct {
		in   ical.Event
		want string
	}{
		{weekly([]string{"location", "description"}, nil), ""},
		{weekly([]string{"place"}, nil), `Overrides[0].Absent[0]: "place" is none of attachments, attendees, categories, conference, description, end, extra, language, location, noCounter, noForward, organizer, priority, reminders, sensitivity, showAs, summary, url`},
		{weekly([]string{"start"}, nil), `Overrides[0].Absent[0]: "start" is none of`},
		{weekly([]string{"Location"}, nil), `Overrides[0].Absent[0]: "Location" is none of`},
		{weekly([]string{"url", "location"}, func(o *ical.Event) { o.Location = "Room 2" }), "Overrides[0].Absent[1]: names Location, which has a value"},
		{weekly([]string{"noCounter"}, func(o *ical.Event) { o.NoCounter = true }), "Overrides[0].Absent[0]: names NoCounter, which has a value"},
		{weekly([]string{"place"}, func(o *ical.Event) { o.Cancelled = true }), `Overrides[0].Absent[0]: "place" is none of`},
		{weekly([]string{"url", "url"}, nil), `Overrides[0].Absent[1]: names "url" twice`},
		{weekly([]string{"attendees"}, nil), `Overrides[0].Absent[0]: names "attendees", which a mail about a meeting needs`},
		{weekly([]string{"organizer"}, nil), `Overrides[0].Absent[0]: names "organizer", which a mail about a meeting needs`},
		{meeting(func(e *ical.Event) { e.Absent = []string{"location"} }), "Absent: belongs to an override of a series"},
		{meeting(func(e *ical.Event) { e.Absent, e.RecurrenceID = []string{"location"}, e.Start.Add(-time.Hour) }), "Absent: belongs to an override"},
	} {
		if tt.want == "" {
			if err := tt.in.Validate(); err != nil {
				t.Errorf("Validate = %v", err)
			}
			continue
		}
		checkFields(t, tt.in.Validate(), tt.want)
	}
}

// TestDecodeRange: a change of an occurrence and all later ones is told, and cannot
// be sent on as a change of one.
func TestDecodeRange(t *testing.T) {
	for _, value := range []string{"THISANDFUTURE", "thisandfuture", `"THISANDFUTURE"`} {
		data := strings.Replace(string(seriesObject("", "LOCATION:Room 1", "")), "RECURRENCE-ID;", "RECURRENCE-ID;RANGE="+value+";", 1)
		c := decode(t, []byte(data))
		if diff := cmp.Diff([]string{"RECURRENCE-ID;RANGE=THISANDFUTURE"}, c.Skipped); diff != "" {
			t.Errorf("RANGE=%s: Skipped (-want +got):\n%s", value, diff)
		}
		c.Stamp = stamp
		if _, err := ical.Encode(c); err == nil || !strings.Contains(err.Error(), "Overrides[0].Extra[0].Name: RECURRENCE-ID") {
			t.Errorf("RANGE=%s: Encode = %v, want a refusal of the RECURRENCE-ID", value, err)
		}
	}
}
