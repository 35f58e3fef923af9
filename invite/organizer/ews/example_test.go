package ews_test

import (
	"fmt"

	"github.com/convene-go/convene/invite/organizer/ews"
)

// The calendar of a team, in a mailbox that the user may write to.
func ExampleOpen() {
	calendar, err := ews.Open("https://mail.example.com", &ews.Options{
		Username: `EXAMPLE\ann`,
		Password: "secret",
		Mailbox:  "team@example.com",
		Calendar: "Interviews",
		Version:  ews.VersionExchange2016,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer calendar.Close()
	// Give the calendar to organizer.Sync, or to a desk.

	_, err = ews.Open("http://mail.example.com", &ews.Options{Username: "ann", Password: "secret"})
	fmt.Println(err)
	// Output: ews: open: http:// needs Options.InsecureHTTP
}
