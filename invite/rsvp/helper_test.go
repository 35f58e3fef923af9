package rsvp_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/rsvp"
)

var _ rsvp.Store = (*desk.Desk)(nil)

const (
	uid = "5d1c1f3e-0000-4000-8000-000000000001"
	ann = "ann@example.test"
	bob = "bob@example.test"
)

// start is the start of all meetings of the tests, and noon is the time before it at which
// the tests begin.
var (
	start = time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	noon  = time.Date(2027, 2, 1, 12, 0, 0, 0, time.UTC)
)

// review returns a meeting of Ann and Bob.
func review(change ...func(e *ical.Event)) *invite.Meeting {
	e := ical.Event{
		UID: uid, Sequence: 1, Summary: "Review", Location: "Room 4.12", TimeZone: "Europe/Berlin", Start: start, End: start.Add(90 * time.Minute),
		Organizer: ical.Person{Name: "Desk", Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Name: "Ann", Email: ann}, {Name: "Bob", Email: bob}},
	}
	for _, f := range change {
		f(&e)
	}
	return &invite.Meeting{Event: e}
}

// weekly makes a meeting a series of ten weeks.
func weekly(e *ical.Event) { e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 10} }

// memory is a Store in memory.
type memory struct {
	mu       sync.Mutex
	meetings map[string]*invite.Meeting
	changes  int   // calls of Answer and Propose
	err      error // of all calls
	slow     time.Duration
}

func keep(list ...*invite.Meeting) *memory {
	s := &memory{meetings: make(map[string]*invite.Meeting)}
	for _, m := range list {
		s.meetings[m.Event.UID] = m
	}
	return s
}

func (s *memory) Meeting(_ context.Context, uid string) (*invite.Meeting, error) {
	s.mu.Lock()
	defer time.Sleep(s.slow) // with what was read
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	return s.meetings[uid], nil
}

func (s *memory) Answer(_ context.Context, uid string, a invite.Answer) (invite.Outcome, error) {
	return s.take(uid, func(m *invite.Meeting) (*invite.Meeting, invite.Outcome) { return m.Answer(a) })
}

func (s *memory) Propose(_ context.Context, uid string, p invite.Proposal) (invite.Outcome, error) {
	return s.take(uid, func(m *invite.Meeting) (*invite.Meeting, invite.Outcome) { return m.Propose(p) })
}

func (s *memory) take(uid string, f func(*invite.Meeting) (*invite.Meeting, invite.Outcome)) (o invite.Outcome, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes++; s.err != nil {
		return o, s.err
	}
	s.meetings[uid], o = f(s.meetings[uid])
	return o, nil
}

// at is a time of the clock of a test.
type clock struct{ now time.Time }

// site is a handler with its store, links and clock.
type site struct {
	t     *testing.T
	store *memory
	links *rsvp.Links
	clock *clock
	http.Handler
}

func key(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

// serve returns a site with some meetings. Its clock shows noon.
func serve(t *testing.T, meetings []*invite.Meeting, change ...func(o *rsvp.Options)) *site {
	t.Helper()
	s := &site{t: t, store: keep(meetings...), clock: &clock{noon}}
	s.links = &rsvp.Links{Base: "https://example.com/answer", Keys: [][]byte{key(1)}}
	o := &rsvp.Options{Now: func() time.Time { return s.clock.now }}
	for _, f := range change {
		f(o)
	}
	h := rsvp.NewHandler(s.store, s.links, o)
	if err := h.Validate(); err != nil {
		t.Fatal(err)
	}
	s.Handler = h
	return s
}

// link returns the link of an attendee of the meeting.
func (s *site) link(email string, status ical.Status) string {
	s.t.Helper()
	link := s.links.URL(s.store.meetings[uid], ical.Attendee{Email: email}, status)
	if link == "" {
		s.t.Fatal("the link is empty")
	}
	return link
}

// send sends a request, and returns the response.
func (s *site) send(method, link string, form url.Values, header ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, link, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// open returns the page of a link, which must be there.
func (s *site) open(link string) *document {
	s.t.Helper()
	w := s.send(http.MethodGet, link, nil)
	if w.Code != http.StatusOK {
		s.t.Fatalf("GET %s: %d\n%s", link, w.Code, w.Body)
	}
	return parse(s.t, w.Body.String())
}

// answer opens a link, fills in its form, and sends it. It returns the response.
func (s *site) answer(link string, pairs ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.post(link, s.open(link).form(pairs...))
}

// post sends a form to a link.
func (s *site) post(link string, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.send(http.MethodPost, link, form)
}

// status returns the answer of Ann that counts.
func (s *site) status() ical.Status { return s.store.meetings[uid].Status(ann) }

// mail takes an answer of Ann by mail in. hour is the hour of its DTSTAMP and of its
// arrival on the day of noon.
func (s *site) mail(status string, at time.Time) {
	s.t.Helper()
	text := fmt.Sprintf("From: Ann <ann@example.test>\nTo: desk@example.com\nContent-Type: text/calendar; method=REPLY\n\n"+
		"BEGIN:VCALENDAR\nMETHOD:REPLY\nVERSION:2.0\nBEGIN:VEVENT\nUID:%s\nSEQUENCE:1\nDTSTAMP:%s\nATTENDEE;PARTSTAT=%s:mailto:%s\nEND:VEVENT\nEND:VCALENDAR\n",
		uid, at.Format("20060102T150405Z"), status, ann)
	in, err := invite.Read(strings.NewReader(text), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	p := invite.InsecureAcceptAny()
	p.Now = func() time.Time { return at }
	m, o := s.store.meetings[uid].Apply(in, p)
	s.store.meetings[uid] = m
	s.t.Logf("mail %s at %v: %s", status, at, o.Verdict)
}

// document is a page, parsed.
type document struct {
	t    *testing.T
	text string
	root *html.Node
}

func parse(t *testing.T, text string) *document {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return &document{t, text, root}
}

// all returns the elements with a name, in their order.
func (d *document) all(names ...string) (out []*html.Node) {
	for n := range d.root.Descendants() {
		for _, name := range names {
			if n.Type == html.ElementNode && n.Data == name {
				out = append(out, n)
			}
		}
	}
	return out
}

// attr returns an attribute of an element.
func attr(n *html.Node, name string) (value string, ok bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// inner returns the text in an element.
func inner(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// form returns the values of the form as a browser sends them. pairs are names, each before
// the value that the reader gives.
func (d *document) form(pairs ...string) url.Values {
	d.t.Helper()
	if n := len(d.all("form")); n != 1 {
		d.t.Fatalf("the page has %d forms\n%s", n, d.text)
	}
	out := make(url.Values)
	for _, n := range d.all("input", "textarea", "select") {
		name, _ := attr(n, "name")
		value, _ := attr(n, "value")
		kind, _ := attr(n, "type")
		_, checked := attr(n, "checked")
		switch {
		case n.Data == "textarea":
			value = inner(n)
		case n.Data == "select":
			for i, o := range d.all("option") {
				v, _ := attr(o, "value")
				if _, selected := attr(o, "selected"); selected || i == 0 {
					value = v
				}
			}
		case kind == "radio" && !checked:
			continue
		}
		out.Set(name, value)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// check compares two values.
func check[T comparable](t *testing.T, name string, want, got T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", name, got, want)
	}
}
