package ical

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestLintNoReply finds mailboxes that nobody reads, by whole words.
func TestLintNoReply(t *testing.T) {
	for address, want := range map[string]bool{
		"noreply@example.test":            true,
		"no-reply@example.test":           true,
		"No_Reply@example.test":           true,
		"donotreply@example.test":         true,
		"do.not.reply@example.test":       true,
		"dont-reply@example.test":         true,
		"noreply+abc123@example.test":     true,
		"bookings-noreply@example.test":   true,
		"calendar@noreply.example.test":   true,
		"calendar@no-reply.example.test":  true,
		"desk@example.test":               false,
		"casino.reply@example.test":       false,
		"nora.reply@example.test":         false,
		"reply@example.test":              false,
		"reply-no@example.test":           false,
		"no@reply.example.test":           false,
		"desk@noreplying.example.test":    false,
		"kenoreply@example.test":          false,
		"please-reply@example.test":       false,
		"no.replica@example.test":         false,
		"desk@example.no.reply.test":      false,
		"do-not-hesitate-to-reply@x.test": false,
	} {
		e := lintEvent()
		e.Organizer.Email = address
		if got := fieldsOfRule(e, "organizer-noreply") != nil; got != want {
			t.Errorf("organizer-noreply of %s = %v, want %v", address, got, want)
		}
	}
}

// TestLintGroups names each group, also in an override, and no other kind.
func TestLintGroups(t *testing.T) {
	e := lintEvent()
	lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly})(&e)
	for i, k := range []Kind{KindGroup, KindIndividual, KindRoom, KindResource, "", "x-group", KindGroup} {
		e.Attendees = append(e.Attendees, Attendee{Email: fmt.Sprintf("a%d@example.test", i), Kind: k})
	}
	e.Overrides = []Event{
		{RecurrenceID: e.Start, Summary: "takes the groups of the series"},
		{RecurrenceID: e.Start.AddDate(0, 0, 7), Attendees: []Attendee{{Email: "all@example.test", Kind: KindGroup}}},
	}
	want := []string{"Attendees[1].Kind", "Attendees[7].Kind", "Overrides[1].Attendees[0].Kind"}
	if got := fieldsOfRule(e, "attendee-group"); !slices.Equal(got, want) {
		t.Errorf("attendee-group reports %q, want %q", got, want)
	}
}

// TestLintOrganizerAlone: nobody gets a mail about a meeting whose attendees are all
// the organizer.
func TestLintOrganizerAlone(t *testing.T) {
	week := func(e *Event) { lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqWeekly})(e) }
	bob := []Attendee{{Email: "bob@example.test"}}
	for _, tt := range []struct {
		name   string
		change func(*Event)
		want   bool
	}{
		{"the organizer", func(*Event) {}, true},
		{"in another case", func(e *Event) { e.Attendees[0].Email = "DESK@EXAMPLE.TEST" }, true},
		{"also in an override", func(e *Event) {
			week(e)
			e.Overrides = []Event{{RecurrenceID: e.Start, Attendees: e.Attendees}}
		}, true},
		{"a guest of a cancelled date", func(e *Event) {
			week(e)
			e.Overrides = []Event{{RecurrenceID: e.Start, Attendees: bob, Cancelled: true}}
		}, true},
		{"a guest of one date", func(e *Event) { week(e); e.Overrides = []Event{{RecurrenceID: e.Start, Attendees: bob}} }, false},
		{"a guest", func(e *Event) { e.Attendees = append(e.Attendees, bob...) }, false},
		{"no attendees, which Validate refuses", func(e *Event) { e.Attendees = nil }, false},
		{"one date of a series", func(e *Event) { e.RecurrenceID = e.Start }, false},
	} {
		e := lintEvent()
		e.Attendees = []Attendee{{Email: "desk@example.test"}}
		tt.change(&e)
		if got := fieldsOfRule(e, "organizer-alone"); (got != nil) != tt.want || len(got) > 1 {
			t.Errorf("%s: organizer-alone reports %q, want %v", tt.name, got, tt.want)
		}
	}
}

// TestLintAttachments finds links that lead nowhere for the attendees.
func TestLintAttachments(t *testing.T) {
	for url, want := range map[string]bool{
		"data:application/pdf;base64,JVBERi0xLjQK":  true,
		"DATA:text/plain,x":                         true,
		"cid:part1@example.test":                    true,
		"file:///C:/agenda.pdf":                     true,
		"blob:https://example.test/1":               true,
		"https://example.test/agenda.pdf":           false,
		"https://example.test/data:text/plain":      false,
		"ftp://example.test/agenda.pdf":             false,
		"https://data.example.test/file?cid=1":      false,
		"urn:uuid:0b5b2e1e-0000-4000-8000-00000001": false,
	} {
		e := lintEvent()
		e.Attachments = []Link{{URL: "https://example.test/a"}, {URL: url}}
		if got := slices.Equal(fieldsOfRule(e, "attachment-link"), []string{"Attachments[1].URL"}); got != want {
			t.Errorf("attachment-link of %s = %v, want %v", url, got, want)
		}
	}
}

// TestLintSize names the field that makes a mail large.
func TestLintSize(t *testing.T) {
	people := func(n int) (out []Attendee) {
		for i := range n {
			out = append(out, Attendee{Name: fmt.Sprint("Guest Number ", i), Email: fmt.Sprintf("guest%d@example.test", i)})
		}
		return out
	}
	week := func(e *Event, n int) {
		lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqDaily})(e)
		for i := range n {
			e.Overrides = append(e.Overrides, Event{RecurrenceID: e.Start.AddDate(0, 0, i), Cancelled: i%2 == 0})
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*Event)
		want   string
	}{
		{"description", func(e *Event) { e.Description = strings.Repeat("x", 350_000) }, "Description"},
		{"description in Cyrillic", func(e *Event) { e.Description = strings.Repeat("д", 100_000) }, "Description"},
		{"guests", func(e *Event) { e.Attendees = people(3500) }, "Attendees"},
		{"overrides that repeat the guests", func(e *Event) { week(e, 200); e.Attendees = people(100) }, "Overrides"},
		{"overrides of their own", func(e *Event) {
			week(e, 4)
			e.Overrides[1].Description, e.Overrides[3].Attendees = strings.Repeat("x", 300_000), people(2000)
		}, "Overrides"},
		{"properties", func(e *Event) { e.Extra = []Property{{Name: "X-A", Value: strings.Repeat("x", 400_000)}} }, "Extra"},
		{"data", func(e *Event) {
			e.Attachments = []Link{{URL: "data:text/plain," + strings.Repeat("x", 400_000)}}
		}, "Extra"},

		{"a long description", func(e *Event) { e.Description = strings.Repeat("x", 200_000) }, ""},
		{"many guests", func(e *Event) { e.Attendees = people(2000) }, ""},
		{"many cancelled dates", func(e *Event) {
			week(e, 200)
			e.Attendees = people(100)
			for i := range e.Overrides {
				e.Overrides[i].Cancelled = i < 199
			}
		}, ""},
		{"one date of a large series", func(e *Event) { e.RecurrenceID, e.Description = e.Start, strings.Repeat("x", 400_000) }, ""},
	} {
		e := lintEvent()
		tt.change(&e)
		if got := strings.Join(fieldsOfRule(e, "mail-size"), " "); got != tt.want {
			t.Errorf("%s: mail-size reports %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestLintReportsOnce reports what overrides take from the series once, for the series.
func TestLintReportsOnce(t *testing.T) {
	e := lintEvent()
	lintSeries("", "2026-03-02 10:00", Recurrence{Freq: FreqDaily})(&e)
	for i := range 300 {
		e.Attendees = append(e.Attendees, Attendee{Email: fmt.Sprintf("a%d@example.test", i), NoReply: true})
	}
	for i := range 50 {
		e.Overrides = append(e.Overrides, Event{RecurrenceID: e.Start.AddDate(0, 0, i), Start: e.Start.AddDate(0, 0, i).Add(time.Hour)})
	}
	e.Overrides[49].Attendees = []Attendee{{Email: "b@example.test", NoReply: true}, {Email: "c@example.test", NoReply: true}}
	got := fieldsOfRule(e, "no-reply")
	if len(got) != 301 || got[300] != "Overrides[49].Attendees[0].NoReply" {
		t.Errorf("no-reply reports %d fields, the last is %s, want 300 of the series and one of the last override", len(got), got[len(got)-1])
	}
}
