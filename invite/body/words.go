package body

import (
	"fmt"
	"strconv"
	"time"

	"github.com/convene-go/convene/ical"
)

// lead is the first sentence: what the mail is.
func lead(m ical.Method, organizer string) string {
	switch m {
	case ical.MethodCancel:
		return organizer + " has cancelled this meeting."
	case ical.MethodReply:
		return "An answer to a meeting request."
	case ical.MethodDeclineCounter:
		return organizer + " keeps the time of this meeting."
	}
	return organizer + " invites you to a meeting."
}

// subject is the mail's subject line.
func subject(m ical.Method, e *ical.Event) string {
	title := oneLine(e.Summary)
	if title == "" {
		title = "Meeting"
	}
	switch {
	case m == ical.MethodCancel:
		return "Cancelled: " + title
	case e.Sequence > 0:
		return "Updated: " + title
	}
	return "Invitation: " + title
}

const (
	fullDate = "Monday, 2 January 2006"
	clock    = "15:04"
)

// formatSpan writes when the meeting is on the clock of loc, with the zone's
// name and offset: "Tuesday, 3 March 2026, 09:00–10:00 (Europe/Berlin, UTC+01:00)".
func formatSpan(e *ical.Event, loc *time.Location) string {
	if e.AllDay {
		return formatDays(e)
	}
	start, end := e.Start.In(loc), e.End.In(loc)
	s := start.Format(fullDate + ", " + clock)
	switch {
	case e.End.IsZero() || end.Equal(start):
	case sameDay(start, end):
		s += "–" + end.Format(clock)
	default:
		s += " – " + end.Format(fullDate+", "+clock)
	}
	return s + " (" + zoneName(start) + ")"
}

// formatDays writes the dates of an all-day event; its End is the day after the last.
func formatDays(e *ical.Event) string {
	first, last := e.Start, e.Start
	if e.End.After(first) {
		last = e.End.AddDate(0, 0, -1)
	}
	if sameDay(first, last) {
		return first.Format(fullDate) + ", all day"
	}
	return first.Format(fullDate) + " – " + last.Format(fullDate) + ", all day"
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

func zoneName(t time.Time) string {
	if t.Location() == time.UTC || t.Location().String() == "UTC" {
		return "UTC"
	}
	return t.Location().String() + ", UTC" + t.Format("-07:00")
}

// repeats says a rule in short; the calendar object has all of it. The last day
// of an all-day series is a date without a zone.
func repeats(e *ical.Event, loc *time.Location) string {
	r, until := e.Recurrence, e.Recurrence.Until.In(loc)
	if e.AllDay {
		until = r.Until
	}
	unit := map[ical.Frequency]string{
		ical.Daily: "day", ical.Weekly: "week", ical.Monthly: "month", ical.Yearly: "year",
	}[r.Freq]
	s := "every " + unit
	if r.Interval > 1 {
		s = "every " + plural(r.Interval, unit)
	}
	switch {
	case r.Count > 0:
		s += ", " + plural(r.Count, "time")
	case !r.Until.IsZero():
		s += " until " + until.Format("2 January 2006")
	}
	return s
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%s %ss", strconv.Itoa(n), word)
}
