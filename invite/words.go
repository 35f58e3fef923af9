package invite

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
)

// reason says why somebody gets a mail for these changes: what changed, and
// whether it needs an answer.
func reason(list []change) string {
	level := top(list)
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

// needsAnswer ends the reason of a mail that asks for one.
const needsAnswer = ": needs a new answer"

// changed says how a text changed; long ones are not repeated.
func changed(name, before, after string, long bool) string {
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

// quote puts a text of one line, at most 60 characters, in quotation marks.
func quote(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > 60 {
		s = string([]rune(s)[:59]) + "…"
	}
	return `"` + s + `"`
}

// moment writes a start for people who know the meeting.
func moment(t time.Time, allDay bool, zone *time.Location) string {
	if allDay {
		return t.Format("Mon 2 Jan 2006")
	}
	return t.In(zone).Format("Mon 2 Jan 2006 15:04")
}

// spell writes a length without zero parts.
func spell(d time.Duration) string {
	text, err := ical.Reminder{Before: d}.MarshalText()
	if err != nil {
		return d.String()
	}
	return string(text)
}

// length is how long a meeting takes: whole days, or on the clock.
func length(e *ical.Event) time.Duration {
	const day = 24 * time.Hour
	if !e.AllDay {
		if e.End.IsZero() {
			return 0
		}
		return e.End.Sub(e.Start)
	}
	if e.End.IsZero() {
		return day
	}
	return dateOf(e.End).Sub(dateOf(e.Start))
}

func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func zoneName(e *ical.Event) string {
	zone, err := e.Zone()
	if err != nil || e.AllDay {
		return "UTC"
	}
	return zone.String()
}

func choose(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
