package ical

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Finding is one thing that is legal and yet goes wrong in some client.
type Finding struct {
	// Rule is the stable identifier of the rule, as "summary-length".
	Rule string `json:"rule"`
	// Severity says whether the event should be sent at all.
	Severity Severity `json:"severity"`
	// Field is the path of the value, as "Attendees[2].Email".
	Field string `json:"field"`
	// Text says in one sentence what which client does.
	Text string `json:"text"`
	// Source is where that is written, or how it was found.
	Source string `json:"source"`
	// Clients are those that behave so.
	Clients []string `json:"clients"`
}

// Severity is how bad a [Finding] is.
type Severity string

// The values of [Severity].
const (
	// Error: a client refuses the mail, or shows another meeting than was meant.
	Error Severity = "error"
	// Warning: a client shows less than was written.
	Warning Severity = "warning"
)

// Lint reports what a client will refuse, cut off or misread, in the order of
// the table in lint.go, nil for nothing. It expects an event that [Event.Validate]
// accepts.
func (e Event) Lint() []Finding {
	var out []Finding
	for _, r := range lintRules {
		r.check(&e, func(field string) {
			out = append(out, Finding{r.id, r.severity, field, r.text, r.source, slices.Clone(r.clients)})
		})
	}
	return out
}

// lintRule is one line of the table. Its check reports the fields that break it.
type lintRule struct {
	id       string
	severity Severity
	text     string
	source   string
	clients  []string
	check    func(e *Event, report func(field string))
}

var (
	outlook = []string{"Outlook", "Exchange"}
	gmail   = []string{"Gmail"}
	every   = []string{"Outlook", "Gmail", "Apple Mail", "Thunderbird"}
)

// lintRules is the table of all rules.
var lintRules = []lintRule{
	{"summary-empty", Warning, "clients show a meeting without a title as \"(no subject)\"",
		"RFC 5545, section 3.8.1.12", every,
		func(e *Event, report func(string)) { reportIf(e.Summary == "", "Summary", report) }},
	{"summary-length", Warning, "Outlook cuts a title after 255 characters",
		"MS-OXCICAL, section 2.1.3.1.1.20.24", outlook,
		func(e *Event, report func(string)) {
			reportIf(utf8.RuneCountInString(e.Summary) > 255, "Summary", report)
		}},
	{"location-length", Warning, "Outlook cuts a location after 255 characters",
		"MS-OXCICAL, section 2.1.3.1.1.20.13", outlook,
		func(e *Event, report func(string)) {
			reportIf(utf8.RuneCountInString(e.Location) > 255, "Location", report)
		}},
	{"conference-hidden", Warning, "Outlook ignores the conference link where a location is given; the mail's text still has it",
		"MS-OXCICAL has no CONFERENCE", outlook,
		func(e *Event, report func(string)) {
			shown := strings.Contains(e.Location+e.Description, e.Conference)
			reportIf(e.Location != "" && !shown, "Conference", report)
		}},
	{"uid-exchange", Error, "Exchange takes an identifier of its own form for a meeting that it made itself, and misdirects the answers",
		"MS-OXOCAL, section 2.2.1.27", outlook,
		func(e *Event, report func(string)) {
			reportIf(strings.HasPrefix(strings.ToUpper(e.UID), "040000008200E0"), "UID", report)
		}},
	{"end-missing", Warning, "Outlook shows a meeting without an end as one that takes no time",
		"RFC 5545, section 3.6.1", outlook,
		func(e *Event, report func(string)) { reportIf(e.End.IsZero() && !e.AllDay, "End", report) }},
	{"midnight", Warning, "Outlook shows a timed meeting from midnight to midnight as all-day, in other zones as two days; use AllDay",
		"MS-OXCICAL, section 2.1.3.1.1.20.10", outlook, lintMidnight},
	{"zone-unnamed", Warning, "the meeting is sent in UTC, because neither TimeZone nor Start names an IANA zone",
		"RFC 5545, section 3.2.19", every, lintZone},
	{"organizer-webmail", Warning, "Gmail offers no answer to a mail whose organizer is a webmail account that did not send it",
		"several reports", gmail, lintWebmail},
	{"address-equals", Warning, "an equals sign in an address loses the attendee in implementations of MS-OXCICAL",
		"gromox, measured", outlook, lintEquals},
	{"name-quotes", Warning, "double quotes in a name are sent as apostrophes, because Outlook does not know their escape",
		"RFC 6868", outlook, lintQuotes},
	{"no-reply", Warning, "Exchange asks for no response without RSVP=TRUE and shows no buttons",
		"MS-OXCICAL, section 2.1.3.1.1.20.2.4", outlook,
		func(e *Event, report func(string)) {
			for i, a := range e.Attendees {
				reportIf(a.NoReply, indexed("Attendees", i, "NoReply"), report)
			}
		}},
	{"reminders-several", Warning, "Outlook keeps the first reminder only",
		"MS-OXCICAL, section 2.1.3.1.2", outlook,
		func(e *Event, report func(string)) { reportIf(len(e.Reminders) > 1, "Reminders[1]", report) }},
	{"reminder-seconds", Warning, "Outlook counts reminders in whole minutes",
		"MS-OXCICAL, section 2.1.3.1.2.1", outlook,
		func(e *Event, report func(string)) {
			for i, r := range e.Reminders {
				reportIf(r.Before%time.Minute != 0, indexed("Reminders", i, ""), report)
			}
		}},
	{"extra-misdirects", Error, "Exchange finds the meeting by this property instead of its UID",
		"MS-OXCICAL, sections 2.1.3.1.1.20.27 to 2.1.3.1.1.20.36", outlook,
		lintExtra("X-MICROSOFT-CDO-OWNERAPPTID", "X-MICROSOFT-CDO-INSTTYPE", "X-MICROSOFT-CDO-APPT-SEQUENCE")},
	{"extra-html", Warning, "Outlook shows the mail's HTML; X-ALT-DESC only makes the object larger",
		"MS-OXCICAL, section 2.1.3.1.1.20.25", outlook, lintExtra("X-ALT-DESC")},
}

func reportIf(broken bool, field string, report func(string)) {
	if broken {
		report(field)
	}
}

func lintMidnight(e *Event, report func(string)) {
	loc, err := e.Zone()
	if err != nil || e.AllDay || !e.End.After(e.Start) {
		return
	}
	start, end := e.Start.In(loc), e.End.In(loc)
	reportIf(start.Equal(midnight(start)) && end.Equal(midnight(end)), "AllDay", report)
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

func lintZone(e *Event, report func(string)) {
	loc, err := e.Zone()
	unnamed := err == nil && loc == time.UTC && e.Start.Location() != time.UTC
	reportIf(unnamed && e.TimeZone == "" && !e.AllDay, "TimeZone", report)
}

func lintWebmail(e *Event, report func(string)) {
	_, domain, _ := strings.Cut(strings.ToLower(e.Organizer.Email), "@")
	webmail := []string{"gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com"}
	reportIf(slices.Contains(webmail, domain), "Organizer.Email", report)
}

func lintEquals(e *Event, report func(string)) {
	reportIf(strings.Contains(e.Organizer.Email, "="), "Organizer.Email", report)
	for i, a := range e.Attendees {
		reportIf(strings.Contains(a.Email, "="), indexed("Attendees", i, "Email"), report)
	}
}

func lintQuotes(e *Event, report func(string)) {
	reportIf(strings.Contains(e.Organizer.Name, `"`), "Organizer.Name", report)
	for i, a := range e.Attendees {
		reportIf(strings.Contains(a.Name, `"`), indexed("Attendees", i, "Name"), report)
	}
}

func lintExtra(names ...string) func(*Event, func(string)) {
	return func(e *Event, report func(string)) {
		for i, p := range e.Extra {
			reportIf(slices.Contains(names, p.Name), indexed("Extra", i, ""), report)
		}
	}
}
