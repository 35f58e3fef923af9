package caldav_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/caldav"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

// fake is a small CalDAV server with one calendar, /cal/. All requests are noted.
type fake struct {
	mu       sync.Mutex
	entries  map[string]string // by name
	requests []string          // "PUT /cal/u.ics"
	header   []http.Header
	// before answers a request in place of the server, if it returns true.
	before func(w http.ResponseWriter, r *http.Request) bool
	// cut breaks the connection off after the n-th request was carried out, from 1.
	cut  int
	gone bool // the calendar does not exist
	dav  string
}

// startFake starts a fake and returns its URL.
func startFake(t *testing.T) (*fake, string) {
	t.Helper()
	f := &fake{entries: make(map[string]string), dav: "1, 3, calendar-access, calendar-auto-schedule"}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	return f, srv.URL + "/"
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, r.Method+" "+r.URL.Path)
	h := r.Header.Clone()
	h.Set("Content-Length", fmt.Sprint(len(body)))
	f.header = append(f.header, h)
	n := len(f.requests)
	if f.before != nil && f.before(w, r) {
		return
	}
	rec := httptest.NewRecorder()
	f.serve(rec, r, string(body))
	if n == f.cut {
		panic(http.ErrAbortHandler)
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

// seen returns the requests so far.
func (f *fake) seen() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

// stored returns the number of entries.
func (f *fake) stored() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.entries)
}

// serve carries a request out.
func (f *fake) serve(w http.ResponseWriter, r *http.Request, body string) {
	name, inCalendar := strings.CutPrefix(r.URL.Path, "/cal/")
	if f.gone && inCalendar {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	switch {
	case r.Method == "PROPFIND" && r.URL.Path == "/":
		multistatus(w, response("/", `<D:current-user-principal><D:href>/me/</D:href></D:current-user-principal>`))
	case r.Method == "PROPFIND" && r.URL.Path == "/me/":
		multistatus(w, response("/me/", `<C:calendar-home-set><D:href>/home/</D:href></C:calendar-home-set>`))
	case r.Method == "PROPFIND" && r.URL.Path == "/home/" && !f.gone:
		multistatus(w, response("/home/", `<D:resourcetype><D:collection/></D:resourcetype>`), response("/cal/", calendarProps("Work")))
	case r.Method == "PROPFIND" && r.URL.Path == "/home/":
		multistatus(w, response("/home/", `<D:resourcetype><D:collection/></D:resourcetype>`))
	case r.Method == "PROPFIND" && r.URL.Path == "/cal/":
		multistatus(w, response("/cal/", calendarProps("Work")))
	case r.Method == "REPORT" && r.URL.Path == "/cal/":
		f.report(w, body)
	case r.Method == http.MethodOptions:
		if f.dav != "" {
			w.Header().Set("DAV", f.dav)
		}
	case inCalendar && name != "":
		f.entry(w, r, name, body)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// entry carries out a request for an entry.
func (f *fake) entry(w http.ResponseWriter, r *http.Request, name, body string) {
	now, there := f.entries[name]
	if match := r.Header.Get("If-Match"); match != "" && (!there || match != etag(now)) || there && r.Header.Get("If-None-Match") == "*" {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	switch r.Method {
	case http.MethodPut:
		f.entries[name] = body
		w.Header().Set("ETag", etag(body))
		w.WriteHeader(http.StatusCreated)
	case http.MethodGet, http.MethodDelete:
		if !there {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if r.Method == http.MethodDelete {
			delete(f.entries, name)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("ETag", etag(now))
		_, _ = io.WriteString(w, now)
	}
}

// report answers a search: the entries that have the text of the filter anywhere.
func (f *fake) report(w http.ResponseWriter, body string) {
	_, text, _ := strings.Cut(body, `<C:text-match collation="i;octet">`)
	text, _, _ = strings.Cut(text, "<")
	var out []string
	for name, data := range f.entries {
		if strings.Contains(data, text) {
			out = append(out, response("/cal/"+name, `<D:getetag>`+etag(data)+`</D:getetag>`))
		}
	}
	multistatus(w, out...)
}

func etag(data string) string { return fmt.Sprintf("\"%x\"", sha256.Sum256([]byte(data))) }

// calendarProps are the properties of a calendar.
func calendarProps(name string) string {
	return `<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>` + name + `</D:displayname>` +
		`<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>`
}

// response is a response of a multistatus with properties.
func response(href, props string) string {
	return `<D:response><D:href>` + href + `</D:href><D:propstat><D:prop>` + props + `</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>` +
		`<D:propstat><D:prop><D:nothing/></D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>`
}

func multistatus(w http.ResponseWriter, responses ...string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusMultiStatus)
	fmt.Fprintf(w, `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">%s</D:multistatus>`, strings.Join(responses, ""))
}

// openPlain opens a calendar on a server without TLS and password.
func openPlain(t *testing.T, url string, change ...func(o *caldav.Options)) *caldav.Calendar {
	t.Helper()
	o := &caldav.Options{TLS: caldav.TLSInsecureNone, InsecureAllowPlaintextAuth: true}
	for _, f := range change {
		f(o)
	}
	c, err := caldav.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// TestFake runs the suite against the fake, which keeps all its rules.
func TestFake(t *testing.T) {
	f, url := startFake(t)
	organizertest.TestCalendar(t, organizertest.Place{
		Open:      func(t *testing.T) organizer.Calendar { return openPlain(t, url) },
		Organizer: ical.Person{Email: "ann@example.test"},
		Missing:   func(t *testing.T) organizer.Calendar { return openPlain(t, url+"?calendar=None") },
		LoseReply: func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPut || r.Method == http.MethodDelete {
					f.before, f.cut = nil, len(f.requests)
				}
				return false
			}
		},
	})
}

// names are TLS servers by host name. The certificates of httptest are for example.com and
// names below it.
type names map[string]*httptest.Server

// options returns options that reach the servers by their names.
func (n names) options(t *testing.T) *caldav.Options {
	o := &caldav.Options{
		Username: "ann", Password: "secret",
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			host, _, _ := net.SplitHostPort(addr)
			if n[host] == nil {
				return nil, fmt.Errorf("no host %q", host)
			}
			return new(net.Dialer).DialContext(ctx, network, n[host].Listener.Addr().String())
		},
	}
	for _, s := range n {
		if c := s.Client().Transport.(*http.Transport).TLSClientConfig; c != nil {
			o.TLSConfig = &tls.Config{RootCAs: c.RootCAs}
		}
		t.Cleanup(s.Close)
	}
	return o
}

// serve starts a server and returns its URL.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL + "/"
}
