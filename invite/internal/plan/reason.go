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
	return clockTime(t, e.AllDay, clockOf(e), "")
}

// NoOccurrence says that a meeting has no occurrence of that original start.
func NoOccurrence(e *ical.Event, start time.Time) string {
	if e.Recurrence == nil {
		return "the meeting is no series, so it has no occurrence" + onDate(e, start)
	}
	return "the series has no occurrence" + onDate(e, start)
}

// startTexts names two different starts of a meeting so that the texts differ. Both are
// on the clock of the meeting after the change, unless it has none because it is
// all-day. If a clock shows the same for both, the texts have their seconds, and their
// offsets too if the clock was set back between them.
func startTexts(before, after *ical.Event) (was, is string) {
	zone := clockOf(after)
	if after.AllDay {
		zone = clockOf(before)
	}
	for _, detail := range []string{"", ":05", ":05 -07:00"} {
		was = clockTime(before.Start, before.AllDay, zone, detail)
		is = clockTime(after.Start, after.AllDay, zone, detail)
		if was != is {
			break
		}
	}
	return was, is
}

// clockOf returns the zone of a meeting's clock, which is UTC if it is not known.
func clockOf(e *ical.Event) *time.Location {
	zone, err := e.Zone()
	if err != nil {
		return time.UTC
	}
	return zone
}

// clockTime formats a start without its zone, because the readers know the zone. detail
// is the layout of everything behind the minutes.
func clockTime(t time.Time, allDay bool, zone *time.Location, detail string) string {
	if allDay {
		return t.Format("Mon 2 Jan 2006")
	}
	return t.In(zone).Format("Mon 2 Jan 2006 15:04" + detail)
}

// duration formats a length without the parts that are zero.
func duration(d time.Duration) string {
	text, err := ical.Reminder{Before: d}.MarshalText() // a Reminder has the only text form of a duration
	if err != nil {
		return d.String()
	}
	return string(text)
}
