package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/body"
)

// copyEvent copies the event of an example to a file that a test may change.
func copyEvent(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func get(t *testing.T, h http.Handler, url string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", url, nil)
	r.Host = "127.0.0.1:8025"
	h.ServeHTTP(w, r)
	return w
}

// Every language and action is shown in all four forms.
func TestPage(t *testing.T) {
	for _, name := range []string{"event.json", "series.json"} {
		h := (&source{event: filepath.Join("testdata", name)}).handler()
		for _, language := range body.Languages() {
			for _, action := range actions {
				query := "?lang=" + language + "&action=" + string(action) + "&reader=1"
				w := get(t, h, "/"+query)
				for _, want := range []string{`id="html"`, `sandbox=""`, `id="text"`, `id="calendar"`, `id="raw"`, "MIME-Version: 1.0"} {
					if !strings.Contains(w.Body.String(), want) {
						t.Errorf("%s%s lacks %q:\n%.2000s", name, query, want, w.Body)
					}
				}
				m := get(t, h, "/mail.html"+query)
				if m.Code != 200 || !strings.Contains(m.Body.String(), `lang="`+language+`"`) {
					t.Errorf("%s/mail.html%s = %d %.200s", name, query, m.Code, m.Body)
				}
				if csp := m.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "sandbox; default-src 'none'") {
					t.Errorf("Content-Security-Policy = %q", csp)
				}
			}
		}
	}
}

func TestAllLanguages(t *testing.T) {
	h := (&source{event: "testdata/event.json"}).handler()
	if got := strings.Count(get(t, h, "/?lang=all&action=update").Body.String(), "<iframe"); got != len(body.Languages()) {
		t.Errorf("%d frames, want one for each language", got)
	}
}

// The page shows an error in a file, and the mail again as soon as the file is mended.
func TestTemplates(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "footer.html")
	write := func(s string) {
		if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := &source{event: copyEvent(t, "event.json"), templates: dir}
	write("{{define \"footer\"}}\n{{.Nope}}{{end}}")
	first := s.version()
	if got := get(t, s.handler(), "/").Body.String(); !strings.Contains(got, "footer.html:2:") || !strings.Contains(got, `id="error"`) {
		t.Errorf("the page does not show the error: %s", got)
	}
	if got := get(t, s.handler(), "/mail.html"); got.Code != 500 {
		t.Errorf("mail.html = %d", got.Code)
	}
	write("{{define \"footer\"}}<tr><td>our footer</td></tr>{{end}}")
	if s.version() == first {
		t.Error("the version is the same after a change")
	}
	if got := get(t, s.handler(), "/mail.html").Body.String(); !strings.Contains(got, "our footer") {
		t.Errorf("mail.html lacks the footer")
	}
	os.Remove(s.event)
	if got := get(t, s.handler(), "/").Body.String(); !strings.Contains(got, `id="error"`) {
		t.Error("the page does not say that the event is gone")
	}
}

// Nobody else can reach the page, neither by the network nor by a name that another
// site gives to this machine.
func TestLoopbackOnly(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", "8025", "127.0.0.1.example.com:0"} {
		if l, err := listen(addr); err == nil {
			l.Close()
			t.Errorf("listen(%q) = %s, want an error", addr, l.Addr())
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "localhost:0", "127.5.5.5:0"} {
		l, err := listen(addr)
		if err != nil {
			t.Errorf("listen(%q): %v", addr, err)
			continue
		}
		l.Close()
	}
	h := (&source{event: "testdata/event.json"}).handler()
	for host, want := range map[string]int{"127.0.0.1:8025": 200, "localhost": 200, "[::1]:8025": 200, "rebound.example.com": 403, "": 403} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/version", nil)
		r.Host = host
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Host %q = %d, want %d", host, w.Code, want)
		}
	}
}

func TestParse(t *testing.T) {
	if _, addr, err := parse([]string{"testdata/event.json"}, io.Discard); err != nil || addr != "127.0.0.1:8025" {
		t.Errorf("parse = %q, %v", addr, err)
	}
	broken := t.TempDir()
	for _, args := range [][]string{{}, {"a", "b"}, {"none.json"}, {"-colour", "red"}, {"-logo", "none.png", "testdata/event.json"}, {"-before", "none.json", "testdata/event.json"}, {"-x"}} {
		if _, _, err := parse(args, io.Discard); err == nil {
			t.Errorf("parse(%q) = nil error", args)
		}
	}
	if _, _, err := parse([]string{"-templates", broken, "testdata/event.json"}, io.Discard); err != nil {
		t.Errorf("parse with templates that can be mended: %v", err)
	}
	if err := run([]string{"-addr", "0.0.0.0:0", "testdata/event.json"}, io.Discard); err == nil {
		t.Error("run serves the network")
	}
}

// serve starts a server as main does, with the checks before its handler.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	l, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { s.Close() })
	return "http://" + l.Addr().String()
}
