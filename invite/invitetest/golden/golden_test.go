package golden_test

import (
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/invitetest/golden"
)

// TestAssert shows how a program notices changes of its own invitations.
func TestAssert(t *testing.T) {
	var r invitetest.Recorder
	o := invitetest.Options(nil)
	start := o.Now().AddDate(0, 0, 7)
	_, err := invite.New(&r, o).Send(t.Context(), ical.Event{
		Summary: "Booking", Start: start, End: start.Add(45 * 60e9),
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "testdata/booking.ics", invitetest.Calendar(r.Messages()[0]))
}
