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

// linesOf returns the lines of an object that begin with one of the names, unfolded.
func linesOf(data []byte, names ...string) (out []string) {
	for line := range strings.SplitSeq(strings.ReplaceAll(string(data), "\r\n ", ""), "\r\n") {
		if slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(line, name) }) {
			out = append(out, line)
		}
	}
	return out
}

// throughJSON returns the event as it comes back from storage.
func throughJSON(t *testing.T, e ical.Event) (out ical.Event) {
	t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOccurrenceAlone: an override is written with the same times beside its series
// and alone, also after storage, whatever zone its own times are in.
func TestOccurrenceAlone(t *testing.T) {
	berlin, newYork := zone(t, "Europe/Berlin"), zone(t, "America/New_York")
	late := func(loc *time.Location) time.Time { return time.Date(2027, 3, 23, 23, 30, 0, 0, berlin).In(loc) }
	moved := time.Date(2027, 3, 29, 18, 0, 0, 0, berlin)
	plus2 := time.FixedZone("", 7200)
	berlinID := "RECURRENCE-ID;TZID=Europe/Berlin:20270323T233000"
	berlinStart := "DTSTART;TZID=Europe/Berlin:20270329T180000"
	for _, tt := range []struct {
		name         string
		zone         string         // of the series; "" for none
		loc          *time.Location // of the series' Start
		in           ical.Event
		wantID, want string
	}{
		{"as in the series", "Europe/Berlin", berlin, ical.Event{RecurrenceID: late(berlin)}, berlinID, "DTSTART;TZID=Europe/Berlin:20270323T233000"},
		{"from JSON", "Europe/Berlin", plus2, ical.Event{RecurrenceID: late(plus2), Start: moved.In(plus2)}, berlinID, berlinStart},
		{"with a zone of its own", "Europe/Berlin", berlin,
			ical.Event{RecurrenceID: late(berlin), Start: moved, TimeZone: "America/New_York"}, berlinID, berlinStart},
		{"with a zone of its own, from a database", "Europe/Berlin", time.UTC,
			ical.Event{RecurrenceID: late(time.UTC), Start: moved.UTC(), TimeZone: "America/New_York"}, berlinID, berlinStart},
		{"with a start in another Location", "Europe/Berlin", berlin, ical.Event{RecurrenceID: late(berlin), Start: moved.In(newYork)}, berlinID, berlinStart},
		{"with an offset of an old version", "Europe/Berlin", berlin,
			ical.Event{RecurrenceID: late(berlin), Start: moved, TimeZone: "UTC+02:00"}, berlinID, berlinStart},
		{"the zone is only the Location of the series", "", berlin, ical.Event{RecurrenceID: late(newYork), Start: moved.In(newYork)}, berlinID, berlinStart},
		{"a Windows name", "W. Europe Standard Time", berlin, ical.Event{RecurrenceID: late(time.UTC), Start: moved}, berlinID, berlinStart},
		{"in an hour that comes twice", "Europe/Berlin", berlin,
			ical.Event{RecurrenceID: late(berlin), Start: time.Date(2027, 10, 31, 1, 30, 0, 0, time.UTC), TimeZone: "Asia/Tokyo"}, berlinID, "DTSTART:20271031T013000Z"},
		{"a series in UTC", "", time.UTC, ical.Event{RecurrenceID: late(berlin), Start: moved, TimeZone: "Europe/Berlin"},
			"RECURRENCE-ID;TZID=UTC:20270323T223000", "DTSTART;TZID=UTC:20270329T160000"},
		{"a series at an offset", "", plus2, ical.Event{RecurrenceID: late(plus2), Start: moved.In(newYork), TimeZone: "America/New_York"},
			`RECURRENCE-ID;TZID="UTC+02:00":20270324T003000`, `DTSTART;TZID="UTC+02:00":20270329T180000`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := late(tt.loc).AddDate(0, 0, -14)
			series := meeting(func(e *ical.Event) {
				e.Start, e.End, e.TimeZone, e.Recurrence = start, start.Add(time.Hour), tt.zone, &ical.Recurrence{Freq: ical.FreqWeekly, Count: 10}
				e.Overrides = []ical.Event{tt.in}
			})
			for when, e := range map[string]ical.Event{"": series, "stored: ": throughJSON(t, series), "stored twice: ": throughJSON(t, throughJSON(t, series))} {
				want := []string{tt.wantID, tt.want}
				beside := linesOf(encode(t, object(ical.MethodRequest, e)), "RECURRENCE-ID", "DTSTART")
				if got := beside[len(beside)-2:]; !slices.Equal(got, want) {
					t.Errorf("%sbeside the series: %q, want %q", when, got, want)
				}
				for _, method := range []ical.Method{ical.MethodRequest, ical.MethodCancel} {
					for how, alone := range map[string]ical.Event{"alone": e.Override(0), "alone, stored": throughJSON(t, e.Override(0))} {
						list := linesOf(encode(t, object(method, alone)), "RECURRENCE-ID", "DTSTART")
						if got := list[len(list)-2:]; !slices.Equal(got, want) {
							t.Errorf("%s%s %s: %q, want %q", when, method, how, got, want)
						}
					}
				}
			}
		})
	}
}

// TestOccurrenceAloneAllDay: dates stay dates.
func TestOccurrenceAloneAllDay(t *testing.T) {
	e := meeting(func(e *ical.Event) {
		e.AllDay, e.Start, e.End, e.TimeZone = true, date(2027, 3, 2), date(2027, 3, 3), "Europe/Berlin"
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
		e.Overrides = []ical.Event{{RecurrenceID: date(2027, 3, 9), Start: date(2027, 3, 10), TimeZone: "America/New_York"}}
	})
	e = throughJSON(t, e)
	want := []string{"RECURRENCE-ID;VALUE=DATE:20270309", "DTSTART;VALUE=DATE:20270310"}
	if got := linesOf(encode(t, object(ical.MethodRequest, e.Override(0))), "RECURRENCE-ID", "DTSTART"); !slices.Equal(got, want) {
		t.Errorf("alone: %q, want %q", got, want)
	}
}

// TestOverrideJSON: an override without a zone is stored without one.
func TestOverrideJSON(t *testing.T) {
	const in = `{"start":"2027-03-09T23:30:00+01:00","timeZone":"Europe/Berlin","recurrence":{"freq":"weekly"},` +
		`"overrides":[{"recurrenceId":"2027-03-23T23:30:00+01:00","start":"2027-03-29T18:00:00+02:00"},` +
		`{"recurrenceId":"2027-03-30T23:30:00+02:00","timeZone":"America/New_York","absent":["location"]}]}`
	var e ical.Event
	if err := json.Unmarshal([]byte(in), &e); err != nil {
		t.Fatal(err)
	}
	e.Overrides[0].Start = e.Overrides[0].Start.In(zone(t, "Asia/Tokyo")) // a zone that is not in TimeZone is not meant
	e.Overrides[0].RecurrenceID = e.Overrides[0].RecurrenceID.In(zone(t, "Europe/Berlin"))
	before := e.Clone()
	got, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(in, "2027-03-29T18:00:00+02:00", "2027-03-30T01:00:00+09:00", 1); string(got) != want {
		t.Errorf("Marshal:\n got %s\nwant %s", got, want)
	}
	sameLocation := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a.Location().String() == b.Location().String() })
	if diff := cmp.Diff(before, e, sameLocation); diff != "" {
		t.Errorf("Marshal changed the event (-want +got):\n%s", diff)
	}
}

// TestDecodeOccurrenceAlone: an occurrence that comes alone goes on with the
// RECURRENCE-ID that it came with.
func TestDecodeOccurrenceAlone(t *testing.T) {
	for _, tt := range []struct{ name, id, start, wantStart, zone string }{
		{"one zone", "RECURRENCE-ID;TZID=Europe/Berlin:20270323T233000", "DTSTART;TZID=Europe/Berlin:20270329T180000",
			"DTSTART;TZID=Europe/Berlin:20270329T180000", "Europe/Berlin"},
		{"another zone", "RECURRENCE-ID;TZID=Europe/Berlin:20270323T233000", "DTSTART;TZID=America/New_York:20270329T120000",
			"DTSTART;TZID=Europe/Berlin:20270329T180000", "Europe/Berlin"},
		{"a start in UTC", "RECURRENCE-ID;TZID=Europe/Berlin:20270323T233000", "DTSTART:20270329T160000Z",
			"DTSTART;TZID=Europe/Berlin:20270329T180000", "Europe/Berlin"},
		{"UTC beside a zone", "RECURRENCE-ID:20270323T223000Z", "DTSTART;TZID=Europe/Berlin:20270329T180000", "DTSTART:20270329T160000Z", "Europe/Berlin"},
		{"UTC", "RECURRENCE-ID:20270323T223000Z", "DTSTART:20270329T160000Z", "DTSTART:20270329T160000Z", "UTC"},
		{"dates", "RECURRENCE-ID;VALUE=DATE:20270323", "DTSTART;VALUE=DATE:20270329", "DTSTART;VALUE=DATE:20270329", "UTC"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := decode(t, []byte("BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u\nDTSTAMP:20270101T000000Z\n"+tt.id+"\n"+tt.start+
				"\nORGANIZER:mailto:o@example.test\nATTENDEE:mailto:a@example.test\nEND:VEVENT\nEND:VCALENDAR\n"))
			e := c.Events[0]
			if loc, err := e.Zone(); err != nil || loc.String() != tt.zone {
				t.Errorf("Zone = %v, %v, want %s", loc, err, tt.zone)
			}
			want := []string{tt.id, tt.wantStart}
			data := encode(t, object(ical.MethodRequest, e))
			got := linesOf(data, "RECURRENCE-ID", "DTSTART")
			if got = got[len(got)-2:]; !slices.Equal(got, want) {
				t.Errorf("sent on: %q, want %q", got, want)
			}
			if hasZone := len(linesOf(data, "BEGIN:VTIMEZONE")) > 0; hasZone != strings.Contains(tt.id, "TZID") {
				t.Errorf("a VTIMEZONE: %v:\n%s", hasZone, data)
			}
		})
	}
}

// TestOverrideTimeZone: a zone of an override that is none is refused.
func TestOverrideTimeZone(t *testing.T) {
	e := meeting(func(e *ical.Event) {
		e.TimeZone, e.Recurrence = "Europe/Berlin", &ical.Recurrence{Freq: ical.FreqWeekly}
		e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), TimeZone: "Berlin time"}}
	})
	checkFields(t, e.Validate(), `Overrides[0].TimeZone: "Berlin time" is not the IANA or Windows name`)
}
