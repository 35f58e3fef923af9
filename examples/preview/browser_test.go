package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/body"
)

// browser returns Chromium. If it is not installed, the test is skipped. On Debian it
// comes with "apt-get install chromium".
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("SKIPPED: no chromium on this machine; apt-get install chromium")
	return ""
}

// chromium runs the browser without a window, on a page of this machine, and
// returns its output.
func chromium(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser(t), append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir=" + t.TempDir(),
	}, args...)...)
	cmd.WaitDelay = 5 * time.Second
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, stderr.String())
	}
	return string(out)
}

// The page is shown, and shown anew when its file changes.
func TestBrowserReloads(t *testing.T) {
	browser(t)
	s := &source{event: copyEvent(t, "event.json")}
	var pages atomic.Int32
	change := func() {
		data, err := os.ReadFile(s.event)
		if err == nil {
			err = os.WriteFile(s.event, []byte(strings.Replace(string(data), "Quarterly review", "Yearly review", 1)), 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
	h := s.handler()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/version" && pages.Load() == 1 {
			change()
		}
		if r.URL.Path == "/" {
			pages.Add(1)
		}
		h.ServeHTTP(w, r)
	}))
	dom := chromium(t, "--virtual-time-budget=8000", "--dump-dom", url+"/?lang=de&action=cancellation")
	for _, want := range []string{"Abgesagt: Yearly review", "METHOD:CANCEL", "Diese Besprechung wurde abgesagt", "Content-Type: multipart/mixed"} {
		if !strings.Contains(dom, want) {
			t.Errorf("the page lacks %q:\n%.3000s", want, dom)
		}
	}
	if pages.Load() < 2 {
		t.Error("the page was not loaded again")
	}
}

// measure is a page that says how wide each mail is in a frame of 320 pixels.
const measure = `<!DOCTYPE html><body>%s<script>
onload = () => {
  document.title = Array.from(document.querySelectorAll("iframe"), f =>
    f.title + "=" + f.contentDocument.documentElement.scrollWidth).join(" ")
}</script>`

// Nothing has to be scrolled sideways on a telephone, in any language.
func TestBrowserNarrow(t *testing.T) {
	browser(t)
	s := &source{event: "testdata/event.json"}
	st, err := s.load()
	if err != nil {
		t.Fatal(err)
	}
	var frames strings.Builder
	mux := http.NewServeMux()
	for _, language := range body.Languages() {
		for _, action := range []body.Action{body.ActionUpdate, body.ActionProposalDeclined} {
			p, err := st.write(choice{Language: language, Action: action})
			if err != nil {
				t.Fatal(err)
			}
			name := language + "-" + string(action)
			mux.HandleFunc("/"+name, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, p.HTML) })
			fmt.Fprintf(&frames, `<iframe title=%q src="/%[1]s" width="320" height="600" style="border:0"></iframe>`, name)
		}
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, measure, frames.String()) })
	dom := chromium(t, "--virtual-time-budget=5000", "--dump-dom", serve(t, mux)+"/")
	widths := regexp.MustCompile(`([\w-]+)=(\d+)`).FindAllStringSubmatch(regexp.MustCompile(`<title>(.*)</title>`).FindString(dom), -1)
	if len(widths) != 2*len(body.Languages()) {
		t.Fatalf("measured %v in:\n%.2000s", widths, dom)
	}
	for _, m := range widths {
		if m[2] != "320" {
			t.Errorf("%s is %s pixels wide", m[1], m[2])
		}
	}
}

// pictures are the pictures of the documentation. If PREVIEW_PICTURES=DIR is set,
// they are written there. Otherwise one is made and thrown away.
var pictures = []struct {
	name, event, query, size string
	flags                    []string
}{
	{"request", "event.json", "lang=en&action=invitation", "640,880", nil},
	{"update", "event.json", "lang=de&action=update", "640,960", nil},
	{"cancel", "event.json", "lang=fr&action=cancellation", "640,850", nil},
	{"recurring", "series.json", "lang=es&action=invitation", "640,810", nil},
	{"right-to-left", "series.json", "lang=he&action=invitation", "640,800", nil},
	{"dark", "event.json", "lang=ja&action=invitation", "640,860", []string{"--blink-settings=preferredColorScheme=0"}},
	{"narrow", "event.json", "lang=ru&action=update", "320,1290", oneProcess},
}

// oneProcess shows a frame in the process of its page. Otherwise the picture of the
// page may be made before the frame is painted.
var oneProcess = []string{"--disable-site-isolation-trials", "--disable-features=IsolateSandboxedIframes"}

func TestBrowserPictures(t *testing.T) {
	browser(t)
	dir := os.Getenv("PREVIEW_PICTURES")
	list := pictures
	if dir == "" {
		dir, list = t.TempDir(), pictures[:1]
	}
	for _, p := range list {
		url := serve(t, (&source{event: filepath.Join("testdata", p.event)}).handler()) + "/mail.html?" + p.query
		if width, _, _ := strings.Cut(p.size, ","); width == "320" { // no window is that narrow, but a frame can be
			inner := url
			url = serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `<!DOCTYPE html><body style="margin:0"><iframe src="%s" style="border:0;width:320px;height:100vh"></iframe>`, strings.ReplaceAll(inner, "&", "&amp;"))
			})) + "/"
		}
		file := filepath.Join(dir, p.name+".png")
		chromium(t, append(p.flags, "--window-size="+p.size, "--screenshot="+file, url)...)
		data, err := os.ReadFile(file)
		if err != nil || !strings.HasPrefix(string(data), "\x89PNG") || len(data) < 10000 {
			t.Errorf("%s: no picture: %d octets, %v", p.name, len(data), err)
		}
	}
}
