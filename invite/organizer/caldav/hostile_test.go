package caldav_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/caldav"
)

// TestHostile answers with bodies that cost much or mean something else. Each call ends soon with
// an error that says nothing about the entry.
func TestHostile(t *testing.T) {
	const head = `<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">`
	multi := func(body string) func(w http.ResponseWriter, r *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusMultiStatus)
			_, _ = io.WriteString(w, body)
		}
	}
	endless := func(status int, piece string, pause time.Duration) func(w http.ResponseWriter, r *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, piece); err != nil {
					return
				}
				_ = http.NewResponseController(w).Flush()
				time.Sleep(pause)
			}
		}
	}
	bomb := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + head + `<D:response><D:href>&b;</D:href></D:response></D:multistatus>`
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"huge":           multi(head + strings.Repeat(" ", 2<<20) + "</D:multistatus>"),
		"endless":        endless(207, strings.Repeat("<a>", 1000), 0),
		"slow":           endless(207, " ", 20*time.Millisecond),
		"deep":           multi(head + strings.Repeat("<a>", 50_000) + strings.Repeat("</a>", 50_000) + "</D:multistatus>"),
		"many":           multi(head + strings.Repeat("<a/>", 200_000) + "</D:multistatus>"),
		"entities":       multi(bomb),
		"outside entity": multi(`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + head + `<D:response><D:href>&a;</D:href></D:response></D:multistatus>`),
		"document type":  multi("<!DOCTYPE x>" + head + "</D:multistatus>"),
		"cut":            multi(head + "<D:response>"),
		"two roots":      multi(head + "</D:multistatus>" + head + "</D:multistatus>"),
		"no XML":         multi("hello"),
		"empty":          multi(""),
		"another root":   multi(`<D:prop xmlns:D="DAV:"/>`),
		"encoding":       multi(`<?xml version="1.0" encoding="EBCDIC"?>` + head + "</D:multistatus>"),
		"header": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 1<<20))
			w.WriteHeader(207)
		},
		"silent":       func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"endless text": endless(500, strings.Repeat("x", 10000), 0),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client is gone
				if r.Method == "REPORT" {
					answer(w, r)
					return
				}
				(&fake{}).serve(w, r, "")
			})
			c := openPlain(t, serve(t, f), func(o *caldav.Options) { o.Timeout, o.MaxBytes = 500*time.Millisecond, 1<<20 })
			began := time.Now()
			_, err := c.Get(t.Context(), organizer.Object{UID: "u"})
			if err == nil || errors.Is(err, organizer.ErrGone) || errors.Is(err, organizer.ErrNoCalendar) {
				t.Errorf("Get: %v", err)
			}
			if len(fmt.Sprint(err)) > 1000 {
				t.Errorf("an error of %d characters", len(fmt.Sprint(err)))
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("Get took %v", took)
			}
		})
	}
}

// TestLargeEntry reads an entry that is larger than the limit only behind its end.
func TestLargeEntry(t *testing.T) {
	f, url := startFake(t)
	f.entries["u.ics"] = string(entryText("u")) + strings.Repeat("\r\n", 1<<19)
	c := openPlain(t, url, func(o *caldav.Options) { o.MaxBytes = 1 << 20 })
	if _, err := c.Get(t.Context(), organizer.Object{UID: "u"}); err == nil || !strings.Contains(err.Error(), "larger than 1048576 octets") {
		t.Errorf("Get: %v", err)
	}
}

// TestManyCandidates answers a search with other entries, with addresses elsewhere, and with
// the calendar itself.
func TestManyCandidates(t *testing.T) {
	f, url := startFake(t)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != "REPORT" {
			return false
		}
		out := []string{response("http://127.0.0.1:1/evil.ics", ""), response("/cal/", ""), response("%zz", ""), response("", ""), response("../../etc", "")}
		for i := range 1000 {
			out = append(out, response(fmt.Sprintf("/cal/%d.ics", i), ""))
		}
		multistatus(w, out...)
		return true
	}
	if _, err := openPlain(t, url).Get(t.Context(), organizer.Object{UID: "u"}); err == nil || errors.Is(err, organizer.ErrGone) {
		t.Errorf("Get: %v, want an error that says nothing about the entry", err)
	}
	if n := len(f.requests); n > 70 {
		t.Errorf("%d requests", n)
	}
	for _, href := range []string{"http://127.0.0.1:1/cal/u.ics", "//evil.example/cal/u.ics", "file:///u.ics", "mailto:x"} {
		before := len(f.requests)
		if _, err := openPlain(t, url+"cal/").Get(t.Context(), organizer.Object{UID: "u", Href: href}); err == nil || errors.Is(err, organizer.ErrGone) {
			t.Errorf("Get of %s: %v", href, err)
		}
		if len(f.requests) > before+2 {
			t.Errorf("Get of %s: requests %q", href, f.requests[before:])
		}
	}
}

// TestContext ends a call at once if its context ends, also while another call looks for the
// calendar. No goroutine stays.
func TestContext(t *testing.T) {
	before := runtime.NumGoroutine()
	block := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-block:
		case <-r.Context().Done():
		}
	}))
	c := openPlain(t, url)
	done := make(chan error, 2)
	ctx, cancel := context.WithCancel(t.Context())
	for range 2 {
		go func() {
			_, err := c.Get(ctx, organizer.Object{UID: "u"})
			done <- err
		}()
	}
	time.Sleep(50 * time.Millisecond)
	cancel()
	for range 2 {
		select {
		case err := <-done:
			want(t, "Get", err, context.Canceled)
		case <-time.After(5 * time.Second):
			t.Fatal("Get does not end")
		}
	}
	close(block)
	c.Close()
	for range 100 {
		if runtime.NumGoroutine() <= before+4 { // the goroutines of the test server
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}
