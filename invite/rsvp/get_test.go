package rsvp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/rsvp"
)

// TestReadingChangesNothing sends 10,000 requests of every kind that programs send without a
// reader. Their queries are those of the forms.
func TestReadingChangesNothing(t *testing.T) {
	s := serve(t, []*invite.Meeting{review(weekly)})
	before, err := json.Marshal(s.store.meetings[uid])
	if err != nil {
		t.Fatal(err)
	}
	form := s.open(s.link(ann, ical.StatusAccepted)).form().Encode()
	queries := []string{"", "?propose", "?done=answer", "?done=propose", "?" + form, "?propose&" + form}
	headers := [][]string{nil, {"Sec-Purpose", "prefetch"}, {"Purpose", "prefetch"}, {"X-Moz", "prefetch"}, {"Sec-Purpose", "prefetch;prerender"},
		{"X-HTTP-Method-Override", "POST"}, {"Content-Type", "application/x-www-form-urlencoded"}}
	methods := []string{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "post"}
	statuses := []ical.Status{ical.StatusAccepted, ical.StatusTentative, ical.StatusDeclined, ""}
	for i := range 10_000 {
		link := s.link(ann, statuses[i%len(statuses)]) + queries[i%len(queries)]
		s.send(methods[i%len(methods)], link, url.Values{"answer": {"declined"}}, headers[i%len(headers)]...)
	}
	after, err := json.Marshal(s.store.meetings[uid])
	if err != nil {
		t.Fatal(err)
	}
	if s.store.changes != 0 || !bytes.Equal(before, after) {
		t.Errorf("%d changes", s.store.changes)
	}
}

// TestCrawler follows every link of every page, submits every GET form and every form
// without its hidden fields, and opens every file.
func TestCrawler(t *testing.T) {
	coming := func(e *ical.Event) { e.Attendees[0].Status = ical.StatusAccepted }
	s := serve(t, []*invite.Meeting{review(weekly, coming)}, withCalendars, func(o *rsvp.Options) { o.ShowGuests = true })
	var queue []string
	for _, status := range []ical.Status{ical.StatusAccepted, ical.StatusTentative, ical.StatusDeclined, ""} {
		queue = append(queue, s.link(ann, status))
	}
	seen := make(map[string]bool)
	for len(queue) > 0 {
		link := queue[0]
		queue = queue[1:]
		if seen[link] {
			continue
		}
		seen[link] = true
		w := s.send(http.MethodGet, link, nil)
		base, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		d := parse(t, w.Body.String())
		elsewhere := d.external() // calendars
		for _, n := range d.all("a", "link", "area", "iframe", "img", "script", "source", "meta") {
			for _, name := range []string{"href", "src", "content"} {
				ref, ok := attr(n, name)
				if slices.ContainsFunc(elsewhere, func(u *url.URL) bool { return u.String() == ref }) {
					continue
				}
				if ok && n.Data != "meta" {
					queue = append(queue, resolve(t, base, ref))
				}
			}
		}
		for _, n := range d.all("form") {
			method, _ := attr(n, "method")
			action, _ := attr(n, "action")
			to := resolve(t, base, action)
			if !strings.EqualFold(method, "post") {
				t.Errorf("%s: a form is sent by %q", link, method)
			}
			form := d.form()
			form.Set("answer", "declined")
			queue = append(queue, to+"?"+form.Encode())
			form.Del("form")
			s.post(to, form)
		}
	}
	if len(seen) < 8 {
		t.Errorf("the crawler has found %d pages", len(seen))
	}
	check(t, "changes", 0, s.store.changes)
}

func resolve(t *testing.T, base *url.URL, ref string) string {
	t.Helper()
	u, err := base.Parse(ref)
	if err != nil {
		t.Fatal(err)
	}
	if u.Host != base.Host {
		t.Errorf("%s leads to another host", ref)
	}
	return strings.TrimSuffix(u.String(), "?")
}

// TestHeader checks the header fields of every kind of response.
func TestHeader(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted)
	for _, tt := range []struct {
		method, link string
		form         url.Values
		code         int
	}{
		{"GET", link, nil, 200},
		{"HEAD", link, nil, 200},
		{"GET", link + "?propose", nil, 200},
		{"OPTIONS", link, nil, 204},
		{"DELETE", link, nil, 405},
		{"GET", link + "x", nil, 404},
		{"HEAD", link + "x", nil, 404},
		{"POST", link, nil, 403},
		{"POST", link, s.open(link).form(), 303},
	} {
		w := s.send(tt.method, tt.link, tt.form)
		name := tt.method + " " + tt.link
		check(t, name, tt.code, w.Code)
		for field, want := range map[string]string{
			"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow, noarchive",
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			check(t, name+": "+field, want, w.Header().Get(field))
		}
		policy := w.Header().Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "style-src 'sha256-"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy %q lacks %s", name, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") || len(w.Header().Values("Set-Cookie")) > 0 {
			t.Errorf("%s: header = %v", name, w.Header())
		}
		if tt.code == 204 || tt.code == 405 {
			check(t, name+": Allow", "GET, HEAD, POST, OPTIONS", w.Header().Get("Allow"))
		}
		if tt.method == "HEAD" && (w.Body.Len() > 0 || w.Header().Get("Content-Length") != fmt.Sprint(s.send("GET", tt.link, nil).Body.Len())) {
			t.Errorf("%s: %d octets, Content-Length %s", name, w.Body.Len(), w.Header().Get("Content-Length"))
		}
	}
}

// TestDocument checks the rules that every page obeys: no script, no style outside of the
// one that the policy allows, one main heading, and a label for each field.
func TestDocument(t *testing.T) {
	for name, w := range everyPage(t, "en") {
		d := parse(t, w.Body.String())
		if n := len(d.all("script", "iframe", "link", "object", "embed", "base")); n > 0 {
			t.Errorf("%s: %d elements that a page must not have", name, n)
		}
		check(t, name+": h1", 1, len(d.all("h1")))
		check(t, name+": title", 1, len(d.all("title")))
		check(t, name+": main", 1, len(d.all("main")))
		labelled := make(map[string]bool)
		for _, n := range d.all("label") {
			id, _ := attr(n, "for")
			labelled[id] = true
		}
		ids := make(map[string]bool)
		calendars := d.external()
		for n := range d.root.Descendants() {
			for _, a := range n.Attr {
				if slices.ContainsFunc(calendars, func(u *url.URL) bool { return n.Data == "a" && u.String() == a.Val }) {
					continue // a link that only the reader opens
				}
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.Contains(a.Val, "javascript:") || strings.Contains(a.Val, "http") {
					t.Errorf("%s: attribute %s=%q", name, a.Key, a.Val)
				}
			}
			if id, ok := attr(n, "id"); ok {
				if ids[id] {
					t.Errorf("%s: two elements %q", name, id)
				}
				ids[id] = true
			}
		}
		for _, n := range d.all("input", "select", "textarea") {
			id, _ := attr(n, "id")
			kind, _ := attr(n, "type")
			if kind != "hidden" && !labelled[id] && n.Parent.Data != "label" {
				t.Errorf("%s: a field without a label: %v", name, n.Attr)
			}
			if by, ok := attr(n, "aria-describedby"); ok && !ids[by] {
				t.Errorf("%s: nothing describes %s", name, by)
			}
		}
	}
}

// pixel is a GIF of one pixel.
const pixel = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

// TestBrand shows the brand of the mails. The logo comes from the handler.
func TestBrand(t *testing.T) {
	logo, err := base64.StdEncoding.DecodeString(pixel)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, []*invite.Meeting{review()}, func(o *rsvp.Options) {
		o.Brand = body.Brand{Name: "Rooms & more", Colour: "#ffcc00", Logo: body.Image{Data: logo}}
	})
	link := s.link(ann, ical.StatusAccepted)
	page := s.open(link)
	for _, want := range []string{"background:#ffcc00;color:#000000", `<img src="logo" alt="Rooms &amp; more">`, "<title>Review · Rooms &amp; more</title>"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the page lacks %q:\n%s", want, page.text)
		}
	}
	w := s.send(http.MethodGet, link[:strings.LastIndexByte(link, '/')+1]+"logo", nil)
	check(t, "Content-Type", "image/gif", w.Header().Get("Content-Type"))
	if !bytes.Equal(w.Body.Bytes(), logo) {
		t.Errorf("the logo is %q", w.Body)
	}
}

// TestMount serves the pages behind http.StripPrefix, and under another path than that of
// the links.
func TestMount(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted)
	inside := s.Handler
	mux := http.NewServeMux()
	mux.Handle("/answer/", http.StripPrefix("/answer", inside))
	s.Handler = mux
	check(t, "StripPrefix", http.StatusSeeOther, s.answer(link).Code)
	s.Handler = inside
	check(t, "without the path", http.StatusOK, s.send(http.MethodGet, strings.Replace(link, "/answer/", "/", 1), nil).Code)
}

// TestProxy serves the pages behind proxies that cut the first parts of the path off, and
// behind those that do something else with it.
func TestProxy(t *testing.T) {
	for _, base := range []string{"https://example.com/apps/a%20b/answer", "https://example.com/apps/a%20b/answer/"} {
		s := serve(t, []*invite.Meeting{review()})
		s.links.Base = base
		inside := rsvp.NewHandler(s.store, s.links, &rsvp.Options{Now: func() time.Time { return noon }})
		for path, want := range map[string]int{
			"/apps/a%20b/answer/": http.StatusOK,
			"/a%20b/answer/":      http.StatusOK,
			"/answer/":            http.StatusOK,
			"/":                   http.StatusOK,
			"/other/":             http.StatusNotFound,
			"/swer/":              http.StatusNotFound,
			"/x/answer/":          http.StatusNotFound,
		} {
			s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, name, _ := strings.Cut(r.URL.EscapedPath(), "/apps/a%20b/answer/")
				r.URL, _ = url.Parse("https://inside.test" + path + name)
				inside.ServeHTTP(w, r)
			})
			check(t, base+" at "+path, want, s.send(http.MethodGet, s.link(ann, ical.StatusAccepted), nil).Code)
		}
	}
}

// TestServer answers through a real server and client, which follows the redirect.
func TestServer(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	server := httptest.NewServer(s)
	defer server.Close()
	link := strings.Replace(s.link(ann, ical.StatusAccepted), "https://example.com", server.URL, 1)
	form := s.open(s.link(ann, ical.StatusAccepted)).form()
	r, err := http.PostForm(link, form)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var page bytes.Buffer
	if _, err := page.ReadFrom(r.Body); err != nil {
		t.Fatal(err)
	}
	if r.Request.Method != http.MethodGet || !strings.Contains(page.String(), "Thank you. Your answer has been saved.") {
		t.Errorf("%s %s: %s\n%s", r.Request.Method, r.Request.URL, r.Status, &page)
	}
}
