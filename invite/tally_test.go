package invite_test

import (
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

func TestTallyString(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	m.Event.Attendees = append(m.Event.Attendees, ical.Attendee{Email: m.Event.Organizer.Email})
	m.Deliveries[0].State = invite.DeliveryUndelivered
	s := m.Tally()
	if s.Waiting != len(review().Attendees) || s.Undelivered != 1 || s.String() != "2 without an answer, 1 mail undelivered" {
		t.Errorf("Tally = %+v (%s), want all waiting and 1 undelivered", s, s)
	}
	if got := (invite.Tally{}).String(); got != "nobody is invited" {
		t.Errorf("Tally{} = %q, want %q", got, "nobody is invited")
	}
	if got := m.Status("nobody@example.test"); got != "" {
		t.Errorf("Status of a stranger = %q, want none", got)
	}
	if got := m.OccurrenceStatus(m.Event.Attendees[0].Email, pinned()); got != "" {
		t.Errorf("OccurrenceStatus on a day without an occurrence = %q, want none", got)
	}
}
