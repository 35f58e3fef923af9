package series

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
)

// TestMoveWork counts the units that are searched for moves between far years, with
// exceptions at the start and the end of the series before.
func TestMoveWork(t *testing.T) {
	rules := map[string]ical.Recurrence{
		"daily": {Freq: ical.FreqDaily}, "every other day": {Freq: ical.FreqDaily, Interval: 2}, "every 999 days": {Freq: ical.FreqDaily, Interval: 999},
		"weekly": {Freq: ical.FreqWeekly}, "TU,TH": {Freq: ical.FreqWeekly, ByDay: []ical.Day{ical.DayTuesday, ical.DayThursday}},
		"monthly": {Freq: ical.FreqMonthly}, "the 29th of February": {Freq: ical.FreqYearly, ByMonth: []int{2}, ByMonthDay: []int{29}}, "yearly": {Freq: ical.FreqYearly},
	}
	const weeks = 60 // between the exceptions
	for name, rule := range rules {
		for _, years := range [][2]int{{2027, 1}, {2027, 1950}, {2027, 2028}, {1, 2027}, {2027, 9000}, {9000, 2027}} {
			r := rule
			start := time.Date(years[0], 3, 2, 9, 0, 0, 0, time.UTC)
			before := ical.Event{Start: start, End: start.Add(time.Hour), Recurrence: &r}
			r.Except = []time.Time{start, start.AddDate(0, 0, 7), start.AddDate(0, 0, 7*weeks)}
			after := before.Clone()
			after.Start = time.Date(years[1], 3, 3, 10, 0, 0, 0, time.UTC)
			after.End = after.Start.Add(time.Hour)
			if len(r.ByDay) > 0 {
				after.Recurrence.ByDay = []ical.Day{ical.DayMonday, ical.DayWednesday}
			}
			before = Normalized(before)
			v := NewMove(&before, after)
			if n := v.daysBefore.searched + v.daysAfter.searched; n > 20 {
				t.Errorf("%s, %v: NewMove searches %d units, want at most 20", name, years, n)
			}
			v.Event(after)
			slack := 5 * max(r.Interval, 1)
			if n := v.daysBefore.searched + v.daysAfter.searched; n > 20+slack+4*(7*weeks+366) {
				t.Errorf("%s, %v: Event searches %d units for %d weeks", name, years, n, weeks)
			}
		}
	}
}
