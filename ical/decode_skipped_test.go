package ical_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
)

// TestSkipped compares the whole list of texts for an event with the lines given.
func TestSkipped(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   []string
		want []string
	}{
		{"nothing", []string{"DTSTART:20270302T090000Z", "SEQUENCE:2147483647", "PRIORITY:9", "DURATION:P7D"}, nil},
		{"repeated word for word", []string{"SUMMARY:a", "SUMMARY:a", "SUMMARY:"}, nil},
		{"starts", []string{"DTSTART;TZID=Europe/Berlin:20270302T100000", "DTSTART:20270302T090000Z"},
			[]string{`DTSTART stands twice: "20270302T100000" counts, and "20270302T090000Z" does not`}},
		{"starts in two zones", []string{"DTSTART;TZID=Europe/Berlin:20270302T100000", "DTSTART;TZID=Asia/Tokyo:20270302T100000"},
			[]string{`DTSTART stands twice: "20270302T100000" counts, and "20270302T100000" does not`}},
		{"identifiers", []string{"UID:v"}, []string{`UID stands twice: "u" counts, and "v" does not`}},
		{"identifier that is cut", []string{"UID:u", "-0001-4000"}, []string{"line 6, after UID: no colon after the name and parameters"}},
		{"sequence", []string{"SEQUENCE:99999999999999999999"}, []string{`SEQUENCE "99999999999999999999" is above 2147483647: that counts`}},
		{"sequence below zero", []string{"SEQUENCE:-99999999999999999999"}, []string{`SEQUENCE "-99999999999999999999" cannot be read`}},
		{"duration of centuries", []string{"DTSTART:20270302T090000Z", "DURATION:P100000W"}, []string{`DURATION "P100000W" cannot be read, or is longer than 100 years`}},
		{"duration that overflows", []string{"DTSTART:20270302T090000Z", "DURATION:P99999999999999999999D"}, []string{`DURATION "P99999999999999999999D" cannot be read, or is longer than 100 years`}},
		{"duration below zero", []string{"DTSTART:20270302T090000Z", "DURATION:-PT1H"}, []string{`DURATION "-PT1H" is negative`}},
		{"duration beside another end", []string{"DTSTART:20270302T090000Z", "DTEND:20270302T100000Z", "DURATION:PT2H"}, []string{`DURATION "PT2H" contradicts DTEND, which counts`}},
		{"unreadable values", []string{"DTSTART:soon", "DTEND:later", "DTSTAMP:x", "SEQUENCE:many", "PRIORITY:99", "DURATION:x", "EXDATE:20270302T090000Z,never", "RRULE:FREQ=YEARLY;BYWEEKNO=20"}, []string{
			`SEQUENCE "many" cannot be read`, `PRIORITY "99" cannot be read`, `EXDATE "20270302T090000Z,never" has a date that cannot be read`,
			`DTSTAMP "x" cannot be read`, `DTSTART "soon" cannot be read`, `DTEND "later" cannot be read`,
			`DURATION "x" cannot be read, or is longer than 100 years`, `RRULE "FREQ=YEARLY;BYWEEKNO=20" cannot be read`}},
		{"long value", []string{"PRIORITY:" + strings.Repeat("9", 500)}, []string{`PRIORITY "` + strings.Repeat("9", 60) + `" cannot be read`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, decode(t, []byte(file(tt.in...))).Skipped); diff != "" {
				t.Errorf("Decode(%q).Skipped (-want +got):\n%s", tt.in, diff)
			}
		})
	}
	var many []string
	for i := range 500 {
		many = append(many, fmt.Sprintf("PRIORITY:%d", 100+i), fmt.Sprintf("UID:%d", i))
	}
	if got := decode(t, []byte(file(many...))).Skipped; len(got) != 101 || got[100] != "more that is not listed" {
		t.Errorf("%d texts, the last %q, want 101", len(got), got[len(got)-1])
	}
}

// TestSkippedObjects reads whole objects beside broken ones.
func TestSkippedObjects(t *testing.T) {
	whole := func(uid string) string { return strings.Replace(file(), "UID:u", "UID:"+uid, 1) }
	open := strings.Replace(whole("a"), "END:VCALENDAR\r\n", "", 1)
	const broken = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTODO\nEND:VEVENT\nEND:VCALENDAR\n"
	for _, tt := range []struct {
		name, in string
		uids     []string
		skipped  []string
	}{
		{"second broken", whole("a") + broken, []string{"a"}, []string{"a broken object: line 11: END:VEVENT closes VTODO: component is not closed"}},
		{"second cut off", whole("a") + "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:b\n", []string{"a"}, []string{"a broken object: no END:VEVENT: component is not closed"}},
		{"first broken", broken + whole("a"), []string{"a"}, []string{"a broken object: line 4: END:VEVENT closes VTODO: component is not closed"}},
		{"first cut off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:b\n" + whole("a"), []string{"a"}, []string{"a broken object: line 4: VCALENDAR inside VEVENT: component is not closed"}},
		{"middle broken", whole("a") + broken + whole("b"), []string{"a", "b"}, []string{"a broken object: line 11: END:VEVENT closes VTODO: component is not closed"}},
		{"occurrence that nobody can tell", whole("a") + file("RECURRENCE-ID:x"), []string{"a"},
			[]string{`a broken object: line 8: VEVENT[0].RECURRENCE-ID: "X" is not a valid value`}},
		{"no last END", open, []string{"a"}, []string{"END:VCALENDAR is missing"}},
		{"no END between", open + whole("b"), []string{"a", "b"}, []string{"END:VCALENDAR is missing"}},
		{"task", whole("a") + strings.ReplaceAll(whole("t"), "VEVENT", "VTODO"), []string{"a"}, []string{"VTODO with UID t"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := decode(t, []byte(tt.in))
			var uids []string
			for _, e := range c.Events {
				uids = append(uids, e.UID)
			}
			if diff := cmp.Diff([][]string{tt.uids, tt.skipped}, [][]string{uids, c.Skipped}); diff != "" {
				t.Errorf("Decode(%q) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

// TestDecodeMailto reads the addresses of attendees.
func TestDecodeMailto(t *testing.T) {
	for in, want := range map[string]ical.Attendee{
		"mailto:ann@example.test":                            {Email: "ann@example.test"},
		"mailto:'ann@example.test'":                          {Email: "ann@example.test"},
		"'mailto:ann@example.test":                           {Email: "ann@example.test"},
		`mailto:"ann@example.test"`:                          {Email: "ann@example.test"},
		"mailto:<ann@example.test>":                          {Email: "ann@example.test"},
		"MAILTO:%3Cann@example.test%3E":                      {Email: "ann@example.test"},
		"mailto:ann%40example.test":                          {Email: "ann@example.test"},
		"mailto:mailto:ann@example.test":                     {Email: "ann@example.test"},
		"mailto:Ann%20Other%20%3Cann@example.test%3E":        {Name: "Ann Other", Email: "ann@example.test"},
		`mailto:"Other, Ann" <ann@example.test>`:             {Name: "Other, Ann", Email: "ann@example.test"},
		"Ann Other <ann@example.test>":                       {Name: "Ann Other", Email: "ann@example.test"},
		"mailto:J%C3%B6rg%20%3Cj@example.test%3E?subject=hi": {Name: "Jörg", Email: "j@example.test"},
		"mailto:o'brien@example.test":                        {Email: "o'brien@example.test"},
		`mailto:"ann smith"@example.test`:                    {Email: `"ann smith"@example.test`},
		"mailto:Ann%0D%0AX%20%3Cann@example.test%3E":         {Email: "Ann%0D%0AX%20%3Cann@example.test%3E"},
		"mailto:": {}, "<": {}, "": {},
	} {
		got := decode(t, []byte(fileWith("METHOD:REPLY", "ATTENDEE:"+in))).Events[0].Attendees[0]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ATTENDEE:%s (-want +got):\n%s", in, diff)
		}
	}
	named := decode(t, []byte(file("ATTENDEE;CN=Ann:mailto:Other%20%3Cann@example.test%3E", "ORGANIZER;SENT-BY=\"mailto:<pa@example.test>\":mailto:Desk%20%3Cdesk@example.test%3E"))).Events[0]
	if a := named.Attendees[0]; a.Name != "Ann" || a.Email != "ann@example.test" {
		t.Errorf("attendee = %+v, want the name of CN", a)
	}
	if want := (ical.Person{Name: "Desk", Email: "desk@example.test", SentBy: "pa@example.test"}); named.Organizer != want {
		t.Errorf("organizer = %+v, want %+v", named.Organizer, want)
	}
}

// TestDecodeComments reads the comments of an answer with one attendee.
func TestDecodeComments(t *testing.T) {
	said := func(text string) string {
		return "ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT=\"" + text + "\":mailto:ann@example.test"
	}
	for _, tt := range []struct {
		in   []string
		want string
	}{
		{[]string{said(`Sorry\, I am out\; don&#39\;t wait`)}, "Sorry, I am out; don't wait"},
		{[]string{said(`a &lt;b&gt; &amp;amp\; c`)}, "a <b> &amp; c"},
		{[]string{said(`one\ntwo&#13;&#10;three&#7;`)}, "one\ntwo\nthree"},
		{[]string{said("fish & chips"), "COMMENT:"}, "fish & chips"},
		{[]string{said(""), "COMMENT:first", "COMMENT:second"}, "first\nsecond"},
		{[]string{said("same"), "COMMENT:same", "COMMENT: same ", "COMMENT:other"}, "same\nother"},
		{[]string{said(""), "COMMENT:", `COMMENT:a\, b`, "COMMENT:"}, "a, b"},
		{[]string{said(""), "COMMENT:R&amp;D"}, "R&amp;D"}, // only the parameter is escaped for HTML
	} {
		c := decode(t, []byte(fileWith("METHOD:REPLY", append(tt.in, "DTSTART:20270302T090000Z", "DTSTAMP:20270201T090000Z", "ORGANIZER:mailto:desk@example.test")...)))
		if got := c.Events[0].Attendees[0].Comment; got != tt.want {
			t.Errorf("comment of %q = %q, want %q", tt.in, got, tt.want)
		}
		if again := decode(t, encode(t, *c)).Events[0].Attendees[0].Comment; again != tt.want {
			t.Errorf("comment of %q = %q after it was encoded, want %q", tt.in, again, tt.want)
		}
	}
}

// TestDecodeMidnights reads events that go from midnight to midnight.
func TestDecodeMidnights(t *testing.T) {
	const flag = "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"
	day := func(from, to int) ical.Event {
		return ical.Event{AllDay: true, Start: date(2027, 3, from), End: date(2027, 3, to)}
	}
	in := func(zone string, from, to int) []string {
		return []string{fmt.Sprintf("DTSTART;TZID=%s:202703%02dT000000", zone, from), fmt.Sprintf("DTEND;TZID=%s:202703%02dT000000", zone, to)}
	}
	series := func(e ical.Event, until time.Time) ical.Event {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Until: until, Except: []time.Time{date(2027, 3, 9)}}
		return e
	}
	timed := ical.Event{Start: utc("20270302T000000Z"), End: utc("20270303T000000Z")}
	for _, tt := range []struct {
		name  string
		lines []string
		want  ical.Event
	}{
		{"east of UTC", append(in("Tokyo Standard Time", 2, 3), flag), day(2, 3)},
		{"west of UTC", append(in("America/New_York", 2, 5), flag), day(2, 5)},
		{"over a change of the clock", append(in("Europe/Berlin", 28, 29), flag), day(28, 29)},
		{"flag first", append([]string{flag}, in("Europe/Berlin", 2, 3)...), day(2, 3)},
		{"in UTC", []string{"DTSTART:20270302T000000Z", "DTEND:20270303T000000Z", flag}, day(2, 3)},
		{"by days", []string{"DTSTART;TZID=Europe/Berlin:20270327T000000", "DURATION:P2D", flag}, day(27, 29)},
		{"no end", []string{"DTSTART;TZID=Europe/Berlin:20270302T000000", flag}, day(2, 3)},
		{"series", append(in("Europe/Berlin", 2, 3), flag, "RRULE:FREQ=WEEKLY;UNTIL=20270315T230000Z", "EXDATE;TZID=Europe/Berlin:20270309T000000"), series(day(2, 3), date(2027, 3, 16))},
		{"series in the west", append(in("America/New_York", 2, 3), flag, "RRULE:FREQ=WEEKLY;UNTIL=20270316T040000Z", "EXDATE:20270309T050000Z"), series(day(2, 3), date(2027, 3, 16))},
		{"not flagged", []string{"DTSTART:20270302T000000Z", "DTEND:20270303T000000Z", "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE"}, timed},
		{"not at midnight", []string{"DTSTART:20270302T090000Z", "DTEND:20270303T000000Z", flag}, ical.Event{Start: utc("20270302T090000Z"), End: timed.End}},
	} {
		tt.want.UID = "u"
		got := decode(t, []byte(file(tt.lines...))).Events[0]
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: Decode(%q) (-want +got):\n%s", tt.name, tt.lines, diff)
		}
	}
	override := decode(t, []byte(file(append(in("Europe/Berlin", 10, 11), flag, "RECURRENCE-ID:20270308T230000Z")...))).Events[0]
	if want := date(2027, 3, 9); !override.AllDay || !override.RecurrenceID.Equal(want) {
		t.Errorf("override = %v of %s, want a date of %s", override.AllDay, override.RecurrenceID, want)
	}
	nominal := decode(t, []byte(file("DTSTART;TZID=Europe/Berlin:20270327T100000", "DURATION:P1D"))).Events[0]
	if want := utc("20270328T080000Z"); !nominal.End.Equal(want) {
		t.Errorf("a day after 27 March, 10:00, is %s, want %s", nominal.End, want)
	}
}

// TestUnderscores sends properties and parameters on whose names have underscores.
func TestUnderscores(t *testing.T) {
	c := decode(t, []byte(file("DTSTART:20270302T090000Z", "DTSTAMP:20270201T090000Z", "ORGANIZER:mailto:desk@example.test",
		"X-FOO_BAR;X-P_Q=1:a\\, b", "_X:1", "VENDOR_ID:7", "ATTENDEE;X-NUM_GUESTS=2:mailto:ann@example.test")))
	data := encode(t, *c)
	for _, line := range []string{"X-FOO_BAR;X-P_Q=1:a\\, b\r\n", "_X:1\r\n", "VENDOR_ID:7\r\n", ";X-NUM_GUESTS=2:"} {
		if !strings.Contains(string(data), line) {
			t.Errorf("%q is missing in\n%s", line, data)
		}
	}
	for _, name := range []string{"_", "X FOO", "x_foo", ""} {
		e := meeting(func(e *ical.Event) { e.Extra = []ical.Property{{Name: name}} })
		checkFields(t, e.Validate(), "Extra[0].Name: upper case")
	}
}

// TestUIDOfOthers answers invitations whose UID this library would not have chosen.
func TestUIDOfOthers(t *testing.T) {
	for _, uid := range []string{strings.Repeat("x", 400), "a\nb", "a;b,c\\d:e%20{f}\"g\"", "ü\tü"} {
		c := request(meeting(func(e *ical.Event) { e.UID = uid }))
		c.Method = ical.MethodReply
		c.Events[0].Attendees = c.Events[0].Attendees[:1]
		if got := decode(t, encode(t, c)).Events[0].UID; got != uid {
			t.Errorf("UID of the answer = %q, want %q", got, uid)
		}
	}
	long := meeting(func(e *ical.Event) { e.UID = strings.Repeat("x", 256) })
	checkFields(t, long.Validate(), "UID: 255")
	c := request(long)
	c.Method = ical.MethodCancel
	_, err := ical.Encode(&c)
	checkFields(t, err, "Events[0].UID: 255")
}

// TestCounterWithoutEnd reads and writes a proposal that has a start alone.
func TestCounterWithoutEnd(t *testing.T) {
	for _, start := range []string{"DTSTART;VALUE=DATE:20270304", "DTSTART:20270304T090000Z", "DTSTART;TZID=Europe/Berlin:20270304T000000\r\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE"} {
		c := decode(t, []byte(fileWith("METHOD:COUNTER", start, "DTSTAMP:20270201T090000Z", "ORGANIZER:mailto:desk@example.test", "ATTENDEE:mailto:ann@example.test")))
		if e := c.Events[0]; !e.End.IsZero() || e.Start.IsZero() {
			t.Errorf("%s: from %s to %s, want no end", start, e.Start, e.End)
		}
		if data := encode(t, *c); strings.Contains(string(data), "DTEND") {
			t.Errorf("%s: an end is written:\n%s", start, data)
		}
	}
}
