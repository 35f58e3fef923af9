package graphcal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// The days of the week and the weeks of the month, as Graph names them.
var (
	days    = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	indexes = map[int]string{1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
)

// encodeRule returns the rule of a series as a pattern and a range (patternedRecurrence
// resource). The error says why Graph cannot hold the rule.
func encodeRule(e ical.Event, zone *time.Location, name string) (*recurrence, error) {
	r := e.Recurrence
	if len(r.Include) > 0 {
		return nil, errors.New("Recurrence.Include: Graph cannot hold added dates")
	}
	p, err := encodePattern(r, e.Start.In(zone))
	if err != nil {
		return nil, err
	}
	b := dateBounds{Type: "noEnd", StartDate: e.Start.In(zone).Format(time.DateOnly), RecurrenceTimeZone: name}
	switch {
	case r.Count > 0:
		b.Type, b.NumberOfOccurrences = "numbered", r.Count
	case !r.Until.IsZero():
		b.Type, b.EndDate = "endDate", lastDay(e, zone).Format(time.DateOnly)
	}
	return &recurrence{Pattern: *p, Range: b}, nil
}

// lastDay returns the last day on which an occurrence may start. Graph has a date, and
// Until may be earlier that day than the occurrence.
func lastDay(e ical.Event, zone *time.Location) time.Time {
	until, start := e.Recurrence.Until.In(zone), e.Start.In(zone)
	if e.AllDay {
		return e.Recurrence.Until
	}
	at := time.Date(until.Year(), until.Month(), until.Day(), start.Hour(), start.Minute(), start.Second(), 0, zone)
	if at.After(until) {
		return until.AddDate(0, 0, -1)
	}
	return until
}

func encodePattern(r *ical.Recurrence, start time.Time) (*pattern, error) {
	p := &pattern{Interval: max(r.Interval, 1)}
	narrow := len(r.ByMonthDay) + len(r.ByMonth) + len(r.BySetPos)
	switch r.Freq {
	case ical.FreqDaily:
		p.Type = "daily"
		if narrow+len(r.ByDay) > 0 {
			return nil, errors.New("the field Recurrence: Graph cannot hold a daily rule with other parts; use a weekly rule")
		}
		return p, nil
	case ical.FreqWeekly:
		p.Type = "weekly"
		if narrow > 0 {
			return nil, errors.New("the field Recurrence: Graph cannot hold a weekly rule with parts other than ByDay")
		}
		p.FirstDayOfWeek = dayName(r.WeekStart, time.Monday)
		p.DaysOfWeek = []string{days[start.Weekday()]}
		if len(r.ByDay) > 0 {
			list, n, err := encodeDays(r.ByDay)
			if err != nil || n != 0 {
				return nil, errors.New("Recurrence.ByDay: Graph cannot hold it in a weekly rule")
			}
			p.DaysOfWeek = list
		}
		return p, nil
	case ical.FreqMonthly:
		if len(r.ByMonth) > 0 {
			return nil, errors.New("Recurrence.ByMonth: Graph cannot hold it in a monthly rule")
		}
		return p, encodeDay(p, r, start, "Monthly")
	case ical.FreqYearly:
		if len(r.ByMonth) > 1 {
			return nil, errors.New("Recurrence.ByMonth: Graph holds one month")
		}
		if len(r.ByMonth) == 0 && len(r.ByDay) > 0 {
			return nil, errors.New("Recurrence.ByMonth: Graph needs the month of a yearly rule with ByDay")
		}
		p.Month = int(start.Month())
		if len(r.ByMonth) == 1 {
			p.Month = r.ByMonth[0]
		}
		return p, encodeDay(p, r, start, "Yearly")
	}
	return nil, fmt.Errorf("Recurrence.Freq: Graph cannot hold %q", r.Freq)
}

// encodeDay sets the day of a monthly or yearly pattern.
func encodeDay(p *pattern, r *ical.Recurrence, start time.Time, unit string) error {
	if len(r.ByDay) == 0 {
		day := start.Day()
		switch {
		case len(r.ByMonthDay) > 1 || len(r.BySetPos) > 0:
			return errors.New("Recurrence.ByMonthDay: Graph holds one day")
		case len(r.ByMonthDay) == 1:
			day = r.ByMonthDay[0]
		}
		if day == -1 {
			p.Type, p.Index, p.DaysOfWeek = "relative"+unit, "last", slices.Clone(days)
			return nil
		}
		if day < 1 || day > 28 {
			return fmt.Errorf("Recurrence.ByMonthDay: Outlook moves day %d to the last day of a shorter month", day)
		}
		p.Type, p.DayOfMonth = "absolute"+unit, day
		return nil
	}
	list, n, err := encodeDays(r.ByDay)
	if err != nil || len(r.ByMonthDay) > 0 || len(r.BySetPos) > 1 {
		return errors.New("Recurrence.ByDay: Graph cannot hold this set of days")
	}
	switch {
	case n != 0 && len(list) == 1 && len(r.BySetPos) == 0:
	case n == 0 && len(r.BySetPos) == 1:
		n = r.BySetPos[0]
	default:
		return errors.New("Recurrence.ByDay: Graph holds one ordinal day, or a set of days with one BySetPos")
	}
	index, ok := indexes[n]
	if !ok {
		return fmt.Errorf("Recurrence.ByDay: Graph cannot hold the ordinal %d", n)
	}
	p.Type, p.Index, p.DaysOfWeek = "relative"+unit, index, list
	return nil
}

// encodeDays returns the names of days, and their ordinal, which must be the same.
func encodeDays(list []ical.Day) (names []string, n int, err error) {
	for i, d := range list {
		k, day, ok := d.Split()
		if !ok || i > 0 && k != n {
			return nil, 0, errors.New("a day that Graph cannot hold")
		}
		n = k
		names = append(names, days[day])
	}
	return names, n, nil
}

func dayName(d ical.Day, standard time.Weekday) string {
	if _, day, ok := d.Split(); ok {
		return days[day]
	}
	return days[standard]
}

// decodeRule reads a rule, which begins at the start of e.
func decodeRule(e ical.Event, x *recurrence) (*ical.Recurrence, error) {
	p := x.Pattern
	r := &ical.Recurrence{}
	if p.Interval > 1 {
		r.Interval = p.Interval
	}
	var list []ical.Day
	for _, name := range p.DaysOfWeek {
		i := slices.Index(days, strings.ToLower(name))
		if i < 0 {
			return nil, fmt.Errorf("recurrence: unknown day %.20q", name)
		}
		list = append(list, ical.Day(strings.ToUpper(days[i][:2])))
	}
	kind := strings.ToLower(p.Type)
	switch kind {
	case "daily":
		r.Freq = ical.FreqDaily
	case "weekly":
		r.Freq, r.ByDay = ical.FreqWeekly, list
		if i := slices.Index(days, strings.ToLower(p.FirstDayOfWeek)); i >= 0 && i != int(time.Monday) {
			r.WeekStart = ical.Day(strings.ToUpper(days[i][:2]))
		}
	case "absolutemonthly", "absoluteyearly":
		r.Freq, r.ByMonthDay = ical.FreqMonthly, []int{p.DayOfMonth}
	case "relativemonthly", "relativeyearly":
		r.Freq = ical.FreqMonthly
		if err := decodeIndex(r, p.Index, list); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("recurrence: unknown type %.20q", p.Type)
	}
	if strings.HasSuffix(kind, "yearly") {
		r.Freq, r.ByMonth = ical.FreqYearly, []int{p.Month}
	}
	return r, decodeBounds(r, e, x.Range)
}

func decodeIndex(r *ical.Recurrence, index string, list []ical.Day) error {
	n := 1
	for k, name := range indexes {
		if strings.EqualFold(name, index) {
			n = k
		}
	}
	switch {
	case len(list) == 0:
		return errors.New("recurrence: no day")
	case len(list) == 7 && n == -1:
		r.ByMonthDay = []int{-1}
	case len(list) == 1:
		r.ByDay = []ical.Day{ical.Day(fmt.Sprintf("%d%s", n, list[0]))}
	default:
		r.ByDay, r.BySetPos = list, []int{n}
	}
	return nil
}

func decodeBounds(r *ical.Recurrence, e ical.Event, b dateBounds) error {
	switch strings.ToLower(b.Type) {
	case "numbered":
		r.Count = b.NumberOfOccurrences
	case "enddate":
		day, err := time.Parse(time.DateOnly, b.EndDate)
		if err != nil {
			return err
		}
		s := e.Start
		r.Until = time.Date(day.Year(), day.Month(), day.Day(), s.Hour(), s.Minute(), s.Second(), 0, s.Location()).UTC()
		if e.AllDay {
			r.Until = day
		}
	}
	return nil
}
