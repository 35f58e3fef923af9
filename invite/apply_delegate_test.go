package invite_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestDelegatesByHand delegates again and again, with and without taking it back,
// and in a chain.
func TestDelegatesByHand(t *testing.T) {
	for name, want := range map[string]int{"open": 1, "taken back": 5, "chain": 5} {
		_, m := request(t, weeklyRequest(), 0, fixed())
		who, added := m.Event.Attendees[0].Email, 0
		say := func(minute int, status ical.Status, to string) {
			next, o := m.Answer(invite.Answer{
				Email: who, Status: status, DelegatedTo: to, Via: "link", Stamp: pinned().Add(time.Duration(minute) * time.Minute),
			})
			m, added = next, added+len(o.Invite)
		}
		for i := range 100 {
			to := fmt.Sprintf("stranger%d@elsewhere.example.test", i)
			say(2*i, ical.StatusDelegated, to)
			switch {
			case name == "taken back":
				say(2*i+1, ical.StatusAccepted, "")
			case name == "chain" && m.Status(to) != "":
				who = to
			}
		}
		if added != want {
			t.Errorf("%s: %d delegates are to be invited, want %d", name, added, want)
		}
	}
}
