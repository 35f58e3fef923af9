package series_test

import (
	"errors"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/wallclock"
	"github.com/convene-go/convene/invite/internal/series"
)

func TestFindNamed(t *testing.T) {
	newYork := zone("America/New_York")
	evening := func(e *ical.Event) { // 20:00 in New York is 02:00 of the next day in Berlin
		e.TimeZone, e.Start = "America/New_York", time.Date(2027, 3, 2, 20, 0, 0, 0, newYork)
		e.End, e.Recurrence.Freq = e.Start.Add(time.Hour), ical.FreqDaily
	}
	twice := func(e *ical.Event) { e.Recurrence.Include = []time.Time{week(1).Add(6 * time.Hour)} }
	away := func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: week(1), Start: week(1).AddDate(0, 0, 1)}}
	}
	alone := func(e *ical.Event) { e.RecurrenceID = week(1) }
	march := func(day, hour int, loc *time.Location) time.Time { return time.Date(2027, 3, day, hour, 0, 0, 0, loc) }
	inZone := func(loc *time.Location) ical.Event { return ical.Event{Start: march(9, 15, loc)} }
	unknown := ical.Event{Floating: true, TimeZone: "Lummerland", Start: march(9, 15, time.UTC)}
	tests := []struct {
		name  string
		e     *ical.Event
		id    time.Time
		said  ical.Event
		want  time.Time // the original start; zero for an error, or the whole meeting
		whole bool
		count int // of occurrences that may be meant, with an error
	}{
		{"no RECURRENCE-ID", weekly(), time.Time{}, inZone(berlin), time.Time{}, true, 0},
		{"the form of the series", weekly(), week(1), inZone(berlin), week(1), false, 0},
		{"an instant in UTC", weekly(), week(1).UTC(), inZone(berlin), week(1), false, 0},
		{"an instant in another zone, on another day", weekly(evening), march(5, 2, berlin), inZone(berlin), march(4, 20, newYork), false, 0},
		{"a date", weekly(), date(9, wallclock.Date), inZone(berlin), week(1), false, 0},
		{"a date, beside a date as DTSTART", weekly(), date(9, time.UTC), ical.Event{AllDay: true, Start: date(9, time.UTC)}, week(1), false, 0},
		{"a date of an occurrence that was moved away", weekly(away), date(9, wallclock.Date), inZone(berlin), week(1), false, 0},
		{"the day to which an occurrence was moved", weekly(away), date(10, wallclock.Date), inZone(berlin), time.Time{}, false, 0},
		{"a date of a cancelled occurrence", weekly(exceptional), date(16, wallclock.Date), inZone(berlin), week(2), false, 0},
		{"a date of an excepted occurrence", weekly(exceptional), date(23, wallclock.Date), inZone(berlin), time.Time{}, false, 0},
		{"a date of two occurrences", weekly(twice), date(9, wallclock.Date), inZone(berlin), time.Time{}, false, 2},
		{"a date of another day in the writer's zone", weekly(evening), date(4, wallclock.Date), inZone(berlin), time.Time{}, false, 2},
		{"a date without an occurrence", weekly(), date(10, wallclock.Date), inZone(berlin), time.Time{}, false, 0},
		{"midnight", weekly(), date(9, berlin), inZone(berlin), week(1), false, 0},
		{"midnight in UTC", weekly(), date(9, time.UTC), inZone(time.UTC), week(1), false, 0},
		{"midnight of a day with two occurrences", weekly(twice), date(9, berlin), inZone(berlin), time.Time{}, false, 2},
		{"the clock of the series in another zone", weekly(), march(9, 10, newYork), inZone(newYork), week(1), false, 0},
		{"a clock without a zone", weekly(), march(9, 10, wallclock.Local), ical.Event{Floating: true, Start: march(9, 10, time.UTC)}, week(1), false, 0},
		{"one of two by its clock", weekly(twice), march(9, 16, wallclock.Local), ical.Event{Floating: true, Start: march(9, 16, time.UTC)}, march(9, 16, berlin), false, 0},
		{"another clock without a zone", weekly(), march(9, 11, wallclock.Local), ical.Event{Floating: true, Start: march(9, 10, time.UTC)}, week(1), false, 0},
		{"an unknown zone, the clock of the series", weekly(evening), march(4, 20, wallclock.Local), unknown, march(4, 20, newYork), false, 0},
		{"an unknown zone, another clock", weekly(), march(10, 1, wallclock.Local), unknown, week(1), false, 0},
		{"an unknown zone, another clock, every day", weekly(evening), march(4, 21, wallclock.Local), unknown, time.Time{}, false, 3},
		{"an hour of the series that it does not have", weekly(), week(1).Add(time.Hour), inZone(berlin), time.Time{}, false, 0},
		{"a meeting that is one occurrence", single(alone), date(9, wallclock.Date), inZone(berlin), time.Time{}, true, 0},
		{"a meeting that is another occurrence", single(alone), date(16, wallclock.Date), inZone(berlin), time.Time{}, false, 0},
		{"a single meeting", single(), date(2, wallclock.Date), inZone(berlin), time.Time{}, false, 0},
		{"all-day: a date", daily(), date(3, wallclock.Date), inZone(berlin), date(3, time.UTC), false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said := tt.said
			said.RecurrenceID = tt.id
			got, err := series.FindNamed(tt.e, &said)
			var not *wallclock.NotOneError
			switch failed := tt.want.IsZero() && !tt.whole; {
			case failed && (!errors.As(err, &not) || not.Count != tt.count):
				t.Errorf("FindNamed = %v, %v, want an error with %d occurrences", got, err, tt.count)
			case !failed && (err != nil || !got.Start.Equal(tt.want)):
				t.Errorf("FindNamed = %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}
