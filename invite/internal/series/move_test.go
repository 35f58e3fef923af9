package series_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

// on returns 10:00 in Berlin on a date.
func on(date string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, date, berlin)
	if err != nil {
		panic(err)
	}
	return t.Add(10 * time.Hour)
}

// rule returns a series of an hour with a rule in short, as "weekly TU,TH" or
// "monthly 15". A number after a slash is the interval.
func rule(start time.Time, text string) *ical.Event {
	freq, days, _ := strings.Cut(text, " ")
	freq, interval, _ := strings.Cut(freq, "/")
	r := &ical.Recurrence{Freq: ical.Frequency(freq)}
	fmt.Sscan(interval, &r.Interval)
	for _, d := range strings.Split(days, ",") {
		if n := 0; d == "" {
			continue
		} else if _, err := fmt.Sscanf(d+" ", "%d ", &n); err == nil {
			r.ByMonthDay = append(r.ByMonthDay, n)
		} else {
			r.ByDay = append(r.ByDay, ical.Day(d))
		}
	}
	return &ical.Event{Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin", Recurrence: r}
}

// TestMoveDates checks to which date an exception goes.
func TestMoveDates(t *testing.T) {
	tests := []struct {
		name                  string
		from, rule, to, after string // the starts and the rules
		except, want          string
	}{
		{"another hour: the date stays", "2027-03-02", "weekly", "2027-03-02", "weekly", "2027-03-09", "2027-03-09"},
		{"it begins a week later: a holiday stays one", "2027-03-02", "weekly", "2027-03-09", "weekly TU", "2027-03-30", "2027-03-30"},
		{"it begins earlier", "2027-03-02", "weekly", "2027-02-16", "weekly", "2027-03-30", "2027-03-30"},
		{"it begins with the second weekday", "2027-03-02", "weekly TU,TH", "2027-03-04", "weekly TU,TH", "2027-03-09", "2027-03-09"},
		{"a daily series begins later", "2027-03-02", "daily", "2027-03-03", "daily", "2027-03-09", "2027-03-09"},
		{"to the next day", "2027-03-02", "weekly", "2027-03-03", "weekly", "2027-03-09", "2027-03-10"},
		{"to the day before, in another week", "2027-03-01", "weekly MO", "2027-02-28", "weekly SU", "2027-03-08", "2027-03-07"},
		{"to the day after, in another week", "2027-03-07", "weekly SU", "2027-03-08", "weekly MO", "2027-03-14", "2027-03-15"},
		{"to another weekday, a week later", "2027-03-02", "weekly", "2027-03-10", "weekly", "2027-03-30", "2027-03-31"},
		{"to the other week", "2027-03-02", "weekly/2", "2027-03-09", "weekly/2", "2027-03-16", "2027-03-23"},
		{"biweekly, four weeks later", "2027-03-02", "weekly/2", "2027-03-30", "weekly/2", "2027-04-13", "2027-04-13"},
		{"biweekly, to the other week five weeks later", "2027-03-02", "weekly/2", "2027-04-06", "weekly/2", "2027-04-13", "2027-04-20"},
		{"every other day", "2027-03-02", "daily/2", "2027-03-03", "daily/2", "2027-03-08", "2027-03-09"},
		{"two weekdays: the first", "2027-03-02", "weekly TU,TH", "2027-03-04", "weekly TH,SA", "2027-03-09", "2027-03-11"},
		{"two weekdays: the second, which is the first after", "2027-03-02", "weekly TU,TH", "2027-03-04", "weekly TH,SA", "2027-03-11", "2027-03-13"},
		{"one of two weekdays", "2027-03-02", "weekly TU,TH", "2027-03-02", "weekly TU,FR", "2027-03-11", "2027-03-12"},
		{"the first of two weekdays", "2027-03-02", "weekly TU,TH", "2027-03-03", "weekly WE,TH", "2027-03-11", "2027-03-11"},
		{"a pair passes the end of the week", "2027-03-06", "weekly SA,SU", "2027-03-07", "weekly SU,MO", "2027-03-14", "2027-03-15"},
		{"a pair begins with its other day", "2027-03-02", "weekly TU,TH", "2027-03-10", "weekly MO,WE", "2027-03-25", "2027-03-24"},
		{"the day of the month", "2027-03-05", "monthly", "2027-03-06", "monthly", "2027-05-05", "2027-05-06"},
		{"the day of the month, a month later", "2027-03-05", "monthly 5", "2027-04-06", "monthly 6", "2027-05-05", "2027-05-06"},
		{"the last day and the first", "2027-03-31", "monthly -1", "2027-04-01", "monthly 1", "2027-05-31", "2027-06-01"},
		{"an ordinal weekday", "2027-03-05", "monthly 1FR", "2027-03-01", "monthly 1MO", "2027-04-02", "2027-04-05"},
		{"an ordinal weekday, two months later", "2027-03-05", "monthly 1FR", "2027-05-03", "monthly 1MO", "2027-06-04", "2027-06-07"},
		{"a day becomes an ordinal weekday", "2027-03-05", "monthly 5", "2027-03-05", "monthly 1FR", "2027-04-05", "2027-04-02"},
		{"a day of the year", "2027-03-05", "yearly", "2027-03-08", "yearly", "2028-03-05", "2028-03-08"},
		{"over the end of the year", "2027-12-31", "yearly", "2028-01-01", "yearly", "2028-12-31", "2029-01-01"},
		{"another form that has the date", "2027-03-02", "weekly", "2027-03-02", "daily", "2027-03-09", "2027-03-09"},
		{"another form that has fewer dates", "2027-03-02", "daily", "2027-03-02", "weekly", "2027-03-10", ""},
		{"the series begins after it", "2027-03-02", "weekly", "2027-03-16", "weekly", "2027-03-09", ""},
		{"another form that has other dates", "2027-03-02", "weekly TU", "2027-03-03", "weekly WE,FR", "2027-03-09", "lost"},
		{"a month without the day", "2027-03-05", "monthly 5", "2027-03-31", "monthly 31", "2027-04-05", "lost"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := rule(on(tt.from), tt.rule)
			before.Recurrence.Except = []time.Time{on(tt.except)}
			after := rule(on(tt.to).Add(time.Hour), tt.after)
			after.Recurrence.Except = before.Recurrence.Except
			got, lost := series.NewMove(before, *after).Event(*after)
			var want []time.Time
			if tt.want != "" && tt.want != "lost" {
				want = []time.Time{on(tt.want).Add(time.Hour)}
			}
			check(t, "Except", want, got.Recurrence.Except, sameLists)
			check(t, "lost", tt.want == "lost", len(lost) == 1)
		})
	}
}

// TestMoveEvent checks the parts of an event that move, and those that stay.
func TestMoveEvent(t *testing.T) {
	hour := func(n int) time.Time { return week(n).Add(time.Hour) }
	later := func(e *ical.Event) { e.Start, e.End = hour(0), hour(0).Add(time.Hour) }
	wednesday := func(e *ical.Event) {
		e.Start, e.End = week(0).AddDate(0, 0, 1), week(0).AddDate(0, 0, 1).Add(time.Hour)
	}
	override := func(o ical.Event) func(*ical.Event) { return func(e *ical.Event) { e.Overrides = []ical.Event{o} } }
	id := func(n int) ical.Event { return ical.Event{RecurrenceID: week(n)} }
	tests := []struct {
		name          string
		before, after func(*ical.Event)
		move          func(*ical.Event)
		want          func(*ical.Event) // the overrides and the rule after the move
		lost          []string
	}{
		{"the form of an occurrence follows", override(ical.Event{RecurrenceID: week(1), Summary: "x"}), nil, later,
			override(ical.Event{RecurrenceID: hour(1), Summary: "x"}), nil},
		{"a time that repeats the series follows, and keeps its length",
			override(ical.Event{RecurrenceID: week(1), Start: week(1), End: week(1).Add(2 * time.Hour)}), nil, later,
			override(ical.Event{RecurrenceID: hour(1), Start: hour(1), End: hour(1).Add(2 * time.Hour)}), nil},
		{"a length of its own follows", override(ical.Event{RecurrenceID: week(1), End: week(1).Add(2 * time.Hour)}), nil, later,
			override(ical.Event{RecurrenceID: hour(1), End: hour(1).Add(2 * time.Hour)}), nil},
		{"an hour of its own stays", override(ical.Event{RecurrenceID: week(1), Start: week(1).Add(4 * time.Hour), End: week(1).Add(5 * time.Hour)}), nil, later,
			override(ical.Event{RecurrenceID: hour(1), Start: week(1).Add(4 * time.Hour), End: week(1).Add(5 * time.Hour)}), nil},
		{"an hour of its own goes to the other weekday", override(ical.Event{RecurrenceID: week(1), Start: week(1).Add(4 * time.Hour), End: week(1).Add(5 * time.Hour)}), nil, wednesday,
			override(ical.Event{RecurrenceID: week(1).AddDate(0, 0, 1), Start: week(1).AddDate(0, 0, 1).Add(4 * time.Hour), End: week(1).AddDate(0, 0, 1).Add(5 * time.Hour)}), nil},
		{"an hour that the caller gives stays", override(ical.Event{RecurrenceID: week(1), Start: week(1).Add(4 * time.Hour)}),
			override(ical.Event{RecurrenceID: week(1), Start: week(1).Add(6 * time.Hour)}), wednesday,
			override(ical.Event{RecurrenceID: week(1).AddDate(0, 0, 1), Start: week(1).Add(6 * time.Hour)}), nil},
		{"a cancelled date follows over the clock change", override(ical.Event{RecurrenceID: week(4), Cancelled: true}), nil, later,
			override(ical.Event{RecurrenceID: hour(4), Cancelled: true}), nil},
		{"what the caller moved stays", override(id(1)), override(ical.Event{RecurrenceID: hour(1)}), later, override(ical.Event{RecurrenceID: hour(1)}), nil},
		{"a new override may have the old name", nil, override(ical.Event{RecurrenceID: week(1), Summary: "x"}), later,
			override(ical.Event{RecurrenceID: hour(1), Summary: "x"}), nil},
		{"an occurrence is named twice", override(ical.Event{RecurrenceID: week(1), Summary: "x"}), func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: week(1), Summary: "x"}, {RecurrenceID: hour(1), Summary: "y"}}
		}, later, override(ical.Event{RecurrenceID: hour(1), Summary: "y"}), []string{"Overrides[0].RecurrenceID"}},
		{"UNTIL at the last start moves with it", func(e *ical.Event) { e.Recurrence.Count, e.Recurrence.Until = 0, week(5) }, nil, later,
			func(e *ical.Event) { e.Recurrence.Count, e.Recurrence.Until = 0, hour(5) }, nil},
		{"UNTIL at the end of a day moves with the day", func(e *ical.Event) { e.Recurrence.Count, e.Recurrence.Until = 0, week(5).Add(13*time.Hour) }, nil, wednesday,
			func(e *ical.Event) {
				e.Recurrence.Count, e.Recurrence.Until = 0, week(5).AddDate(0, 0, 1).Add(13*time.Hour)
			}, nil},
		{"an added date at the hour of the series follows, another keeps its hour", func(e *ical.Event) {
			e.Recurrence.Include = []time.Time{week(0).AddDate(0, 0, 2), week(0).AddDate(0, 0, 3).Add(5 * time.Hour)}
		}, nil, later, func(e *ical.Event) {
			e.Recurrence.Include = []time.Time{hour(0).AddDate(0, 0, 2), week(0).AddDate(0, 0, 3).Add(5 * time.Hour)}
		}, nil},
		{"added dates go as far as Start", func(e *ical.Event) {
			e.Recurrence.Include, e.Recurrence.Except = []time.Time{week(0).AddDate(0, 0, 2)}, []time.Time{week(0).AddDate(0, 0, 2)}
		}, nil, wednesday, func(e *ical.Event) {
			e.Recurrence.Include, e.Recurrence.Except = []time.Time{week(0).AddDate(0, 0, 3)}, []time.Time{week(0).AddDate(0, 0, 3)}
		}, nil},
		{"a cancelled date after the end goes", override(ical.Event{RecurrenceID: week(5), Cancelled: true}), nil,
			func(e *ical.Event) { e.Recurrence.Count = 3 }, func(e *ical.Event) { e.Recurrence.Count = 3 }, nil},
		{"a changed date after the end is lost", override(ical.Event{RecurrenceID: week(5), Summary: "x"}), nil,
			func(e *ical.Event) { e.Recurrence.Count = 3 }, func(e *ical.Event) { e.Recurrence.Count = 3 }, []string{"Overrides[0].RecurrenceID"}},
		{"hours become days", func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: week(1), Start: week(1).Add(time.Hour), End: week(1).Add(3 * time.Hour), Summary: "x"}}
			e.Recurrence.Except = []time.Time{week(2)}
		}, nil, func(e *ical.Event) { e.AllDay, e.Start, e.End = true, date(2, time.UTC), date(3, time.UTC) }, func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: date(9, time.UTC), Summary: "x"}}
			e.Recurrence.Except = []time.Time{date(16, time.UTC)}
		}, nil},
		{"the clock of another zone", func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: week(1), Start: week(1).Add(4 * time.Hour)}}
			e.Recurrence.Except = []time.Time{week(2)}
		}, nil, func(e *ical.Event) {
			e.TimeZone, e.Start, e.End = "Asia/Tokyo", time.Date(2027, 3, 2, 10, 0, 0, 0, tokyo), time.Date(2027, 3, 2, 11, 0, 0, 0, tokyo)
		}, func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: time.Date(2027, 3, 9, 10, 0, 0, 0, tokyo), Start: time.Date(2027, 3, 9, 14, 0, 0, 0, tokyo)}}
			e.Recurrence.Except = []time.Time{time.Date(2027, 3, 16, 10, 0, 0, 0, tokyo)}
		}, nil},
		{"an hour that a clock change skips", func(e *ical.Event) {
			e.Recurrence.Except = []time.Time{week(3).AddDate(0, 0, 5)} // Sunday 28 March, when the clocks change
			e.Start, e.End = week(0).AddDate(0, 0, 5), week(0).AddDate(0, 0, 5).Add(time.Hour)
		}, nil, func(e *ical.Event) {
			e.Start = time.Date(2027, 3, 7, 2, 30, 0, 0, berlin)
			e.End = e.Start.Add(time.Hour)
		}, func(e *ical.Event) {
			e.Recurrence.Except = []time.Time{time.Date(2027, 3, 28, 3, 30, 0, 0, berlin)}
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := weekly()
			if tt.before != nil {
				tt.before(before)
			}
			after := before.Clone()
			if tt.after != nil {
				tt.after(&after)
			}
			tt.move(&after)
			given := after.Clone()
			want := weekly()
			tt.want(want)
			got, lost := series.NewMove(before, after).Event(after)
			check(t, "the event given", given, after)
			check(t, "the overrides", want.Overrides, got.Overrides)
			check(t, "the rule", want.Recurrence, got.Recurrence, sameLists)
			var fields []string
			for _, l := range lost {
				fields = append(fields, l.Field())
			}
			check(t, "lost", tt.lost, fields)
		})
	}
}

// TestMoveByHand gives a move exceptions that the caller has moved, each to the place
// of another.
func TestMoveByHand(t *testing.T) {
	before, after := rule(on("2027-03-02"), "weekly TU,TH"), rule(on("2027-03-04"), "weekly TH,SA")
	before.Recurrence.Except = []time.Time{on("2027-03-09"), on("2027-03-11")}
	tests := []struct {
		name        string
		given, want []time.Time
	}{
		{"left alone", before.Recurrence.Except, []time.Time{on("2027-03-11"), on("2027-03-13")}},
		{"moved", []time.Time{on("2027-03-11"), on("2027-03-13")}, []time.Time{on("2027-03-11"), on("2027-03-13")}},
		{"one of them left alone", before.Recurrence.Except[1:], []time.Time{on("2027-03-13")}},
		{"both forms of one", []time.Time{on("2027-03-09"), on("2027-03-11"), on("2027-03-13")}, []time.Time{on("2027-03-11"), on("2027-03-13")}},
		{"another one is new", []time.Time{on("2027-03-09"), on("2027-03-20")}, []time.Time{on("2027-03-11"), on("2027-03-20")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := after.Clone()
			e.Recurrence.Except = tt.given
			got, _ := series.NewMove(before, e).Event(e)
			check(t, "Except", tt.want, got.Recurrence.Except)
		})
	}
}

// TestNames checks the names that answers to single occurrences get.
func TestNames(t *testing.T) {
	before, after := rule(on("2027-03-02"), "weekly TU,TH"), rule(on("2027-03-04"), "weekly TH,SA")
	before.Recurrence.Count, after.Recurrence.Until = 6, on("2027-03-18")
	ids := []time.Time{on("2027-03-09"), on("2027-03-16"), on("2027-03-18"), on("2027-03-10")}
	names := series.NewMove(before, *after).Names(ids)
	tests := []struct {
		name     string
		id, want time.Time
		ok       bool
	}{
		{"it goes with the occurrence", ids[0], on("2027-03-11"), true},
		{"the last", ids[1], on("2027-03-18"), true},
		{"an occurrence that is gone has no name if another has it", ids[2], ids[2], false},
		{"no occurrence", ids[3], ids[3], true},
		{"the whole meeting", time.Time{}, time.Time{}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.id
			check(t, "ok", tt.ok, names.Follow(&got))
			check(t, "name", tt.want, got)
		})
	}
	if series.NewMove(before, *before).Renames() || series.NewMove(single(), *before).Renames() {
		t.Error("Renames = true for a series that stays, or for a meeting that was none")
	}
}

// TestMoveTimesOfDates: an update that moves nothing takes an exception of an all-day
// series by its date, as an update that moves the series does.
func TestMoveTimesOfDates(t *testing.T) {
	except := func(at time.Time) func(*ical.Event) {
		return func(e *ical.Event) { e.Recurrence.Except = []time.Time{at} }
	}
	before := series.Normalized(*daily(except(date(3, time.UTC))))
	after := *daily(except(date(3, time.UTC).Add(time.Hour)))
	got, lost := series.NewMove(&before, after).Event(after)
	if want := date(3, time.UTC); len(lost) > 0 || len(got.Recurrence.Except) != 1 || !got.Recurrence.Except[0].Equal(want) {
		t.Errorf("Event moves the exception to %v (lost: %v), want %v", got.Recurrence.Except, lost, want)
	}
}
