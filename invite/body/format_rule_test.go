package body

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/golden"
)

// rules has one rule of each kind that Outlook can hold.
var rules = []struct {
	name string
	rule ical.Recurrence
	want string // in English
}{
	{"daily", ical.Recurrence{Freq: ical.FreqDaily}, "Every day"},
	{"daily 3", ical.Recurrence{Freq: ical.FreqDaily, Interval: 3, Count: 1}, "Every 3 days, 1 time"},
	{"weekly", ical.Recurrence{Freq: ical.FreqWeekly, Interval: 1, Count: 4}, "Every week on Tuesday, 4 times"},
	{"weekly on days", ical.Recurrence{Freq: ical.FreqWeekly, ByDay: []ical.Day{"SU", "MO", "WE"}}, "Every week on Monday, Wednesday and Sunday"},
	{"weekly 2", ical.Recurrence{Freq: ical.FreqWeekly, Interval: 2, ByDay: []ical.Day{"FR"}, Count: 22}, "Every 2 weeks on Friday, 22 times"},
	{"workdays", ical.Recurrence{Freq: ical.FreqWeekly, ByDay: []ical.Day{"MO", "TU", "WE", "TH", "FR"}}, "Every weekday (Monday to Friday)"},
	{"monthly", ical.Recurrence{Freq: ical.FreqMonthly}, "Every month on day 2"},
	{"monthly day", ical.Recurrence{Freq: ical.FreqMonthly, ByMonthDay: []int{15}, Interval: 5}, "Every 5 months on day 15"},
	{"monthly last day", ical.Recurrence{Freq: ical.FreqMonthly, ByMonthDay: []int{-1}}, "Every month on the last day"},
	{"monthly nth", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"2TU"}}, "Every month on the second Tuesday"},
	{"monthly last", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"-1SU"}}, "Every month on the last Sunday"},
	{"monthly set", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"WE"}, BySetPos: []int{3}}, "Every month on the third Wednesday"},
	{"monthly workday", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"MO", "TU", "WE", "TH", "FR"}, BySetPos: []int{1}}, "Every month on the first weekday"},
	{"monthly weekend", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"SA", "SU"}, BySetPos: []int{4}}, "Every month on the fourth weekend day"},
	{"monthly any", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}, BySetPos: []int{-1}}, "Every month on the last day"},
	{"yearly", ical.Recurrence{Freq: ical.FreqYearly}, "Every year on March 2"},
	{"yearly day", ical.Recurrence{Freq: ical.FreqYearly, ByMonth: []int{10}, ByMonthDay: []int{31}, Interval: 2}, "Every 2 years on October 31"},
	{"yearly nth", ical.Recurrence{Freq: ical.FreqYearly, ByMonth: []int{4}, ByDay: []ical.Day{"1SA"}}, "Every year on the first Saturday of April"},
	{"yearly set", ical.Recurrence{Freq: ical.FreqYearly, ByMonth: []int{8}, ByDay: []ical.Day{"MO", "TU", "WE", "TH", "FR"}, BySetPos: []int{-1}}, "Every year on the last weekday of August"},
	{"until", ical.Recurrence{Freq: ical.FreqDaily, Until: time.Date(2027, 4, 30, 22, 30, 0, 0, time.UTC)}, "Every day, until May 1, 2027"},

	{"hourly", ical.Recurrence{Freq: "hourly"}, "By a rule that the calendar entry shows"},
	{"daily on days", ical.Recurrence{Freq: ical.FreqDaily, ByDay: []ical.Day{"MO"}}, "By a rule that the calendar entry shows"},
	{"weekly nth", ical.Recurrence{Freq: ical.FreqWeekly, ByDay: []ical.Day{"1MO"}}, "By a rule that the calendar entry shows"},
	{"weekly month", ical.Recurrence{Freq: ical.FreqWeekly, ByMonth: []int{1}}, "By a rule that the calendar entry shows"},
	{"monthly in month", ical.Recurrence{Freq: ical.FreqMonthly, ByMonth: []int{1}}, "By a rule that the calendar entry shows"},
	{"monthly days", ical.Recurrence{Freq: ical.FreqMonthly, ByMonthDay: []int{1, 2}}, "By a rule that the calendar entry shows"},
	{"monthly day -2", ical.Recurrence{Freq: ical.FreqMonthly, ByMonthDay: []int{-2}}, "By a rule that the calendar entry shows"},
	{"monthly nth both", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"1MO"}, ByMonthDay: []int{3}}, "By a rule that the calendar entry shows"},
	{"monthly 5th", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"5MO"}}, "By a rule that the calendar entry shows"},
	{"monthly two nth", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"1MO", "3MO"}}, "By a rule that the calendar entry shows"},
	{"monthly no set", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"MO", "TU"}, BySetPos: []int{1}}, "By a rule that the calendar entry shows"},
	{"monthly bad day", ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"X"}}, "By a rule that the calendar entry shows"},
	{"yearly months", ical.Recurrence{Freq: ical.FreqYearly, ByMonth: []int{1, 2}}, "By a rule that the calendar entry shows"},
	{"yearly day of year", ical.Recurrence{Freq: ical.FreqYearly, ByDay: []ical.Day{"1MO"}}, "By a rule that the calendar entry shows"},
}

func ruleEvent(r ical.Recurrence) *ical.Event {
	return &ical.Event{Start: time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC), Recurrence: &r}
}

func TestRule(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := formatter{wordsOf(t, languages[0]), loc}
	for _, tt := range rules {
		if got := unjoined(c.rule(ruleEvent(tt.rule))); got != tt.want {
			t.Errorf("%s: rule(%+v) = %q, want %q", tt.name, tt.rule, got, tt.want)
		}
	}
}

// TestRuleGolden compares the rules in every language with files. Each weekday and
// month must have the form that a sentence needs.
func TestRuleGolden(t *testing.T) {
	for _, l := range languages {
		c := formatter{wordsOf(t, l), time.UTC}
		var b strings.Builder
		for _, tt := range rules[:20] {
			fmt.Fprintf(&b, "%s: %s\n", tt.name, c.rule(ruleEvent(tt.rule)))
		}
		for i, d := range []ical.Day{"MO", "TU", "WE", "TH", "FR", "SA", "SU"} {
			for _, n := range []string{"1", "2", "3", "4", "-1"} {
				r := ical.Recurrence{Freq: ical.FreqYearly, ByMonth: []int{i + 1}, ByDay: []ical.Day{ical.Day(n) + d}}
				fmt.Fprintf(&b, "%s%s: %s\n", n, d, c.rule(ruleEvent(r)))
			}
		}
		for _, n := range []int{2, 3, 5, 11, 21, 22, 25} {
			fmt.Fprintf(&b, "%d: %s, %s, %s, %s, %s, %s\n", n, c.count("every.days", n), c.count("every.weeks", n),
				c.count("every.months", n), c.count("every.years", n), c.count("times", n), c.count("more", n))
		}
		golden.Assert(t, filepath.Join("testdata", l.tag, "rules.txt"), []byte(b.String()))
	}
}
