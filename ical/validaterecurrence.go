package ical

import (
	"slices"
	"time"
)

func (r *Recurrence) check() (errs fieldErrors) {
	if r.Freq == "" && len(r.Include) == 0 {
		errs.add("Freq", errMissing)
	}
	if _, known := ruleFrequencies[r.Freq]; r.Freq != "" && !known {
		errs.addf("Freq", "%.40q is not daily, weekly, monthly or yearly", r.Freq)
	}
	if r.Interval < 0 || r.Interval > maxInterval {
		errs.addf("Interval", "%d is not between 0 and %d", r.Interval, maxInterval)
	}
	if r.Count < 0 || r.Count > maxCount {
		errs.addf("Count", "%d is not between 0 and %d", r.Count, maxCount)
	}
	r.checkDates(&errs)
	r.checkDays(&errs)
	return errs
}

func (r *Recurrence) checkDates(errs *fieldErrors) {
	if r.Count > 0 && !r.Until.IsZero() {
		errs.addf("Until", "is given together with Count")
	}
	errs.add("Until", checkYear(r.Until))
	for i, t := range r.Except {
		errs.at("Except", i, "", checkDate(t))
	}
	for i, t := range r.Include {
		errs.at("Include", i, "", checkDate(t))
	}
}

func (r *Recurrence) checkDays(errs *fieldErrors) {
	if len(r.ByDay) > maxRuleList {
		errs.addf("ByDay", "has %d values, %d are allowed", len(r.ByDay), maxRuleList)
	}
	for i, d := range r.ByDay {
		if _, _, ok := d.Split(); !ok {
			errs.addf(indexed("ByDay", i, ""), "%.20q is not a weekday such as TU or -1FR", d)
		}
	}
	checkRange(errs, "ByMonthDay", r.ByMonthDay, -31, 31)
	checkRange(errs, "ByMonth", r.ByMonth, 1, 12)
	checkRange(errs, "BySetPos", r.BySetPos, -366, 366)
	if n, _, ok := r.WeekStart.Split(); r.WeekStart != "" && (!ok || n != 0) {
		errs.addf("WeekStart", "%.20q is not a weekday such as MO", r.WeekStart)
	}
}

func checkRange(errs *fieldErrors, field string, list []int, lo, hi int) {
	if len(list) > maxRuleList {
		errs.addf(field, "has %d values, %d are allowed", len(list), maxRuleList)
	}
	for i, n := range list {
		if n == 0 || n < lo || n > hi {
			errs.addf(indexed(field, i, ""), "%d is not between %d and %d, without 0", n, lo, hi)
		}
	}
}

// startsOn reports whether start is an instance, of a rule that tells it without
// being expanded: one with nothing but weekdays.
func (r *Recurrence) startsOn(start time.Time) bool {
	if len(r.ByMonth)+len(r.ByMonthDay)+len(r.BySetPos) > 0 || start.Year() >= 9999 {
		return false
	}
	ordinal := func(d Day) bool { return len(d) > len(DayMonday) }
	return len(r.ByDay) == 0 || slices.Contains(r.ByDay, weekdays[start.Weekday()]) && !slices.ContainsFunc(r.ByDay, ordinal)
}

// checkAligned refuses a series whose start is not an instance of its rule:
// Outlook leaves it out, others show it beside the rule.
func (e *Event) checkAligned(errs *fieldErrors) {
	c, err := e.clock()
	if err != nil || e.Start.IsZero() || e.Recurrence == nil || len(e.Recurrence.check()) > 0 {
		return
	}
	if e.Recurrence.startsOn(c.wall(e.Start)) {
		return
	}
	s, ok := e.series(c)
	if !ok {
		errs.addf("Recurrence.ByDay", "has an ordinal that no month has, or days both with and without one")
		return
	}
	until := e.Recurrence.Until
	if !until.IsZero() && c.wall(until).Before(s.start) {
		return // a matter of Until, see the lint rule recurrence-until
	}
	first, ok := s.aligned()
	switch {
	case ok:
	case first.IsZero():
		errs.addf("Recurrence", "has no occurrence at or after Start")
	case c.allDay:
		errs.addf("Start", "%s is not an occurrence of the rule; the first is %s",
			s.start.Format(time.DateOnly), first.Format(time.DateOnly))
	default:
		errs.addf("Start", "%s is not an occurrence of the rule; the first is %s",
			e.Start.In(c.loc).Format(time.RFC3339), instant(first.Unix(), c.loc).Format(time.RFC3339))
	}
}
