package ews

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// pattern is a rule as EWS has it (MS-OXWSCDATA, RecurrenceType). Two
// equal rules have equal patterns.
type pattern struct {
	kind     string // of the element, such as "WeeklyRecurrence"
	interval int
	days     string // names, separated by blanks
	week     string // First to Fourth, or Last
	day      int    // of the month
	month    string
	first    string // the first day of the week, empty if it does not matter
	start    string // the date of the first occurrence
	end      string // the last date, empty if there is none
	count    int    // of occurrences, 0 if there is no limit
}

// dayNames are the names of the days of the week, from Sunday.
var dayNames = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// weekNames are the names for the n-th day of a month.
var weekNames = map[int]string{1: "First", 2: "Second", 3: "Third", 4: "Fourth", -1: "Last"}

// errRule is the error for a rule that Exchange does not have.
var errRule = errors.New("the rule is none of the patterns of Exchange")

// patternOf returns the pattern of a series. A single event has the zero pattern.
func patternOf(e ical.Event) (pattern, error) {
	r := e.Recurrence
	if r == nil {
		return pattern{}, nil
	}
	if len(r.Include) > 0 {
		return pattern{}, fmt.Errorf("%w: it has further dates", errRule)
	}
	loc := clockOf(e)
	start := e.Start.In(loc)
	p := pattern{interval: max(r.Interval, 1), start: start.Format(time.DateOnly), count: r.Count}
	if !r.Until.IsZero() {
		p.end = r.Until.In(loc).Format(time.DateOnly)
	}
	var err error
	switch r.Freq {
	case ical.FreqDaily:
		err = p.daily(r)
	case ical.FreqWeekly:
		err = p.weekly(r, start.Weekday())
	case ical.FreqMonthly:
		err = p.monthly(r, start)
	case ical.FreqYearly:
		err = p.yearly(r, start)
	default:
		err = errRule
	}
	return p, err
}

// clockOf returns the zone in which the dates of an event count. The times of an all-day
// event show their dates in their own zone.
func clockOf(e ical.Event) *time.Location {
	if e.AllDay {
		return e.Start.Location()
	}
	loc, err := e.Zone()
	if err != nil {
		return e.Start.Location()
	}
	return loc
}

// daily sets the pattern of days. A rule of weekdays without an interval is weekly.
func (p *pattern) daily(r *ical.Recurrence) error {
	if len(r.ByMonthDay)+len(r.ByMonth)+len(r.BySetPos) > 0 {
		return errRule
	}
	if len(r.ByDay) > 0 {
		if p.interval != 1 {
			return errRule
		}
		return p.weekly(r, 0)
	}
	p.kind = "DailyRecurrence"
	return nil
}

// weekly sets the pattern of weeks.
func (p *pattern) weekly(r *ical.Recurrence, start time.Weekday) error {
	if len(r.ByMonthDay)+len(r.ByMonth)+len(r.BySetPos) > 0 {
		return errRule
	}
	p.kind, p.days = "WeeklyRecurrence", dayNames[start]
	if len(r.ByDay) > 0 {
		n, days, err := weekdays(r.ByDay)
		if err != nil || n != 0 {
			return errRule
		}
		p.days = days
	}
	if p.interval > 1 {
		_, first, _ := r.WeekStart.Split()
		if r.WeekStart == "" {
			first = time.Monday
		}
		p.first = dayNames[first]
	}
	return nil
}

// monthly sets the pattern of months.
func (p *pattern) monthly(r *ical.Recurrence, start time.Time) error {
	if len(r.ByMonth) > 0 {
		return errRule
	}
	return p.within(r, start, "MonthlyRecurrence")
}

// yearly sets the pattern of years.
func (p *pattern) yearly(r *ical.Recurrence, start time.Time) error {
	month := start.Month()
	switch {
	case p.interval != 1 || len(r.ByMonth) > 1 || len(r.ByMonth) == 0 && len(r.ByDay) > 0:
		return errRule
	case len(r.ByMonth) == 1 && r.ByMonth[0] >= 1 && r.ByMonth[0] <= 12:
		month = time.Month(r.ByMonth[0])
	case len(r.ByMonth) == 1:
		return errRule
	}
	p.interval, p.month = 0, month.String()
	return p.within(r, start, "YearlyRecurrence")
}

// within sets the day of a month: a date, or the n-th of some weekdays.
func (p *pattern) within(r *ical.Recurrence, start time.Time, kind string) error {
	if len(r.ByDay) == 0 {
		if len(r.ByMonthDay) > 1 || len(r.BySetPos) > 0 {
			return errRule
		}
		p.kind, p.day = "Absolute"+kind, start.Day()
		if len(r.ByMonthDay) == 1 {
			p.day = r.ByMonthDay[0]
		}
		if p.day < 1 {
			return errRule
		}
		return nil
	}
	n, days, err := weekdays(r.ByDay)
	if err != nil || len(r.ByMonthDay) > 0 || len(r.BySetPos) > 1 {
		return errRule
	}
	if len(r.BySetPos) == 1 {
		if n != 0 {
			return errRule
		}
		n = r.BySetPos[0]
	} else if len(r.ByDay) > 1 {
		return errRule
	}
	switch days {
	case "Sunday Monday Tuesday Wednesday Thursday Friday Saturday":
		days = "Day"
	case "Monday Tuesday Wednesday Thursday Friday":
		days = "Weekday"
	case "Sunday Saturday":
		days = "WeekendDay"
	}
	p.kind, p.days, p.week = "Relative"+kind, days, weekNames[n]
	if p.week == "" || strings.Contains(days, " ") {
		return errRule
	}
	return nil
}

// weekdays returns the names of the days in the order of the week, and their common
// number in front, as in 2TU.
func weekdays(days []ical.Day) (n int, names string, err error) {
	var found []int
	for i, d := range days {
		number, day, ok := d.Split()
		if !ok || i > 0 && number != n {
			return 0, "", errRule
		}
		n, found = number, append(found, int(day))
	}
	slices.Sort(found)
	var list []string
	for _, d := range slices.Compact(found) {
		list = append(list, dayNames[d])
	}
	return n, strings.Join(list, " "), nil
}

// node returns the pattern as the element Recurrence, in the order of the schema.
func (p pattern) node(v Version) node {
	rule := elem("t:" + p.kind)
	add := func(name, value string, use bool) {
		if use {
			rule.nodes = append(rule.nodes, leaf("t:"+name, value))
		}
	}
	relative := p.week != ""
	add("Interval", strconv.Itoa(p.interval), p.interval > 0)
	add("DaysOfWeek", p.days, p.days != "")
	add("DayOfWeekIndex", p.week, relative)
	add("DayOfMonth", strconv.Itoa(p.day), p.day > 0)
	add("Month", p.month, p.month != "")
	add("FirstDayOfWeek", p.first, p.first != "" && v.since(VersionExchange2010SP1))
	return elem("t:Recurrence", rule, p.span())
}

// span returns the dates of the pattern.
func (p pattern) span() node {
	start := leaf("t:StartDate", p.start)
	switch {
	case p.count > 0:
		return elem("t:NumberedRecurrence", start, leaf("t:NumberOfOccurrences", strconv.Itoa(p.count)))
	case p.end != "":
		return elem("t:EndDateRecurrence", start, leaf("t:EndDate", p.end))
	}
	return elem("t:NoEndRecurrence", start)
}
