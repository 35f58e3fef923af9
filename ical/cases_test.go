package ical_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
)

// stamp is the DTSTAMP of every object in these tests.
var stamp = time.Date(2026, 2, 20, 9, 30, 0, 0, time.UTC)

const testUID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := ical.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// meeting is the event that the cases vary: an hour in UTC, one attendee.
func meeting(changes ...func(*ical.Event)) ical.Event {
	e := ical.Event{
		UID:       testUID,
		Summary:   "Review",
		Start:     time.Date(2026, 3, 31, 8, 0, 0, 0, time.UTC),
		End:       time.Date(2026, 3, 31, 9, 0, 0, 0, time.UTC),
		Organizer: ical.Person{Name: "Meeting Desk", Email: "desk@example.test"},
		Attendees: []ical.Attendee{{Name: "Bob Example", Email: "bob@example.test"}},
	}
	for _, change := range changes {
		change(&e)
	}
	return e
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// calendarCase is an object that is also a golden file, testdata/ics/NAME.ics.
type calendarCase struct {
	name     string
	calendar ical.Calendar
}

func request(e ical.Event) ical.Calendar { return object(ical.MethodRequest, e) }

func object(m ical.Method, events ...ical.Event) ical.Calendar {
	return ical.Calendar{Method: m, Stamp: stamp, Events: events}
}

// calendarCases are the objects whose bytes are pinned.
func calendarCases(t testing.TB) []calendarCase {
	berlin := zone(t, "Europe/Berlin")
	series := meeting(func(e *ical.Event) {
		e.Sequence = 2
		e.Start = time.Date(2026, 3, 3, 10, 0, 0, 0, berlin)
		e.End = time.Date(2026, 3, 3, 10, 30, 0, 0, berlin)
		e.Recurrence = &ical.Recurrence{
			Freq: ical.FreqWeekly, Count: 10, ByDay: []ical.Day{ical.DayTuesday},
			Except: []time.Time{time.Date(2026, 3, 17, 10, 0, 0, 0, berlin)},
		}
		e.Overrides = []ical.Event{{
			RecurrenceID: time.Date(2026, 3, 31, 10, 0, 0, 0, berlin),
			Start:        time.Date(2026, 3, 31, 14, 0, 0, 0, berlin),
			Location:     "Room 2",
		}, {RecurrenceID: time.Date(2026, 4, 7, 10, 0, 0, 0, berlin), Cancelled: true}}
	})
	one := series.Override(0)
	one.Sequence = 3
	return append(textCases(), []calendarCase{
		{"utc", request(meeting())},
		{"zone", request(meeting(func(e *ical.Event) { e.TimeZone = "Europe/Berlin" }))},
		{"all-day", request(meeting(func(e *ical.Event) {
			e.AllDay, e.Start, e.End = true, date(2026, 3, 31), time.Time{}
		}))},
		{"all-day-several", request(meeting(func(e *ical.Event) {
			e.AllDay, e.Start, e.End = true, date(2026, 3, 31), date(2026, 4, 3)
		}))},
		{"private", request(meeting(func(e *ical.Event) { e.Sensitivity = ical.SensitivityPrivate }))},
		{"out-of-office", request(meeting(func(e *ical.Event) { e.ShowAs = ical.ShowOutOfOffice }))},
		{"free", request(meeting(func(e *ical.Event) { e.ShowAs = ical.ShowFree }))},
		{"reminder", request(meeting(func(e *ical.Event) {
			e.Reminders = []ical.Reminder{{Before: 15 * time.Minute}, {Before: 26 * time.Hour}}
		}))},
		{"no-counter", request(meeting(func(e *ical.Event) { e.NoCounter = true }))},
		{"series", request(series)},
		{"series-all-day", request(meeting(func(e *ical.Event) {
			e.AllDay, e.Start, e.End = true, date(2026, 3, 30), date(2026, 4, 1)
			e.Recurrence = &ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"-1MO"}, Until: date(2026, 12, 31),
				Except: []time.Time{date(2026, 4, 27)}}
		}))},
		{"occurrence", request(one)},
		{"cancel", object(ical.MethodCancel, meeting(func(e *ical.Event) { e.Sequence, e.TimeZone = 1, "Europe/Berlin" }))},
		{"reply", object(ical.MethodReply, meeting(func(e *ical.Event) {
			e.Attendees[0].Status, e.Attendees[0].Comment = ical.StatusAccepted, "See you there, thanks"
			e.Reminders = nil
		}))},
	}...)
}

// textCases are the objects whose difficulty lies in their texts.
func textCases() []calendarCase {
	long := "First line\r\nsecond\nthird\rfourth; with, signs \\ and " + strings.Repeat("Übergrößenträger 会議 🎉 ", 30) + "."
	return []calendarCase{
		{"names", request(meeting(func(e *ical.Event) {
			for i, name := range []string{
				"Doe, John", `Ann "Annie" Example`, "Ops: on call", "One; two", "Jürgen Größer", "山田太郎",
				"Party 🎉 Team", "דנה כהן", "ليلى حسن", `back\slash`, strings.Repeat("Långström ", 12) + "Ö",
			} {
				e.Attendees = append(e.Attendees, ical.Attendee{Name: name, Email: "p" + string(rune('a'+i)) + "@example.test"})
			}
		}))},
		{"roles", request(meeting(func(e *ical.Event) {
			e.Organizer.SentBy = "pa@example.test"
			e.Attendees = append(e.Attendees,
				ical.Attendee{Email: "opt@example.test", Role: ical.RoleOptional},
				ical.Attendee{Email: "fyi@example.test", Role: ical.RoleInformational, NoReply: true},
				ical.Attendee{Name: "Room 1", Email: "room@example.test", Kind: ical.KindRoom},
				ical.Attendee{Name: "Projector", Email: "projector@example.test", Kind: ical.KindResource},
				ical.Attendee{Name: "Board", Email: "board@example.test", Kind: ical.KindGroup},
				ical.Attendee{Name: "Chair", Email: "chair@example.test", Role: ical.RoleChair, Status: ical.StatusAccepted},
				ical.Attendee{Email: "from@example.test", Status: ical.StatusDelegated, DelegatedTo: "to@example.test"},
				ical.Attendee{Email: "to@example.test", DelegatedFrom: "from@example.test"})
		}))},
		{"description", request(meeting(func(e *ical.Event) { e.Description = long }))},
		{"conference", request(meeting(func(e *ical.Event) { e.Conference = "https://meet.example.test/j/123?pwd=a,b;c" }))},
		{"links", request(meeting(func(e *ical.Event) {
			e.URL, e.Location, e.Language = "https://example.test/größe", "Größer Saal", "de-CH"
			e.Categories = []string{"Q1, planning", "red; team", `a\b`}
			e.Priority, e.Created, e.Modified = 1, stamp, stamp.Add(time.Hour)
			e.Attachments = []ical.Link{{URL: "https://example.test/a.pdf", MediaType: "application/pdf", Name: "a, b.pdf"}}
			e.Extra = []ical.Property{{Name: "X-EXAMPLE", Params: map[string][]string{"X-B": {"2"}, "X-A": {"1", "a;b"}}, Value: "one, two"}}
		}))},
	}
}

// calendarCaseNamed returns one of calendarCases.
func calendarCaseNamed(t testing.TB, name string) ical.Calendar {
	t.Helper()
	list := calendarCases(t)
	i := slices.IndexFunc(list, func(c calendarCase) bool { return c.name == name })
	if i < 0 {
		t.Fatalf("no case %q", name)
	}
	return list[i].calendar
}
