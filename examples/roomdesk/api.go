package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// booking is a meeting as the API takes it. In a change, zero fields stay as they are.
type booking struct {
	Title    string          `json:"title"`
	Start    time.Time       `json:"start"`
	End      time.Time       `json:"end"`
	TimeZone string          `json:"timeZone"`
	Room     string          `json:"room"` // its name
	People   []ical.Attendee `json:"people"`
}

// state is a meeting as the API shows it.
type state struct {
	UID       string          `json:"uid"`
	Title     string          `json:"title"`
	Start     time.Time       `json:"start"`
	End       time.Time       `json:"end"`
	Room      string          `json:"room"`
	Cancelled bool            `json:"cancelled,omitempty"`
	Summary   string          `json:"summary"`
	Attendees []ical.Attendee `json:"attendees"`
}

var (
	errNoRoom = errors.New("no such room")
	errPast   = errors.New("the meeting lies in the past")
)

// apply puts a booking into an event.
func (s *service) apply(b booking, e *ical.Event) error {
	if b.Title != "" {
		e.Summary = b.Title
	}
	if b.TimeZone != "" {
		e.TimeZone = b.TimeZone
	}
	if !b.Start.IsZero() {
		length := e.End.Sub(e.Start)
		e.Start, e.End = b.Start, b.Start.Add(length)
	}
	if !b.End.IsZero() {
		e.End = b.End
	}
	if b.Room == "" {
		b.Room = e.Location
	}
	if b.People == nil {
		b.People = s.people(e.Attendees)
	}
	for _, r := range s.config.rooms {
		if r.Name == b.Room {
			e.Location = r.Name
			e.Attendees = append(b.People[:len(b.People):len(b.People)], ical.Attendee{Name: r.Name, Email: r.Email, Kind: ical.KindRoom})
			return nil
		}
	}
	return errNoRoom
}

// people returns the attendees that are no rooms of this desk.
func (s *service) people(all []ical.Attendee) (people []ical.Attendee) {
	for _, a := range all {
		if s.room(a.Email) == "" {
			people = append(people, a)
		}
	}
	return people
}

func (s *service) book(ctx context.Context, b booking) (m *invite.Meeting, err error) {
	err = s.desk.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
		e := ical.Event{Organizer: s.organizer}
		if err := s.apply(b, &e); err != nil {
			return err
		}
		if m, err = d.Send(ctx, e); err == nil && m.Unsent {
			return errPast
		}
		return err
	})
	return m, err
}

// remind asks all people who have not answered, and a room that has declined, once more.
func (s *service) remind(ctx context.Context, uid string) (*invite.Meeting, error) {
	m, err := s.desk.Meeting(ctx, uid)
	if err != nil {
		return nil, err
	}
	var ask []string
	for _, a := range m.Attendees(time.Time{}) {
		if a.Status == ical.StatusNeedsAction || a.Kind == ical.KindRoom && a.Status == ical.StatusDeclined {
			ask = append(ask, a.Email)
		}
	}
	return s.desk.Remind(ctx, uid, invite.OnlyTo(ask...))
}

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/answer/", s.pages)
	mux.HandleFunc("GET /meetings", s.list)
	mux.HandleFunc("POST /meetings", func(w http.ResponseWriter, r *http.Request) {
		var b booking
		if read(w, r, &b) {
			m, err := s.book(r.Context(), b)
			show(w, m, err)
		}
	})
	mux.HandleFunc("GET /meetings/{uid}", func(w http.ResponseWriter, r *http.Request) {
		m, err := s.desk.Meeting(r.Context(), r.PathValue("uid"))
		show(w, m, err)
	})
	mux.HandleFunc("PATCH /meetings/{uid}", func(w http.ResponseWriter, r *http.Request) {
		var b booking
		if read(w, r, &b) {
			m, err := s.desk.Update(r.Context(), r.PathValue("uid"), func(e *ical.Event) error { return s.apply(b, e) })
			show(w, m, err)
		}
	})
	mux.HandleFunc("DELETE /meetings/{uid}", func(w http.ResponseWriter, r *http.Request) {
		m, err := s.desk.Cancel(r.Context(), r.PathValue("uid"), invite.Comment(r.URL.Query().Get("why")))
		show(w, m, err)
	})
	mux.HandleFunc("POST /meetings/{uid}/remind", func(w http.ResponseWriter, r *http.Request) {
		m, err := s.remind(r.Context(), r.PathValue("uid"))
		show(w, m, err)
	})
	return mux
}

// list shows the meetings that are not over.
func (s *service) list(w http.ResponseWriter, r *http.Request) {
	all := []state{}
	for m, err := range s.desk.Meetings(r.Context(), desk.Filter{From: time.Now()}) {
		if err != nil {
			fail(w, err)
			return
		}
		all = append(all, stateOf(m))
	}
	reply(w, all)
}

func stateOf(m *invite.Meeting) state {
	e := m.Event
	return state{UID: e.UID, Title: e.Summary, Start: e.Start, End: e.End, Room: e.Location, Cancelled: e.Cancelled,
		Summary: m.Tally().String(), Attendees: m.Attendees(time.Time{})}
}

func show(w http.ResponseWriter, m *invite.Meeting, err error) {
	if err != nil {
		fail(w, err)
		return
	}
	reply(w, stateOf(m))
}

func read(w http.ResponseWriter, r *http.Request, v any) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
	return err == nil
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		log.Print(err)
	}
}

// fail writes an error with its status.
func fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, desk.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, invite.ErrCancelled), errors.Is(err, invite.ErrPast), errors.Is(err, desk.ErrConflict):
		status = http.StatusConflict
	case errors.Is(err, errNoRoom), errors.Is(err, errPast), len(ical.FieldErrors(err)) > 0, errors.As(err, new(*invite.LintError)):
		status = http.StatusUnprocessableEntity
	default:
		log.Print(err)
		err = errors.New("internal error")
	}
	http.Error(w, err.Error(), status)
}
