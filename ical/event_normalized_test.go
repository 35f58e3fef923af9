package ical_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

// offsite is an all-day series of Tuesdays with a time in every field. It is told
// in UTC; at changes each date to another form of it.
func offsite(at func(time.Time) time.Time) ical.Event {
	d := func(month time.Month, day int) time.Time { return at(date(2027, month, day)) }
	return meeting(func(e *ical.Event) {
		e.AllDay, e.TimeZone, e.Start, e.End = true, "Europe/Berlin", d(3, 2), d(3, 4)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Until: d(4, 20), Except: []time.Time{d(3, 9), d(4, 6)}, Include: []time.Time{d(5, 1)}}
		e.Overrides = []ical.Event{
			{RecurrenceID: d(3, 16), Start: d(3, 17)},
			{RecurrenceID: d(3, 23), Start: d(3, 24), End: d(3, 25)},
			{RecurrenceID: d(3, 30), Cancelled: true},
		}
	})
}

// dateForms are the ways in which programs hold a date of Berlin.
func dateForms(t *testing.T) map[string]func(time.Time) time.Time {
	in := func(loc *time.Location) func(time.Time) time.Time {
		return func(d time.Time) time.Time { return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, loc) }
	}
	berlin := in(zone(t, "Europe/Berlin"))
	n := 0
	return map[string]func(time.Time) time.Time{
		"midnight in UTC":              in(time.UTC),
		"midnight in the zone":         berlin,
		"midnight in a third zone":     in(zone(t, "America/Havana")),
		"the instant in UTC":           func(d time.Time) time.Time { return berlin(d).UTC() },
		"the instant in a third zone":  func(d time.Time) time.Time { return berlin(d).In(zone(t, "Asia/Tokyo")) },
		"the instant at an offset":     func(d time.Time) time.Time { return berlin(d).In(time.FixedZone("", 3600)) },
		"the instant on this machine":  func(d time.Time) time.Time { return berlin(d).In(time.Local) },
		"midnight and a bit":           func(d time.Time) time.Time { return d.Add(123_456_789) },
		"the instant in UTC and a bit": func(d time.Time) time.Time { return berlin(d).UTC().Add(999_999_999) },
		"another form in each field": func(d time.Time) time.Time {
			n++
			return []time.Time{d, berlin(d), berlin(d).UTC()}[n%3]
		},
	}
}

// TestDates gives every date of a series in every form. All functions must find the
// same meeting.
func TestDates(t *testing.T) {
	plain := offsite(func(d time.Time) time.Time { return d })
	for name, form := range dateForms(t) {
		t.Run(name, func(t *testing.T) {
			e := offsite(form)
			given := e.Clone()
			if err := e.Validate(); err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				call string
				of   func(ical.Event) any
			}{
				{"Encode", func(e ical.Event) any { return encoded(t, e) }},
				{"Lint", func(e ical.Event) any { return e.Lint() }},
				{"Occurrences", func(e ical.Event) any { return slices.Collect(e.Occurrences(time.Time{}, time.Time{})) }},
				{"Override", func(e ical.Event) any { return []ical.Event{e.Override(0), e.Override(1)} }},
				{"JSON", func(e ical.Event) any { return jsonOf(t, e) }},
				{"Normalized", func(e ical.Event) any { n, err := e.Normalized(); return []any{n, err} }},
				{"Occurrence", func(e ical.Event) any {
					var out []any
					for _, d := range []time.Time{date(2027, 3, 2), date(2027, 3, 9), date(2027, 3, 23), date(2027, 4, 20), date(2027, 5, 1), date(2027, 5, 2)} {
						o, ok := e.Occurrence(form(d))
						out = append(out, o, ok)
					}
					return out
				}},
			} {
				if diff := cmp.Diff(c.of(plain), c.of(e)); diff != "" {
					t.Errorf("%s (-in UTC +in this form):\n%s", c.call, diff)
				}
			}
			if diff := cmp.Diff(given, e); diff != "" {
				t.Errorf("the event given (-before +after):\n%s", diff)
			}
			var read ical.Event
			if err := json.Unmarshal([]byte(jsonOf(t, e)), &read); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plain, read); diff != "" {
				t.Errorf("read from JSON (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDatesOfRawJSON reads instants as a database gives them.
func TestDatesOfRawJSON(t *testing.T) {
	const in = `{"uid":"u","start":"2027-03-01T23:00:00.5Z","end":"2027-03-02T23:00:00Z","timeZone":"Europe/Berlin","allDay":true,
		"recurrence":{"freq":"weekly","until":"2027-03-15T23:00:00Z","except":["2027-03-09T00:00:00+01:00"]},
		"overrides":[{"recurrenceId":"2027-03-15T23:00:00Z","start":"2027-03-17","timeZone":"Asia/Tokyo","end":"2027-03-17T15:00:00Z"}]}`
	var got ical.Event
	if err := json.Unmarshal([]byte(in), &got); err != nil {
		t.Fatal(err)
	}
	want := ical.Event{UID: "u", AllDay: true, TimeZone: "Europe/Berlin", Start: date(2027, 3, 2), End: date(2027, 3, 3),
		Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Until: date(2027, 3, 16), Except: []time.Time{date(2027, 3, 9)}},
		Overrides:  []ical.Event{{RecurrenceID: date(2027, 3, 16), Start: date(2027, 3, 17), End: date(2027, 3, 18), TimeZone: "Asia/Tokyo"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Unmarshal (-want +got):\n%s", diff)
	}
}

// TestDatesWithoutZone: without TimeZone, the Location of Start is the zone.
func TestDatesWithoutZone(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	e := offsite(func(d time.Time) time.Time { return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, berlin) })
	e.TimeZone, e.Recurrence.Until = "", e.Recurrence.Until.UTC()
	if got := encoded(t, e); !strings.Contains(got, "UNTIL=20270420\r\n") {
		t.Errorf("Encode = %s, want UNTIL=20270420", got)
	}
}

// TestDateErrors: a time that is midnight nowhere is an error about its field.
func TestDateErrors(t *testing.T) {
	odd := time.Date(2027, 3, 1, 22, 0, 0, 0, time.UTC)
	const want = "all-day times must be midnight; 2027-03-01T22:00Z is not midnight in UTC or Europe/Berlin"
	for _, tt := range []struct {
		field  string
		change func(e *ical.Event)
		want   string
	}{
		{"Start", func(e *ical.Event) { e.Start = odd }, want},
		{"End", func(e *ical.Event) { e.End = odd }, want},
		{"Recurrence.Until", func(e *ical.Event) { e.Recurrence.Until = odd }, want},
		{"Recurrence.Except[1]", func(e *ical.Event) { e.Recurrence.Except[1] = odd }, want},
		{"Recurrence.Include[0]", func(e *ical.Event) { e.Recurrence.Include[0] = odd }, want},
		{"Overrides[1].RecurrenceID", func(e *ical.Event) { e.Overrides[1].RecurrenceID = odd }, want},
		{"Overrides[2].RecurrenceID", func(e *ical.Event) { e.Overrides[2].RecurrenceID = odd }, want},
		{"Overrides[0].Start", func(e *ical.Event) { e.Overrides[0].Start = odd }, want},
		{"Overrides[1].End", func(e *ical.Event) { e.Overrides[1].TimeZone, e.Overrides[1].End = "Asia/Tokyo", odd },
			"all-day times must be midnight; 2027-03-01T22:00Z is not midnight in UTC or Asia/Tokyo"},
		{"RecurrenceID", func(e *ical.Event) { e.Recurrence, e.Overrides, e.RecurrenceID = nil, nil, odd }, want},
		{"Start", func(e *ical.Event) { e.TimeZone, e.Start = "", odd }, "all-day times must be midnight; 2027-03-01T22:00Z is not midnight in UTC; if it comes from another zone, set TimeZone"},
		{"Start", func(e *ical.Event) { e.TimeZone, e.Start = "Nowhere", odd },
			"all-day times must be midnight; 2027-03-01T22:00Z is not midnight in UTC, and the zone \"Nowhere\" is not known"},
		{"Start", func(e *ical.Event) { e.Start = odd.In(time.FixedZone("", 7200)).Add(30 * time.Second) },
			"all-day times must be midnight; 2027-03-02T00:00:30+02:00 is not midnight in UTC+02:00 or Europe/Berlin"},
	} {
		t.Run(tt.field, func(t *testing.T) {
			e := offsite(func(d time.Time) time.Time { return d })
			tt.change(&e)
			c := request(e)
			_, encoding := ical.Encode(&c)
			for call, err := range map[string]error{"Validate": e.Validate(), "Encode": encoding} {
				var got []string
				for _, f := range ical.FieldErrors(err) {
					got = append(got, strings.TrimPrefix(f.Field, "Events[0].")+": "+f.Err.Error())
				}
				if diff := cmp.Diff([]string{tt.field + ": " + tt.want}, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", call, diff)
				}
			}
			n, err := e.Normalized()
			if fields := ical.FieldErrors(err); len(fields) != 1 || fields[0].Field != tt.field {
				t.Errorf("Normalized = %v, want an error of %s", err, tt.field)
			}
			if got := jsonOf(t, n); !strings.Contains(got, `"2027-03-0`) || !strings.Contains(got, "T22:00:00Z") && !strings.Contains(got, "T00:00:30+02:00") {
				t.Errorf("JSON = %s, want the time as it was given", got)
			}
		})
	}
}

// TestDatesWithoutMidnight goes through the days of zones that skip midnight when
// the clock is set forward. The first instant of a day and the time that time.Date
// makes of its midnight both stand for the day, in each Location and at an offset.
func TestDatesWithoutMidnight(t *testing.T) {
	for _, name := range []string{"America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Asuncion", "Asia/Tehran"} {
		loc, skipped := zone(t, name), 0
		for day := date(2005, 1, 1); day.Year() < 2030; day = day.AddDate(0, 0, 1) {
			first := firstInstant(day, loc)
			if first.Hour() != 0 {
				skipped++
			} else if day.Day() != 15 { // of ordinary days a few are enough
				continue
			}
			made := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, loc)
			for _, at := range []time.Time{first, made} {
				_, offset := at.Zone()
				for _, form := range []time.Time{at, at.UTC(), at.In(time.FixedZone("", offset))} {
					n, err := ical.Event{AllDay: true, TimeZone: name, Start: form}.Normalized()
					if err != nil || !n.Start.Equal(day) {
						t.Errorf("%s: %v is %v, %v, want %v", name, form, n.Start, err, day)
					}
				}
			}
		}
		if skipped == 0 {
			t.Errorf("%s skips no midnight", name)
		}
	}
}

// firstInstant is the first instant of a day in a zone, found in steps of a quarter
// of an hour from the noon before.
func firstInstant(day time.Time, loc *time.Location) time.Time {
	at := time.Date(day.Year(), day.Month(), day.Day()-1, 12, 0, 0, 0, loc)
	for at.Day() != day.Day() {
		at = at.Add(15 * time.Minute)
	}
	return at
}

// TestWholeSeconds: a value from a database has lost its nanoseconds, and means the
// same.
func TestWholeSeconds(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	at := func(fraction time.Duration) ical.Event {
		d := func(day int) time.Time { return time.Date(2027, 3, day, 10, 0, 0, 0, berlin).Add(fraction) }
		return meeting(func(e *ical.Event) {
			e.TimeZone, e.Start, e.End = "Europe/Berlin", d(2), d(2).Add(time.Hour)
			e.Created, e.Modified = d(1), d(1)
			e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Until: d(30), Except: []time.Time{d(9)}, Include: []time.Time{d(31)}}
			e.Overrides = []ical.Event{{RecurrenceID: d(16), Start: d(17)}, {RecurrenceID: d(23), Cancelled: true}}
		})
	}
	want, got := at(0), at(123_456_789)
	if diff := cmp.Diff(encoded(t, want), encoded(t, got)); diff != "" {
		t.Errorf("Encode (-whole +fine):\n%s", diff)
	}
	if diff := cmp.Diff(jsonOf(t, want), jsonOf(t, got)); diff != "" {
		t.Errorf("JSON (-whole +fine):\n%s", diff)
	}
	if diff := cmp.Diff(want.Lint(), got.Lint()); diff != "" {
		t.Errorf("Lint (-whole +fine):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Collect(want.Occurrences(time.Time{}, time.Time{})), slices.Collect(got.Occurrences(time.Time{}, time.Time{}))); diff != "" {
		t.Errorf("Occurrences (-whole +fine):\n%s", diff)
	}
	if o, ok := got.Occurrence(want.Overrides[0].RecurrenceID.Add(999)); !ok || o.Override != 0 {
		t.Errorf("Occurrence = %+v, %v, want the override", o, ok)
	}
	n, err := got.Normalized()
	if diff := cmp.Diff(want, n); err != nil || diff != "" {
		t.Errorf("Normalized = %v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(at(123_456_789), got); diff != "" {
		t.Errorf("the event given (-before +after):\n%s", diff)
	}
}

func encoded(t *testing.T, e ical.Event) string {
	t.Helper()
	c := request(e)
	data, err := ical.Encode(&c)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func jsonOf(t *testing.T, e ical.Event) string {
	t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
