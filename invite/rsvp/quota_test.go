package rsvp_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestTooManyForms changes an answer again and again. After 30 forms the reader has to
// wait, and other attendees and readings are not concerned.
func TestTooManyForms(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, "")
	answers := []string{"accepted", "declined"}
	for i := range 30 {
		s.clock.now = s.clock.now.Add(time.Second)
		check(t, "status of a form", http.StatusSeeOther, s.answer(link, "answer", answers[i%2]).Code)
	}
	changes := s.store.changes
	w := s.answer(link, "answer", "accepted", "comment", "the thirty-first")
	check(t, "status of one more", http.StatusTooManyRequests, w.Code)
	check(t, "changes", changes, s.store.changes)
	check(t, "the comment stays in the form", "the thirty-first", parse(t, w.Body.String()).form().Get("comment"))
	check(t, "status of another attendee", http.StatusSeeOther, s.answer(s.link(bob, ""), "answer", "accepted").Code)
	s.clock.now = s.clock.now.Add(time.Minute)
	check(t, "status after a minute", http.StatusSeeOther, s.answer(link, "answer", "accepted").Code)
	check(t, "answer", ical.StatusAccepted, s.status())
}
