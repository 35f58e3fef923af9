package ical

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// lintRules are the rules about everything except time.
var lintRules = []lintRule{
	{"summary-empty", SeverityWarning, "Summary", "clients show a meeting without a title as \"(no subject)\"",
		"RFC 5545, section 3.8.1.12", every,
		func(e *lintTarget) []hit { return hitIf(e.Summary == "", "Summary") }},
	{"summary-length", SeverityWarning, "Summary", "Outlook cuts a title after 255 characters",
		"MS-OXCICAL, section 2.1.3.1.1.20.24", outlook,
		func(e *lintTarget) []hit { return hitIf(utf8.RuneCountInString(e.Summary) > 255, "Summary") }},
	{"location-length", SeverityWarning, "Location", "Outlook cuts a location after 255 characters",
		"MS-OXCICAL, section 2.1.3.1.1.20.15", outlook,
		func(e *lintTarget) []hit {
			return hitIf(utf8.RuneCountInString(cmp.Or(locationLine(e.Location), e.Conference)) > 255, "Location")
		}},
	{"conference-hidden", SeverityWarning, "Conference", "Outlook ignores the conference link if a location is given; the mail's text still has it",
		"MS-OXCICAL has no CONFERENCE", outlook,
		func(e *lintTarget) []hit {
			hidden := e.Conference != "" && e.Location != "" && !strings.Contains(e.Location+e.Description, e.Conference)
			return hitIf(hidden, "Conference")
		}},
	{"uid-exchange", SeverityError, "UID", "Exchange takes an identifier of its own form for a meeting that it made itself, and misdirects the answers",
		"MS-OXOCAL, section 2.2.1.27", outlook,
		func(e *lintTarget) []hit {
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
		func(e *lintTarget) (out []hit) {
			for i := range e.Attendees {
				out = append(out, hitAt(e.Attendees[i].NoReply, "Attendees", i, "NoReply")...)
			}
			return out
		}},
	{"reminders-several", SeverityWarning, "Reminders[i]", "Outlook keeps the first reminder only",
		"MS-OXCICAL, section 2.1.3.1.2", outlook,
		func(e *lintTarget) []hit { return hitIf(len(e.Reminders) > 1, "Reminders[1]") }},
	{"reminder-seconds", SeverityWarning, "Reminders[i]", "Outlook counts reminders in whole minutes",
		"MS-OXCICAL, section 2.1.3.1.2.1", outlook,
		func(e *lintTarget) (out []hit) {
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

// lintWebmail finds an organizer with an account at a large webmail service.
func lintWebmail(e *lintTarget) []hit {
	_, domain, _ := strings.Cut(strings.ToLower(e.Organizer.Email), "@")
	webmail := []string{"gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com"}
	return hitIf(slices.Contains(webmail, domain), "Organizer.Email")
}

// lintPeople returns a check of the organizer and every attendee.
func lintPeople(field string, broken func(name, email string) bool) func(*lintTarget) []hit {
	return func(e *lintTarget) []hit {
		out := hitIf(broken(e.Organizer.Name, e.Organizer.Email), "Organizer."+field)
		for i := range e.Attendees {
			a := &e.Attendees[i]
			out = append(out, hitAt(broken(a.Name, a.Email), "Attendees", i, field)...)
		}
		return out
	}
}

// lintExtra returns a check for properties by name. A name that ends in "*"
// stands for all names that begin so.
func lintExtra(names ...string) func(*lintTarget) []hit {
	return func(e *lintTarget) (out []hit) {
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
