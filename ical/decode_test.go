package ical_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
)

// file is an object of one event with the given lines in it.
func file(lines ...string) string { return fileWith("METHOD:REQUEST", lines...) }

func fileWith(head string, lines ...string) string {
	return "BEGIN:VCALENDAR\r\n" + head + "\r\nBEGIN:VEVENT\r\nUID:u\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func utc(s string) time.Time {
	t, err := time.Parse("20060102T150405Z", s)
	if err != nil {
		panic(err)
	}
	return t
}

// TestDecodeEvent reads one event with the lines given.
func TestDecodeEvent(t *testing.T) {
	attendee := func(a ical.Attendee) ical.Event { return ical.Event{Attendees: []ical.Attendee{a}} }
	for _, tt := range []struct {
		name string
		in   []string
		want ical.Event
	}{
		{"quoted name", []string{`ATTENDEE;RSVP=TRUE;CN="Doe, John; a: b":mailto:bob@example.test`},
			attendee(ical.Attendee{Name: "Doe, John; a: b", Email: "bob@example.test"})},
		{"caret escapes", []string{`ATTENDEE;RSVP=TRUE;CN=A ^'B^' C^^n^nD:mailto:bob@example.test`},
			attendee(ical.Attendee{Name: `A "B" C^n D`, Email: "bob@example.test"})},
		{"unknown words", []string{"ATTENDEE;RSVP=TRUE;CUTYPE=X-BOT;ROLE=X-HOST;PARTSTAT=X-MAYBE:mailto:b@example.test", "CLASS:X-SECRET", "X-MICROSOFT-CDO-BUSYSTATUS:X-AWAY"},
			ical.Event{Sensitivity: "x-secret", ShowAs: "x-away", Attendees: []ical.Attendee{{Email: "b@example.test", Kind: "x-bot", Role: "x-host", Status: "x-maybe"}}}},
		{"parameters of an attendee", []string{`ATTENDEE;RSVP=TRUE;X-NUM=1,2;MEMBER="mailto:l@example.test";EMAIL=c@example.test:mailto:b@example.test`},
			attendee(ical.Attendee{Email: "b@example.test", Params: map[string][]string{"X-NUM": {"1", "2"}, "MEMBER": {"mailto:l@example.test"}, "EMAIL": {"c@example.test"}}})},
		{"percent encoding", []string{"ORGANIZER;SENT-BY=\"mailto:x%2By@example.test\":mailto:a%25b@example.test?subject=x"},
			ical.Event{Organizer: ical.Person{Email: "a%b@example.test", SentBy: "x+y@example.test"}}},
		{"delegation", []string{`ATTENDEE;RSVP=TRUE;DELEGATED-TO="mailto:to@example.test";DELEGATED-FROM="mailto:from@example.test";SENT-BY="mailto:pa@example.test":mailto:b@example.test`},
			attendee(ical.Attendee{Email: "b@example.test", DelegatedTo: "to@example.test", DelegatedFrom: "from@example.test", SentBy: "pa@example.test"})},
		{"unknown properties in order", []string{"X-B:2", "X-A;X-P=q:1\\, one", "CONTACT:Ann", "X-B:3", "COMMENT:note"},
			ical.Event{Extra: []ical.Property{{Name: "X-B", Value: "2"}, {Name: "X-A", Params: map[string][]string{"X-P": {"q"}}, Value: "1, one"},
				{Name: "CONTACT", Value: "Ann"}, {Name: "X-B", Value: "3"}, {Name: "COMMENT", Value: "note"}}}},
		{"duration", []string{"DTSTART:20260331T080000Z", "DURATION:PT1H30M"},
			ical.Event{Start: utc("20260331T080000Z"), End: utc("20260331T093000Z")}},
		{"duration without a start", []string{"DURATION:PT1H"}, ical.Event{}},
		{"all-day without an end", []string{"DTSTART;VALUE=DATE:20260331"},
			ical.Event{AllDay: true, Start: date(2026, 3, 31), End: date(2026, 4, 1)}},
		{"all-day by duration", []string{"DTSTART;VALUE=DATE:20260331", "DURATION:P3D"},
			ical.Event{AllDay: true, Start: date(2026, 3, 31), End: date(2026, 4, 3)}},
		{"floating", []string{"DTSTART:20260331T080000"}, ical.Event{Start: utc("20260331T080000Z"), Floating: true}},
		{"IANA zone without a component", []string{"DTSTART;TZID=America/New_York:20260331T080000"},
			ical.Event{Start: utc("20260331T120000Z"), TimeZone: "America/New_York"}},
		{"skipped hour", []string{"DTSTART;TZID=Europe/Berlin:20260329T023000"},
			ical.Event{Start: utc("20260329T013000Z"), TimeZone: "Europe/Berlin"}},
		{"repeated hour", []string{"DTSTART;TZID=Europe/Berlin:20261025T023000", "DTEND;TZID=Europe/Berlin:20261025T033000"},
			ical.Event{Start: utc("20261025T003000Z"), End: utc("20261025T023000Z"), TimeZone: "Europe/Berlin"}},
		{"control characters", []string{"SUMMARY:a\x00b\x07c\x7f", "DESCRIPTION:\xffx"},
			ical.Event{Summary: "abc", Description: "\uFFFDx"}},
		{"escapes", []string{`SUMMARY:a\nb\Nc\,\;\\n\x`, `CATEGORIES:x\,y, z ,,w\;`},
			ical.Event{Summary: "a\nb\nc,;\\n\\x", Categories: []string{"x,y", "z", "w;"}}},
		{"folded inside a rune", []string{"SUMMARY:caf\xc3\r\n \xa9 a\r\n\tb"}, ical.Event{Summary: "café ab"}},
		{"reminders", []string{"BEGIN:VALARM", "TRIGGER:-PT15M", "END:VALARM", "BEGIN:VALARM", "TRIGGER;RELATED=END:-PT5M", "END:VALARM",
			"BEGIN:VALARM", "TRIGGER;VALUE=DATE-TIME:20260331T080000Z", "END:VALARM", "BEGIN:VALARM", "TRIGGER:PT5M", "END:VALARM", "BEGIN:VALARM", "END:VALARM",
			"BEGIN:VALARM", "TRIGGER:-P1W", "END:VALARM"},
			ical.Event{Reminders: []ical.Reminder{{Before: 15 * time.Minute}, {Before: 7 * 24 * time.Hour}}}},
		{"attachments", []string{"ATTACH;FMTTYPE=text/plain;FILENAME=a.txt:https://example.test/a", "ATTACH;ENCODING=BASE64;VALUE=BINARY:QUJD"},
			ical.Event{Attachments: []ical.Link{{URL: "https://example.test/a", MediaType: "text/plain", Name: "a.txt"}},
				Extra: []ical.Property{{Name: "ATTACH", Params: map[string][]string{"ENCODING": {"BASE64"}, "VALUE": {"BINARY"}}, Value: "QUJD"}}}},
		{"a rule that is not ours", []string{"DTSTART:20260331T080000Z", "RRULE:FREQ=YEARLY;BYWEEKNO=20"},
			ical.Event{Start: utc("20260331T080000Z"), Extra: []ical.Property{{Name: "RRULE", Value: "FREQ=YEARLY;BYWEEKNO=20"}}}},
		{"two rules", []string{"DTSTART:20260331T080000Z", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"},
			ical.Event{Start: utc("20260331T080000Z"), Recurrence: &ical.Recurrence{Freq: ical.FreqDaily}, Extra: []ical.Property{{Name: "RRULE", Value: "FREQ=WEEKLY"}}}},
		{"rule", []string{"DTSTART:20260331T080000Z", "RRULE:freq=monthly;interval=2;bymonth=1,2;byday=+1MO,-1fr;bysetpos=-1;bymonthday=1,-1;wkst=su;until=20270101T000000Z",
			"EXDATE:20260401T080000Z,20260402T080000Z", "EXDATE:20260403T080000Z", "RDATE;VALUE=PERIOD:20260404T080000Z/PT1H"},
			ical.Event{Start: utc("20260331T080000Z"), Recurrence: &ical.Recurrence{Freq: ical.FreqMonthly, Interval: 2, ByMonth: []int{1, 2},
				ByDay: []ical.Day{"1MO", "-1FR"}, BySetPos: []int{-1}, ByMonthDay: []int{1, -1}, WeekStart: ical.DaySunday, Until: utc("20270101T000000Z"),
				Except: []time.Time{utc("20260401T080000Z"), utc("20260402T080000Z"), utc("20260403T080000Z")}, Include: []time.Time{utc("20260404T080000Z")}}}},
		{"unreadable values", []string{"DTSTART:soon", "DTEND:later", "SEQUENCE:many", "PRIORITY:99", "DURATION:x", "EXDATE:never", "CLASS:a b", "SUMMARY;LANGUAGE=too-verylongtag:x"},
			ical.Event{Summary: "x"}},
		{"conference", []string{"CONFERENCE;VALUE=URI:https://meet.example.test/1", "LOCATION:https://meet.example.test/1", "URL:https://meet.example.test/1"},
			ical.Event{Conference: "https://meet.example.test/1"}},
		{"free by TRANSP", []string{"TRANSP:TRANSPARENT"}, ical.Event{ShowAs: ical.ShowFree}},
		{"busy status alone", []string{"X-MICROSOFT-CDO-BUSYSTATUS:OOF"}, ical.Event{ShowAs: ical.ShowOutOfOffice}},
		{"cancelled", []string{"STATUS:cancelled", "TRANSP:TRANSPARENT"}, ical.Event{Cancelled: true}},
		{"forwarding disallowed", []string{"X-MICROSOFT-DONOTFORWARDMEETING:true"}, ical.Event{NoForward: true}},
		{"forwarding allowed", []string{"X-MICROSOFT-DONOTFORWARDMEETING:FALSE"}, ical.Event{}},
		{"Google Meet alone", []string{"X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij"}, ical.Event{Conference: "https://meet.google.com/abc-defg-hij"}},
		{"Teams as Exchange writes it", []string{"LOCATION:Microsoft Teams Meeting", "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%3a%221%22%7d"},
			ical.Event{Location: "Microsoft Teams Meeting", Conference: "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%3a%221%22%7d"}},
		{"join property beside another link", []string{"CONFERENCE;VALUE=URI:https://meet.example.test/1", "X-GOOGLE-CONFERENCE:https://meet.google.com/abc"},
			ical.Event{Conference: "https://meet.example.test/1", Extra: []ical.Property{{Name: "X-GOOGLE-CONFERENCE", Value: "https://meet.google.com/abc"}}}},
		{"join property of another host", []string{"X-GOOGLE-CONFERENCE:https://zoom.example.test/1"},
			ical.Event{Conference: "https://zoom.example.test/1", Extra: []ical.Property{{Name: "X-GOOGLE-CONFERENCE", Value: "https://zoom.example.test/1"}}}},
		{"join property that is no link", []string{"X-GOOGLE-CONFERENCE:soon"},
			ical.Event{Extra: []ical.Property{{Name: "X-GOOGLE-CONFERENCE", Value: "soon"}}}},
		{"counter disallowed", []string{"X-MICROSOFT-DISALLOW-COUNTER:TRUE"}, ical.Event{NoCounter: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.UID = "u"
			want := &ical.Calendar{Method: ical.MethodRequest, Events: []ical.Event{tt.want}}
			got := decode(t, []byte(file(tt.in...)))
			got.Skipped = nil // see TestSkipped
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("Decode(%q) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestDecodeCalendar(t *testing.T) {
	plain := file("SUMMARY:a")
	u := ical.Event{UID: "u"}
	a := ical.Event{UID: "u", Summary: "a"}
	series := ical.Event{UID: "u", Start: utc("20260331T080000Z"), Recurrence: &ical.Recurrence{Freq: ical.FreqDaily}}
	override := ical.Event{UID: "u", RecurrenceID: utc("20260401T080000Z"), Summary: "moved"}
	both := series
	both.Overrides = []ical.Event{override}
	const seriesLines = "DTSTART:20260331T080000Z\r\nRRULE:FREQ=DAILY"
	const overrideLines = "RECURRENCE-ID:20260401T080000Z\r\nSUMMARY:moved"
	for _, tt := range []struct {
		name, in string
		want     ical.Calendar
	}{
		{"no METHOD", fileWith("VERSION:2.0"), ical.Calendar{Events: []ical.Event{u}}},
		{"METHOD behind the event", strings.Replace(fileWith("VERSION:2.0"), "END:VCALENDAR", "METHOD: publish \r\nEND:VCALENDAR", 1),
			ical.Calendar{Method: ical.MethodPublish, Events: []ical.Event{u}}},
		{"spaces before BEGIN", "\r\n  " + plain, ical.Calendar{Method: ical.MethodRequest, Events: []ical.Event{a}}},
		{"no line end at the end", strings.TrimSpace(plain), ical.Calendar{Method: ical.MethodRequest, Events: []ical.Event{a}}},
		{"two objects", plain + plain, ical.Calendar{Method: ical.MethodRequest, Events: []ical.Event{a, a}}},
		{"two methods", plain + fileWith("METHOD:CANCEL"), ical.Calendar{Method: ical.MethodRequest, Events: []ical.Event{a},
			Skipped: []string{`another object, with METHOD "CANCEL"`}}},
		{"override in the next object", fileWith("VERSION:2.0", overrideLines) + fileWith("VERSION:2.0", seriesLines), ical.Calendar{Events: []ical.Event{both}}},
		{"override first", strings.Replace(fileWith("VERSION:2.0", overrideLines), "END:VCALENDAR", "BEGIN:VEVENT\r\nUID:u\r\n"+seriesLines+"\r\nEND:VEVENT\r\nEND:VCALENDAR", 1),
			ical.Calendar{Events: []ical.Event{both}}},
		{"override alone", fileWith("VERSION:2.0", overrideLines), ical.Calendar{Events: []ical.Event{override}}},
		{"comment of two attendees", fileWith("METHOD:REPLY", "ATTENDEE:mailto:a@example.test", "ATTENDEE:mailto:b@example.test", "COMMENT:hm"),
			ical.Calendar{Method: ical.MethodReply, Events: []ical.Event{{UID: "u", Extra: []ical.Property{{Name: "COMMENT", Value: "hm"}},
				Attendees: []ical.Attendee{{Email: "a@example.test"}, {Email: "b@example.test"}}}}}},
		{"comment of an answer", fileWith("METHOD:REPLY", "ATTENDEE;X-RESPONSE-COMMENT=\"late, sorry\":mailto:a@example.test"),
			ical.Calendar{Method: ical.MethodReply, Events: []ical.Event{{UID: "u", Attendees: []ical.Attendee{{Email: "a@example.test", Comment: "late, sorry"}}}}}},
		{"other components", "BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:t\nEND:VTODO\nBEGIN:X-THING\nEND:X-THING\nBEGIN:VJOURNAL\nEND:VJOURNAL\nBEGIN:VFREEBUSY\nEND:VFREEBUSY\nEND:VCALENDAR\n",
			ical.Calendar{Skipped: []string{"VTODO", "X-THING", "VJOURNAL", "VFREEBUSY"}}},
		{"latest stamp", fileWith("METHOD:REQUEST", "DTSTAMP:20260101T000000Z") + fileWith("METHOD:REQUEST", "DTSTAMP:20260102T000000Z"),
			ical.Calendar{Method: ical.MethodRequest, Stamp: utc("20260102T000000Z"), Events: []ical.Event{u, u}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(&tt.want, decode(t, []byte(tt.in)), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("Decode(%q) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestDecodeErrors(t *testing.T) {
	deep := "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", 20) + strings.Repeat("END:X\n", 20) + "END:VCALENDAR\n"
	for _, tt := range []struct {
		name, in string
		options  *ical.DecodeOptions
		want     error
		line     int
	}{
		{"empty", "", nil, ical.ErrNoCalendar, 0},
		{"text", "Hello\n\nBEGIN:VCARD\nEND:VCARD\n", nil, ical.ErrNoCalendar, 0},
		{"cut off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n", nil, ical.ErrNotClosed, 0},
		{"END missing", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", nil, ical.ErrNotClosed, 3},
		{"END of another", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VTODO\nEND:VEVENT\nEND:VCALENDAR\n", nil, ical.ErrNotClosed, 3},
		{"object in object", "BEGIN:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR\n", nil, ical.ErrNotClosed, 2},
		{"size", file("SUMMARY:x"), &ical.DecodeOptions{MaxBytes: 20}, ical.ErrLimit, 0},
		{"depth", deep, nil, ical.ErrLimit, 17},
		{"depth over every option", "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", 2000) + strings.Repeat("END:X\n", 2000) + "END:VCALENDAR\n",
			&ical.DecodeOptions{MaxDepth: 1 << 20}, ical.ErrLimit, 1},
		{"properties", file("X-A:1", "X-B:2"), &ical.DecodeOptions{MaxProperties: 5}, ical.ErrLimit, 6},
		{"parameters", file("X-A;A=1;B=2,3;C:1"), &ical.DecodeOptions{MaxParams: 3}, ical.ErrLimit, 5},
		{"unreadable RECURRENCE-ID", "\n\n" + file("RECURRENCE-ID:x"), nil, nil, 3},
		{"zero RECURRENCE-ID", file("RECURRENCE-ID:00010101T000000Z"), nil, nil, 1},
		{"dates", file("EXDATE:" + strings.Repeat(",", 5_100_000)), nil, ical.ErrLimit, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ical.Decode(strings.NewReader(tt.in), tt.options)
			var se *ical.SyntaxError
			if !errors.As(err, &se) || se.Line != tt.line || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("Decode = %v, want a *SyntaxError of line %d that wraps %v", err, tt.line, tt.want)
			}
			if err != nil && (!strings.HasPrefix(err.Error(), "ical: ") || len(err.Error()) > 200) {
				t.Errorf("error text %q", err)
			}
		})
	}
	if _, err := ical.Decode(iotest.ErrReader(io.ErrUnexpectedEOF), nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Decode of a broken reader = %v", err)
	}
}

func TestDecodeSkipped(t *testing.T) {
	in := file("no colon", ";X=1:no name", `X-A;B="open:1`, "X-B;C=x", "SUMMARY:kept")
	var got []int
	c, err := ical.Decode(strings.NewReader(in), &ical.DecodeOptions{Skipped: func(e *ical.SyntaxError) { got = append(got, e.Line) }})
	if err != nil || c.Events[0].Summary != "kept" {
		t.Fatalf("Decode = %v, %v", c, err)
	}
	if diff := cmp.Diff([]int{5, 6, 7, 8}, got); diff != "" {
		t.Errorf("skipped lines (-want +got):\n%s", diff)
	}
}

// TestDecodeLineEnds: the same object in every kind of line end.
func TestDecodeLineEnds(t *testing.T) {
	data := encode(t, calendarCaseNamed(t, "series"))
	want := decode(t, data)
	for _, end := range []string{"\n", "\r", "\r\r\n", "\n\n", "\r\n\r\n"} {
		in := bytes.ReplaceAll(data, []byte("\r\n"), []byte(end))
		if diff := cmp.Diff(want, decode(t, in)); diff != "" {
			t.Errorf("Decode with line end %q (-want +got):\n%s", end, diff)
		}
	}
}

// TestDecodeRules: a rule that no field can hold stays as it is, where Validate
// sees it.
func TestDecodeRules(t *testing.T) {
	for _, tt := range []struct {
		rule string
		want *ical.Recurrence
	}{
		{"FREQ=DAILY;BYHOUR=8;BYMINUTE=0;BYSECOND=0", &ical.Recurrence{Freq: ical.FreqDaily}},
		{" FREQ = daily ; COUNT = 2 ; ", &ical.Recurrence{Freq: ical.FreqDaily, Count: 2}},
		{"FREQ=WEEKLY;WKST=MO;INTERVAL=1", &ical.Recurrence{Freq: ical.FreqWeekly}},
		{"FREQ=DAILY;UNTIL=20260401", &ical.Recurrence{Freq: ical.FreqDaily, Until: utc("20260401T080000Z")}},
		{"FREQ=DAILY;BYHOUR=9", nil},
		{"FREQ=DAILY;BYHOUR=8,9", nil},
		{"FREQ=DAILY;BYYEARDAY=1", nil},
		{"FREQ=DAILY;BYDAY=XX", nil},
		{"FREQ=DAILY;BYDAY=", nil},
		{"FREQ=DAILY;BYMONTH=13", nil},
		{"FREQ=DAILY;BYMONTHDAY=0", nil},
		{"FREQ=DAILY;BYSETPOS=x", nil},
		{"FREQ=DAILY;WKST=1MO", nil},
		{"FREQ=DAILY;COUNT=0", nil},
		{"FREQ=DAILY;COUNT=99999999", nil},
		{"FREQ=DAILY;INTERVAL=0", nil},
		{"FREQ=DAILY;UNTIL=tomorrow", nil},
		{"FREQ=DAILY;X", nil},
		{"COUNT=3", nil},
		{";", nil},
		{"FREQ=MONTHLY;BYMONTHDAY=" + strings.Repeat("1,", 400) + "1", nil},
		{"FREQ=MONTHLY;BYDAY=" + strings.Repeat("MO,", 400) + "MO", nil},
	} {
		want := ical.Event{UID: "u", Start: utc("20260331T080000Z"), Recurrence: tt.want}
		if tt.want == nil {
			want.Extra = []ical.Property{{Name: "RRULE", Value: tt.rule}}
		}
		got := decode(t, []byte(file("DTSTART:20260331T080000Z", "RRULE:"+tt.rule))).Events[0]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("rule %.60q (-want +got):\n%s", tt.rule, diff)
		}
		if err := got.Validate(); tt.want == nil && (err == nil || !strings.Contains(err.Error(), "Extra[0].Name")) {
			t.Errorf("Validate of rule %.60q = %v, want Extra[0].Name in it", tt.rule, err)
		}
	}
}

func TestDecodeUID(t *testing.T) {
	const signature, marker = "040000008200E00074C5B7101A82E008", "7643616C2D55696401000000"
	for _, tt := range []struct{ in, want string }{
		{" plain ", "plain"},
		{signature + "00" + marker + "616263" + "00", "abc"},
		{strings.ToLower(signature) + "00" + strings.ToLower(marker) + "616263", "abc"},
		{signature + "0011", signature + "0011"},                             // one that Exchange made
		{signature + marker + "6", signature + marker + "6"},                 // half an octet
		{signature + marker + "zz", signature + marker + "zz"},               // not hexadecimal
		{signature + marker + "0D0A00", signature + marker + "0D0A00"},       // a line end
		{signature + marker, signature + marker},                             // nothing
		{signature + marker + strings.Repeat("30", 10) + "00", "0000000000"}, // digits
		{signature + marker + "FF00", signature + marker + "FF00"},           // not UTF-8
	} {
		if got := decode(t, []byte(strings.Replace(file(), "UID:u", "UID:"+tt.in, 1))).Events[0].UID; got != tt.want {
			t.Errorf("UID %q reads as %q, want %q", tt.in, got, tt.want)
		}
	}
}
