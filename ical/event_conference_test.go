package ical_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
)

// TestConferenceProperty encodes links to several services. Google Meet and Teams have
// their join property, and every object is read back as it was.
func TestConferenceProperty(t *testing.T) {
	const google, teams = "X-GOOGLE-CONFERENCE:", "X-MICROSOFT-SKYPETEAMSMEETINGURL:"
	other := []ical.Property{{Name: "X-GOOGLE-CONFERENCE", Value: "https://meet.google.com/other"}}
	tests := []struct {
		name, link string
		extra      []ical.Property
		want       string
	}{
		{"Meet", "https://meet.google.com/abc-defg-hij?authuser=0", nil, google},
		{"Meet in capitals", "https://MEET.Google.com/abc-defg-hij", nil, google},
		{"Teams", "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%3a%221%22%7d", nil, teams},
		{"Teams for consumers", "https://teams.live.com/meet/9312345678?p=x", nil, teams},
		{"Teams for a government", "https://gov.teams.microsoft.us/l/meetup-join/x", nil, teams},
		{"Zoom", "https://zoom.example.test/j/1", nil, ""},
		{"host that looks alike", "https://meet.google.com.example.test/abc", nil, ""},
		{"user that looks alike", "https://meet.google.com@example.test/abc", nil, ""},
		{"not https", "http://meet.google.com/abc", nil, ""},
		{"no room", "https://meet.google.com/", nil, ""},
		{"telephone", "tel:+49-30-1234", nil, ""},
		{"value that TEXT escapes", "https://meet.google.com/abc?x=1,2;3", nil, ""},
		{"own property", "https://meet.google.com/abc", other, ""},
		{"none", "", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := meeting(func(e *ical.Event) { e.Conference, e.Extra, e.Location = tt.link, tt.extra, "Room 1" })
			data, err := encodeRequest(e)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(string(data), "\r\n ", "")
			for _, name := range []string{google, teams} {
				if n, has := strings.Count(text, "\r\n"+name), name == tt.want; has != strings.Contains(text, "\r\n"+name+tt.link+"\r\n") || n > 1 {
					t.Errorf("%s occurs %d times, want %t: %s", name, n, has, text)
				}
			}
			got := decode(t, data).Events[0]
			if diff := cmp.Diff(e.Conference, got.Conference); diff != "" {
				t.Errorf("Conference (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.extra, got.Extra, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("Extra (-want +got):\n%s", diff)
			}
		})
	}
}

// TestConferenceOfOverride checks that the join property of a series is not lost or kept
// where an occurrence has another link, or none.
func TestConferenceOfOverride(t *testing.T) {
	const meet, zoom = "https://meet.google.com/abc", "https://zoom.example.test/1"
	e := meeting(func(e *ical.Event) {
		e.Conference, e.Recurrence, e.NoForward = meet, &ical.Recurrence{Freq: ical.FreqDaily, Count: 5}, true
		e.Overrides = []ical.Event{
			{RecurrenceID: e.Start.AddDate(0, 0, 1), Conference: zoom},
			{RecurrenceID: e.Start.AddDate(0, 0, 2), Absent: []string{"conference", "noForward"}},
		}
	})
	data, err := encodeRequest(e)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(data), "X-GOOGLE-CONFERENCE"); n != 1 {
		t.Errorf("X-GOOGLE-CONFERENCE occurs %d times, want once, with the series", n)
	}
	got := decode(t, data).Events[0]
	for i, want := range []string{zoom, ""} {
		if o := got.Override(i); o.Conference != want || o.NoForward != (i == 0) {
			t.Errorf("override %d: %q, %t, want %q", i, o.Conference, o.NoForward, want)
		}
	}
	if got.Conference != meet || !got.NoForward {
		t.Errorf("series: %q, %t", got.Conference, got.NoForward)
	}
}

// TestNoForward writes the property, and refuses an event that says it twice.
func TestNoForward(t *testing.T) {
	const name = "X-MICROSOFT-DONOTFORWARDMEETING"
	extra := []ical.Property{{Name: name, Value: "TRUE"}}
	for _, tt := range []struct {
		field bool
		extra []ical.Property
		want  int
	}{{false, nil, 0}, {true, nil, 1}, {false, extra, 1}} {
		e := meeting(func(e *ical.Event) { e.NoForward, e.Extra = tt.field, tt.extra })
		data, err := encodeRequest(e)
		if err != nil || strings.Count(string(data), "\r\n"+name+":TRUE\r\n") != tt.want {
			t.Errorf("NoForward %t with %d extra: %v, %s", tt.field, len(tt.extra), err, data)
		}
		if got := decode(t, data).Events[0]; got.NoForward != (tt.want > 0) || len(got.Extra) > 0 {
			t.Errorf("read back: %t, %v", got.NoForward, got.Extra)
		}
		if stored := throughJSON(t, e); stored.NoForward != e.NoForward {
			t.Error("JSON does not keep it")
		}
	}
	both := meeting(func(e *ical.Event) { e.NoForward, e.Extra = true, extra })
	if err := both.Validate(); err == nil || !strings.Contains(err.Error(), "NoForward: Extra has "+name) {
		t.Errorf("Validate = %v, want an error about NoForward", err)
	}
}

// encodeRequest encodes a request of an event.
func encodeRequest(e ical.Event) ([]byte, error) {
	c := request(e)
	return ical.Encode(&c)
}
