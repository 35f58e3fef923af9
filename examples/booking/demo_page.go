package main

import (
	"io"
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/invitetest"
)

// demoRoutes adds the mailboxes of the simulated attendees.
func (p *page) demoRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /mails", p.mails)
	mux.HandleFunc("GET /mails/{n}", p.letter)
	mux.HandleFunc("GET /mails/{n}/html", p.letterHTML)
	mux.HandleFunc("POST /mails/{n}/answer", p.answer)
}

// mails shows the mails of one attendee (?to=), or of all.
func (p *page) mails(w http.ResponseWriter, r *http.Request) {
	v := view{Title: "Mails to everybody", Mailbox: r.URL.Query().Get("to")}
	if v.Mailbox != "" {
		v.Title = "Mails to " + v.Mailbox
	}
	for _, m := range p.demo.server.all() {
		if v.Mailbox != "" && !strings.EqualFold(m.To[0], v.Mailbox) {
			continue
		}
		l, err := m.open()
		if err != nil {
			p.broken(w, r, err)
			return
		}
		v.Letters = append(v.Letters, l)
	}
	p.show(w, r, "mails", v, nil)
}

// find returns the mail that the path names.
func (p *page) find(w http.ResponseWriter, r *http.Request) (arrived, *letter, bool) {
	n, _ := strconv.Atoi(r.PathValue("n"))
	m, ok := p.demo.server.mail(n)
	if !ok {
		http.Error(w, "There is no such mail.", http.StatusNotFound)
		return m, nil, false
	}
	l, err := m.open()
	if err != nil {
		p.broken(w, r, err)
		return m, nil, false
	}
	return m, l, true
}

// letter shows a mail as its reader sees it.
func (p *page) letter(w http.ResponseWriter, r *http.Request) {
	if _, l, ok := p.find(w, r); ok {
		p.show(w, r, "mail", view{Title: l.Subject, Letter: l}, nil)
	}
}

// letterHTML is the HTML text of a mail, for a frame. It may run no script and load nothing.
func (p *page) letterHTML(w http.ResponseWriter, r *http.Request) {
	if _, l, ok := p.find(w, r); ok {
		w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, l.HTML)
	}
}

// answer sends the answer that the reader of a mail clicked.
func (p *page) answer(w http.ResponseWriter, r *http.Request) {
	m, l, ok := p.find(w, r)
	if !ok {
		return
	}
	c := choice{
		Client: invitetest.Client(r.PostFormValue("client")), Status: ical.Status(r.PostFormValue("status")),
		Comment: strings.Join(strings.Fields(r.PostFormValue("comment")), " "),
	}
	if guest := strings.TrimSpace(r.PostFormValue("guest")); guest != "" {
		a, err := mail.ParseAddress(guest)
		if err != nil {
			http.Error(w, "The guest is no mail address.", http.StatusUnprocessableEntity)
			return
		}
		c.Guest = a.Address
	}
	if c.Status == "later" {
		c.Status, c.Later = ical.StatusTentative, time.Hour
	}
	known := slices.Contains([]ical.Status{ical.StatusAccepted, ical.StatusTentative, ical.StatusDeclined}, c.Status)
	if !known || !slices.Contains(invitetest.Clients(), c.Client) || !l.AsksForAnswer {
		http.Error(w, "That is no answer to this mail.", http.StatusBadRequest)
		return
	}
	if err := p.demo.answer(r.Context(), m, c); err != nil {
		p.broken(w, r, err)
		return
	}
	http.Redirect(w, r, "/mails/"+strconv.Itoa(m.N)+"?done=answered", http.StatusSeeOther)
}
