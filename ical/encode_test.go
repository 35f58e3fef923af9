package ical_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/golden"
)

const icsDir = "../testdata/ics/"

func TestEncodeGolden(t *testing.T) {
	for _, tt := range calendarCases(t) {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ical.Encode(&tt.calendar)
			if err != nil {
				t.Fatalf("Encode(%s) = %v", tt.name, err)
			}
			golden.Assert(t, icsDir+tt.name+".ics", got)
			checkWire(t, got)
		})
	}
}

// checkWire reports what no parser should have to forgive.
func checkWire(t *testing.T, data []byte) {
	t.Helper()
	if !bytes.HasSuffix(data, []byte("END:VCALENDAR\r\n")) {
		t.Errorf("object ends in %q, want END:VCALENDAR and CRLF", data[max(0, len(data)-20):])
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00") || !utf8.ValidString(line) {
			t.Errorf("line %q is longer than 75 octets, not UTF-8 or has a lone line end", line)
		}
	}
}

func TestEncodeEqualBytes(t *testing.T) {
	for _, name := range []string{"names", "links", "series"} {
		c := calendarCaseNamed(t, name)
		want, err := ical.Encode(&c)
		if err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			if got, err := ical.Encode(&c); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("Encode(%s) differs from its first result (error %v)", name, err)
			}
		}
	}
}

func TestEncodeConcurrently(t *testing.T) {
	c := calendarCaseNamed(t, "series")
	want, _ := ical.Encode(&c)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got, err := ical.Encode(&c); err != nil || !bytes.Equal(got, want) {
					t.Errorf("Encode in parallel = %d octets, %v; want %d", len(got), err, len(want))
				}
			}
		})
	}
	wg.Wait()
}

func TestEncodeKeepsItsInput(t *testing.T) {
	before, after := calendarCases(t), calendarCases(t)
	for i := range after {
		// Room at the end of a slice is where a careless append writes.
		if r := after[i].calendar.Events[0].Recurrence; r != nil {
			r.Except = append(make([]time.Time, 0, 8), r.Except...)
		}
		if _, err := ical.Encode(&after[i].calendar); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before[i].calendar, after[i].calendar); diff != "" {
			t.Errorf("Encode(%s) changed its input (-before +after):\n%s", before[i].name, diff)
		}
		if r := after[i].calendar.Events[0].Recurrence; r != nil {
			for _, spare := range r.Except[len(r.Except):cap(r.Except)] {
				if !spare.IsZero() {
					t.Errorf("Encode(%s) wrote behind the end of Except", before[i].name)
				}
			}
		}
	}
}

// TestEncodeOneZonePerCalendar: the one VTIMEZONE of a zone must be right for
// every event in it.
func TestEncodeOneZonePerCalendar(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	at := func(year int, uid string) ical.Event {
		return meeting(func(e *ical.Event) {
			e.UID, e.TimeZone = uid, "Europe/Berlin"
			e.Start = time.Date(year, 7, 1, 10, 0, 0, 0, berlin)
			e.End = e.Start.Add(time.Hour)
		})
	}
	series := at(2026, "s")
	series.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
	for _, tt := range []struct {
		name   string
		events []ical.Event
	}{
		{"older single after newer", []ical.Event{at(2030, "a"), at(2010, "b")}},
		{"single older than the zone's rule", []ical.Event{series, at(1950, "a")}},
		{"override older than the series", []ical.Event{func() ical.Event {
			s := series
			s.Overrides = []ical.Event{{RecurrenceID: series.Start, Start: series.Start.AddDate(-3, 0, 0)}}
			return s
		}()}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := object(ical.MethodPublish, tt.events...)
			got := decode(t, encode(t, c))
			for i, e := range tt.events {
				if !got.Events[i].Start.Equal(e.Start) {
					t.Errorf("Start of event %d = %v, want %v", i, got.Events[i].Start, e.Start)
				}
				for j, o := range e.Overrides {
					if !got.Events[i].Overrides[j].Start.Equal(o.Start) {
						t.Errorf("Start of override %d = %v, want %v", j, got.Events[i].Overrides[j].Start, o.Start)
					}
				}
			}
		})
	}
}

// TestEncodeOverlap: a wall clock that a change repeats names the first of two
// instants, and some clients take the second, so both go out in UTC.
func TestEncodeOverlap(t *testing.T) {
	for _, tt := range []struct {
		zone, first, second string // instants
	}{
		{"Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"},
	} {
		for _, in := range []string{tt.first, tt.second} {
			want := "DTSTART:" + strings.NewReplacer("-", "", ":", "").Replace(in)
			start, _ := time.Parse(time.RFC3339, in)
			data := encode(t, request(meeting(func(e *ical.Event) {
				e.TimeZone, e.Start, e.End = tt.zone, start, start.Add(3*time.Hour)
			})))
			if !bytes.Contains(data, []byte(want+"\r\n")) {
				t.Errorf("Encode of %s in %s lacks %q:\n%s", in, tt.zone, want, data)
			}
			if got := decode(t, data).Events[0].Start; !got.Equal(start) {
				t.Errorf("%s in %s comes back as %v", in, tt.zone, got)
			}
		}
	}
}

func encode(t testing.TB, c ical.Calendar) []byte {
	t.Helper()
	data, err := ical.Encode(&c)
	if err != nil {
		t.Fatalf("Encode = %v", err)
	}
	return data
}

func decode(t testing.TB, data []byte) *ical.Calendar {
	t.Helper()
	c, err := ical.Decode(bytes.NewReader(data), nil)
	if err != nil {
		t.Fatalf("Decode = %v of\n%s", err, data)
	}
	return c
}

// TestEncodeOverlapInSeries: an override can go out in UTC, its series cannot.
func TestEncodeOverlapInSeries(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	second := time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC) // 02:30 for the second time
	e := meeting(func(e *ical.Event) {
		e.TimeZone, e.Start = "Europe/Berlin", time.Date(2026, 10, 18, 10, 0, 0, 0, berlin)
		e.End = e.Start.Add(time.Hour)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
		e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Start: second}}
	})
	if got := decode(t, encode(t, request(e))).Events[0].Overrides[0].Start; !got.Equal(second) {
		t.Errorf("override comes back at %v, want %v", got, second)
	}
	for name, change := range map[string]func(*ical.Event){
		"start":   func(e *ical.Event) { e.Start, e.End = second, second.Add(3*time.Hour) },
		"end":     func(e *ical.Event) { e.Start, e.End = second.Add(-5*time.Hour), second },
		"include": func(e *ical.Event) { e.Recurrence.Include = []time.Time{second} },
	} {
		s := e
		s.Overrides, s.Recurrence = nil, &ical.Recurrence{Freq: ical.FreqWeekly}
		change(&s)
		c := request(s)
		_, err := ical.Encode(&c)
		t.Run(name, func(t *testing.T) { checkFields(t, err, "Events[0].TimeZone: set back") })
	}
}
