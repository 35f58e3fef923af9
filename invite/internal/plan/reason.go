package plan

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
)

// reasonFor says why an attendee gets a mail about these changes: what changed, and
// whether it needs an answer.
func reasonFor(list []change) string {
	level := highest(list)
	var parts []string
	for _, c := range list {
		if c.level > LevelSilent || level == LevelSilent {
			parts = append(parts, c.text)
		}
	}
	s := strings.Join(parts, "; ")
	switch level {
	case LevelSilent:
		return "only the " + s + ": nothing to send"
	case LevelMajor:
		return s + needsAnswer
	}
	return s
}

// needsAnswer ends the reason of a mail that asks for an answer.
const needsAnswer = ": needs a new answer"

// withoutAsking returns a reason without needsAnswer.
func withoutAsking(reason string) string { return strings.TrimSuffix(reason, needsAnswer) }

// textChange says how a text changed. Long texts are not repeated.
func textChange(name, before, after string, long bool) string {
	switch {
	case long:
		return name + " changed"
	case before == "":
		return fmt.Sprintf("%s is now %s", name, quote(after))
	case after == "":
		return fmt.Sprintf("%s %s was removed", name, quote(before))
	}
	return fmt.Sprintf("%s changed from %s to %s", name, quote(before), quote(after))
}

// maxQuote is the length of a quoted text in characters.
const maxQuote = 60

// quote puts a text into quotation marks, on one line and cut to maxQuote.
func quote(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > maxQuote {
		s = string([]rune(s)[:maxQuote-1]) + "…"
	}
	return `"` + s + `"`
}

// onOccurrence returns " on " and the date if e is an occurrence, and "" if it is
// the whole meeting.
func onOccurrence(e *ical.Event) string {
	if e.RecurrenceID.IsZero() {
		return ""
	}
	return onDate(e, e.RecurrenceID)
}

// onDate returns " on " and a time on the meeting's own clock.
func onDate(e *ical.Event, t time.Time) string { return " on " + onTime(e, t) }

// onTime names a time on the meeting's own clock.
func onTime(e *ical.Event, t time.Time) string {
	zone, err := e.Zone()
	if err != nil {
		zone = time.UTC
	}
	return clockTime(t, e.AllDay, zone)
}

// NoOccurrence says that a series has no occurrence of that original start.
func NoOccurrence(e *ical.Event, start time.Time) string {
	return "the series has no occurrence" + onDate(e, start)
}

// clockTime formats a start without its zone, because the readers know the zone.
func clockTime(t time.Time, allDay bool, zone *time.Location) string {
	if allDay {
		return t.Format("Mon 2 Jan 2006")
	}
	return t.In(zone).Format("Mon 2 Jan 2006 15:04")
}

// duration formats a length without the parts that are zero.
func duration(d time.Duration) string {
	text, err := ical.Reminder{Before: d}.MarshalText() // a Reminder has the only text form of a duration
	if err != nil {
		return d.String()
	}
	return string(text)
}
