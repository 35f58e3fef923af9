package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

//go:embed page.html
var pageHTML string

//go:embed style.css
var styleCSS []byte

// rooms are the rooms that the form offers.
var rooms = []string{"Room Aster", "Room Begonia", "Room Clover"}

// page is the page of the service, in HTML without scripts.
type page struct {
	service *service
	zone    *time.Location
	demo    *demo // nil if the attendees are real
	html    *template.Template
}

// view is the data of one page.
type view struct {
	Title    string
	Done     string   // what was done, for the reader
	Errors   []string // why it was not done
	Form     form
	Meetings []*invite.Meeting
	Meeting  *invite.Meeting
	Held     []desk.HeldMail
	News     []news
	Demo     bool
	Mailbox  string
	Letters  []*letter
	Letter   *letter
}

// form is the form of a booking as it was filled in.
type form struct {
	Title, Room, Start, Minutes, People, Agenda string
}

// news is a line about an event of a meeting.
type news struct {
	Time time.Time
	Text string
}

// newPage returns the page of a service. Its times are those of zone.
func newPage(s *service, zone *time.Location, d *demo) *page {
	p := &page{service: s, zone: zone, demo: d}
	p.html = template.Must(template.New("page.html").Funcs(p.functions()).Parse(pageHTML))
	return p
}

// handler returns the page with everything that protects it.
func (p *page) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { p.index(w, r, p.emptyForm(), nil) })
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(styleCSS)
	})
	mux.HandleFunc("POST /book", p.book)
	mux.HandleFunc("GET /meeting/{uid}", func(w http.ResponseWriter, r *http.Request) { p.meeting(w, r, nil) })
	mux.HandleFunc("POST /meeting/{uid}/move", p.change("moved", p.move))
	mux.HandleFunc("POST /meeting/{uid}/cancel", p.change("cancelled", func(r *http.Request, uid string) error {
		return p.service.cancel(r.Context(), uid)
	}))
	mux.HandleFunc("POST /meeting/{uid}/accept/{id}", p.change("moved", func(r *http.Request, uid string) error {
		return p.service.acceptProposal(r.Context(), uid, r.PathValue("id"))
	}))
	mux.HandleFunc("POST /meeting/{uid}/decline/{id}", p.change("declined", func(r *http.Request, uid string) error {
		_, err := p.service.desk.DeclineProposal(r.Context(), uid, r.PathValue("id"))
		return err
	}))
	mux.HandleFunc("POST /held/{id}/{what}", p.decide)
	if p.demo != nil {
		p.demoRoutes(mux)
	}
	return protect(mux)
}

// protect refuses forms that another site sends, and large requests. Its header fields keep
// the page out of frames, and scripts out of the page.
func protect(h http.Handler) http.Handler {
	h = http.NewCrossOriginProtection().Handler(http.MaxBytesHandler(h, 64<<10))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}

// index shows the meetings, the form, and why the form was refused.
func (p *page) index(w http.ResponseWriter, r *http.Request, f form, failed error) {
	v := view{Title: "Rooms and meetings", Form: f}
	y, m, d := time.Now().In(p.zone).Date()
	for m, err := range p.service.desk.Meetings(r.Context(), desk.Filter{From: time.Date(y, m, d, 0, 0, 0, 0, p.zone)}) {
		if err != nil {
			p.broken(w, r, err)
			return
		}
		v.Meetings = append(v.Meetings, m)
	}
	for h, err := range p.service.desk.Held(r.Context()) {
		if err != nil {
			p.broken(w, r, err)
			return
		}
		v.Held = append(v.Held, h)
	}
	p.show(w, r, "index", v, failed)
}

// meeting shows one meeting, and why a change of it was refused.
func (p *page) meeting(w http.ResponseWriter, r *http.Request, failed error) {
	m, err := p.service.desk.Meeting(r.Context(), r.PathValue("uid"))
	if errors.Is(err, desk.ErrNotFound) {
		http.Error(w, "There is no such meeting.", http.StatusNotFound)
		return
	}
	v := view{Title: "A meeting", Meeting: m}
	if err == nil {
		v.Title = m.Event.Summary
		v.Form.Start = m.Event.Start.In(p.zone).Format(inputTime)
		v.News, err = p.news(r.Context(), m.Event.UID)
	}
	if err != nil {
		p.broken(w, r, err)
		return
	}
	p.show(w, r, "meeting", v, failed)
}

// news returns the last news of a meeting, the latest first.
func (p *page) news(ctx context.Context, uid string) (all []news, err error) {
	rows, err := p.service.db.QueryContext(ctx, `SELECT at, text FROM news WHERE uid = $1 ORDER BY at DESC, id LIMIT 50`, uid)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var n news
		if err := rows.Scan(&at, &n.Text); err != nil {
			return nil, err
		}
		n.Time = time.UnixMilli(at)
		all = append(all, n)
	}
	return all, rows.Err()
}

// book books what the form says.
func (p *page) book(w http.ResponseWriter, r *http.Request) {
	f := form{
		Title: r.PostFormValue("title"), Room: r.PostFormValue("room"), Start: r.PostFormValue("start"),
		Minutes: r.PostFormValue("minutes"), People: r.PostFormValue("people"), Agenda: r.PostFormValue("agenda"),
	}
	e, err := p.event(f)
	var m *invite.Meeting
	if err == nil {
		m, err = p.service.book(r.Context(), e)
	}
	if err != nil {
		p.index(w, r, f, err)
		return
	}
	p.back(w, r, m.Event.UID, "booked")
}

// event returns the meeting that a form describes, or an error for each field that cannot
// be understood. The desk checks the rest.
func (p *page) event(f form) (ical.Event, error) {
	var failed []error
	refuse := func(field, text string) {
		failed = append(failed, &ical.FieldError{Field: field, Err: errors.New(text)})
	}
	e := ical.Event{Summary: f.Title, Location: f.Room, Description: f.Agenda, TimeZone: p.zone.String()}
	if strings.TrimSpace(f.Title) == "" {
		refuse("Summary", "is missing")
	}
	if !slices.Contains(rooms, f.Room) {
		refuse("Location", "there is no such room")
	}
	start, err := time.ParseInLocation(inputTime, f.Start, p.zone)
	if err != nil {
		refuse("Start", "is not a date and a time such as 2027-03-02T10:00")
	}
	minutes, err := strconv.Atoi(f.Minutes)
	if err != nil || minutes < 5 || minutes > 24*60 {
		refuse("End", "a meeting takes between 5 minutes and a day")
	}
	e.Start, e.End = start, start.Add(time.Duration(minutes)*time.Minute)
	for line := range strings.Lines(f.People) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		a, err := mail.ParseAddress(line)
		if err != nil {
			refuse("Attendees", "no mail address: "+line)
			continue
		}
		e.Attendees = append(e.Attendees, ical.Attendee{Name: a.Name, Email: a.Address})
	}
	if len(e.Attendees) == 0 && len(failed) == 0 {
		refuse("Attendees", "nobody is invited")
	}
	return e, errors.Join(failed...)
}

// move moves a meeting to the start in the form.
func (p *page) move(r *http.Request, uid string) error {
	start, err := time.ParseInLocation(inputTime, r.PostFormValue("start"), p.zone)
	if err != nil {
		return &ical.FieldError{Field: "Start", Err: errors.New("is not a date and a time such as 2027-03-02T10:00")}
	}
	return p.service.move(r.Context(), uid, start)
}

// change returns the handler that changes a meeting with f, and shows the meeting again.
func (p *page) change(done string, f func(r *http.Request, uid string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		uid := r.PathValue("uid")
		if err := f(r, uid); err != nil {
			p.meeting(w, r, err)
			return
		}
		p.back(w, r, uid, done)
	}
}

// errStillHeld reports a mail that even a person cannot have taken in.
var errStillHeld = errors.New("the mail cannot be taken in")

// decide takes a held mail in, or dismisses it.
func (p *page) decide(w http.ResponseWriter, r *http.Request) {
	var err error
	switch id := r.PathValue("id"); r.PathValue("what") {
	case "apply":
		var got desk.Received
		if got, err = p.service.desk.ApplyHeld(r.Context(), id); err == nil && got.Outcome.Held {
			err = fmt.Errorf("%w: %s", errStillHeld, got.Outcome.Reason)
		}
	case "dismiss":
		err = p.service.desk.Dismiss(r.Context(), id)
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil {
		p.index(w, r, p.emptyForm(), err)
		return
	}
	http.Redirect(w, r, "/?done=decided", http.StatusSeeOther)
}

// back leads to a meeting after a change.
func (p *page) back(w http.ResponseWriter, r *http.Request, uid, done string) {
	http.Redirect(w, r, "/meeting/"+url.PathEscape(uid)+"?done="+done, http.StatusSeeOther)
}

// show writes a page. If something failed, the page and its status say so.
func (p *page) show(w http.ResponseWriter, r *http.Request, name string, v view, failed error) {
	status := http.StatusOK
	if failed != nil {
		if status, v.Errors = explain(failed); status == http.StatusInternalServerError {
			p.broken(w, r, failed)
			return
		}
	} else if r.Method == http.MethodGet {
		v.Done = doneTexts[r.URL.Query().Get("done")]
	}
	v.Demo = p.demo != nil
	var out strings.Builder
	if err := p.html.ExecuteTemplate(&out, name, v); err != nil {
		p.broken(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(out.String()))
}

// broken answers a request that failed by a fault of the service.
func (p *page) broken(w http.ResponseWriter, r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
	http.Error(w, "Something is broken. Please try again later.", http.StatusInternalServerError)
}
