package body

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
)

// formatter writes times and recurrence rules in the language of its catalog and in
// one time zone.
type formatter struct {
	*catalog
	loc *time.Location
}

// event writes the time of a meeting.
func (c formatter) event(e *ical.Event) string {
	if e.AllDay {
		return c.days(e.Start, e.End)
	}
	s := ical.Span{Start: e.Start, End: e.End}
	if e.Floating { // no zone is known for the clock
		if e.TimeZone == "" {
			return c.clock(s)
		}
		return c.clock(s) + " (" + c.ltr(clean(e.TimeZone, maxTitle)) + ")"
	}
	return c.span(s)
}

// span writes the time of a meeting with the zone's name: "Tuesday, March 2, 2027,
// 9:00 – 10:00 AM, Central European Time (Berlin)".
func (c formatter) span(s ical.Span) string {
	return c.clock(s) + c.inZone(s)
}

// inZone writes the zone as the end of a time.
func (c formatter) inZone(s ical.Span) string {
	return c.text("at.zone", "zone", c.zone(s.Start.In(c.loc), s.End.In(c.loc)))
}

// from writes the same time again on the clock of another zone. The date is left
// out if it is the date in the zone of c, too.
func (c formatter) from(other *time.Location, e *ical.Event) string {
	there, s := formatter{c.catalog, other}, ical.Span{Start: e.Start, End: e.End}
	start, end := s.Start.In(other), s.End.In(other)
	if !sameDay(start, s.Start.In(c.loc)) || end.After(start) && !sameDay(start, end) {
		return there.span(s)
	}
	return there.clockHours(s) + there.inZone(s)
}

// clockHours is hours with the word that some languages have behind a time.
func (c formatter) clockHours(s ical.Span) string {
	_, word, _ := strings.Cut(c.Messages["at"], "{time}")
	return c.hours(s) + word
}

// hours writes the time of day of a meeting that ends on the day of its start.
func (c formatter) hours(s ical.Span) string {
	start, end := s.Start.In(c.loc), s.End.In(c.loc)
	if !end.After(start) {
		return c.ltr(c.moment(start))
	}
	return c.ltr(c.times(start, end))
}

// clock writes the time of a meeting without the zone.
func (c formatter) clock(s ical.Span) string { return capitalized(c.inSentence(s)) }

// inSentence is clock in the middle of a sentence.
func (c formatter) inSentence(s ical.Span) string {
	start, end := s.Start.In(c.loc), s.End.In(c.loc)
	if !end.After(start) || sameDay(start, end) {
		return c.text("at", "date", c.date(start), "time", c.hours(s))
	}
	return c.between(c.text("at", "date", c.date(start), "time", c.ltr(c.moment(start))),
		c.text("at", "date", c.date(end), "time", c.ltr(c.moment(end))))
}

// between writes a range. A line may end after its dash, but not before.
func (c formatter) between(start, end string) string {
	pattern := strings.Replace(c.Messages["range"], "} ", "}"+nbsp, 1)
	if !strings.Contains(pattern, " ") {
		start = strings.TrimSuffix(start, joiner)
		pattern = strings.Replace(pattern, "{end}", joiner+"{end}", 1)
	}
	return substitute(pattern, "start", start, "end", end)
}

// days writes the dates of an all-day event. The end is the day after the last one.
// Dates are read in the zone of start and end, not in the formatter's zone.
func (c formatter) days(start, end time.Time) string {
	return capitalized(c.daysInSentence(start, end))
}

// daysInSentence is days in the middle of a sentence.
func (c formatter) daysInSentence(start, end time.Time) string {
	last := start
	if end.After(start) {
		last = end.AddDate(0, 0, -1)
	}
	date := c.date(start)
	if !sameDay(start, last) {
		date = c.between(date, c.date(last))
	}
	return c.text("allday", "date", date)
}

// date writes a whole date with its weekday, in the zone of t.
func (c formatter) date(t time.Time) string { return oneLine(c.corrected(c.cldr.DateFull(t), t)) }

// oneLine keeps a date on one line.
func oneLine(s string) string {
	if strings.IndexByte(s, ' ') < 0 {
		return s + joiner
	}
	return strings.ReplaceAll(s, " ", nbsp)
}

// day writes the date of an occurrence without its weekday.
func (c formatter) day(t time.Time, allDay bool) string {
	if !allDay {
		t = t.In(c.loc)
	}
	return oneLine(c.corrected(c.cldr.DateLong(t), t))
}

// corrected mends two dates that the locale library does not write as CLDR does. In
// Hebrew the word for day stands before every weekday except Saturday. In French the
// first of a month is an ordinal.
func (c formatter) corrected(s string, t time.Time) string {
	switch {
	case c.tag == "he":
		return strings.Replace(s, "יום שבת", "שבת", 1)
	case c.tag == "fr" && t.Day() == 1:
		return strings.Replace(s, "1 ", "1er ", 1)
	}
	return s
}

// time writes the time of day.
func (c formatter) time(t time.Time) string { return c.pattern(t, c.Messages["time"]) }

// moment is time on one line.
func (c formatter) moment(t time.Time) string { return strings.ReplaceAll(c.time(t), " ", nbsp) }

// times writes two times of one day, with AM or PM once if it is the same for both.
func (c formatter) times(start, end time.Time) string {
	first := c.Messages["time"]
	second := first
	if (start.Hour() < 12) == (end.Hour() < 12) {
		if strings.HasPrefix(first, "{a}") {
			second = withoutPeriod(second)
		} else if !c.rtl {
			first = withoutPeriod(first)
		}
	}
	times := c.text("range.time", "start", c.pattern(start, first), "end", c.pattern(end, second))
	return strings.ReplaceAll(times, " ", nbsp) + joiner
}

// withoutPeriod removes AM or PM from a pattern.
func withoutPeriod(pattern string) string {
	return strings.TrimSpace(strings.Replace(pattern, "{a}", "", 1))
}

// pattern writes a time of day in a pattern of the catalog.
func (c formatter) pattern(t time.Time, pattern string) string {
	period := c.Messages["am"]
	if t.Hour() >= 12 {
		period = c.Messages["pm"]
	}
	return substitute(pattern, "HH", twoDigits(t.Hour()), "H", strconv.Itoa(t.Hour()),
		"h", strconv.Itoa((t.Hour()+11)%12+1), "mm", twoDigits(t.Minute()), "a", period)
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func offset(t time.Time) string {
	if _, seconds := t.Zone(); seconds == 0 {
		return "UTC"
	}
	return "UTC" + t.Format("-07:00")
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

// capitalized returns a text with a capital letter at its beginning, as a line of a
// table needs it.
func capitalized(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if u := unicode.ToTitle(r); u != r {
		return string(u) + s[n:]
	}
	return s
}
