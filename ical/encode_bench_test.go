package ical_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
)

// weekly is a series with a zone and accented names, as most mails have one.
func weekly(b *testing.B, attendees int) ical.Event {
	e := seriesIn(b, "Europe/Berlin", "2027-03-02 10:00",
		ical.Recurrence{Freq: ical.FreqWeekly, ByDay: []ical.Day{"TU"}, Count: 12})
	e.UID, e.Summary = "5d1c1f3e-0000-4000-8000-0433e50cdb11", "Überblick über die größeren Änderungen"
	e.Description = "Bitte die Zahlen für Österreich und die Schweiz mitbringen.\nWir beginnen pünktlich."
	e.Location = "Konferenzraum Südflügel"
	e.End = e.Start.Add(30 * time.Minute)
	e.Organizer = ical.Person{Name: "Room desk", Email: "desk@example.test"}
	e.Attendees = nil
	names := []string{"Jürgen Groß", "Zoë Ångström", "André Lefèvre", "Łukasz Żak", "Fiona O’Neill"}
	for i := range attendees {
		e.Attendees = append(e.Attendees, ical.Attendee{
			Name: names[i%len(names)], Email: fmt.Sprintf("p%d@example.test", i)})
	}
	return e
}

// BenchmarkOutgoing takes the steps of one mail apart: what is to be sent is
// copied, checked and written.
func BenchmarkOutgoing(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		e := weekly(b, n)
		c := &ical.Calendar{Method: ical.MethodRequest, Stamp: time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC), Events: []ical.Event{e}}
		for _, step := range []struct {
			name string
			do   func() error
		}{
			{"Clone", func() error { e.Clone(); return nil }},
			{"Validate", e.Validate},
			{"Lint", func() error { e.Lint(); return nil }},
			{"Model", func() error { _, err := ical.Model(c); return err }},
			{"Encode", func() error { _, err := ical.Encode(c); return err }},
		} {
			b.Run(fmt.Sprintf("%s/%d", step.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := step.do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
