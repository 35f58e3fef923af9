package series_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

var (
	berlin = zone("Europe/Berlin")
	tokyo  = zone("Asia/Tokyo")
)

func zone(name string) *time.Location {
	loc, err := ical.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// week returns the original start of an occurrence of [weekly], 0 for the first. The
// clocks of Berlin change between 3 and 4.
func week(n int) time.Time { return time.Date(2027, 3, 2+7*n, 10, 0, 0, 0, berlin) }

// weekly returns a series of six occurrences of one hour.
func weekly(changes ...func(*ical.Event)) *ical.Event {
	return with(&ical.Event{
		UID: "weekly", Sequence: 2, Summary: "Stand-up", Start: week(0), End: week(0).Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer:  ical.Person{Email: "desk@example.test"},
		Attendees:  []ical.Attendee{{Email: "ann@example.test"}, {Email: "bob@example.test"}},
		Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6},
	}, changes)
}

// exceptional is a change of [weekly]: 1 is moved by an hour, 2 is cancelled, and 3
// is excepted.
func exceptional(e *ical.Event) {
	e.Overrides = []ical.Event{
		{RecurrenceID: week(1), Sequence: 3, Start: week(1).Add(time.Hour)},
		{RecurrenceID: week(2), Cancelled: true},
	}
	e.Recurrence.Except = []time.Time{week(3)}
}

// date returns midnight of a day of March 2027.
func date(day int, loc *time.Location) time.Time { return time.Date(2027, 3, day, 0, 0, 0, 0, loc) }

// daily returns an all-day series of three days from 2 March on.
func daily(changes ...func(*ical.Event)) *ical.Event {
	return with(&ical.Event{
		UID: "daily", AllDay: true, Start: date(2, time.UTC), End: date(3, time.UTC),
		Recurrence: &ical.Recurrence{Freq: ical.FreqDaily, Count: 3},
	}, changes)
}

// inBerlin names the zone in which dates are read.
func inBerlin(e *ical.Event) { e.TimeZone = "Europe/Berlin" }

// single returns a meeting of one hour.
func single(changes ...func(*ical.Event)) *ical.Event {
	e := weekly()
	e.UID, e.Recurrence = "single", nil
	return with(e, changes)
}

func with(e *ical.Event, changes []func(*ical.Event)) *ical.Event {
	for _, change := range changes {
		change(e)
	}
	return e
}

// inZone compares times with the names of their Locations.
var inZone = cmp.Comparer(func(a, b time.Time) bool {
	return a.Equal(b) && a.Location().String() == b.Location().String()
})

// check compares a result.
func check(t *testing.T, call string, want, got any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", call, diff)
	}
}
