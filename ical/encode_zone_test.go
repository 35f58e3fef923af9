package ical_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
)

// TestEncodeSeries: the lines that Outlook is particular about.
func TestEncodeSeries(t *testing.T) {
	weekly := func(change func(*ical.Event)) ical.Event {
		return seriesIn(t, "Europe/Berlin", "2026-03-30 10:00", ical.Recurrence{Freq: ical.FreqWeekly}, change)
	}
	for _, tt := range []struct {
		name string
		in   ical.Event
		want []string
		not  []string
	}{
		{"week start is the default and does not matter", weekly(func(e *ical.Event) { e.Recurrence.ByDay = []ical.Day{"MO", "WE"} }),
			[]string{"RRULE:FREQ=WEEKLY;BYDAY=MO,WE"}, nil},
		{"week start is the default and matters", weekly(func(e *ical.Event) { e.Recurrence.Interval, e.Recurrence.ByDay = 2, []ical.Day{"MO", "WE"} }),
			[]string{"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=MO"}, nil},
		{"until in UTC", weekly(func(e *ical.Event) { e.Recurrence.Until = e.Start.AddDate(0, 0, 7) }), []string{"RRULE:FREQ=WEEKLY;UNTIL=20260406T080000Z"}, nil},
		{"exceptions in one line", weekly(func(e *ical.Event) {
			e.Recurrence.Except = []time.Time{e.Start.AddDate(0, 0, 7), e.Start.AddDate(0, 0, 14).UTC()}
			e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 21), Cancelled: true}}
		}), []string{"EXDATE;TZID=Europe/Berlin:20260406T100000,20260413T100000,20260420T100000"}, nil},
		{"an override in the hour that comes twice", weekly(func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: time.Date(2026, 10, 26, 9, 0, 0, 0, time.UTC), Start: time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)}}
		}), []string{"RECURRENCE-ID;TZID=Europe/Berlin:20261026T100000", "DTSTART:20261025T013000Z", "DTEND:20261025T023000Z"}, nil},
		{"in UTC", seriesIn(t, "UTC", "2026-03-30 10:00", ical.Recurrence{Freq: ical.FreqWeekly}),
			[]string{"TZID:UTC", "TZOFFSETTO:+0000", "DTSTART;TZID=UTC:20260330T100000"}, []string{"BEGIN:DAYLIGHT"}},
		{"at an offset", weekly(func(e *ical.Event) { e.TimeZone, e.Start = "", e.Start.In(time.FixedZone("", -12600)) }),
			[]string{"TZID:UTC-03:30", "TZOFFSETTO:-0330", `DTSTART;TZID="UTC-03:30":20260330T043000`}, []string{"BEGIN:DAYLIGHT"}},
		{"by a Windows name", weekly(func(e *ical.Event) { e.TimeZone = "W. Europe Standard Time" }), []string{"TZID:Europe/Berlin"}, nil},
		{"one occurrence alone", meeting(func(e *ical.Event) {
			e.TimeZone, e.RecurrenceID = "Europe/Berlin", e.Start.Add(-time.Hour)
		}), []string{"TZID:Europe/Berlin", "RECURRENCE-ID;TZID=Europe/Berlin:20260331T090000", "DTSTART;TZID=Europe/Berlin:20260331T100000"}, nil},
		{"one occurrence of a series in UTC", meeting(func(e *ical.Event) { e.RecurrenceID = e.Start }),
			[]string{"TZID:UTC", "RECURRENCE-ID;TZID=UTC:20260331T080000", "DTSTART;TZID=UTC:20260331T080000"}, nil},
		{"one day of an all-day series", meeting(func(e *ical.Event) {
			e.AllDay, e.Start, e.End, e.RecurrenceID = true, date(2026, 3, 31), date(2026, 4, 1), date(2026, 3, 30)
		}), []string{"RECURRENCE-ID;VALUE=DATE:20260330", "DTSTART;VALUE=DATE:20260331"}, []string{"VTIMEZONE"}},
		{"a zone that Outlook cannot hold", seriesIn(t, "Asia/Jerusalem", "2023-03-25 01:00", ical.Recurrence{Freq: ical.FreqDaily, Count: 400}),
			[]string{"TZID:Asia/Jerusalem", "RDATE:20240329T020000", "DTSTART;TZID=Asia/Jerusalem:20230325T010000"}, nil},
		{"over the date line", seriesIn(t, "Pacific/Fakaofo", "2011-12-20 10:00", ical.Recurrence{Freq: ical.FreqWeekly, Count: 6}),
			[]string{"DTSTART:20111230T000000", "TZOFFSETFROM:-1100", "TZOFFSETTO:+1300"}, []string{"BEGIN:DAYLIGHT"}},
		{"a zone that Outlook cannot hold, for ever", seriesIn(t, "Asia/Jerusalem", "2028-03-20 01:00", ical.Recurrence{Freq: ical.FreqDaily}),
			[]string{"RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"}, []string{"RDATE"}},
		{"a single event in the hour that comes twice", meeting(func(e *ical.Event) {
			e.TimeZone, e.Start, e.End = "Europe/Berlin", time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), time.Date(2026, 10, 25, 5, 0, 0, 0, time.UTC)
		}), []string{"DTSTART:20261025T003000Z"}, []string{"VTIMEZONE"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, method := range []ical.Method{ical.MethodRequest, ical.MethodCancel} {
				c := object(method, tt.in)
				data := strings.ReplaceAll(string(encode(t, c)), "\r\n ", "")
				for _, line := range tt.want {
					if !strings.Contains(data, "\r\n"+line+"\r\n") {
						t.Errorf("%s lacks %q:\n%s", method, line, data)
					}
				}
				for _, part := range tt.not {
					if strings.Contains(data, part) {
						t.Errorf("%s has %q:\n%s", method, part, data)
					}
				}
			}
		})
	}
}

// TestEncodeSeriesRefuses: a series in a zone that has no name.
func TestEncodeSeriesRefuses(t *testing.T) {
	loc, err := time.LoadLocationFromTZData("Europe/Berlin", zoneData(t))
	if err != nil {
		t.Fatal(err)
	}
	e := seriesIn(t, "UTC", "2026-03-30 10:00", ical.Recurrence{Freq: ical.FreqWeekly})
	e.TimeZone, e.Start = "", e.Start.In(loc)
	checkFields(t, e.Validate(), "TimeZone: has the name of an IANA zone")
	e.Recurrence = nil
	if err := e.Validate(); err != nil {
		t.Errorf("a single event: %v", err)
	}
}

// zoneData is the zone file of another zone.
func zoneData(t *testing.T) []byte {
	t.Helper()
	var b strings.Builder
	b.WriteString("TZif2" + strings.Repeat("\x00", 15+24))
	b.WriteString("TZif2" + strings.Repeat("\x00", 15+12) + "\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x04")
	b.WriteString("\x00\x00\x00\x00\x70\x00\x00\x00" + "\x01")
	b.WriteString("\x00\x00\x0e\x10\x00\x00" + "\x00\x00\x1c\x20\x01\x00" + "ABC\x00" + "\n\n")
	return []byte(b.String())
}
