package body_test

import (
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

func ExampleRenderer_Render() {
	r, err := body.New(nil)
	if err != nil {
		panic(err)
	}
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	b, err := r.Render(&body.View{
		Event: &ical.Event{
			Summary: "Review", Location: "Room 4.12", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
			Organizer:  ical.Person{Name: "Room desk", Email: "desk@example.com"},
			Recurrence: &ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"1TU"}, Count: 6},
		},
		Attendee: ical.Attendee{Language: "de", TimeZone: "Europe/London"},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(b.Subject)
	fmt.Println(b.Text)
	// Output:
	// Einladung: Review, Di., 2. März, 09:00 Uhr
	// Di., 2. März, 09:00–10:00 Uhr · Room 4.12 · Room desk lädt Sie ein
	//
	// Review
	//
	// Wann:          Dienstag, 2. März 2027, 09:00–10:00 Uhr, Ortszeit London
	//                10:00–11:00 Uhr, Mitteleuropäische Zeit (Berlin)
	// Wiederholung:  Jeden Monat am ersten Dienstag, 6-mal
	// Wo:            Room 4.12
	// Organisator:   Room desk <desk@example.com>
	//
	// Antworten Sie mit den Schaltflächen Ihres Mail- oder Kalenderprogramms oder
	// direkt auf diese E-Mail.
}
