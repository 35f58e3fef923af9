package rsvp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestProposalThenAnswer tells a reader who has proposed another time that an answer to the
// present time withdraws the proposal. It does so on the page with that answer alone.
func TestProposalThenAnswer(t *testing.T) {
	const hint = "If you answer now, the proposal is withdrawn."
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusDeclined)
	check(t, "before", false, strings.Contains(s.open(link).text, hint))
	check(t, "proposed", http.StatusSeeOther, s.answer(link+"?propose", "start", "2027-03-03T10:00", "end", "2027-03-03T11:00").Code)
	check(t, "answer page", true, strings.Contains(s.open(link+"?done=propose").text, hint))
	check(t, "propose page", false, strings.Contains(s.open(link+"?propose").text, hint))
	s.clock.now = noon.Add(time.Minute)
	check(t, "answered", http.StatusSeeOther, s.answer(link).Code)
	check(t, "open proposals", 0, len(s.store.meetings[uid].OpenProposals()))
	check(t, "afterwards", false, strings.Contains(s.open(link).text, hint))
}

// TestProposeAsLong moves a meeting that is longer than other proposals may be.
func TestProposeAsLong(t *testing.T) {
	first := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	s := serve(t, []*invite.Meeting{review(func(e *ical.Event) {
		e.AllDay, e.TimeZone, e.Start, e.End = true, "", first, first.AddDate(0, 0, 60)
	})})
	link := s.link(ann, "") + "?propose"
	check(t, "as long", http.StatusSeeOther, s.answer(link, "start", "2027-03-02", "end", "2027-04-30").Code)
	check(t, "longer", http.StatusUnprocessableEntity, s.answer(link, "start", "2027-03-02", "end", "2027-05-01").Code)
}
