package ical

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// appendRule appends the RRULE value to b. UNTIL is a date for an all-day
// series, local for a floating one, and in UTC for every other (RFC 5545, section
// 3.3.10).
func (r *Recurrence) appendRule(b []byte, form timeForm) []byte {
	b = append(append(b, "FREQ="...), strings.ToUpper(string(r.Freq))...)
	if r.Interval > 1 {
		b = strconv.AppendInt(append(b, ";INTERVAL="...), int64(r.Interval), 10)
	}
	if r.Count > 0 {
		b = strconv.AppendInt(append(b, ";COUNT="...), int64(r.Count), 10)
	}
	if !r.Until.IsZero() {
		b = timeForm{loc: time.UTC, allDay: form.allDay, local: form.local}.append(append(b, ";UNTIL="...), r.Until)
	}
	b = appendInts(b, "BYMONTH", r.ByMonth)
	b = appendInts(b, "BYMONTHDAY", r.ByMonthDay)
	for i, d := range r.ByDay {
		b = append(appendSeparator(b, i, "BYDAY"), d...)
	}
	b = appendInts(b, "BYSETPOS", r.BySetPos)
	if several := r.Interval > 1 && len(r.ByDay) > 1; several || cmp.Or(r.WeekStart, DayMonday) != DayMonday {
		b = append(append(b, ";WKST="...), cmp.Or(r.WeekStart, DayMonday)...) // if the week start matters, because programs have other defaults
	}
	return b
}

func appendInts(b []byte, name string, list []int) []byte {
	for i, n := range list {
		b = strconv.AppendInt(appendSeparator(b, i, name), int64(n), 10)
	}
	return b
}

// appendSeparator appends the text that comes before the value at index i of a
// list.
func appendSeparator(b []byte, i int, name string) []byte {
	if i == 0 {
		return append(append(append(b, ';'), name...), '=')
	}
	return append(b, ',')
}

// parseRule reads an RRULE value, and UNTIL by a function. A part that [Recurrence] has no field for is
// an error, because without it the rule would be another one. BYHOUR, BYMINUTE
// and BYSECOND are accepted if they only repeat the start.
func parseRule(value string, start time.Time, until func(string) (time.Time, error)) (*Recurrence, error) {
	r := new(Recurrence)
	for part := range strings.SplitSeq(strings.Trim(value, "; "), ";") {
		name, v, ok := strings.Cut(part, "=")
		if strings.TrimSpace(part) == "" {
			continue // QUIRK: a semicolon too many
		}
		if !ok {
			return nil, errValue(part)
		}
		if err := r.set(strings.ToUpper(strings.TrimSpace(name)), strings.ToUpper(strings.TrimSpace(v)), start, until); err != nil {
			return nil, err
		}
	}
	if r.Freq == "" {
		return nil, errValue(value)
	}
	return r, nil
}

// set stores one part of a rule.
func (r *Recurrence) set(name, v string, start time.Time, until func(string) (time.Time, error)) (err error) {
	switch name {
	case "FREQ":
		r.Freq = Frequency(strings.ToLower(v))
	case "INTERVAL":
		r.Interval, err = parseInt(v, 1, maxInterval)
		if r.Interval == 1 {
			r.Interval = 0
		}
	case "COUNT":
		r.Count, err = parseInt(v, 1, maxCount)
	case "UNTIL":
		// QUIRK: some programs write the year 9999 for a series without an end.
		if r.Until, err = until(v); checkYear(r.Until) != nil {
			r.Until = time.Time{}
		}
	case "BYDAY":
		r.ByDay, err = parseDays(v)
	case "BYMONTHDAY":
		r.ByMonthDay, err = parseInts(v, -31, 31)
	case "BYMONTH":
		r.ByMonth, err = parseInts(v, 1, 12)
	case "BYSETPOS":
		r.BySetPos, err = parseInts(v, -366, 366)
	case "WKST":
		r.WeekStart, err = parseWeekStart(v)
	default:
		return checkRepeatsStart(name, v, start)
	}
	return err
}

// checkRepeatsStart accepts a part that repeats the time of day of the start.
//
// QUIRK: Google and Oracle write BYHOUR and BYMINUTE that repeat DTSTART.
func checkRepeatsStart(name, v string, start time.Time) error {
	want := -1
	switch name {
	case "BYHOUR":
		want = start.Hour()
	case "BYMINUTE":
		want = start.Minute()
	case "BYSECOND":
		want = start.Second()
	}
	if n, err := strconv.Atoi(v); err != nil || n != want {
		return errValue(name + "=" + v)
	}
	return nil
}

func parseDays(v string) ([]Day, error) {
	var out []Day
	for s := range strings.SplitSeq(v, ",") {
		d := Day(strings.TrimPrefix(strings.TrimSpace(s), "+"))
		if _, _, ok := d.Split(); !ok || len(out) >= maxRuleList {
			return nil, errValue(v)
		}
		out = append(out, d)
	}
	return out, nil
}

func parseWeekStart(v string) (Day, error) {
	d := Day(v)
	if n, _, ok := d.Split(); !ok || n != 0 {
		return "", errValue(v)
	}
	if d == DayMonday {
		return "", nil
	}
	return d, nil
}

// parseInts reads a list of integers between lo and hi, without 0.
func parseInts(v string, lo, hi int) ([]int, error) {
	var out []int
	for s := range strings.SplitSeq(v, ",") {
		n, err := parseInt(strings.TrimSpace(s), lo, hi)
		if err != nil || n == 0 || len(out) >= maxRuleList {
			return nil, errValue(v)
		}
		out = append(out, n)
	}
	return out, nil
}

func parseInt(s string, lo, hi int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < lo || n > hi {
		return 0, errValue(s)
	}
	return n, nil
}
