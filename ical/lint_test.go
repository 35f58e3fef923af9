package ical

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func lintEvent() Event {
	start := time.Date(2026, 3, 31, 8, 0, 0, 0, time.UTC)
	return Event{
		UID: "u", Summary: "Review", Start: start, End: start.Add(time.Hour),
		Organizer: Person{Name: "Desk", Email: "desk@example.test"}, Attendees: []Attendee{{Name: "Bob", Email: "bob@example.test"}},
	}
}

// lintCases break one rule each: the change, and the fields reported.
var lintCases = map[string]struct {
	change func(*Event)
	fields []string
}{
	"summary-empty":  {func(e *Event) { e.Summary = "" }, []string{"Summary"}},
	"summary-length": {func(e *Event) { e.Summary = strings.Repeat("ü", 256) }, []string{"Summary"}},
	"location-length": {func(e *Event) { e.Location = strings.Repeat("ü", 256) },
		[]string{"Location"}},
	"conference-hidden": {func(e *Event) { e.Location, e.Conference = "Room", "https://meet.example.test/1" }, []string{"Conference"}},
	"uid-exchange":      {func(e *Event) { e.UID = "040000008200e00074c5b7101a82e008" }, []string{"UID"}},
	"end-missing":       {func(e *Event) { e.End = time.Time{} }, []string{"End"}},
	"start-past": {func(e *Event) {
		e.Start = time.Date(25, 5, 12, 8, 35, 0, 0, time.UTC)
		e.End = e.Start.Add(time.Hour)
	}, []string{"Start"}},
	"midnight": {func(e *Event) {
		e.Start, e.End = time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	}, []string{"AllDay"}},
	"floating":          {func(e *Event) { e.Floating, e.TimeZone = true, "Head Office" }, []string{"Floating"}},
	"zone-unnamed":      {func(e *Event) { e.Start = e.Start.In(time.FixedZone("", 7200)) }, []string{"TimeZone"}},
	"organizer-webmail": {func(e *Event) { e.Organizer.Email = "desk@GMail.com" }, []string{"Organizer.Email"}},
	"address-equals": {func(e *Event) { e.Organizer.Email, e.Attendees[0].Email = "a=b@example.test", "c=d@example.test" },
		[]string{"Organizer.Email", "Attendees[0].Email"}},
	"name-quotes":       {func(e *Event) { e.Organizer.Name, e.Attendees[0].Name = `a "b"`, `"c"` }, []string{"Organizer.Name", "Attendees[0].Name"}},
	"no-reply":          {func(e *Event) { e.Attendees[0].NoReply = true }, []string{"Attendees[0].NoReply"}},
	"reminders-several": {func(e *Event) { e.Reminders = []Reminder{{time.Hour}, {time.Minute}} }, []string{"Reminders[1]"}},
	"reminder-seconds":  {func(e *Event) { e.Reminders = []Reminder{{time.Second}} }, []string{"Reminders[0]"}},
	"extra-misdirects":  {func(e *Event) { e.Extra = []Property{{Name: "X-A"}, {Name: "X-MICROSOFT-CDO-OWNERAPPTID", Value: "1"}} }, []string{"Extra[1]"}},
	"extra-calendar":    {func(e *Event) { e.Extra = []Property{{Name: "X-WR-CALNAME", Value: "x"}} }, []string{"Extra[0]"}},
	"start-gap": {func(e *Event) {
		e.TimeZone, e.Start = "Europe/Berlin", time.Date(2026, 3, 29, 2, 30, 0, 0, time.FixedZone("", 3600))
		e.End = time.Date(2026, 3, 29, 4, 0, 0, 0, time.FixedZone("", 7200))
	}, []string{"Start"}},
	"zone-fixed": {func(e *Event) {
		e.Start, e.Recurrence = e.Start.In(time.FixedZone("", 7200)), &Recurrence{Freq: FreqWeekly}
	}, []string{"TimeZone"}},
	"zone-private": {func(e *Event) {
		e.Start, e.Recurrence = e.Start.In(privateZone()), &Recurrence{Freq: FreqWeekly, Count: 2}
	}, []string{"TimeZone"}},
	"zone-outlook": {lintSeries("Asia/Gaza", "2026-03-01 10:00", Recurrence{Freq: FreqDaily}), []string{"TimeZone"}},
	"series-gap":   {lintSeries("Europe/Berlin", "2026-03-01 02:30", Recurrence{Freq: FreqWeekly, Count: 9}), []string{"Recurrence"}},
	"series-overlap": {lintSeries("Europe/Berlin", "2026-10-04 02:30", Recurrence{Freq: FreqWeekly, Count: 9}),
		[]string{"Recurrence"}},
	"recurrence-interval": {lintSeries("", "2026-03-01 10:00", Recurrence{Freq: FreqYearly, Interval: 9}), []string{"Recurrence.Interval"}},
	"recurrence-count":    {lintSeries("", "2026-03-01 10:00", Recurrence{Freq: FreqDaily, Count: 1000}), []string{"Recurrence.Count"}},
	"recurrence-until": {lintSeries("", "2026-03-01 10:00", Recurrence{Freq: FreqDaily, Until: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)}),
		[]string{"Recurrence.Until"}},
	"recurrence-daily":        {lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqDaily, ByDay: []Day{"MO", "TU"}}), []string{"Recurrence"}},
	"recurrence-weekly":       {lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly, ByMonth: []int{3}}), []string{"Recurrence"}},
	"recurrence-monthly":      {lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqMonthly, ByDay: []Day{"MO"}}), []string{"Recurrence"}},
	"recurrence-yearly":       {lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqYearly, ByMonthDay: []int{2}}), []string{"Recurrence"}},
	"recurrence-include":      {lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly, Include: []time.Time{lintEvent().Start}}), []string{"Recurrence.Include"}},
	"recurrence-short-months": {lintSeries("", "2026-01-31 10:00", Recurrence{Freq: FreqMonthly}), []string{"Recurrence"}},
	"except-unknown":          {lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly, Except: []time.Time{lintEvent().Start}}), []string{"Recurrence.Except[0]"}},
	"except-hour": {lintSeries("Europe/Berlin", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly,
		Except: []time.Time{time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)}}), []string{"Recurrence.Except[0]"}},
	"override-unknown": {func(e *Event) {
		lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly})(e)
		e.Overrides = []Event{{RecurrenceID: e.Start.AddDate(0, 0, 7)}, {RecurrenceID: e.Start.AddDate(0, 0, 8)}}
	}, []string{"Overrides[1].RecurrenceID"}},
	"extra-html": {func(e *Event) { e.Extra = []Property{{Name: "X-ALT-DESC", Value: "<p>"}} }, []string{"Extra[0]"}},

	"summary-lines":     {func(e *Event) { e.Summary = "Review\nof March" }, []string{"Summary"}},
	"location-lines":    {func(e *Event) { e.Location = "Main street 1\r\n12345 Town" }, []string{"Location"}},
	"summary-html":      {func(e *Event) { e.Summary = "R&amp;D" }, []string{"Summary"}},
	"location-html":     {func(e *Event) { e.Location = "Room 4<br/>Floor 3" }, []string{"Location"}},
	"description-html":  {func(e *Event) { e.Description = "<p>Hello</p>" }, []string{"Description"}},
	"language-unknown":  {func(e *Event) { e.Language = "xx" }, []string{"Language"}},
	"attendee-language": {func(e *Event) { e.Attendees[0].Language = "german" }, []string{"Attendees[0].Language"}},
	"organizer-noreply": {func(e *Event) { e.Organizer.Email = "no-reply@example.test" }, []string{"Organizer.Email"}},
	"attendee-group":    {func(e *Event) { e.Attendees[0].Kind = KindGroup }, []string{"Attendees[0].Kind"}},
	"organizer-alone":   {func(e *Event) { e.Attendees[0].Email = "Desk@Example.test" }, []string{"Attendees"}},
	"attachment-link":   {func(e *Event) { e.Attachments = []Link{{URL: "data:text/plain,x"}} }, []string{"Attachments[0].URL"}},
	"mail-size":         {func(e *Event) { e.Description = strings.Repeat("x", 400_000) }, []string{"Description"}},
	"zero-length":       {func(e *Event) { e.End = e.Start }, []string{"End"}},
	"series-empty": {func(e *Event) {
		lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqDaily, Count: 1, Except: []time.Time{time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}})(e)
	}, []string{"Recurrence"}},
	"occurrence-order": {func(e *Event) {
		lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly})(e)
		e.Overrides = []Event{{RecurrenceID: e.Start.AddDate(0, 0, 14), Start: e.Start.AddDate(0, 0, 6)}}
	}, []string{"Overrides[0].Start"}},
	"occurrence-day": {func(e *Event) {
		lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly})(e)
		e.Overrides = []Event{{RecurrenceID: e.Start.AddDate(0, 0, 14), Start: e.Start.AddDate(0, 0, 7).Add(2 * time.Hour)}}
	}, []string{"Overrides[0].Start"}},
	"occurrence-overlap": {func(e *Event) {
		lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqDaily})(e)
		e.End = e.Start.Add(25 * time.Hour)
	}, []string{"Recurrence"}},
}

// lintSeries makes the event a series in a zone, "" for UTC.
func lintSeries(zone, start string, r Recurrence) func(*Event) {
	return func(e *Event) {
		if zone == "" {
			zone = "UTC"
		}
		loc, err := LoadLocation(zone)
		if err != nil {
			panic(err)
		}
		e.Start, err = time.ParseInLocation("2006-01-02 15:04", start, loc)
		if err != nil {
			panic(err)
		}
		e.End, e.Recurrence = e.Start.Add(time.Hour), &r
	}
}

// privateZone is one that has summer time and no IANA name.
func privateZone() *time.Location {
	winter, summer := time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC).Unix(), time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC).Unix()
	loc, err := time.LoadLocationFromTZData("Head Office", tzif(3600, []transition{{summer, 7200}, {winter, 3600}}))
	if err != nil {
		panic(err)
	}
	return loc
}

var digits = regexp.MustCompile(`\[\d+\]`)

func TestLintRules(t *testing.T) {
	if got := lintEvent().Lint(); got != nil {
		t.Errorf("Lint of a good event = %+v, want nil", got)
	}
	for _, rule := range allRules {
		tt, ok := lintCases[rule.id]
		if !ok {
			t.Errorf("rule %s has no case", rule.id)
			continue
		}
		e := lintEvent()
		tt.change(&e)
		if err := e.Validate(); err != nil && rule.id != "floating" { // Validate refuses it too
			t.Errorf("%s: the case is not even valid: %v", rule.id, err)
		}
		var want []Finding
		for _, field := range tt.fields {
			want = append(want, Finding{rule.id, rule.severity, field, rule.text, rule.source, rule.clients})
			pattern := digits.ReplaceAllString(field, "[i]")
			if !slices.Contains(strings.Split(rule.field, ", "), pattern) && field != "Organizer.Email" && field != "Organizer.Name" {
				t.Errorf("%s reports %s, the table says %s", rule.id, field, rule.field)
			}
		}
		got := e.Lint()
		for i := range got { // what follows in brackets is about this event
			if text, _, ok := strings.Cut(got[i].Text, " ("); ok && strings.HasPrefix(rule.text, text) {
				got[i].Text = rule.text
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Lint of %s (-want +got):\n%s", rule.id, diff)
		}
	}
	if len(lintCases) != len(allRules) {
		t.Errorf("%d cases for %d rules", len(lintCases), len(allRules))
	}
}

func TestLintRulesAreComplete(t *testing.T) {
	var ids []string
	for _, r := range allRules {
		if r.id == "" || r.text == "" || r.source == "" || len(r.clients) == 0 || (r.severity != SeverityError && r.severity != SeverityWarning) || slices.Contains(ids, r.id) {
			t.Errorf("rule %+v lacks something or is there twice", r.id)
		}
		ids = append(ids, r.id)
	}
}

// TestLintAccepts: what is near a rule and does not break it.
func TestLintAccepts(t *testing.T) {
	berlin, err := LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Event){
		"255 characters": func(e *Event) { e.Summary, e.Location = strings.Repeat("ü", 255), strings.Repeat("ü", 255) },
		"link in the location": func(e *Event) {
			e.Location, e.Conference = "Room, https://m.example.test/1", "https://m.example.test/1"
		},
		"link in the description": func(e *Event) {
			e.Location, e.Description, e.Conference = "Room", "Join https://m.example.test/1", "https://m.example.test/1"
		},
		"link alone":             func(e *Event) { e.Conference = "https://m.example.test/1" },
		"all-day without an end": func(e *Event) { e.AllDay, e.End = true, time.Time{} },
		"midnight elsewhere": func(e *Event) {
			e.TimeZone, e.Start, e.End = "America/New_York", time.Date(2026, 3, 31, 0, 0, 0, 0, berlin), time.Date(2026, 4, 1, 0, 0, 0, 0, berlin)
		},
		"zone of the start": func(e *Event) { e.Start = e.Start.In(berlin) },
		"unknown zone":      func(e *Event) { e.TimeZone = "Nowhere" },
		"birthday before 1970": func(e *Event) {
			e.AllDay, e.Start, e.End = true, time.Date(1965, 3, 31, 0, 0, 0, 0, time.UTC), time.Time{}
			e.Recurrence = &Recurrence{Freq: FreqYearly}
			e.Overrides = []Event{{RecurrenceID: time.Date(1966, 3, 31, 0, 0, 0, 0, time.UTC), Summary: "First"}}
		},
	} {
		e := lintEvent()
		change(&e)
		if got := e.Lint(); got != nil {
			t.Errorf("Lint of %s = %+v, want nil", name, got)
		}
	}
}
