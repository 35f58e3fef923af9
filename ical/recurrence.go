package ical

import (
	"slices"
	"strconv"
	"time"
)

// Recurrence is a recurrence rule (RFC 5545, section 3.3.10), with the dates
// that are added to it and removed from it. The rule has only the parts on which
// calendars agree.
type Recurrence struct {
	// Freq is the unit that Interval counts. It is required.
	Freq Frequency `json:"freq,omitempty"`
	// Interval is the number of units between two occurrences; 0 means 1.
	Interval int `json:"interval,omitempty"`
	// Count is the number of occurrences, exceptions included; 0 means no limit.
	Count int `json:"count,omitempty"`
	// Until is the last instant (all-day: date) at which an occurrence may
	// start; zero means for ever. Count and Until exclude each other.
	Until time.Time `json:"until,omitzero"`
	// ByDay, ByMonthDay, ByMonth and BySetPos narrow the rule as in RFC 5545.
	ByDay      []Day `json:"byDay,omitempty"`
	ByMonthDay []int `json:"byMonthDay,omitempty"`
	ByMonth    []int `json:"byMonth,omitempty"`
	BySetPos   []int `json:"bySetPos,omitempty"`
	// WeekStart is the first day of the week; "" means
	// [DayMonday].
	WeekStart Day `json:"weekStart,omitempty"`
	// Except are the original starts of occurrences that do not take place. An
	// exception at another hour than Start excludes nothing.
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

// Day is a weekday as in BYDAY: two letters, "MO" to "SU". An ordinal in front
// selects one of them in a month or year: "2TU" is the second Tuesday, "-1FR"
// the last Friday.
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

// Split returns the ordinal (-53 to 53, 0 if d has none) and the weekday, and
// reports whether d is well formed.
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

// The limits of a rule, for writing and for reading.
const (
	maxInterval = 1 << 15
	maxCount    = 1 << 20
	maxRuleList = 400
)

// clone returns a copy that shares no memory with r.
func (r *Recurrence) clone() *Recurrence {
	if r == nil {
		return nil
	}
	out := *r
	out.ByDay = slices.Clone(r.ByDay)
	out.ByMonthDay = slices.Clone(r.ByMonthDay)
	out.ByMonth = slices.Clone(r.ByMonth)
	out.BySetPos = slices.Clone(r.BySetPos)
	out.Except = slices.Clone(r.Except)
	out.Include = slices.Clone(r.Include)
	return &out
}
