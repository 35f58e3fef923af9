package body_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// TestAllDayInstants writes dates that came from a database as instants in UTC.
func TestAllDayInstants(t *testing.T) {
	berlin, err := ical.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	render := func(at func(day int) time.Time) *body.Body {
		e := ical.Event{
			UID: "u", Summary: "Offsite", AllDay: true, TimeZone: "Europe/Berlin", Start: at(2), End: at(3),
			Organizer:  ical.Person{Email: "desk@example.test"},
			Attendees:  []ical.Attendee{{Email: "ann@example.test"}},
			Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Until: at(30), Except: []time.Time{at(9)}},
			Overrides:  []ical.Event{{RecurrenceID: at(16), Start: at(17)}},
		}
		before := e.Clone()
		before.Start, before.End = at(1), at(2)
		r, err := body.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Render(&body.View{Event: &e, Before: &before, Action: body.ActionUpdate, Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	dates := render(func(day int) time.Time { return time.Date(2027, 3, day, 0, 0, 0, 0, time.UTC) })
	instants := render(func(day int) time.Time { return time.Date(2027, 3, day, 0, 0, 0, 0, berlin).UTC() })
	if diff := cmp.Diff(dates, instants); diff != "" {
		t.Errorf("Render (-dates +instants):\n%s", diff)
	}
}
