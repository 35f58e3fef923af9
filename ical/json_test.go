package ical_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
)

func TestEventJSONRoundTrip(t *testing.T) {
	for _, tt := range calendarCases(t) {
		first, err := json.Marshal(tt.calendar)
		if err != nil {
			t.Fatal(err)
		}
		var back ical.Calendar
		want := tt.calendar
		want.Events = withZones(t, want.Events)
		if err := json.Unmarshal(first, &back); err != nil {
			t.Errorf("Unmarshal(%s) = %v", first, err)
			continue
		}
		if diff := cmp.Diff(want, back, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s through JSON (-want +got):\n%s", tt.name, diff)
		}
		if second, _ := json.Marshal(back); !bytes.Equal(first, second) {
			t.Errorf("%s through JSON twice:\n%s\n%s", tt.name, first, second)
		}
		if !bytes.Equal(encode(t, back), encode(t, tt.calendar)) {
			t.Errorf("%s is another object after JSON", tt.name)
		}
	}
}

// withZones fills in the zones that the events' times are in. An override has
// the zone of its series.
func withZones(t *testing.T, events []ical.Event) []ical.Event {
	out := slices.Clone(events)
	for i, e := range out {
		if loc, err := e.Zone(); err != nil {
			t.Error(err)
		} else if loc != time.UTC && !e.AllDay {
			out[i].TimeZone = loc.String()
		}
	}
	return out
}

func TestEventUnmarshalJSON(t *testing.T) {
	two := time.FixedZone("", 7200)
	for _, tt := range []struct {
		name, in string
		want     ical.Event
	}{
		{"nulls", `{"start":null,"recurrence":null,"overrides":null,"attendees":null}`, ical.Event{}},
		{"enumerations", `{"showAs":"out-of-office","sensitivity":"confidential","attendees":[{"email":"a@example.test","role":"chair","kind":"room","status":"declined","noReply":true}]}`,
			ical.Event{ShowAs: ical.ShowOutOfOffice, Sensitivity: ical.SensitivityConfidential, Attendees: []ical.Attendee{
				{Email: "a@example.test", Role: ical.RoleChair, Kind: ical.KindRoom, Status: ical.StatusDeclined, NoReply: true}}}},
		{"offset", `{"start":"2026-03-31T10:00:00+02:00","end":"2026-03-31T11:00:00.5Z"}`,
			ical.Event{Start: time.Date(2026, 3, 31, 10, 0, 0, 0, two), End: time.Date(2026, 3, 31, 11, 0, 0, 0, time.UTC)}},
		{"plain dates", `{"allDay":true,"start":"2026-03-31","end":"2026-04-02"}`, ical.Event{AllDay: true, Start: date(2026, 3, 31), End: date(2026, 4, 2)}},
		{"plain dates everywhere", `{"start":"2026-03-31","allDay":true,"recurrence":{"freq":"daily","until":"2026-04-09","except":["2026-04-01"],"include":["2026-05-01"]},
			"overrides":[{"recurrenceId":"2026-04-02","start":"2026-04-03"}]}`,
			ical.Event{AllDay: true, Start: date(2026, 3, 31), Recurrence: &ical.Recurrence{Freq: ical.FreqDaily, Until: date(2026, 4, 9),
				Except: []time.Time{date(2026, 4, 1)}, Include: []time.Time{date(2026, 5, 1)}},
				Overrides: []ical.Event{{RecurrenceID: date(2026, 4, 2), Start: date(2026, 4, 3)}}}},
		{"reminders", `{"reminders":["15m","1d2h","1w","0m","90s","1w1d1h1m1s","1h30m"]}`, ical.Event{Reminders: []ical.Reminder{
			{15 * time.Minute}, {26 * time.Hour}, {168 * time.Hour}, {0}, {90 * time.Second}, {193*time.Hour + 61*time.Second}, {90 * time.Minute}}}},
		{"rule", `{"recurrence":{"freq":"monthly","interval":2,"count":3,"byDay":["TU","-1FR"],"byMonthDay":[1],"byMonth":[2],"bySetPos":[-1],"weekStart":"SU"}}`,
			ical.Event{Recurrence: &ical.Recurrence{Freq: ical.FreqMonthly, Interval: 2, Count: 3, ByDay: []ical.Day{"TU", "-1FR"},
				ByMonthDay: []int{1}, ByMonth: []int{2}, BySetPos: []int{-1}, WeekStart: ical.DaySunday}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got ical.Event
			err := json.Unmarshal([]byte(tt.in), &got)
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("Unmarshal(%s) = %v (-want +got):\n%s", tt.in, err, diff)
			}
		})
	}
}

func TestEventUnmarshalJSONErrors(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"sumary":"x"}`, `"sumary"`},
		{`{"organizer":{"mail":"x"}}`, `"mail"`},
		{`{"attendees":[{"nmae":"x"}]}`, `"nmae"`},
		{`{"attachments":[{"href":"x"}]}`, `"href"`},
		{`{"recurrence":{"frequency":"daily"}}`, `recurrence: json: unknown field "frequency"`},
		{`{"overrides":[{},{"sumary":"x"}]}`, `overrides[1]: json: unknown field "sumary"`},
		{`{"overrides":[{"attendees":[{"nmae":"x"}]}]}`, `"nmae"`},
		{`{"start":"2026-03-31"}`, `start: a date without a time needs allDay`},
		{`{"end":"2026-03-31"}`, `end: a date`},
		{`{"recurrenceId":"31 March"}`, `recurrenceId: "31 March" is neither`},
		{`{"start":"2026-03-31T10:00:00"}`, `start: "2026-03-31T10:00:00" is neither`},
		{`{"recurrence":{"freq":"daily","until":"2026-03-31"}}`, `recurrence: until: a date`},
		{`{"recurrence":{"freq":"daily","except":["2026-03-31T00:00:00Z","2026-03-31"]}}`, `except[1]: a date`},
		{`{"overrides":[{"recurrenceId":7}]}`, `overrides[0]: recurrenceId: 7 is not a time`},
		{`{"start":"tomorrow"}`, `start: "tomorrow" is neither`},
		{`{"start":7}`, `start: 7 is not a time`},
		{`{"recurrence":{"include":[true]}}`, `include[0]: true`},
		{`{"reminders":["15"]}`, `"15" is not a length`},
		{`{"reminders":["-15m"]}`, `"-15m"`},
		{`{"reminders":["x d"]}`, `"x d"`},
		{`{"reminders":[""]}`, `empty`},
		{`{"sequence":"1"}`, `sequence`},
		{`[]`, `array`},
	} {
		var e ical.Event
		if err := json.Unmarshal([]byte(tt.in), &e); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Unmarshal(%s) = %v, want %q in it", tt.in, err, tt.want)
		}
	}
	var r ical.Recurrence
	if err := json.Unmarshal([]byte(`{"until":"2026-03-31"}`), &r); err != nil || !r.Until.Equal(date(2026, 3, 31)) {
		t.Errorf("Unmarshal of a rule = %v, %v", r, err)
	}
	if err := json.Unmarshal([]byte(`{"x":1}`), &r); err == nil || !strings.Contains(err.Error(), "ical: recurrence") {
		t.Errorf("Unmarshal of a rule with an unknown key = %v", err)
	}
}

func TestReminderMarshalText(t *testing.T) {
	for in, want := range map[time.Duration]string{
		0: "0m", 15 * time.Minute: "15m", 26 * time.Hour: "1d2h", 7 * 24 * time.Hour: "7d", 90 * time.Second: "1m30s",
	} {
		if got, err := (ical.Reminder{Before: in}).MarshalText(); err != nil || string(got) != want {
			t.Errorf("MarshalText(%v) = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []time.Duration{-time.Minute, time.Millisecond} {
		if _, err := (ical.Reminder{Before: in}).MarshalText(); err == nil {
			t.Errorf("MarshalText(%v) = nil error", in)
		}
	}
}
