package body

import (
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// short writes the beginning of a meeting for a subject: "Tue Mar 2, 10:00 AM".
func (c formatter) short(e *ical.Event) string {
	if e.AllDay {
		return c.shortDate(e.Start)
	}
	start := e.Start.In(c.loc)
	return c.text("at", "date", c.shortDate(start), "time", c.ltr(c.moment(start)))
}

// shortSpan writes the time of a meeting for the line that an inbox shows: "Tue Mar
// 2, 10:00 – 11:30 AM".
func (c formatter) shortSpan(e *ical.Event) string {
	first, last := c.firstAndLast(e)
	switch {
	case !sameDay(first, last) && e.AllDay:
		return c.between(c.shortDate(first), c.shortDate(last))
	case e.AllDay:
		return c.shortDate(first)
	case sameDay(first, last):
		return c.text("at", "date", c.shortDate(first), "time", c.hours(ical.Span{Start: e.Start, End: e.End}))
	}
	return c.between(c.short(e), c.text("at", "date", c.shortDate(last), "time", c.ltr(c.moment(last))))
}

// shortDate writes a date in abbreviated words without its year, in the zone of t.
func (c formatter) shortDate(t time.Time) string {
	s := c.text("date.short", "weekday", c.cldr.WeekdayShort(t.Weekday()), "day", t.Format("2"),
		"month", c.cldr.MonthShort(t.Month()))
	return oneLine(c.corrected(s, t))
}

// firstAndLast returns the start and the end of a meeting on the formatter's clock.
// Of an all-day event they are its first day and its last one.
func (c formatter) firstAndLast(e *ical.Event) (first, last time.Time) {
	first, last = e.Start, e.End
	if !e.AllDay {
		first, last = first.In(c.loc), last.In(c.loc)
	} else if last.After(first) {
		last = last.AddDate(0, 0, -1)
	}
	if last.Before(first) {
		last = first
	}
	return first, last
}

// newTile returns the leaf of a calendar. It has both ends of a meeting that goes
// on for more than a day.
func newTile(e *ical.Event, c formatter) Tile {
	first, last := c.firstAndLast(e)
	t := Tile{
		Month: c.cldr.MonthShort(first.Month()), Day: first.Format("2"), Weekday: c.cldr.WeekdayShort(first.Weekday()),
	}
	if sameDay(first, last) || !e.AllDay && last.Sub(first) < 24*time.Hour {
		return t
	}
	t.Range = true
	if last.Month() != first.Month() {
		t.Month += "–" + c.cldr.MonthShort(last.Month())
	}
	t.Day += "–" + last.Format("2")
	t.Weekday += "–" + c.cldr.WeekdayShort(last.Weekday())
	return t
}

// preheader returns the line that an inbox shows beside the subject: when, where and
// why.
func (p *Page) preheader(v *View, c formatter) string {
	switch p.Action {
	case ActionInvitation, ActionUpdate, ActionReminder:
	default:
		return strings.Join(notEmpty(p.Lead, clean(v.Comment, maxName)), " ")
	}
	why := p.Lead
	switch who := firstOf(v.Event.Organizer.Name, v.Event.Organizer.Email); {
	case p.Action == ActionInvitation && who != "":
		why = c.text("preheader.invitation", "who", c.isolate(who))
	case p.Changed != "":
		why = c.labelled(p.ChangedLabel) + p.Changed
	}
	when := ""
	if !v.Event.Floating {
		when = c.shortSpan(v.Event)
	}
	return strings.Join(notEmpty(when, c.isolate(clean(v.Event.Location, maxName)), why), " · ")
}

// notEmpty returns the texts that are not empty.
func notEmpty(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
