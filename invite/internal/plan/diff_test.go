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
		{"the zone of a single meeting is silent", single, set(), set(zone), ""},
		{"the zone of a series is not", weekly, set(), set(zone), "time zone changed from Europe/Berlin to Asia/Tokyo" + asks},
		{"a meeting becomes a series",
			single, set(), set(func(e *ical.Event) { e.Recurrence = weekly().Recurrence }), "became a series" + asks},
		{"a series becomes a meeting", weekly, set(), set(func(e *ical.Event) { e.Recurrence = nil }), "is no longer a series" + asks},
		{"another rule", weekly, set(), set(func(e *ical.Event) { e.Recurrence.Interval = 2 }), "the rule of the series changed" + asks},
		{"an interval of one is no other rule", weekly, set(), set(func(e *ical.Event) { e.Recurrence.Interval = 1 }), ""},
		{"a series ends later", weekly, set(), set(count(7)), "the series ends later" + asks},
		{"a series ends earlier", weekly, set(), set(count(5)), "the series ends earlier"},
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
