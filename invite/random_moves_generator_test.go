package invite_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
)

// course describes a series by the dates of its lessons. A move of the series changes
// the description, and the lessons keep their number. So the description says where
// everything has to be after the move, in its own simple way.
type course struct {
	kind      string
	zone      string
	hour      int
	allDay    bool
	first     time.Time // midnight in UTC of the date of lesson 0
	skipped   int       // the lessons that moves have left out so far
	gap       int       // pair: the days between the two weekdays
	nth       int       // ordinal: which one in the month
	explicit  bool      // weekly: the rule names the weekday
	until     bool      // the rule ends at its last lesson, without a count
	summary   string
	attendees []ical.Attendee
	lessons   []lesson
	added     []int // days from the first lesson on which there is a further one
}

// lesson is one occurrence. It is as in the series unless a field says otherwise.
type lesson struct {
	cancelled, excepted bool
	summary             string
	hour                int // its own, or 0
	repeats             bool
	attendees           []ical.Attendee
}

// empty reports whether a lesson can be lost without a word.
func (l *lesson) empty() bool {
	return l.cancelled || l.excepted || l.summary == "" && l.hour == 0 && !l.repeats && l.attendees == nil
}

// date returns the date of a lesson.
func (c *course) date(n int) time.Time {
	switch c.kind {
	case "daily":
		return c.first.AddDate(0, 0, n)
	case "every other day":
		return c.first.AddDate(0, 0, 2*n)
	case "biweekly":
		return c.first.AddDate(0, 0, 14*n)
	case "pair":
		return c.first.AddDate(0, 0, 7*(n/2)+c.gap*(n%2))
	case "day of the month":
		return c.first.AddDate(0, n, 0)
	case "ordinal":
		first := time.Date(c.first.Year(), c.first.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, (int(c.first.Weekday()-first.Weekday())+7)%7+7*(c.nth-1))
	}
	return c.first.AddDate(0, 0, 7*n)
}

// at returns an hour on a date.
func (c *course) at(date time.Time, hour int) time.Time {
	if c.allDay {
		return date
	}
	zone, _ := ical.LoadLocation(c.zone)
	return time.Date(date.Year(), date.Month(), date.Day(), hour, 30, 0, 0, zone)
}

func (c *course) end(start time.Time) time.Time {
	if c.allDay {
		return start.AddDate(0, 0, 1)
	}
	return start.Add(time.Hour)
}

// start returns the original start of a lesson.
func (c *course) start(n int) time.Time { return c.at(c.date(n), c.hour) }

// event returns the series.
func (c *course) event() ical.Event {
	e := ical.Event{UID: "course", Organizer: ical.Person{Email: "desk@example.test"}, Attendees: c.attendees}
	c.put(&e)
	e.Recurrence.Count = len(c.lessons)
	if c.until {
		e.Recurrence.Count, e.Recurrence.Until = 0, c.start(len(c.lessons)-1)
	}
	for _, days := range c.added {
		e.Recurrence.Include = append(e.Recurrence.Include, c.at(c.first.AddDate(0, 0, days), c.hour))
	}
	for n, l := range c.lessons {
		id := c.start(n)
		o := ical.Event{RecurrenceID: id, Cancelled: l.cancelled, Summary: l.summary, Attendees: l.attendees}
		if l.hour > 0 {
			o.Start = c.at(c.date(n), l.hour)
			o.End = c.end(o.Start)
		} else if l.repeats { // as a calendar object does
			o.Start, o.End = id, c.end(id)
		}
		switch {
		case l.excepted:
			e.Recurrence.Except = append(e.Recurrence.Except, id)
		case l.cancelled, !l.empty():
			e.Overrides = append(e.Overrides, o)
		}
	}
	return e
}

// put writes what a person changes who moves the series: its time and its rule, and no
// more.
func (c *course) put(e *ical.Event) {
	e.Summary, e.TimeZone, e.AllDay = c.summary, c.zone, c.allDay
	e.Start, e.End = c.start(0), c.end(c.start(0))
	r := new(ical.Recurrence)
	if e.Recurrence != nil {
		*r = *e.Recurrence
	}
	e.Recurrence = r
	r.Freq, r.Interval = ical.FreqWeekly, 0
	day := func(date time.Time) ical.Day {
		return []ical.Day{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}[date.Weekday()]
	}
	switch c.kind {
	case "daily":
		r.Freq = ical.FreqDaily
	case "every other day":
		r.Freq, r.Interval = ical.FreqDaily, 2
	case "biweekly":
		r.Interval = 2
	case "pair":
		r.ByDay = []ical.Day{day(c.date(0)), day(c.date(1))}
	case "day of the month":
		r.Freq = ical.FreqMonthly
	case "ordinal":
		r.Freq, r.ByDay = ical.FreqMonthly, []ical.Day{ical.Day(fmt.Sprint(c.nth)) + day(c.first)}
	}
	if c.explicit && r.Freq == ical.FreqWeekly && c.kind != "pair" {
		r.ByDay = []ical.Day{day(c.first)}
	}
}

// course returns a random one.
func (g *generator) course() *course {
	c := &course{
		kind: pick(g, "daily", "every other day", "weekly", "weekly", "biweekly", "pair", "day of the month", "ordinal"),
		zone: "Europe/Berlin", hour: 8 + g.rng.IntN(4), first: time.Date(2027, 2, 16+g.rng.IntN(7), 0, 0, 0, 0, time.UTC),
		explicit: g.chance(2), until: g.chance(3), summary: "Course", attendees: g.people(), nth: 1 + g.rng.IntN(4),
	}
	switch c.kind {
	case "pair":
		c.first, c.gap = time.Date(2027, 2, 15+g.rng.IntN(5), 0, 0, 0, 0, time.UTC), 1+g.rng.IntN(2)
	case "day of the month", "ordinal":
		c.first = time.Date(2027, 1, 4+g.rng.IntN(21), 0, 0, 0, 0, time.UTC)
		if c.kind == "ordinal" {
			c.first = c.date(0)
		}
	case "weekly":
		if g.chance(3) {
			c.added = []int{9}
		}
	}
	c.allDay = g.chance(6) && c.added == nil
	for range 5 + g.rng.IntN(3) {
		c.lessons = append(c.lessons, g.lesson(c))
	}
	return c
}

func (g *generator) lesson(c *course) (l lesson) {
	switch g.rng.IntN(9) {
	case 0:
		l.cancelled = true
	case 1:
		l.excepted = true
	case 2:
		l.summary = "Exam"
	case 3:
		if l.hour = 14; c.allDay {
			l.hour = 0
		}
	case 4:
		l.summary, l.repeats = "Exam", true
	case 5, 6:
		l.attendees = append(g.people(), ical.Attendee{Email: guest})
	}
	return l
}

// moved returns the course after a move. It says in words what moves.
func (g *generator) moved(was *course) (*course, string) {
	c := *was
	c.lessons = slices.Clone(was.lessons)
	moves := []func() string{
		func() string { c.hour = 8 + (c.hour-8+1+g.rng.IntN(4))%5; return "hour" },
		func() string { return g.moveDays(&c) },
		func() string { return g.moveDays(&c) },
		func() string { return g.beginLater(&c) },
		func() string {
			c.zone = pick(g, "Europe/London", "Europe/Berlin", "America/New_York", "Europe/Paris")
			return "zone"
		},
		func() string {
			if c.added != nil {
				return "nothing"
			}
			c.allDay = !c.allDay
			for i := range c.lessons {
				c.lessons[i].hour = 0
			}
			return "all-day"
		},
	}
	text := pick(g, moves...)()
	if c.first.Equal(was.first) && c.gap == was.gap && g.chance(3) { // two moves by days could be none
		text += " + " + g.moveDays(&c)
	}
	if g.chance(4) {
		c.summary = pick(g, "Course", "Seminar")
	}
	return &c, text
}

// moveDays moves every lesson to another day.
func (g *generator) moveDays(c *course) string {
	by := 0
	switch c.kind {
	case "daily":
		return "nothing" // the days cannot move
	case "every other day":
		by = pick(g, -1, 1)
	case "weekly":
		by = pick(g, -6, -2, -1, 1, 2, 3, 6)
	case "biweekly":
		by = pick(g, -7, -3, 1, 5, 7, 8, 13)
	case "pair":
		if g.chance(2) {
			c.gap = 3 - c.gap
			return "second weekday"
		}
		by = pick(g, -2, -1, 1, 2, 4)
	case "day of the month":
		c.first = time.Date(c.first.Year(), c.first.Month(), 2+g.rng.IntN(26), 0, 0, 0, 0, time.UTC)
		return "day of the month"
	case "ordinal":
		c.nth = 1 + g.rng.IntN(4)
		c.first = c.first.AddDate(0, 0, g.rng.IntN(7)-3)
		c.first = c.date(0)
		return "weekday of the month"
	}
	c.first = c.first.AddDate(0, 0, by)
	return fmt.Sprint(by, " days")
}

// beginLater drops the first lessons. All others keep their dates.
func (g *generator) beginLater(c *course) string {
	n := 1 + g.rng.IntN(2)
	if c.kind == "pair" {
		n = 2
	}
	count := len(c.lessons)
	was := c.first
	c.first, c.skipped = c.date(n), c.skipped+n
	c.lessons = c.lessons[n:]
	for !c.until && len(c.lessons) < count { // COUNT stays
		c.lessons = append(c.lessons, lesson{})
	}
	for i := range c.added {
		c.added = slices.Clone(c.added)
		c.added[i] -= int(c.first.Sub(was).Hours()) / 24
	}
	return fmt.Sprint("begins ", n, " later")
}
