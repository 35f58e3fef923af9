package main

import (
	"bytes"
	"context"
	"flag"
	"image"
	"image/png"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var picture = flag.String("picture", "", "`file` for a picture of the page")

// browser starts Chromium without a window. If it is not installed, the test is skipped. On
// Debian it comes with "apt-get install chromium".
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("SKIPPED: no chromium on this machine; apt-get install chromium")
	}
	// The flags keep Chromium from asking for anything outside of this machine, and from a
	// process of its own for the frame of a mail, which it sometimes does not paint for long.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-features", "site-per-process,Translate,IsolateSandboxedIframes"))
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	return ctx
}

// reader is somebody at the browser.
type reader struct {
	t    *testing.T
	ctx  context.Context
	base string
}

// do runs actions in the browser.
func (r reader) do(actions ...chromedp.Action[chromedp.Void]) {
	r.t.Helper()
	if err := chromedp.Do(r.ctx, actions...); err != nil {
		r.t.Fatal(err)
	}
}

// leads clicks on what leads to another page, and waits for it. If the page has just been
// loaded, Chromium may give its elements new numbers between the search and the click.
// Then nothing was clicked.
func (r reader) leads(click chromedp.Action[chromedp.Void]) {
	r.t.Helper()
	for try := 1; ; try++ {
		_, err := chromedp.RunResponse(r.ctx, click)
		switch {
		case err == nil:
			return
		case try == 10 || !strings.Contains(err.Error(), "No node with given id"):
			r.t.Fatal(err)
		}
	}
}

// ask runs an action that returns a value.
func ask[T any](r reader, action chromedp.Action[T]) T {
	r.t.Helper()
	value, err := chromedp.Run(r.ctx, action)
	if err != nil {
		r.t.Fatal(err)
	}
	return value
}

// open opens a page of the service.
func (r reader) open(path string) {
	r.t.Helper()
	r.do(chromedp.Navigate(r.base + path))
}

// button presses the button with that text, and waits for the next page.
func (r reader) button(text string) {
	r.t.Helper()
	r.leads(chromedp.Click(`//button[text()="` + text + `"]`))
}

// fill writes a text into a field. The field of a time has several parts, so it is set.
func (r reader) fill(id, text string) {
	r.t.Helper()
	r.do(chromedp.SetValue(chromedp.CSS("#"+id), text))
}

// text is the text of the page.
func (r reader) text() string {
	r.t.Helper()
	return ask(r, chromedp.Evaluate[string](`document.body.innerText`))
}

// until loads a page until it shows a text.
func (r reader) until(path, text string) {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		r.open(path)
		page := r.text()
		if strings.Contains(page, text) {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%s does not show %q after a minute:\n%s", path, text, page)
		}
	}
}

// answer opens the last mail to somebody, and answers it.
func (r reader) answer(to, subject, client, button string) {
	r.t.Helper()
	r.until("/mails?to="+to+"@example.test", subject)
	r.leads(chromedp.Click(chromedp.CSS(".letters a")))
	if chosen := ask(r, chromedp.Evaluate[string](`document.querySelector("#client").value`)); chosen != client {
		r.t.Errorf("%s answers with %q, want %q", to, chosen, client)
	}
	r.button(button)
	if got := r.text(); !strings.Contains(got, "The answer was sent.") {
		r.t.Fatalf("the page does not say that the answer was sent:\n%s", got)
	}
}

// TestBrowser books a meeting, answers as four mail programs, moves it, answers again, and
// cancels it.
func TestBrowser(t *testing.T) {
	ctx := browser(t)
	r := reader{t, ctx, start(t, config{})}
	r.do(chromedp.EmulateViewport(820, 1180))
	r.open("/")
	r.fill("title", "Quarterly review")
	r.fill("start", tomorrow(10))
	r.button("Book and invite")
	meeting := ask(r, chromedp.Evaluate[string](`location.pathname`))
	r.until(meeting, "4 without an answer")

	r.answer("ann", "Invitation: Quarterly review", "outlook", "Accept")
	r.answer("bob", "Invitation: Quarterly review", "gmail", "Maybe")
	r.answer("cleo", "Invitation: Quarterly review", "apple", "Decline")
	r.answer("dan", "Invitation: Quarterly review", "thunderbird", "Accept")
	r.until(meeting, "2 accepted, 1 tentative, 1 declined")
	r.photograph()

	r.fill("start", tomorrow(15))
	r.button("Move")
	r.until(meeting, "4 without an answer")
	r.answer("ann", "Updated: Quarterly review", "outlook", "Accept")
	r.answer("bob", "Updated: Quarterly review", "gmail", "Accept")
	r.answer("cleo", "Updated: Quarterly review", "apple", "Accept")
	r.until(meeting, "3 accepted, 1 without an answer")

	r.button("Cancel the meeting")
	r.until(meeting, "(cancelled)")
	r.until("/mails?to=ann@example.test", "Cancelled: Quarterly review")
}

// TestBrowserMail shows the HTML text of a mail in its frame. Scripts cannot look into the
// frame, so the test looks for the blue colour of the mail.
func TestBrowserMail(t *testing.T) {
	ctx := browser(t)
	base := start(t, config{})
	v := visitor{t, base}
	v.book()
	r := reader{t, ctx, base}
	r.open(v.mail("ann@example.test", "Invitation: Review"))
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		picture, err := png.Decode(bytes.NewReader(ask(r, chromedp.Screenshot(chromedp.CSS("iframe")))))
		if err != nil {
			t.Fatal(err)
		}
		if hasBlue(picture) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the frame shows no mail after a minute")
		}
	}
}

// hasBlue reports whether a picture has a pixel that is clearly blue.
func hasBlue(picture image.Image) bool {
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			if r, _, b, _ := picture.At(x, y).RGBA(); b > r+0x6000 {
				return true
			}
		}
	}
	return false
}

// TestBrowserNarrow shows that nothing has to be scrolled sideways on a telephone.
func TestBrowserNarrow(t *testing.T) {
	ctx := browser(t)
	base := start(t, config{})
	v := visitor{t, base}
	meeting := v.book("title", strings.Repeat("Donaudampfschifffahrtsgesellschaft", 4))
	r := reader{t, ctx, base}
	r.do(chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile))
	for _, path := range []string{"/", meeting, "/mails", v.mail("ann@example.test", "Invitation")} {
		r.open(path)
		if width := ask(r, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width > 320 {
			t.Errorf("%s is %d pixels wide, want 320", path, width)
		}
	}
}

// TestBrowserKeyboard books a meeting with the keyboard alone.
func TestBrowserKeyboard(t *testing.T) {
	ctx := browser(t)
	r := reader{t, ctx, start(t, config{})}
	r.open("/")
	for range 60 {
		r.do(chromedp.KeyEvent("\t"))
		if ask(r, chromedp.Evaluate[string](`document.activeElement.textContent`)) != "Book and invite" {
			continue
		}
		if ask(r, chromedp.Evaluate[string](`getComputedStyle(document.activeElement).outlineStyle`)) == "none" {
			t.Error("the focus is not visible")
		}
		r.leads(chromedp.KeyEvent("\r"))
		if got := r.text(); !strings.Contains(got, "The room is booked") {
			t.Errorf("the page shows\n%s", got)
		}
		return
	}
	t.Error("the button cannot be reached by the tabulator key")
}

// photograph takes a picture of the page, if the flag -picture asks for it.
func (r reader) photograph() {
	r.t.Helper()
	if *picture == "" {
		return
	}
	if err := os.WriteFile(*picture, ask(r, chromedp.FullScreenshot(100)), 0o644); err != nil {
		r.t.Fatal(err)
	}
}
