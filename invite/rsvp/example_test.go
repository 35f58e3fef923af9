package rsvp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/rsvp"
)

// store keeps one meeting in memory. A desk is a store too, and keeps meetings in a
// database.
type store struct {
	mu      sync.Mutex
	meeting *invite.Meeting
}

func (s *store) Meeting(_ context.Context, uid string) (*invite.Meeting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.meeting.Event.UID != uid {
		return nil, invite.ErrNoMeeting
	}
	return s.meeting, nil
}

func (s *store) Answer(_ context.Context, uid string, a invite.Answer) (o invite.Outcome, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meeting, o = s.meeting.Answer(a)
	return o, nil
}

func (s *store) Propose(_ context.Context, uid string, p invite.Proposal) (o invite.Outcome, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meeting, o = s.meeting.Propose(p)
	return o, nil
}

func ExampleNewHandler() {
	links := &rsvp.Links{Base: "https://rooms.example.com/answer", Keys: [][]byte{[]byte("a secret of 16 octets or more")}}
	o := invitetest.Options(nil) // clock and identifiers stand still
	o.AnswerURL = links.URL
	client := invite.New(new(invitetest.Recorder), o)
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	meeting, err := client.Send(context.Background(), ical.Event{
		Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	pages := rsvp.NewHandler(&store{meeting: meeting}, links, &rsvp.Options{Now: o.Now})
	if err := pages.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/answer/", pages)

	// A reader opens the link for yes.
	link := links.URL(meeting, meeting.Event.Attendees[0], ical.StatusAccepted)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, link, nil))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), `value="accepted" required checked`), meeting.Tally())
	// Output: 200 true 1 without an answer
}
