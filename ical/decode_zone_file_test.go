package ical_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
)

// observance returns a STANDARD or DAYLIGHT. rule may be empty.
func observance(kind, start, from, to, rule string) string {
	if rule != "" {
		rule = "RRULE:FREQ=YEARLY;" + rule + "\r\n"
	}
	return "BEGIN:" + kind + "\r\nDTSTART:" + start + "\r\n" + rule + "TZOFFSETFROM:" + from + "\r\nTZOFFSETTO:" + to + "\r\nEND:" + kind + "\r\n"
}

// The rules of the United States from 1987 to 2006.
var oldRules = observance("STANDARD", "20001026T020000", "-0400", "-0500", "BYDAY=-1SU;BYMONTH=10") +
	observance("DAYLIGHT", "20000404T020000", "-0500", "-0400", "BYDAY=1SU;BYMONTH=4")

// fileInZone returns an object with a VTIMEZONE and one series for each start.
func fileInZone(method, tzid, zone string, starts ...string) string {
	b := "BEGIN:VCALENDAR\r\nMETHOD:" + method + "\r\nBEGIN:VTIMEZONE\r\nTZID:" + tzid + "\r\n" + zone + "END:VTIMEZONE\r\n"
	for _, s := range starts {
		b += "BEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=" + tzid + ":" + s + "\r\nRRULE:FREQ=WEEKLY;COUNT=40\r\n" +
			"ORGANIZER:mailto:desk@example.test\r\nATTENDEE:mailto:ann@example.test\r\nEND:VEVENT\r\n"
	}
	return b + "END:VCALENDAR\r\n"
}

// instantsOf returns the starts of all events.
func instantsOf(c *ical.Calendar) (out []int64) {
	for _, e := range c.Events {
		for o := range e.Occurrences(time.Time{}, e.Start.AddDate(3, 0, 0)) {
			out = append(out, o.Start.Unix())
		}
	}
	return out
}

// TestZoneOfTheFile: rules under the name of another zone are kept in a file and in
// an answer. An invitation with them is refused, and the error offers the zone.
func TestZoneOfTheFile(t *testing.T) {
	for _, tt := range []struct{ tzid, zone, offer string }{
		{"US/Eastern", oldRules, `set TimeZone to "US/Eastern"`},
		{"Eastern Standard Time", oldRules, `set TimeZone to "America/New_York"`},
		{"Europe/Berlin", strings.ReplaceAll(strings.ReplaceAll(oldRules, "-04", "+03"), "-05", "+02"), `set TimeZone to "Europe/Berlin"`},
	} {
		t.Run(tt.tzid, func(t *testing.T) {
			c := decode(t, []byte(fileInZone("REQUEST", tt.tzid, tt.zone, "20270308T090000")))
			c.Stamp = stamp
			if e := c.Events[0]; e.TimeZone != "" || e.Start.Location().String() != tt.tzid || e.Floating {
				t.Errorf("TimeZone %q, Start in %q, want none and %s", e.TimeZone, e.Start.Location(), tt.tzid)
			}
			if got := startsOf(c.Events[0])[6]; got != "04-19T09:00" {
				t.Errorf("the seventh occurrence is at %s, want 09:00 on the clock", got)
			}
			before := c.Events[0].Start.UTC().Hour()
			if now := time.Unix(instantsOf(c)[2], 0).UTC().Hour(); now != before { // 22 March, when the zone of the name has summer time
				t.Errorf("%d o'clock in March as in winter, got %d", before, now)
			}
			checkFields(t, c.Events[0].Validate(), "TimeZone: is missing, and Start's Location has the name of an IANA zone, \""+tt.tzid+"\"")
			if err := c.Events[0].Validate(); err == nil || !strings.Contains(err.Error(), tt.offer) {
				t.Errorf("Validate = %v, want %q in it", err, tt.offer)
			}
			for _, m := range []ical.Method{"", ical.MethodReply, ical.MethodCounter} {
				c.Method = m
				data := encode(t, *c)
				if !strings.Contains(string(data), "\r\nTZID:"+tt.tzid+"\r\n") || !strings.Contains(string(data), "TZID="+tt.tzid+":20270308T090000\r\n") {
					t.Errorf("%q: the TZID is not %s in\n%s", m, tt.tzid, data)
				}
				if got, want := instantsOf(decode(t, data)), instantsOf(c); len(want) != 40 || !equalInts(got, want) {
					t.Errorf("%q: other instants come back from\n%s", m, data)
				}
			}
			fixed := c.Events[0]
			fixed.TimeZone = strings.Trim(strings.TrimPrefix(tt.offer, "set TimeZone to "), `"`)
			if err := fixed.Validate(); err != nil {
				t.Errorf("Validate after the advice = %v", err)
			}
		})
	}
}

func equalInts(a, b []int64) bool {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// TestOneZoneInManyYears: the events of one TZID come back at their instants, however
// far apart they are.
func TestOneZoneInManyYears(t *testing.T) {
	half := observance("STANDARD", "19701025T030000", "+0230", "+0130", "BYDAY=-1SU;BYMONTH=10") +
		observance("DAYLIGHT", "19700329T020000", "+0130", "+0230", "BYDAY=-1SU;BYMONTH=3")
	for _, tt := range []struct{ name, tzid, zone string }{
		{"a zone of nobody", "Customized Time Zone", half},
		{"the name of another zone", "US/Eastern", oldRules},
		{"a rule that ends", "Office", observance("STANDARD", "19701025T030000", "+0200", "+0100", "BYDAY=-1SU;BYMONTH=10") +
			observance("DAYLIGHT", "19700329T020000", "+0100", "+0200", "BYDAY=-1SU;BYMONTH=3;UNTIL=20301231T000000Z")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := decode(t, []byte(fileInZone("", tt.tzid, tt.zone, "20260308T090000", "20610308T090000", "20100308T090000")))
			c.Stamp = stamp
			for _, e := range c.Events {
				summer := e.Start.AddDate(0, 0, 18*7)
				if e.Start.Hour() != 9 || summer.Hour() != 9 {
					t.Errorf("%v is not at 9:00", e.Start)
				}
			}
			data := encode(t, *c)
			if got, want := instantsOf(decode(t, data)), instantsOf(c); len(want) != 120 || !equalInts(got, want) {
				t.Errorf("other instants come back from\n%s", data)
			}
		})
	}
}

// TestTimesBesideTheZoneOfTheFile: the zone of the name takes the place of a
// VTIMEZONE that gives the series the same instants. Times in other zones keep their
// instants then, and times in this zone their clock.
func TestTimesBesideTheZoneOfTheFile(t *testing.T) {
	for _, tt := range []struct{ name, lines, want string }{
		{"end", "DTEND;TZID=Europe/Berlin:20271206T160000", "06-09 13-09 20-09 27-09, to 15:00Z"},
		{"end in Z", "DTEND:20271206T153000Z", "06-09 13-09 20-09 27-09, to 15:30Z"},
		{"EXDATE", "EXDATE;TZID=Europe/London:20271213T140000\r\nDTEND;TZID=US/Eastern:20271206T100000", "06-09 20-09 27-09, to 15:00Z"},
		{"RDATE", "RDATE;TZID=Tokyo Standard Time:20271215T000000\r\nDURATION:PT1H", "06-09 13-09 14-10 20-09 27-09, to 15:00Z"},
		{"a date and a clock", "EXDATE;VALUE=DATE:20271220\r\nRDATE;TZID=US/Eastern:20280328T090000\r\nDURATION:PT1H", "06-09 13-09 27-09 28-09, to 15:00Z"},
	} {
		file := fileInZone("REQUEST", "US/Eastern", oldRules, "20271206T090000")
		file = strings.NewReplacer("COUNT=40", "COUNT=4", "ORGANIZER", tt.lines+"\r\nORGANIZER").Replace(file)
		e := decode(t, []byte(file)).Events[0]
		got := make([]string, 0, 5)
		for o := range e.Occurrences(time.Time{}, e.Start.AddDate(1, 0, 0)) {
			got = append(got, o.Start.In(e.Start.Location()).Format("02-15"))
		}
		if text := strings.Join(got, " ") + ", to " + e.End.UTC().Format("15:04Z"); text != tt.want || e.TimeZone != "US/Eastern" {
			t.Errorf("%s: %s in %q, want %s", tt.name, text, e.TimeZone, tt.want)
		}
	}
}

// TestTwoZonesOfOneName: two files describe different zones under one name, and a
// program puts their events into one object.
func TestTwoZonesOfOneName(t *testing.T) {
	const tzid = "Customized Time Zone"
	a := decode(t, []byte(fileInZone("", tzid, observance("STANDARD", "19701025T030000", "+0230", "+0130", "BYDAY=-1SU;BYMONTH=10")+
		observance("DAYLIGHT", "19700329T020000", "+0130", "+0230", "BYDAY=-1SU;BYMONTH=3"), "20260308T090000")))
	b := decode(t, []byte(fileInZone("", tzid, observance("STANDARD", "19701025T030000", "+0730", "+0630", "BYDAY=-1SU;BYMONTH=10")+
		observance("DAYLIGHT", "19700329T020000", "+0630", "+0730", "BYDAY=-1SU;BYMONTH=3"), "20260308T090000")))
	a.Stamp, a.Events = stamp, append(a.Events, b.Events...)
	data := encode(t, *a)
	if got, want := instantsOf(decode(t, data)), instantsOf(a); len(want) != 80 || !equalInts(got, want) {
		t.Errorf("other instants come back from\n%s", data)
	}
	for _, name := range []string{tzid, tzid + " 2"} {
		if n := strings.Count(string(data), "TZID:"+name+"\r\n"); n != 1 {
			t.Errorf("%d VTIMEZONEs %q in\n%s", n, name, data)
		}
	}
}

// TestEqualOnsets: a VTIMEZONE whose observances begin at one time says nothing, and
// the name of its TZID counts.
func TestEqualOnsets(t *testing.T) {
	for _, tt := range []struct {
		name, tzid, zone string
		want             string // the start in UTC; "" if it is not known
	}{
		{"no rules", "Europe/Berlin", observance("STANDARD", "19700101T000000", "+0300", "+0200", "") + observance("DAYLIGHT", "19700101T000000", "+0200", "+0300", ""), "08:00"},
		{"one rule", "W. Europe Standard Time", observance("STANDARD", "19701025T030000", "+0300", "+0200", "BYDAY=-1SU;BYMONTH=10") +
			observance("DAYLIGHT", "19701025T020000", "+0200", "+0300", "BYDAY=-1SU;BYMONTH=10"), "08:00"},
		{"one rule in other words", "Europe/Berlin", observance("STANDARD", "19701101T030000", "+0300", "+0200", "BYDAY=1SU;BYMONTH=11") +
			observance("DAYLIGHT", "19701101T030000", "+0200", "+0300", "BYDAY=+1SU"), "08:00"},
		{"nobody knows the name", "Office", observance("STANDARD", "19700101T000000", "+0300", "+0200", "") + observance("DAYLIGHT", "19700101T000000", "+0200", "+0300", ""), ""},
		{"one offset is no contradiction", "Office", observance("STANDARD", "19700101T000000", "+0300", "+0300", "") + observance("DAYLIGHT", "19700101T000000", "+0300", "+0300", ""), "07:00"},
		{"Exchange: one onset, two rules", "Office", observance("STANDARD", "16010101T020000", "-0400", "-0500", "BYDAY=1SU;BYMONTH=11") +
			observance("DAYLIGHT", "16010101T020000", "-0500", "-0400", "BYDAY=2SU;BYMONTH=3"), "14:00"},
	} {
		e := decode(t, []byte(fileInZone("REQUEST", tt.tzid, tt.zone, "20270707T100000"))).Events[0]
		got := ""
		if !e.Floating {
			got = e.Start.UTC().Format("15:04")
		}
		if got != tt.want {
			t.Errorf("%s: 10:00 is %q in UTC, want %q", tt.name, got, tt.want)
		}
	}
}

// TestManyYearsOfOneZone: the zones of a hostile object cost no more than others.
func TestManyYearsOfOneZone(t *testing.T) {
	var starts []string
	for year := 1000; year < 9000; year += 4 {
		starts = append(starts, time.Date(year, 3, 1, 9, 0, 0, 0, time.UTC).Format("20060102T150405"))
	}
	rules := observance("STANDARD", "19701025T030000", "+0200", "+0100", "BYDAY=-1SU;BYMONTH=10") + observance("DAYLIGHT", "19700329T020000", "+0100", "+0200", "BYDAY=-1SU;BYMONTH=3")
	c, err := ical.Decode(strings.NewReader(fileInZone("", "Office", rules, starts...)), nil)
	if err == nil && len(c.Events) != len(starts) {
		t.Errorf("%d events, want %d or an error", len(c.Events), len(starts))
	}
}

// TestFileZoneError: a zone that only a file describes is refused with the reason,
// also if the program puts its name into TimeZone, as the library does for a meeting.
func TestFileZoneError(t *testing.T) {
	e := decode(t, []byte(strings.ReplaceAll(`BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Custom
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0230
TZOFFSETTO:+0130
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0130
TZOFFSETTO:+0230
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:u
SUMMARY:Review
DTSTART;TZID=Custom:20270302T100000
RRULE:FREQ=WEEKLY
ORGANIZER:mailto:desk@example.test
ATTENDEE:mailto:ann@example.test
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n"))).Events[0]
	e.TimeZone = e.Start.Location().String()
	if err := e.Validate(); err == nil || !strings.Contains(err.Error(), `TimeZone: "Custom" is the name of Start's Location alone`) {
		t.Errorf("Validate = %v, want an error that says what Custom is", err)
	}
	e.TimeZone = "Europe/Berlin"
	if err := e.Validate(); err != nil {
		t.Errorf("Validate with an IANA zone = %v, want nil", err)
	}
}
