package ical_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

func TestEventOverride(t *testing.T) {
	master := meeting(func(e *ical.Event) {
		e.Sequence, e.TimeZone, e.Description, e.Location = 3, "Europe/Berlin", "About", "Room 1"
		e.URL, e.Conference, e.Language = "https://example.test/1", "https://example.test/2", "de"
		e.Categories, e.Reminders = []string{"red"}, []ical.Reminder{{Before: time.Hour}}
		e.ShowAs, e.Sensitivity, e.Priority, e.NoCounter, e.NoForward = ical.ShowFree, ical.SensitivityPrivate, 1, true, true
		e.Attachments, e.Extra = []ical.Link{{URL: "https://example.test/3"}}, []ical.Property{{Name: "X-A", Value: "1"}}
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
		e.Created = stamp
	})
	id := master.Start.AddDate(0, 0, 7)
	inherited := master
	inherited.RecurrenceID, inherited.Start, inherited.End = id, id, id.Add(time.Hour)
	inherited.Recurrence, inherited.Created = nil, time.Time{}
	own := ical.Event{
		UID: testUID, Sequence: 4, RecurrenceID: id, Start: id.Add(time.Hour), End: id.Add(3 * time.Hour), TimeZone: "Europe/Paris",
		Summary: "S", Description: "D", Location: "L", URL: "https://example.test/u", Conference: "https://example.test/c", Language: "fr",
		Categories: []string{"c"}, Organizer: ical.Person{Email: "o@example.test"}, Attendees: []ical.Attendee{{Email: "a@example.test"}},
		Reminders: []ical.Reminder{{}}, ShowAs: ical.ShowTentative, Sensitivity: ical.SensitivityPublic, Priority: 9, NoCounter: true, NoForward: true, Cancelled: true,
		Attachments: []ical.Link{{URL: "https://example.test/a"}}, Extra: []ical.Property{{Name: "X-B"}},
	}
	full := own
	full.TimeZone = master.TimeZone // RECURRENCE-ID is in it
	for _, tt := range []struct {
		name     string
		in, want ical.Event
	}{
		{"nothing of its own", ical.Event{RecurrenceID: id}, inherited},
		{"empty lists", ical.Event{RecurrenceID: id, Attendees: []ical.Attendee{}, Categories: []string{}, Reminders: []ical.Reminder{},
			Attachments: []ical.Link{}, Extra: []ical.Property{}}, inherited},
		{"everything of its own", own, full},
	} {
		e := master
		e.Overrides = []ical.Event{tt.in}
		if diff := cmp.Diff(tt.want, e.Override(0)); diff != "" {
			t.Errorf("Override of %s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestEventOverrideDays: in zones with summer time a day need not have 24 hours.
func TestEventOverrideDays(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	e := ical.Event{
		AllDay: true, Start: time.Date(2026, 3, 28, 0, 0, 0, 0, berlin), End: time.Date(2026, 3, 30, 0, 0, 0, 0, berlin),
		Overrides: []ical.Event{{RecurrenceID: time.Date(2026, 10, 24, 0, 0, 0, 0, berlin)}},
	}
	if got, want := e.Override(0).End, date(2026, 10, 26); !got.Equal(want) {
		t.Errorf("Override(0).End = %v, want %v", got, want)
	}
}

func TestEventZone(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	weekly := &ical.Recurrence{Freq: ical.FreqWeekly}
	for _, tt := range []struct {
		name string
		in   ical.Event
		want string
	}{
		{"Windows name", ical.Event{Start: stamp, TimeZone: "Tokyo Standard Time"}, "Asia/Tokyo"},
		{"series at a number", ical.Event{Start: stamp.In(time.FixedZone("", 3600)), Recurrence: weekly}, "UTC+01:00"},
		{"series at a number with a name", ical.Event{Start: stamp.In(time.FixedZone("PST", -8*3600)), Recurrence: weekly}, "UTC-08:00"},
		{"series in another with the name", ical.Event{Start: stamp.In(time.FixedZone("Europe/Berlin", 7200)), Recurrence: weekly}, "UTC+02:00"},
		{"series in UTC by another name", ical.Event{Start: stamp.In(time.FixedZone("", 0)), Recurrence: weekly}, "UTC"},
		{"series in UTC", ical.Event{Start: stamp, Recurrence: weekly}, "UTC"},
		{"occurrence at a number", ical.Event{Start: stamp.In(time.FixedZone("", 3600)), RecurrenceID: stamp}, "UTC+01:00"},
		{"UTC", ical.Event{Start: stamp}, "UTC"},
		{"start's", ical.Event{Start: stamp.In(berlin)}, "Europe/Berlin"},
		{"named", ical.Event{Start: stamp.In(berlin), TimeZone: "America/New_York"}, "America/New_York"},
		{"the machine's", ical.Event{Start: stamp.In(time.Local)}, "UTC"},
		{"a number", ical.Event{Start: stamp.In(time.FixedZone("", 3600))}, "UTC"},
		{"another with the name", ical.Event{Start: stamp.In(time.FixedZone("Europe/Berlin", 7200))}, "UTC"},
		{"another that agrees in winter", ical.Event{Start: stamp.In(time.FixedZone("Europe/Berlin", 3600))}, "UTC"},
	} {
		if got, err := tt.in.Zone(); err != nil || got.String() != tt.want {
			t.Errorf("Zone of %s = %v, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

func TestLoadLocation(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Europe/Berlin", "Europe/Berlin"}, {" /Europe/Berlin/ ", "Europe/Berlin"}, {"UTC", "UTC"},
		{"/citadel.org/20250101_1/Europe/Berlin", "Europe/Berlin"},
		{"/freeassociation.sourceforge.net/America/Argentina/Salta", "America/Argentina/Salta"},
		{"/mozilla.org/20050126_1/UTC", "UTC"}, {"right/Europe/Berlin", "Europe/Berlin"}, {"posix/Europe/Berlin", "Europe/Berlin"},
		{"", ""}, {"/", ""}, {"Local", ""}, {"localtime", ""}, {"posixrules", ""}, {"Factory", ""}, {"a//b", ""}, {"a/", ""},
		{"../../etc/localtime", ""}, {"Europe", ""}, {"x\x00y", ""},
		{"W. Europe Standard Time", "Europe/Berlin"}, {"w. europe standard time", "Europe/Berlin"}, {"Pacific Standard Time 1", "America/Los_Angeles"},
		{"UTC-11", "Etc/GMT+11"}, {"Customized Time Zone", ""}, {"Local 1", ""},
		{"UTC+02:00", "UTC+02:00"}, {"UTC-03:30", "UTC-03:30"}, {"UTC+05:53:28", "UTC+05:53:28"},
		{"UTC+00:00", "UTC"}, {"UTC+2:00", "UTC+02:00"}, {"UTC+24:00", ""}, {"UTC+0200", "UTC+02:00"}, {"UTC+02:00:00", ""},
		{"GMT+0100", "UTC+01:00"}, {"(GMT +1)", "UTC+01:00"}, {"+01:00", "UTC+01:00"}, {"GMT+01.00", "UTC+01:00"}, {"UTC+1", "UTC+01:00"},
		{"GMT-1", "UTC-01:00"}, {"Etc/GMT-1", "Etc/GMT-1"}, {"/mozilla.org/20050126_1/Etc/GMT-1", "Etc/GMT-1"}, {"gmt +530", "UTC+05:30"},
		{"UTC\u22123", "UTC-03:00"}, {"(UTC)", "UTC"}, {"(GMT+00:00)", "UTC"}, {"GMT+0", "GMT+0"}, {"UTC+12", "Etc/GMT-12"},
		{"+15:00", ""}, {"GMT+01:60", ""}, {"(GMT+1", ""}, {"GMT1", ""}, {"1", ""}, {"+", ""}, {"GMT+-1", ""}, {"UTC+5.5", ""},
		{"(UTC+10:00) Canberra, Melbourne, Sydney", "Australia/Sydney"}, {"Western/Central Europe", "Europe/Berlin"}, {"Eastern", "America/New_York"},
		{"(UTC+01:00) Lummerland", ""}, {"PST", ""},
	} {
		got, err := ical.LoadLocation(tt.in)
		if name := ""; err == nil {
			if name = got.String(); name != tt.want || got == time.Local {
				t.Errorf("LoadLocation(%q) = %q, want %q", tt.in, name, tt.want)
			}
		} else if tt.want != "" {
			t.Errorf("LoadLocation(%q) = %v, want %q", tt.in, err, tt.want)
		}
	}
}
