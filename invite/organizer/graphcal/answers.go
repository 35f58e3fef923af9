package graphcal

import (
	"fmt"
	"strings"

	"github.com/convene-go/convene/ical"
)

// separator is the line between the description and the list of attendees. Everything
// below it belongs to this package.
const separator = "========================================"

// maxLines is the number of lines of a list.
const maxLines = 500

// Attendees returns the list of a meeting's attendees with their answers, as English text.
// It is the default of Options.Attendees. First comes a line with the numbers, then a line
// for each attendee, then the answers to single occurrences that differ.
func Attendees(e ical.Event) string {
	if len(e.Attendees) == 0 {
		return ""
	}
	lines := []string{tally(e.Attendees)}
	for _, a := range e.Attendees {
		lines = append(lines, line(a))
	}
	series := make(map[string]ical.Status)
	for _, a := range e.Attendees {
		series[strings.ToLower(a.Email)] = a.Status
	}
	for _, o := range e.Overrides {
		if o.Cancelled {
			continue
		}
		for _, a := range o.Attendees {
			if s, ok := series[strings.ToLower(a.Email)]; !ok || answer(s) != answer(a.Status) {
				at := o.RecurrenceID.In(e.Start.Location())
				lines = append(lines, at.Format("2 January 2006")+": "+line(a))
			}
		}
	}
	if more := len(lines) - maxLines; more > 0 {
		lines = append(lines[:maxLines], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

func line(a ical.Attendee) string {
	name := "<" + a.Email + ">"
	if a.Name != "" {
		name = strings.Join(strings.Fields(a.Name), " ") + " " + name
	}
	return name + ": " + answer(a.Status)
}

func answer(s ical.Status) string {
	switch s {
	case "", ical.StatusNeedsAction:
		return "no answer yet"
	}
	return string(s)
}

// tally counts the answers.
func tally(list []ical.Attendee) string {
	n := make(map[string]int)
	for _, a := range list {
		n[answer(a.Status)]++
	}
	var parts []string
	for _, s := range []string{"accepted", "tentative", "declined", "delegated", "no answer yet"} {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s], s))
		}
	}
	return "Attendees: " + strings.Join(parts, ", ")
}

// bodyText returns the text of the entry: the description, and the list below it.
func bodyText(description, list string) string {
	if list = plain(list); list == "" {
		return plain(description)
	}
	return plain(plain(description) + "\n\n" + separator + "\n" + list)
}

// description returns the description from the text of an entry.
func description(text string) string {
	text = plain(text)
	if strings.HasPrefix(text, separator) {
		return ""
	}
	before, _, _ := strings.Cut(text, "\n"+separator)
	return plain(before)
}

// plain returns a text in the form in which texts are compared, because Exchange stores
// text as HTML: one kind of line ends, no spaces at the ends of lines, and no empty lines
// at both ends.
func plain(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ").Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
