package body

import (
	"slices"
	"strconv"
	"time"

	"github.com/convene-go/convene/ical"
)

// Indexes of catalog.Days after the weekdays.
const (
	workday = 7 + iota
	weekendDay
	anyDay
)

// units are the two keys of each frequency: for every unit, and for every n units.
var units = map[ical.Frequency][2]string{
	ical.FreqDaily:   {"every.day", "every.days"},
	ical.FreqWeekly:  {"every.week", "every.weeks"},
	ical.FreqMonthly: {"every.month", "every.months"},
	ical.FreqYearly:  {"every.year", "every.years"},
}

// rule says in words when a series repeats. If the words do not fit the rule, the
// text refers to the calendar entry. Outlook cannot hold such a rule either.
func (c formatter) rule(e *ical.Event) string {
	r := e.Recurrence
	start := e.Start
	if !e.AllDay {
		start = start.In(c.loc)
	}
	out, ok := c.every(r, start)
	if !ok {
		return c.text("rule.other")
	}
	limit := ""
	switch {
	case r.Count > 0:
		limit = c.count("times", r.Count)
	case !r.Until.IsZero():
		limit = c.text("rule.until", "date", c.day(r.Until, e.AllDay))
	default:
		return out
	}
	return c.text("rule.limit", "rule", out, "limit", limit)
}

// every writes the rule without its end. It is false if the words do not fit.
func (c formatter) every(r *ical.Recurrence, start time.Time) (string, bool) {
	unit, ok := units[r.Freq]
	if !ok {
		return "", false
	}
	if r.Freq == ical.FreqWeekly && r.Interval <= 1 && dayGroup(r.ByDay) == workday && onlyDays(r) {
		return c.text("every.workday"), true
	}
	every := c.text(unit[0])
	if r.Interval > 1 {
		every = c.count(unit[1], r.Interval)
	}
	on, ok := c.on(r, start)
	if !ok || on == "" {
		return every, ok
	}
	return c.text("rule", "every", every, "on", on), true
}

// onlyDays reports whether nothing except BYDAY narrows a rule.
func onlyDays(r *ical.Recurrence) bool {
	return len(r.ByMonth)+len(r.ByMonthDay)+len(r.BySetPos) == 0
}

// on writes the days of a rule, as "on Tuesday and Thursday"; "" if the frequency
// alone says them. It is false if the words do not fit.
func (c formatter) on(r *ical.Recurrence, start time.Time) (string, bool) {
	switch r.Freq {
	case ical.FreqDaily:
		return "", onlyDays(r) && len(r.ByDay) == 0
	case ical.FreqWeekly:
		return c.onWeekdays(r, start)
	case ical.FreqMonthly:
		if len(r.ByMonth) > 0 {
			return "", false
		}
		return c.inMonth(r, start, 0)
	}
	if len(r.ByMonth) > 1 || len(r.ByMonth) == 0 && len(r.ByDay) > 0 {
		return "", false
	}
	month := start.Month()
	if len(r.ByMonth) == 1 {
		month = time.Month(min(max(r.ByMonth[0], 1), 12))
	}
	return c.inMonth(r, start, month)
}

// onWeekdays writes the weekdays of a weekly rule.
func (c formatter) onWeekdays(r *ical.Recurrence, start time.Time) (string, bool) {
	if !onlyDays(r) {
		return "", false
	}
	days := []int{int(start.Weekday())}
	if len(r.ByDay) > 0 {
		days = nil
	}
	for _, d := range r.ByDay {
		n, wd, ok := d.Split()
		if !ok || n != 0 {
			return "", false
		}
		days = append(days, (int(wd)+6)%7) // from Monday, as they are listed
	}
	if len(r.ByDay) > 0 {
		slices.Sort(days)
		for i := range days {
			days[i] = (days[i] + 1) % 7
		}
	}
	var names []string
	for _, d := range slices.Compact(days) {
		names = append(names, c.Weekdays[d])
	}
	return c.text("on.days", "days", c.join(names)), true
}

// inMonth writes a day of every month, or of the given month if it is not 0.
func (c formatter) inMonth(r *ical.Recurrence, start time.Time, month time.Month) (string, bool) {
	if len(r.ByDay) > 0 {
		return c.onNth(r, month)
	}
	day := start.Day()
	switch {
	case len(r.BySetPos) > 0 || len(r.ByMonthDay) > 1:
		return "", false
	case len(r.ByMonthDay) == 1:
		day = r.ByMonthDay[0]
	}
	switch {
	case day == -1:
		return c.nth(-1, anyDay, month)
	case day < 1:
		return "", false
	case month != 0:
		return c.text("on.date", "date", c.dayOfMonth(day, month)), true
	}
	return c.text("on.monthday", "day", strconv.Itoa(day)), true
}

// dayOfMonth writes a date without its year.
func (c formatter) dayOfMonth(day int, month time.Month) string {
	return c.text("date.month", "day", strconv.Itoa(day), "m", strconv.Itoa(int(month)),
		"month", c.cldr.Month(month))
}

// onNth writes the nth weekday of a month, or the nth day of a group of weekdays.
func (c formatter) onNth(r *ical.Recurrence, month time.Month) (string, bool) {
	if len(r.ByMonthDay) > 0 || len(r.BySetPos) > 1 {
		return "", false
	}
	n, wd, ok := r.ByDay[0].Split()
	day := int(wd)
	if len(r.ByDay) > 1 {
		day = dayGroup(r.ByDay)
	}
	if len(r.BySetPos) == 1 {
		ok = ok && n == 0
		n = r.BySetPos[0]
	}
	if !ok || day < 0 {
		return "", false
	}
	return c.nth(n, day, month)
}

// nth writes the nth of one of catalog.Days, from 1 to 4; -1 is the last.
func (c formatter) nth(n, day int, month time.Month) (string, bool) {
	if n == 0 || n < -1 || n > 4 {
		return "", false
	}
	if n == -1 {
		n = 5 // the place of "last"
	}
	pairs := []string{"nth", c.Nth[c.Genders[day:day+1]][n-1], "day", c.Days[day]}
	on := c.text("on.nth", pairs...)
	if month == 0 {
		return on, true
	}
	name := c.cldr.Month(month)
	if len(c.Months) == 12 {
		name = c.Months[month-1]
	}
	return c.text("on.nth.month", append(pairs, "on", on, "month", name)...), true
}

// dayGroup returns the index in catalog.Days of a set of weekdays; -1 if it is none
// of the groups there.
func dayGroup(days []ical.Day) int {
	seen := 0
	for _, d := range days {
		n, wd, ok := d.Split()
		if !ok || n != 0 {
			return -1
		}
		seen |= 1 << wd
	}
	switch seen {
	case 0b0111110:
		return workday
	case 0b1000001:
		return weekendDay
	case 0b1111111:
		return anyDay
	}
	return -1
}
