package ical_test

import (
	"fmt"

	"github.com/convene-go/convene/ical"
)

func ExampleLinks() {
	for _, l := range ical.Links(review()) {
		fmt.Println(l.Name + "\n  " + l.URL)
	}
	// Output:
	// Google Calendar
	//   https://calendar.google.com/calendar/render?action=TEMPLATE&text=Review&dates=20260331T100000Z%2F20260331T110000Z
	// Outlook.com
	//   https://outlook.live.com/calendar/0/deeplink/compose?path=%2Fcalendar%2Faction%2Fcompose&rru=addevent&subject=Review&startdt=2026-03-31T10%3A00%3A00Z&enddt=2026-03-31T11%3A00%3A00Z
	// Microsoft 365
	//   https://outlook.office.com/calendar/0/deeplink/compose?path=%2Fcalendar%2Faction%2Fcompose&rru=addevent&subject=Review&startdt=2026-03-31T10%3A00%3A00Z&enddt=2026-03-31T11%3A00%3A00Z
	// Yahoo Calendar
	//   https://calendar.yahoo.com/?v=60&title=Review&st=20260331T100000Z&et=20260331T110000Z
}
