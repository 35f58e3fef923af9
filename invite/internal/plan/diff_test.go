package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
)

// TestReasons checks the reason that ann gets for a change.
func TestReasons(t *testing.T) {
	const asks = ": needs a new answer"
	set := func(changes ...func(*ical.Event)) []func(*ical.Event) { return append(changes, invited(ann)) }
	text := func(s string) func(*ical.Event) { return func(e *ical.Event) { e.Description = s } }
	count := func(n int) func(*ical.Event) { return func(e *ical.Event) { e.Recurrence.Count = n } }
	until := func(n int) func(*ical.Event) {
		return func(e *ical.Event) { e.Recurrence.Count, e.Recurrence.Until = 0, week(n) }
	}
	zone := func(e *ical.Event) { e.TimeZone = "Asia/Tokyo" }
	days := func(from, to int) func(*ical.Event) {
		return func(e *ical.Event) {
			e.AllDay, e.TimeZone = true, ""
			e.Start, e.End = time.Date(2027, 3, from, 0, 0, 0, 0, time.UTC), time.Date(2027, 3, to, 0, 0, 0, 0, time.UTC)
		}
	}
	fine := func(d time.Duration) func(*ical.Event) {
		return func(e *ical.Event) { e.Start, e.End = e.Start.Add(d), e.End.Add(d) }
	}
	by := fine
	repeated := func(d time.Duration) func(*ical.Event) {
		return func(e *ical.Event) {
			e.Start = time.Date(2027, 10, 31, 0, 30, 0, 0, time.UTC).Add(d)
			e.End = e.Start.Add(time.Hour)
		}
	}
	long := strings.Repeat("long ", 20)
	tests := []struct {
		name   string
		of     func(...func(*ical.Event)) ical.Event
		before []func(*ical.Event)
		after  []func(*ical.Event)
		want   string // "" for no mail
	}{
		{"a text is named with its values", single, set(), set(summary("Retro")), `summary changed from "Review" to "Retro"`},
		{"a new text", single, set(location("")), set(), `location is now "Room 1"` + asks},
		{"a removed text", single, set(), set(location("")), `location "Room 1" was removed` + asks},
		{"a long value is cut, and put on one line", single, set(), set(location("Room\t1 " + long)),
			`location changed from "Room 1" to "Room 1 ` + long[:50] + `lo…"` + asks},
		{"the description is not repeated", single, set(), set(text("Agenda")), "description changed"},
		{"line ends and spaces at ends of lines are invisible", single, set(text("a\r\nb  \n")), set(text("a\nb")), ""},
		{"a start", single, set(), set(func(e *ical.Event) { e.Start, e.End = week(1), week(1).Add(time.Hour) }),
			"start moved from Tue 2 Mar 2027 10:00 to Tue 9 Mar 2027 10:00" + asks},
		{"a length",
			single, set(), set(func(e *ical.Event) { e.End = e.Start.Add(90 * time.Minute) }), "length changed from 1h to 1h30m" + asks},
		{"an all-day start is a date", single, set(days(2, 4)), set(days(3, 5)), "start moved from Tue 2 Mar 2027 to Wed 3 Mar 2027" + asks},
		{"from all-day to timed", single, set(days(2, 3)), set(),
			"is no longer all day; start moved from Tue 2 Mar 2027 to Tue 2 Mar 2027 10:00; length changed from 1d to 1h" + asks},
		{"from timed to all-day", single, set(), set(days(2, 3)),
			"became an all-day meeting; start moved from Tue 2 Mar 2027 10:00 to Tue 2 Mar 2027; length changed from 1h to 1d" + asks},
		{"a start that differs by less than a second", single, set(fine(123456789)), set(fine(123457000)), ""},
		{"a start that lost its fraction", weekly, set(fine(999999999), moved(1)), set(moved(1)), ""},
		{"an end that differs by less than a second", single, set(), set(func(e *ical.Event) { e.End = e.End.Add(1) }), ""},
		{"a start in another Location", weekly, set(moved(1), excepted(2)), set(moved(1), excepted(2), in(tokyo)), ""},
		{"exceptions and additional dates in another order", weekly, set(excepted(2, 3)), set(excepted(3, 2), in(time.UTC)), ""},
		{"all-day: a date as an instant in the zone", single, set(days(2, 4)), set(days(2, 4), midnights(time.UTC)), ""},
		{"all-day: a date in its own zone", single, set(days(2, 4)), set(days(2, 4), midnights(berlin)), ""},
		{"all-day: all dates of a series as instants", weekly, set(dates), set(dates, midnights(time.UTC)), ""},
		{"all-day: all dates of a series in a third zone", weekly, set(dates, midnights(berlin)), set(dates, midnights(tokyo)), ""},
		{"all-day: another date as an instant", single, set(days(2, 4)), set(days(3, 5), midnights(time.UTC)),
			"start moved from Tue 2 Mar 2027 to Wed 3 Mar 2027" + asks},
		{"a start by seconds", single, set(), set(by(30 * time.Second)),
			"start moved from Tue 2 Mar 2027 10:00:00 to Tue 2 Mar 2027 10:00:30" + asks},
		{"a start from the first to the second hour of the same name", single, set(repeated(0)), set(repeated(time.Hour)),
			"start moved from Sun 31 Oct 2027 02:30:00 +02:00 to Sun 31 Oct 2027 02:30:00 +01:00" + asks},
		{"the zone of a single meeting is silent", single, set(), set(zone), ""},
		{"the zone of a series is not", weekly, set(), set(zone), "time zone changed from Europe/Berlin to Asia/Tokyo" + asks},
		{"a series becomes all-day, and its zone counts no longer", weekly, set(), set(days(2, 3)),
			"became an all-day meeting; start moved from Tue 2 Mar 2027 10:00 to Tue 2 Mar 2027; length changed from 1h to 1d" + asks},
		{"a meeting becomes a series",
			single, set(), set(func(e *ical.Event) { e.Recurrence = weekly().Recurrence }), "became a series" + asks},
		{"a series becomes a meeting", weekly, set(), set(func(e *ical.Event) { e.Recurrence = nil }), "is no longer a series" + asks},
		{"another rule", weekly, set(), set(func(e *ical.Event) { e.Recurrence.Interval = 2 }), "the rule of the series changed" + asks},
		{"an interval of one is no other rule", weekly, set(), set(func(e *ical.Event) { e.Recurrence.Interval = 1 }), ""},
		{"a series ends later", weekly, set(), set(count(7)), "the series ends later" + asks},
		{"a series ends earlier", weekly, set(), set(count(5)), "the series ends earlier"},
		{"a series loses its last added date", weekly, set(added(45)), set(), "the series ends earlier"},
		{"a series ends earlier, before its added dates", weekly, set(added(45)), set(count(5)), "the series ends earlier"},
		{"a series loses an added date in between", weekly, set(added(2), added(45)), set(added(45)), "the rule of the series changed" + asks},
		{"a series ends earlier and gains a date", weekly, set(added(45)), set(added(2), count(5)), "the rule of the series changed" + asks},
		{"the same days in another order", weekly, set(onDays("TU", "TH")), set(onDays("TH", "TU", "TH")), ""},
		{"no days, and an empty list", weekly, set(), set(onDays()), ""},
		{"a series ends as before, by date", weekly, set(), set(until(5)), ""},
		{"a series loses its end", weekly, set(), set(count(0)), "the series ends later" + asks},
		{"the organizer's name", single, set(), set(func(e *ical.Event) { e.Organizer.Name = "Desk" }), "organizer's name changed"},
		{"categories", single, set(), set(func(e *ical.Event) { e.Categories = []string{"Team"} }), "categories changed"},
		{"the default is no change", single, set(), set(func(e *ical.Event) { e.ShowAs, e.Priority = ical.ShowBusy, 5 }), ""},
		{"several changes need an answer if one of them does", single, set(), set(summary("Retro"), location("Roof")),
			`summary changed from "Review" to "Retro"; location changed from "Room 1" to "Roof"` + asks},
		{"silent changes are not named beside others",
			single, set(), set(summary("Retro"), zone), `summary changed from "Review" to "Retro"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := plan.Update(meeting(tt.of(tt.before...)), tt.of(tt.after...), options())
			if err != nil {
				t.Fatal(err)
			}
			var got string
			for _, n := range p.Notices {
				got += n.Reason
			}
			check(t, "Reason", tt.want, got)
		})
	}
}

// excepted excepts occurrences of [weekly], and adds two dates.
func excepted(weeks ...int) func(*ical.Event) {
	return func(e *ical.Event) {
		for _, n := range weeks {
			e.Recurrence.Except = append(e.Recurrence.Except, week(n))
			e.Recurrence.Include = append(e.Recurrence.Include, week(n+10))
		}
	}
}

// dates makes an all-day series with a time in every field.
func dates(e *ical.Event) {
	d := func(day int) time.Time { return time.Date(2027, 3, day, 0, 0, 0, 0, time.UTC) }
	e.AllDay, e.Start, e.End = true, d(2), d(3)
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Until: d(30), Except: []time.Time{d(9)}, Include: []time.Time{d(31)}}
	e.Overrides = []ical.Event{{RecurrenceID: d(16), Start: d(17), End: d(18)}, {RecurrenceID: d(23), Cancelled: true}}
}

// in gives all times of an event another Location.
func in(loc *time.Location) func(*ical.Event) {
	return func(e *ical.Event) { everyTime(e, func(t time.Time) time.Time { return t.In(loc) }) }
}

// midnights turns dates into midnights of Berlin, given in a Location.
func midnights(loc *time.Location) func(*ical.Event) {
	return func(e *ical.Event) {
		e.TimeZone = "Europe/Berlin"
		everyTime(e, func(t time.Time) time.Time {
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, berlin).In(loc)
		})
	}
}

// everyTime changes all times of an event and of its overrides.
func everyTime(e *ical.Event, f func(time.Time) time.Time) {
	change := func(list ...*time.Time) {
		for _, t := range list {
			if !t.IsZero() {
				*t = f(*t)
			}
		}
	}
	change(&e.RecurrenceID, &e.Start, &e.End)
	for i := range e.Overrides {
		everyTime(&e.Overrides[i], f)
	}
	if r := e.Recurrence; r != nil {
		change(&r.Until)
		for i := range r.Except {
			change(&r.Except[i])
		}
		for i := range r.Include {
			change(&r.Include[i])
		}
	}
}

// added adds a date, some days after the start.
func added(days int) func(*ical.Event) {
	return func(e *ical.Event) {
		e.Recurrence.Include = append(e.Recurrence.Include, e.Start.AddDate(0, 0, days).Add(3*time.Hour))
	}
}

// onDays sets the days of the rule.
func onDays(days ...ical.Day) func(*ical.Event) {
	return func(e *ical.Event) { e.Recurrence.ByDay = append([]ical.Day{}, days...) }
}
