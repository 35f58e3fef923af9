package ical

// check reports parts of the rule that are wrong by themselves.
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

// checkRange reports values of a list that are 0 or not between lo and hi.
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
