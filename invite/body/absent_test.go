package body_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// TestAbsentFields: the text about a series says which fields a date lacks.
func TestAbsentFields(t *testing.T) {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	e := ical.Event{
		Summary: "Review", Location: "Room 1", Conference: "https://meet.example.test/1", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Email: "desk@example.test"}, Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Count: 4},
		Overrides: []ical.Event{{RecurrenceID: start.AddDate(0, 0, 7), Absent: []string{"location", "conference", "summary"}}},
	}
	b, err := body.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := b.Render(&body.View{Event: &e})
	if err != nil {
		t.Fatal(err)
	}
	if joined := strings.Join(strings.Fields(text.Text), " "); !strings.Contains(joined, "Title: –; Where: –; Join: –") {
		t.Errorf("the text does not name the fields that 9 March lacks:\n%s", text.Text)
	}
}

// TestOwnClock: a date with a zone of its own is told on that clock.
func TestOwnClock(t *testing.T) {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	e := ical.Event{
		Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Email: "desk@example.test"}, Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Count: 4},
		Overrides: []ical.Event{{RecurrenceID: start.AddDate(0, 0, 7), TimeZone: "America/New_York"}, {RecurrenceID: start.AddDate(0, 0, 14)}},
	}
	b, err := body.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"4:00", "10:00"} {
		o := e.Override(i)
		text, err := b.Render(&body.View{Event: &o})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text.Text, want) {
			t.Errorf("the text of date %d does not have %s:\n%s", i, want, text.Text)
		}
	}
}
