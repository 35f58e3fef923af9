package caldav_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/caldav"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

// front is a proxy before a server, which can lose replies and fail.
type front struct {
	url  string
	lose atomic.Bool // break the connection off after the next change
	away atomic.Bool // answer 503
}

// startFront starts a proxy before s.
func startFront(t *testing.T, s *server) *front {
	t.Helper()
	target, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	f := new(front)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: target.Scheme, Host: target.Host})
		},
		ModifyResponse: func(r *http.Response) error {
			change := r.Request.Method == http.MethodPut || r.Request.Method == http.MethodDelete
			if change && r.StatusCode < 300 && f.lose.CompareAndSwap(true, false) {
				panic(http.ErrAbortHandler)
			}
			return nil
		},
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.away.Load() {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	f.url = srv.URL + target.Path
	return f
}

// place returns the server for the suite.
func (s *server) place(t *testing.T) organizertest.Place {
	f := startFront(t, s)
	p := organizertest.Place{
		Open:      func(t *testing.T) organizer.Calendar { return s.openAt(t, f.url) },
		Organizer: ical.Person{Name: "Ann", Email: "ann@example.test"},
		LoseReply: func() { f.lose.Store(true) },
		Away:      func() func() { f.away.Store(true); return func() { f.away.Store(false) } },
		Missing: func(t *testing.T) organizer.Calendar {
			return s.openAt(t, f.url, func(o *caldav.Options) { o.Name = "nobody's" })
		},
		Edit: func(t *testing.T, uid string, change func(e *ical.Event)) { s.edit(t, uid, change) },
	}
	if s.sink != nil {
		p.Mails = s.sink.count
	}
	if s.foreign != "" {
		p.Denied = func(t *testing.T) organizer.Calendar { return s.openAt(t, "http://"+host(f.url)+s.foreign) }
	}
	return p
}

// host returns the host of a URL.
func host(raw string) string {
	u, _ := url.Parse(raw)
	return u.Host
}

// edit changes an entry as ann does with another program: without a tag.
func (s *server) edit(t *testing.T, uid string, change func(e *ical.Event)) {
	t.Helper()
	o, err := s.open(t).Get(t.Context(), organizer.Object{UID: uid})
	if err != nil {
		t.Fatal(err)
	}
	cal, err := ical.Decode(bytes.NewReader(o.Data), nil)
	if err != nil {
		t.Fatal(err)
	}
	change(&cal.Events[0])
	data, err := ical.Encode(cal)
	if err != nil {
		t.Fatal(err)
	}
	if status, body, _ := s.do(t, http.MethodPut, o.Href, string(data), "Content-Type", "text/calendar; charset=utf-8"); status/100 != 2 {
		t.Fatalf("PUT: %d %s", status, body)
	}
}

// TestCalendar runs the suite against every server.
func TestCalendar(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) { organizertest.TestCalendar(t, s.place(t)) })
}
