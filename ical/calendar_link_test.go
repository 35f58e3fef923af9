package ical_test

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
)

// linkSpan is the time that a link adds, as its calendar reads it.
type linkSpan struct {
	start, end string // an instant in UTC, or a date
	rule       string
}

// spanOfLink reads a link as the documentation of the calendars has it.
func spanOfLink(t *testing.T, l ical.CalendarLink) (linkSpan, url.Values) {
	t.Helper()
	u, err := url.Parse(l.URL)
	if err != nil || u.Scheme != "https" || strings.ContainsAny(l.URL, "+ \"<>") || len(l.URL) > 2000 {
		t.Fatalf("%s: %d octets, %v: %s", l.Name, len(l.URL), err, l.URL)
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	read := func(date, clock, zone, value string) string {
		if d, err := time.Parse(date, value); err == nil {
			return d.Format(time.DateOnly)
		}
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(clock+"Z", value)
		if err != nil {
			at, err = time.ParseInLocation(clock, value, loc)
		}
		if err != nil {
			t.Fatalf("%s: %v", l.Name, err)
		}
		return at.UTC().Format(time.RFC3339)
	}
	const compact, compactClock = "20060102", "20060102T150405"
	switch l.Name {
	case "Google Calendar":
		start, end, _ := strings.Cut(q.Get("dates"), "/")
		return linkSpan{read(compact, compactClock, q.Get("ctz"), start), read(compact, compactClock, q.Get("ctz"), end), q.Get("recur")}, q
	case "Outlook.com", "Microsoft 365":
		s := linkSpan{read(time.DateOnly, "2006-01-02T15:04:05", "", q.Get("startdt")), read(time.DateOnly, "2006-01-02T15:04:05", "", q.Get("enddt")), ""}
		if allDay := len(s.start) == len(time.DateOnly); allDay != (q.Get("allday") == "true") {
			t.Errorf("%s: allday is %q for %s", l.Name, q.Get("allday"), s.start)
		}
		return s, q
	case "Yahoo Calendar":
		s := linkSpan{read(compact, compactClock, "", q.Get("st")), read(compact, compactClock, "", q.Get("et")), ""}
		if q.Get("dur") == "allday" { // et is the last day
			last, _ := time.Parse(time.DateOnly, s.end)
			s.end = last.AddDate(0, 0, 1).Format(time.DateOnly)
		}
		return s, q
	}
	t.Fatalf("unknown calendar %q", l.Name)
	return linkSpan{}, nil
}

// TestLinksTimes parses the links of many events back. All four have the same time as
// the event.
func TestLinksTimes(t *testing.T) {
	n := 0
	check := func(e ical.Event, want linkSpan) {
		t.Helper()
		n++
		links := ical.Links(e)
		if len(links) != 4 {
			t.Errorf("%s to %s in %q: %d links, want 4", e.Start, e.End, e.TimeZone, len(links))
		}
		for _, l := range links {
			if got, _ := spanOfLink(t, l); got != want {
				t.Errorf("%s to %s in %q: %s has %+v, want %+v: %s", e.Start, e.End, e.TimeZone, l.Name, got, want, l.URL)
			}
		}
	}
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC", ""} {
		name := zone
		if name == "" {
			name = "Asia/Tokyo" // the Location of Start alone
		}
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			start  time.Time
			length time.Duration
		}{
			{time.Date(2027, 3, 2, 10, 0, 0, 0, loc), time.Hour},
			{time.Date(2027, 3, 28, 1, 30, 0, 0, loc), 2 * time.Hour},    // a clock change in Europe
			{time.Date(2027, 11, 7, 0, 30, 0, 0, loc), 90 * time.Minute}, // in America, with an hour that occurs twice
			{time.Date(2027, 12, 31, 22, 0, 0, 0, loc), 5 * time.Hour},   // past midnight and the year
			{time.Date(2027, 6, 1, 9, 0, 0, 0, loc), 0},
			{time.Date(2027, 6, 1, 9, 0, 30, 5e8, loc), 50 * time.Hour},
		} {
			e := ical.Event{Summary: "x", Start: x.start, End: x.start.Add(x.length), TimeZone: zone}
			if x.length == 0 {
				e.End = time.Time{}
			}
			cut := func(t time.Time) string { return t.Truncate(time.Second).UTC().Format(time.RFC3339) }
			check(e, linkSpan{start: cut(x.start), end: cut(x.start.Add(x.length))})
		}
	}
	berlin, _ := time.LoadLocation("Europe/Berlin")
	for _, loc := range []*time.Location{time.UTC, berlin} {
		day := time.Date(2027, 3, 28, 0, 0, 0, 0, loc) // 23 hours in Berlin
		for days, want := range map[int]string{0: "2027-03-29", 1: "2027-03-29", 3: "2027-03-31", 10: "2027-04-07"} {
			e := ical.Event{Summary: "x", AllDay: true, Start: day, End: day.AddDate(0, 0, days)}
			if days == 0 {
				e.End = time.Time{}
			}
			check(e, linkSpan{start: "2027-03-28", end: want})
		}
	}
	if n < 30 {
		t.Errorf("%d events, want 30 at least", n)
	}
	// An instant that is midnight in TimeZone is a date.
	check(ical.Event{AllDay: true, TimeZone: "Europe/Berlin", Start: time.Date(2027, 3, 1, 23, 0, 0, 0, time.UTC)}, linkSpan{start: "2027-03-02", end: "2027-03-03"})
	// One occurrence of a series.
	check(ical.Event{TimeZone: "Europe/Berlin", Start: time.Date(2027, 3, 2, 10, 0, 0, 0, berlin), RecurrenceID: time.Date(2027, 3, 2, 9, 0, 0, 0, berlin)},
		linkSpan{start: "2027-03-02T09:00:00Z", end: "2027-03-02T09:00:00Z"})
}

// TestLinksSeries checks that a series gets a link only if the link says all of its dates.
func TestLinksSeries(t *testing.T) {
	berlin, _ := time.LoadLocation("Europe/Berlin")
	start := time.Date(2027, 3, 2, 0, 30, 0, 0, berlin) // Monday in UTC
	series := func(change func(e *ical.Event)) ical.Event {
		e := ical.Event{Summary: "x", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin", Recurrence: &ical.Recurrence{
			Freq: ical.FreqWeekly, ByDay: []ical.Day{ical.DayTuesday}, Count: 5}}
		change(&e)
		return e
	}
	links := ical.Links(series(func(*ical.Event) {}))
	if len(links) != 1 {
		t.Fatalf("%v, want Google's link alone", links)
	}
	got, q := spanOfLink(t, links[0])
	if want := (linkSpan{"2027-03-01T23:30:00Z", "2027-03-02T00:30:00Z", "RRULE:FREQ=WEEKLY;COUNT=5;BYDAY=TU"}); got != want || q.Get("dates") != "20270302T003000/20270302T013000" || q.Get("ctz") != "Europe/Berlin" {
		t.Errorf("%+v, %v, want %+v on the clock of Berlin", got, q, want)
	}
	days := ical.Links(ical.Event{AllDay: true, Start: time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC), Recurrence: &ical.Recurrence{Freq: ical.FreqDaily, Until: time.Date(2027, 3, 9, 0, 0, 0, 0, time.UTC)}})
	if len(days) != 1 || !strings.Contains(days[0].URL, url.QueryEscape("RRULE:FREQ=DAILY;UNTIL=20270309")) {
		t.Errorf("series of days: %v", days)
	}
	for name, change := range map[string]func(e *ical.Event){
		"exception":  func(e *ical.Event) { e.Recurrence.Except = []time.Time{start.AddDate(0, 0, 7)} },
		"added date": func(e *ical.Event) { e.Recurrence.Include = []time.Time{start.AddDate(0, 0, 1)} },
		"override":   func(e *ical.Event) { e.Overrides = []ical.Event{{RecurrenceID: start.AddDate(0, 0, 7), Summary: "y"}} },
		"offset":     func(e *ical.Event) { e.TimeZone, e.Start = "", start.In(time.FixedZone("", 3600)) },
		"no rule":    func(e *ical.Event) { e.Recurrence.Freq = "hourly" },
		"cancelled":  func(e *ical.Event) { e.Cancelled = true },
		"floating":   func(e *ical.Event) { e.Floating = true },
		"no start":   func(e *ical.Event) { e.Start = time.Time{} },
		"other end":  func(e *ical.Event) { e.End = e.Start.Add(-time.Hour) },
		"no zone":    func(e *ical.Event) { e.TimeZone = "Mars/Olympus" },
		"no date":    func(e *ical.Event) { e.AllDay, e.Recurrence = true, nil },
	} {
		if links := ical.Links(series(change)); len(links) > 0 {
			t.Errorf("%s: %v, want none", name, links)
		}
	}
}

// TestLinksTexts checks that texts arrive as they are, and are cut if they are long.
func TestLinksTexts(t *testing.T) {
	event := func(change func(e *ical.Event)) ical.Event {
		e := ical.Event{Start: time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)}
		change(&e)
		return e
	}
	for i, l := range ical.Links(event(func(e *ical.Event) {
		e.Summary, e.Location = "A & B = 100 % + \"x\" #1 ?\nÄ 議程", "Room 4/5; 2nd\nfloor"
		e.Description = "<b>one</b> & two\r\nthree\x00\x1b\xff"
		e.Conference = "https://meet.example.test/a?b=c&d=e"
	})) {
		_, q := spanOfLink(t, l)
		title, details := q.Get([]string{"text", "subject", "subject", "title"}[i]), q.Get([]string{"details", "body", "body", "desc"}[i])
		if i == 1 || i == 2 {
			details = html.UnescapeString(strings.ReplaceAll(details, "<br>", "\n"))
		}
		if want := "A & B = 100 % + \"x\" #1 ? Ä 議程"; title != want {
			t.Errorf("%s: title %q, want %q", l.Name, title, want)
		}
		if want := "https://meet.example.test/a?b=c&d=e\n\n<b>one</b> & two\nthree\ufffd"; details != want {
			t.Errorf("%s: details %q, want %q", l.Name, details, want)
		}
		if place := q.Get([]string{"location", "location", "location", "in_loc"}[i]); place != "Room 4/5; 2nd, floor" {
			t.Errorf("%s: place %q", l.Name, place)
		}
	}
	for _, text := range []string{"a ", "議程", "<", "\n", "&amp;", "🎉", "%"} {
		long := strings.Repeat(text, 20000)
		for _, l := range ical.Links(event(func(e *ical.Event) {
			e.Summary, e.Location, e.Description = long, long, "begin "+long
		})) {
			_, q := spanOfLink(t, l)
			for name, list := range q {
				if !utf8.ValidString(list[0]) {
					t.Errorf("%s: %s is cut within a character", l.Name, name)
				}
			}
			if !strings.Contains(fmt.Sprint(q), "begin") {
				t.Errorf("%s: nothing of the description is left of %q: %s", l.Name, text, l.URL)
			}
		}
	}
	bad := ical.Links(event(func(e *ical.Event) { e.Conference = "javascript:alert(1)" }))
	if len(bad) != 4 || strings.Contains(fmt.Sprint(bad), "javascript") {
		t.Errorf("unsafe link: %v", bad)
	}
}
