package ical

import (
	"fmt"
	"slices"
	"time"
)

// oxcicalRule is the source for the rules that Outlook can hold.
const oxcicalRule = "MS-OXCICAL, section 2.1.3.2.2"

// recurrenceRules are the rules about series that Outlook refuses. It shows
// such a mail as "not supported calendar message.ics".
var recurrenceRules = []lintRule{
	{"recurrence-interval", SeverityError, "Recurrence.Interval", "Outlook refuses intervals over 999 days, 99 weeks, 99 months or 8 years",
		oxcicalRule, outlook, ofRule(func(r *Recurrence) []hit {
			limit := mostIntervals[r.Freq]
			return hitIf(limit > 0 && r.Interval > limit, "Recurrence.Interval")
		})},
	{"recurrence-count", SeverityError, "Recurrence.Count", "Outlook refuses more than 999 occurrences; use Until",
		oxcicalRule, outlook, ofRule(func(r *Recurrence) []hit { return hitIf(r.Count > 999, "Recurrence.Count") })},
	{"recurrence-until", SeverityError, "Recurrence.Until", "Outlook refuses a series that ends before it starts",
		oxcicalRule, outlook, lintUntil},
	{"recurrence-daily", SeverityError, "Recurrence", "Outlook refuses a daily rule with weekdays, months or days of the month; write working days as weekly on MO, TU, WE, TH, FR",
		oxcicalRule, outlook, ofRule(func(r *Recurrence) []hit {
			parts := len(r.ByDay) + len(r.ByMonth) + len(r.ByMonthDay) + len(r.BySetPos)
			return hitIf(r.Freq == FreqDaily && parts > 0, "Recurrence")
		})},
	{"recurrence-weekly", SeverityError, "Recurrence", "Outlook refuses a weekly rule with anything but weekdays, each once and without an ordinal",
		oxcicalRule, outlook, ofRule(func(r *Recurrence) []hit {
			parts := len(r.ByMonth) + len(r.ByMonthDay) + len(r.BySetPos)
			return hitIf(r.Freq == FreqWeekly && (parts > 0 || !plainDays(r.ByDay)), "Recurrence")
		})},
	{"recurrence-monthly", SeverityError, "Recurrence", "Outlook holds one day of the month (1 to 31, or -1), or one ordinal weekday (1 to 4, or -1), or one position (1 to 4, or -1) among one weekday, SA and SU, MO to FR or all seven; it refuses every other monthly rule",
		oxcicalRule, outlook, ofRule(func(r *Recurrence) []hit {
			return hitIf(r.Freq == FreqMonthly && (len(r.ByMonth) > 0 || !r.oneDay()), "Recurrence")
		})},
	{"recurrence-yearly", SeverityError, "Recurrence", "Outlook holds what it holds monthly, in one month; it refuses every other yearly rule",
		oxcicalRule, outlook, ofRule(func(r *Recurrence) []hit {
			bare := len(r.ByMonth)+len(r.ByMonthDay)+len(r.ByDay)+len(r.BySetPos) == 0
			return hitIf(r.Freq == FreqYearly && !bare && (len(r.ByMonth) != 1 || !r.oneDay()), "Recurrence")
		})},
	{"recurrence-include", SeverityError, "Recurrence.Include", "Outlook refuses a series with additional dates; send them as meetings of their own",
		oxcicalRule, outlook, ofRule(func(r *Recurrence) []hit { return hitIf(len(r.Include) > 0, "Recurrence.Include") })},
	{"recurrence-short-months", SeverityWarning, "Recurrence", "if a month has no such day, Outlook takes its last day and every other client none; use -1 for the last day",
		"RFC 5545, section 3.3.10; " + oxcicalRule, outlook, lintShortMonths},
	{"except-unknown", SeverityWarning, "Recurrence.Except[i]", "the rule has no occurrence with this original start, so nothing is excepted; give the start of an occurrence with its hour",
		"RFC 5545, section 3.8.5.1", every, lintExcept},
	{"except-hour", SeverityError, "Recurrence.Except[i]", "the series has an occurrence on this day, but at another hour, so it takes place all the same; give the start of the occurrence",
		"RFC 5545, section 3.8.5.1", every, lintExceptHour},
	{"override-unknown", SeverityError, "Overrides[i].RecurrenceID", "the series has no occurrence with this original start: Outlook refuses the override, others show an additional meeting",
		"RFC 5545, section 3.8.4.4", every, lintOverrides},
}

// mostIntervals are the longest intervals that Outlook can hold.
var mostIntervals = map[Frequency]int{FreqDaily: 999, FreqWeekly: 99, FreqMonthly: 99, FreqYearly: 8}

// ofRule returns a check that calls check with the rule of a series.
func ofRule(check func(r *Recurrence) []hit) func(*lintTarget) []hit {
	return func(e *lintTarget) []hit {
		if e.Recurrence == nil {
			return nil
		}
		return check(e.Recurrence)
	}
}

func lintUntil(e *lintTarget) []hit {
	if e.err != nil || e.Recurrence == nil || e.Recurrence.Until.IsZero() {
		return nil
	}
	return hitIf(e.clock.wall(e.Recurrence.Until).Before(e.clock.wall(e.Start)), "Recurrence.Until")
}

// plainDays reports whether the weekdays have no ordinals and are different.
func plainDays(list []Day) bool {
	for i, d := range list {
		if n, _, ok := d.Split(); !ok || n != 0 || slices.Contains(list[:i], d) {
			return false
		}
	}
	return true
}

// oneDay reports whether the rule names one day of a month in a way that
// Outlook can hold. If it names none, the day of the start is meant.
func (r *Recurrence) oneDay() bool {
	switch days, numbers, positions := len(r.ByDay), len(r.ByMonthDay), len(r.BySetPos); {
	case days+numbers+positions == 0:
		return true
	case numbers == 1 && days+positions == 0:
		return r.ByMonthDay[0] >= -1
	case days == 1 && numbers+positions == 0:
		n, _, _ := r.ByDay[0].Split()
		return isPosition(n)
	case positions == 1 && numbers == 0:
		return isPosition(r.BySetPos[0]) && plainDays(r.ByDay) && isDaySet(r.ByDay)
	}
	return false
}

func isPosition(n int) bool { return n == -1 || n >= 1 && n <= 4 }

// isDaySet reports whether a list of weekdays is one day, the weekend, the
// working days or all seven.
func isDaySet(list []Day) bool {
	weekend := 0
	for _, d := range list {
		if d == DaySaturday || d == DaySunday {
			weekend++
		}
	}
	switch len(list) {
	case 1, 7:
		return true
	case 2:
		return weekend == 2
	case 5:
		return weekend == 0
	}
	return false
}

// lintShortMonths finds a day of the month that some months do not have.
func lintShortMonths(e *lintTarget) []hit {
	r := e.Recurrence
	if e.err != nil || r == nil || len(r.ByDay) > 0 || r.Freq != FreqMonthly && r.Freq != FreqYearly {
		return nil
	}
	start := e.clock.wall(e.Start)
	numbers, month := r.ByMonthDay, int(start.Month())
	if len(numbers) == 0 {
		numbers = []int{start.Day()}
	}
	if len(r.ByMonth) == 1 {
		month = r.ByMonth[0]
	}
	short := func(n int) bool {
		return n > 28 && (r.Freq == FreqMonthly || n == 29 && time.Month(month) == time.February)
	}
	return hitIf(slices.ContainsFunc(numbers, short), "Recurrence")
}

// lintExcept finds exceptions that exclude nothing, on days without an occurrence.
func lintExcept(e *lintTarget) (out []hit) {
	for _, h := range e.vain() {
		if !h.onDay {
			out = append(out, h.hit)
		}
	}
	return out
}

// lintExceptHour finds exceptions that exclude nothing, on the day of an occurrence.
func lintExceptHour(e *lintTarget) (out []hit) {
	for _, h := range e.vain() {
		if h.onDay {
			out = append(out, h.hit)
		}
	}
	return out
}

// vainException is an exception that excludes nothing.
type vainException struct {
	hit
	onDay bool // the series has an occurrence on its day that is not excepted
}

// vainExceptions returns the exceptions that exclude nothing. The day of an exception
// is its date in its own Location, or in the zone of the series.
func (e *lintTarget) vainExceptions() (out []vainException) {
	if e.Recurrence == nil || len(e.Recurrence.Except) == 0 || e.err != nil {
		return nil
	}
	c, rule := e.clock, *e.Recurrence
	rule.Except = nil
	given := e.known(&rule, e.Recurrence.Except)
	var times []time.Time
	excepted := make(map[int64]bool, len(e.Recurrence.Except))
	for _, t := range e.Recurrence.Except {
		excepted[c.key(t)] = true
		if !given(t) {
			times = append(times, e.onDayOf(t)...)
		}
	}
	known := e.known(&rule, times)
	for i, t := range e.Recurrence.Except {
		if given(t) {
			continue
		}
		onDay := slices.ContainsFunc(e.onDayOf(t), func(t time.Time) bool { return known(t) && !excepted[c.key(t)] })
		out = append(out, vainException{hit{indexed("Recurrence.Except", i, ""), t.Format(time.RFC3339)}, onDay})
	}
	return out
}

// onDayOf returns the times on the day of t at which the series would have an
// occurrence. An all-day event has none, because its exceptions have no hour.
func (e *lintTarget) onDayOf(t time.Time) []time.Time {
	if e.AllDay {
		return nil
	}
	wall := e.clock.wall(e.Start)
	hour := wall.Sub(dateOf(wall))
	return []time.Time{
		instant(dateOf(t).Add(hour).Unix(), e.clock.loc),
		instant(dateOf(e.clock.wall(t)).Add(hour).Unix(), e.clock.loc),
	}
}

// lintOverrides finds overrides whose RecurrenceID is no original start of the
// series.
func lintOverrides(e *lintTarget) (out []hit) {
	if e.Recurrence == nil || len(e.Overrides) == 0 {
		return nil
	}
	var ids []time.Time
	for i := range e.Overrides {
		ids = append(ids, e.Overrides[i].RecurrenceID)
	}
	known := e.known(e.Recurrence, ids)
	for i, id := range ids {
		if !known(id) {
			out = append(out, hit{indexed("Overrides", i, "RecurrenceID"), fmt.Sprint(id.Format(time.RFC3339))})
		}
	}
	return out
}

// known returns a function that reports whether a time is an original start by
// the given rule. It works for the given times only. If the event has no clock,
// it reports true for all.
func (e *lintTarget) known(r *Recurrence, times []time.Time) func(time.Time) bool {
	if e.err != nil || len(times) == 0 {
		return func(time.Time) bool { return true }
	}
	c := e.clock
	left := make(map[int64]bool, len(times))
	for _, t := range times {
		left[c.key(t)] = true
	}
	plain := *e.Event
	plain.Recurrence = r
	last := c.key(slices.MaxFunc(times, time.Time.Compare))
	for o := range plain.base(c) {
		if k := c.key(o.Start); k > last || len(left) == 0 {
			break
		}
		delete(left, c.key(o.Start))
	}
	return func(t time.Time) bool { return !left[c.key(t)] }
}
