package ical

import (
	"strconv"
	"strings"
	"time"
)

// Recurrence is the rule of a series (RFC 5545, section 3.3.10), in the part
// that calendars agree on.
type Recurrence struct {
	// Freq is the unit that Interval counts. It is required.
	Freq Frequency `json:"freq,omitempty"`
	// Interval is the number of units between two occurrences; 0 is 1.
	Interval int `json:"interval,omitempty"`
	// Count is the number of occurrences, exceptions included; 0 is no limit.
	Count int `json:"count,omitempty"`
	// Until is the last instant (all-day: date) at which an occurrence may
	// start; zero is for ever. Count and Until exclude each other.
	Until time.Time `json:"until,omitzero"`
	// ByDay, ByMonthDay, ByMonth and BySetPos narrow the rule as in RFC 5545.
	ByDay      []Day `json:"byDay,omitempty"`
	ByMonthDay []int `json:"byMonthDay,omitempty"`
	ByMonth    []int `json:"byMonth,omitempty"`
	BySetPos   []int `json:"bySetPos,omitempty"`
	// WeekStart is the first day of the week; "" is Monday.
	WeekStart Day `json:"weekStart,omitempty"`
	// Except are the original starts of occurrences that do not take place. If
	// Start moves to another hour, they have to move with it.
	Except []time.Time `json:"except,omitempty"`
	// Include are further starts. Outlook refuses a series that has any.
	Include []time.Time `json:"include,omitempty"`
}

// Frequency is the unit of a recurrence rule.
type Frequency string

// The values of [Frequency] that calendars agree on.
const (
	FreqDaily   Frequency = "daily"
	FreqWeekly  Frequency = "weekly"
	FreqMonthly Frequency = "monthly"
	FreqYearly  Frequency = "yearly"
)

// Day is a weekday as in BYDAY: two letters, "MO" to "SU", with an ordinal in
// front where one of them in a month or year is meant: "2TU", "-1FR" the last Friday.
type Day string

// The days of the week.
const (
	DayMonday    Day = "MO"
	DayTuesday   Day = "TU"
	DayWednesday Day = "WE"
	DayThursday  Day = "TH"
	DayFriday    Day = "FR"
	DaySaturday  Day = "SA"
	DaySunday    Day = "SU"
)

// weekdays are the days in the order of time.Weekday.
var weekdays = [...]Day{DaySunday, DayMonday, DayTuesday, DayWednesday, DayThursday, DayFriday, DaySaturday}

// Split returns the ordinal (0 for none, -53 to 53 else) and the weekday, and
// whether d is well formed.
func (d Day) Split() (n int, wd time.Weekday, ok bool) {
	if len(d) < 2 {
		return 0, 0, false
	}
	ordinal, name := d[:len(d)-2], d[len(d)-2:]
	if len(ordinal) > len("-53") {
		return 0, 0, false
	}
	if ordinal != "" {
		v, err := strconv.Atoi(string(ordinal))
		if err != nil || v == 0 || v < -53 || v > 53 {
			return 0, 0, false
		}
		n = v
	}
	for i, w := range weekdays {
		if w == name {
			return n, time.Weekday(i), true
		}
	}
	return 0, 0, false
}

// What a rule can hold at most, on writing as on reading.
const (
	maxInterval = 1 << 15
	maxCount    = 1 << 20
	maxRuleList = 400
)

// appendRule writes the RRULE value. UNTIL is a date for an all-day series and in
// UTC for every other (RFC 5545, section 3.3.10).
func (r *Recurrence) appendRule(b []byte, allDay bool) []byte {
	b = append(append(b, "FREQ="...), strings.ToUpper(string(r.Freq))...)
	if r.Interval > 1 {
		b = strconv.AppendInt(append(b, ";INTERVAL="...), int64(r.Interval), 10)
	}
	if r.Count > 0 {
		b = strconv.AppendInt(append(b, ";COUNT="...), int64(r.Count), 10)
	}
	if !r.Until.IsZero() {
		b = wallZone{loc: time.UTC, allDay: allDay}.append(append(b, ";UNTIL="...), r.Until)
	}
	b = appendInts(b, "BYMONTH", r.ByMonth)
	b = appendInts(b, "BYMONTHDAY", r.ByMonthDay)
	for i, d := range r.ByDay {
		b = append(appendSeparator(b, i, "BYDAY"), d...)
	}
	b = appendInts(b, "BYSETPOS", r.BySetPos)
	if several := r.Interval > 1 && len(r.ByDay) > 1; several || or(r.WeekStart, DayMonday) != DayMonday {
		b = append(append(b, ";WKST="...), or(r.WeekStart, DayMonday)...) // where it matters, programs have other defaults
	}
	return b
}

func appendInts(b []byte, name string, list []int) []byte {
	for i, n := range list {
		b = strconv.AppendInt(appendSeparator(b, i, name), int64(n), 10)
	}
	return b
}

func appendSeparator(b []byte, i int, name string) []byte {
	if i == 0 {
		return append(append(append(b, ';'), name...), '=')
	}
	return append(b, ',')
}

// parseRule reads an RRULE value. Parts that [Recurrence] has no field for make
// it fail, because a rule without them would be another rule; BYHOUR, BYMINUTE
// and BYSECOND are passed over where they only repeat the start.
func parseRule(value string, start time.Time) (*Recurrence, error) {
	r := new(Recurrence)
	for part := range strings.SplitSeq(strings.Trim(value, "; "), ";") {
		name, v, ok := strings.Cut(part, "=")
		if strings.TrimSpace(part) == "" {
			continue // QUIRK: a semicolon too many
		}
		if !ok {
			return nil, errValue(part)
		}
		if err := r.set(strings.ToUpper(strings.TrimSpace(name)), strings.ToUpper(strings.TrimSpace(v)), start); err != nil {
			return nil, err
		}
	}
	if r.Freq == "" {
		return nil, errValue(value)
	}
	return r, nil
}

func (r *Recurrence) set(name, v string, start time.Time) (err error) {
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
		// QUIRK: a local UNTIL, as RFC 2445 allowed, is on the start's clock.
		r.Until, _, err = parseTime(v, start.Location())
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
		return passOver(name, v, start)
	}
	return err
}

// passOver accepts the parts that say the same as the start.
//
// QUIRK: Google and Oracle write BYHOUR and BYMINUTE that repeat DTSTART.
func passOver(name, v string, start time.Time) error {
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
