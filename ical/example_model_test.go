package ical_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

func ExampleModel() {
	m, err := ical.Model(&ical.Calendar{
		Method: ical.MethodRequest,
		Stamp:  time.Date(2026, 2, 20, 9, 30, 0, 0, time.UTC),
		Events: []ical.Event{review()},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range m.Events() {
		e.SetProperty("X-EXAMPLE-ROOM", "4") // what Event has no field for
	}
	var b strings.Builder
	if err := ical.WriteModel(&b, m); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(b.String(), "X-EXAMPLE-ROOM:4\r\n"))
	// Output:
	// true
}

func ExampleFromModel() {
	m, err := ical.Model(&ical.Calendar{
		Method: ical.MethodRequest,
		Stamp:  time.Date(2026, 2, 20, 9, 30, 0, 0, time.UTC),
		Events: []ical.Event{review()},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := ical.FromModel(m)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Method, c.Events[0].Summary, c.Events[0].Attendees[0].Name)
	// Output:
	// REQUEST Review Doe, Bob
}
