package ical

import (
	"slices"
	"strings"
	"sync"
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
	// SeverityError: a client refuses the mail, or shows another meeting than was meant.
	SeverityError Severity = "error"
	// SeverityWarning: a client shows less than was written.
	SeverityWarning Severity = "warning"
)

// Lint reports what a client will refuse, cut off or misread, in the order of
// the rules in docs/lint.md, nil for nothing; of an override, what the series
// does not have too. It expects an event that [Event.Validate] accepts.
func (e Event) Lint() []Finding {
	out := e.lint()
	for i := range e.Overrides {
		if e.Overrides[i].Cancelled {
			continue
		}
		o := e.Override(i)
		for _, f := range o.lint() {
			same := func(s Finding) bool { return s.Rule == f.Rule && s.Field == f.Field }
			if !slices.ContainsFunc(out, same) {
				f.Field = indexed("Overrides", i, f.Field)
				out = append(out, f)
			}
		}
	}
	return out
}

func (e *Event) lint() []Finding {
	var out []Finding
	x := newLinted(e)
	for _, r := range allRules {
		for _, h := range r.check(x) {
			text := r.text
			if h.detail != "" {
				text += " (" + h.detail + ")"
			}
			out = append(out, Finding{r.id, r.severity, h.field, text, r.source, slices.Clone(r.clients)})
		}
	}
	return out
}

// allRules is the table of all rules; docs/lint.md shows it.
var allRules = slices.Concat(lintRules, zoneRules, recurrenceRules)

// lintRule is one line of the tables.
type lintRule struct {
	id       string
	severity Severity
	field    string // the path that it reports, with i for an index
	text     string
	source   string
	clients  []string
	check    func(e *linted) []hit
}

// linted is an event with what several rules ask of it.
type linted struct {
	*Event
	on    clock
	err   error       // why it has no clock
	reach func() Span // its extent
	touch func() bool // whether a change of the clock may touch its series
}

func newLinted(e *Event) *linted {
	x := &linted{Event: e}
	x.on, x.err = e.clock()
	x.reach = sync.OnceValue(e.extent)
	x.touch = sync.OnceValue(x.mayTouch)
	return x
}

// hit is a field that breaks a rule, and where that is not plain, how.
type hit struct{ field, detail string }

// hitIf is a hit on a field where broken.
func hitIf(broken bool, field string) []hit {
	if !broken {
		return nil
	}
	return []hit{{field, ""}}
}

// hitAt is a hit on a value in a list, or on its field, where broken.
func hitAt(broken bool, list string, i int, field string) []hit {
	if !broken {
		return nil
	}
	return []hit{{indexed(list, i, field), ""}}
}

var (
	outlook = []string{"Outlook", "Exchange"}
	gmail   = []string{"Gmail"}
	every   = []string{"Outlook", "Gmail", "Apple Mail", "Thunderbird"}
)

// lintRules are those about everything but time.
var lintRules = []lintRule{
	{"summary-empty", SeverityWarning, "Summary", "clients show a meeting without a title as \"(no subject)\"",
		"RFC 5545, section 3.8.1.12", every,
		func(e *linted) []hit { return hitIf(e.Summary == "", "Summary") }},
	{"summary-length", SeverityWarning, "Summary", "Outlook cuts a title after 255 characters",
		"MS-OXCICAL, section 2.1.3.1.1.20.24", outlook,
		func(e *linted) []hit { return hitIf(utf8.RuneCountInString(e.Summary) > 255, "Summary") }},
	{"location-length", SeverityWarning, "Location", "Outlook cuts a location after 255 characters",
		"MS-OXCICAL, section 2.1.3.1.1.20.13", outlook,
		func(e *linted) []hit {
			return hitIf(utf8.RuneCountInString(or(e.Location, e.Conference)) > 255, "Location")
		}},
	{"conference-hidden", SeverityWarning, "Conference", "Outlook ignores the conference link where a location is given; the mail's text still has it",
		"MS-OXCICAL has no CONFERENCE", outlook,
		func(e *linted) []hit {
			hidden := e.Conference != "" && e.Location != "" && !strings.Contains(e.Location+e.Description, e.Conference)
			return hitIf(hidden, "Conference")
		}},
	{"uid-exchange", SeverityError, "UID", "Exchange takes an identifier of its own form for a meeting that it made itself, and misdirects the answers",
		"MS-OXOCAL, section 2.2.1.27", outlook,
		func(e *linted) []hit {
			const exchange = "040000008200E0"
			return hitIf(len(e.UID) >= len(exchange) && strings.EqualFold(e.UID[:len(exchange)], exchange), "UID")
		}},
	{"organizer-webmail", SeverityWarning, "Organizer.Email", "Gmail offers no answer to a mail whose organizer is a webmail account that did not send it",
		"several reports", gmail, lintWebmail},
	{"address-equals", SeverityWarning, "Attendees[i].Email", "an equals sign in an address loses the attendee in implementations of MS-OXCICAL",
		"gromox, measured", outlook,
		lintPeople("Email", func(name, email string) bool { return strings.Contains(email, "=") })},
	{"name-quotes", SeverityWarning, "Attendees[i].Name", "double quotes in a name are sent as apostrophes, because Outlook does not know their escape",
		"RFC 6868", outlook,
		lintPeople("Name", func(name, email string) bool { return strings.Contains(name, `"`) })},
	{"no-reply", SeverityWarning, "Attendees[i].NoReply", "Exchange asks for no response without RSVP=TRUE and shows no buttons",
		"MS-OXCICAL, section 2.1.3.1.1.20.2.4", outlook,
		func(e *linted) (out []hit) {
			for i := range e.Attendees {
				out = append(out, hitAt(e.Attendees[i].NoReply, "Attendees", i, "NoReply")...)
			}
			return out
		}},
	{"reminders-several", SeverityWarning, "Reminders[i]", "Outlook keeps the first reminder only",
		"MS-OXCICAL, section 2.1.3.1.2", outlook,
		func(e *linted) []hit { return hitIf(len(e.Reminders) > 1, "Reminders[1]") }},
	{"reminder-seconds", SeverityWarning, "Reminders[i]", "Outlook counts reminders in whole minutes",
		"MS-OXCICAL, section 2.1.3.1.2.1", outlook,
		func(e *linted) (out []hit) {
			for i, r := range e.Reminders {
				out = append(out, hitAt(r.Before%time.Minute != 0, "Reminders", i, "")...)
			}
			return out
		}},
	{"extra-misdirects", SeverityError, "Extra[i]", "Exchange finds the meeting by this property instead of its UID",
		"MS-OXCICAL, sections 2.1.3.1.1.20.27 to 2.1.3.1.1.20.36", outlook,
		lintExtra("X-MICROSOFT-CDO-OWNERAPPTID", "X-MICROSOFT-CDO-INSTTYPE", "X-MICROSOFT-CDO-APPT-SEQUENCE")},
	{"extra-html", SeverityWarning, "Extra[i]", "Outlook shows the mail's HTML; X-ALT-DESC only makes the object larger",
		"MS-OXCICAL, section 2.1.3.1.1.20.25", outlook, lintExtra("X-ALT-DESC")},
	{"extra-calendar", SeverityWarning, "Extra[i]", "X-WR- properties describe a whole calendar, and make Outlook and Gmail import one instead of inviting",
		"several reports", every, lintExtra("X-WR-*")},
}

func lintWebmail(e *linted) []hit {
	_, domain, _ := strings.Cut(strings.ToLower(e.Organizer.Email), "@")
	webmail := []string{"gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com"}
	return hitIf(slices.Contains(webmail, domain), "Organizer.Email")
}

// lintPeople looks at the organizer and every attendee.
func lintPeople(field string, broken func(name, email string) bool) func(*linted) []hit {
	return func(e *linted) []hit {
		out := hitIf(broken(e.Organizer.Name, e.Organizer.Email), "Organizer."+field)
		for i := range e.Attendees {
			a := &e.Attendees[i]
			out = append(out, hitAt(broken(a.Name, a.Email), "Attendees", i, field)...)
		}
		return out
	}
}

// lintExtra looks for properties by name, or by the beginning of a name before a "*".
func lintExtra(names ...string) func(*linted) []hit {
	return func(e *linted) (out []hit) {
		for i, p := range e.Extra {
			found := slices.ContainsFunc(names, func(name string) bool {
				prefix, all := strings.CutSuffix(name, "*")
				return p.Name == name || all && strings.HasPrefix(p.Name, prefix)
			})
			out = append(out, hitAt(found, "Extra", i, "")...)
		}
		return out
	}
}
