package main

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/rsvp"
)

var (
	pictures = flag.String("pictures", "", "`folder` for pictures of the answer pages")
	axe      = flag.String("axe", "", "`file` axe.min.js of the npm package axe-core, to check the answer pages with")
)

// call makes an action of a command of the browser.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// telephone makes the browser 390 pixels wide and dark, and switches scripts off. Its
// language is the one of pages for which nothing else names one.
func (r reader) telephone(language, scheme string) {
	r.t.Helper()
	r.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile),
		call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}),
		call(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": language}}))
}

// tab presses the tabulator key until the focus is on an element that matches a selector.
// Every element that it passes must show the focus.
func (r reader) tab(selector string) {
	r.t.Helper()
	for range 40 {
		r.do(chromedp.KeyEvent(kb.Tab))
		if outline := ask(r, chromedp.Evaluate[string](`getComputedStyle(document.activeElement).outlineStyle`)); outline == "none" {
			r.t.Errorf("the focus is not visible on %s", ask(r, chromedp.Evaluate[string](`document.activeElement.outerHTML`)))
		}
		if ask(r, chromedp.Evaluate[bool](`document.activeElement.matches(`+fmt.Sprintf("%q", selector)+`)`)) {
			return
		}
	}
	r.t.Fatalf("the tabulator key does not reach %s:\n%s", selector, r.text())
}

// fits fails if the page has to be scrolled sideways. It takes a picture of the page and
// checks it with axe if the flags ask for that.
func (r reader) fits(name string) {
	r.t.Helper()
	if width := ask(r, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width > 390 {
		r.t.Errorf("%s is %d pixels wide, want 390", name, width)
	}
	if *pictures != "" {
		if err := os.WriteFile(filepath.Join(*pictures, name+".png"), ask(r, chromedp.FullScreenshot(100)), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
	if *axe != "" {
		r.axe(name)
	}
}

// axe fails for each error that axe-core finds on the page.
func (r reader) axe(name string) {
	r.t.Helper()
	scripts := func(off bool) chromedp.Action[chromedp.Void] {
		return call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
	}
	r.do(scripts(false))
	r.startAxe()
	found := r.askAxe("")
	r.do(scripts(true))
	if found != "" {
		r.t.Errorf("%s: %s", name, found)
	}
}

// startAxe puts axe-core into the open page, if the flags ask for it.
func (r reader) startAxe() {
	r.t.Helper()
	if *axe == "" {
		return
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		r.t.Fatal(err)
	}
	ask(r, chromedp.Evaluate[bool](string(script)+";true"))
}

// askAxe returns the errors that axe-core finds on the page; "" if there are none.
// options is the argument of axe.run.
func (r reader) askAxe(options string) string {
	r.t.Helper()
	return ask(r, chromedp.Evaluate[string](`axe.run(`+options+`).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" ")).join("\n") +
		(r.passes.length ? "" : "axe has checked nothing"))`, chromedp.EvalAwaitPromise))
}

// focused waits until the focus is on the element with that ID. Chromium sets it when it
// paints the page, which may be after the page has been loaded.
func (r reader) focused(id string) {
	r.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ask(r, chromedp.Evaluate[string](`document.activeElement.id`)) != id; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("the focus is not on %s:\n%s", id, r.text())
		}
	}
}

// background is the colour behind the page, as rgb(…).
func (r reader) background() string {
	return ask(r, chromedp.Evaluate[string](`getComputedStyle(document.body).backgroundColor`))
}

// TestBrowserAnswer answers by the links of mails in four languages: with the keyboard
// alone, without scripts, in the dark, on a telephone.
func TestBrowserAnswer(t *testing.T) {
	ctx := browser(t)
	base := start(t, config{})
	for _, tt := range []struct {
		language, dir, thanks, proposed string
		hour                            int
	}{
		{"en", "ltr", "Your answer has been saved.", "Your proposal has been sent", 9},
		{"de", "ltr", "Ihre Antwort wurde gespeichert.", "Ihr Vorschlag wurde dem Organisator", 11},
		{"ar", "rtl", "تم حفظ ردكم", "تم إرسال اقتراحكم", 13},
		{"ja", "ltr", "回答を保存しました", "提案を主催者に送りました", 15},
	} {
		t.Run(tt.language, func(t *testing.T) {
			r := reader{t, ctx, base}
			v := visitor{t, base}
			meeting := v.book("title", "Review "+tt.language, "start", tomorrow(tt.hour))
			links := v.answerLinks("ann@example.test", "Invitation: Review "+tt.language)
			r.telephone(tt.language, "dark")
			r.open(links[0])
			if dir := ask(r, chromedp.Evaluate[string](`document.documentElement.dir`)); dir != tt.dir {
				t.Errorf("the page runs %s, want %s", dir, tt.dir)
			}
			if got := r.background(); got != "rgb(15, 20, 27)" {
				t.Errorf("the background is %s", got)
			}
			r.fits(tt.language + "-answer")

			r.tab("[name=answer]") // "yes" is chosen
			r.do(chromedp.KeyEvent(kb.ArrowDown))
			r.tab("textarea")
			r.do(chromedp.KeyEvent("on my way"))
			r.tab("button")
			r.leads(chromedp.KeyEvent(kb.Enter))
			if got := r.text(); !strings.Contains(got, tt.thanks) {
				t.Errorf("the page does not say %q:\n%s", tt.thanks, got)
			}
			r.fits(tt.language + "-answered")
			r.tab(`a[href^="https://calendar.google.com/"]`)
			v.until(meeting, "1 tentative, 2 without an answer")
			v.until(meeting, "on my way")

			r.tab(`a[href="?propose"]`)
			r.leads(chromedp.KeyEvent(kb.Enter))
			r.fits(tt.language + "-propose")
			for _, field := range []string{"#start", "#end"} { // an hour later
				r.tab(field)
				r.do(chromedp.KeyEvent(kb.Tab+kb.Tab+kb.Tab), chromedp.KeyEvent(kb.ArrowUp)) // the hour is the fourth part
			}
			r.tab("button")
			r.leads(chromedp.KeyEvent(kb.Enter))
			if got := r.text(); !strings.Contains(got, tt.proposed) {
				t.Errorf("the page does not say %q:\n%s", tt.proposed, got)
			}
			r.fits(tt.language + "-proposed")
		})
	}
}

// shelf is a Store that only reads.
type shelf map[string]*invite.Meeting

func (s shelf) Meeting(_ context.Context, uid string) (*invite.Meeting, error) { return s[uid], nil }

func (s shelf) Answer(context.Context, string, invite.Answer) (invite.Outcome, error) {
	return invite.Outcome{Verdict: invite.VerdictStale}, nil
}

func (s shelf) Propose(context.Context, string, invite.Proposal) (invite.Outcome, error) {
	return invite.Outcome{Verdict: invite.VerdictStale}, nil
}

// TestBrowserAnswerPages shows the pages that the booking service does not reach, in four
// languages, light and dark.
func TestBrowserAnswerPages(t *testing.T) {
	ctx := browser(t)
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	now := start.AddDate(0, 0, -20)
	event := ical.Event{
		Summary: "Quarterly review of everything", Location: "Room 4.12", TimeZone: "Europe/Berlin", Start: start, End: start.Add(time.Hour),
		Organizer: ical.Person{Name: "Desk", Email: "desk@example.test"},
		Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.test"}, {Name: "Bob", Email: "bob@example.test", Status: ical.StatusAccepted}},
	}
	meetings := shelf{}
	add := func(uid string, change func(e *ical.Event)) {
		e := event.Clone()
		e.UID = uid
		change(&e)
		meetings[uid] = &invite.Meeting{Event: e}
	}
	add("series", func(e *ical.Event) { e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly} })
	add("coming", func(e *ical.Event) {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
		e.Overrides = []ical.Event{{RecurrenceID: start.AddDate(0, 0, 7)}}
		e.Overrides[0].Attendees = []ical.Attendee{event.Attendees[0], event.Attendees[1]}
		e.Overrides[0].Attendees[0].Status = ical.StatusAccepted
	})
	add("cancelled", func(e *ical.Event) { e.Cancelled = true })
	add("over", func(e *ical.Event) { e.Start, e.End = now.AddDate(0, 0, -2), now.AddDate(0, 0, -1) })
	add("expired", func(e *ical.Event) { e.Start, e.End = now.AddDate(0, -2, -2), now.AddDate(0, -2, -1) })
	add("uninvited", func(*ical.Event) {})
	links := &rsvp.Links{Keys: [][]byte{[]byte("a key of 16 octets or more")}}
	server := httptest.NewUnstartedServer(nil)
	links.Base = "http://" + server.Listener.Addr().String() + "/answer"
	server.Config.Handler = rsvp.NewHandler(meetings, links, &rsvp.Options{
		Now: func() time.Time { return now }, ShowGuests: true, CalendarLinks: true, Brand: body.Brand{Name: "Room desk", Colour: "#0b5d3b"},
	})
	server.Start()
	defer server.Close()
	pages := map[string]string{"invalid": links.Base + "/nonsense"}
	for uid, m := range meetings {
		pages[uid] = links.URL(m, m.Event.Attendees[0], ical.StatusAccepted)
	}
	pages["series-propose"] = pages["series"] + "?propose"
	meetings["uninvited"].Event.Attendees = meetings["uninvited"].Event.Attendees[1:]
	colours := map[string]string{"dark": "rgb(15, 20, 27)", "light": "rgb(243, 244, 246)"}
	for language, schemes := range map[string][]string{"en": {"light", "dark"}, "de": {"light"}, "ar": {"dark"}, "ja": {"light"}} {
		for _, scheme := range schemes {
			r := reader{t, ctx, ""}
			r.telephone(language, scheme)
			for name, link := range pages {
				r.open(link)
				if got := r.background(); got != colours[scheme] {
					t.Errorf("%s: the background is %s", name, got)
				}
				if lang := ask(r, chromedp.Evaluate[string](`document.documentElement.lang`)); lang != language {
					t.Errorf("%s: the language is %s, want %s", name, lang, language)
				}
				r.fits(strings.Join([]string{language, scheme, name}, "-"))
			}
			r.open(pages["series"])
			r.tab("[name=answer]")
			r.tab("select")
			r.do(chromedp.KeyEvent(kb.ArrowDown))
			if got := ask(r, chromedp.Evaluate[string](`document.activeElement.value`)); got != fmt.Sprint(start.Unix()) {
				t.Errorf("%s: the chosen date is %q", language, got)
			}
			r.tab("button")
			r.leads(chromedp.KeyEvent(kb.Enter)) // the store says that a later answer counts
			r.focused("note")
			r.fits(strings.Join([]string{language, scheme, "refused"}, "-"))
		}
	}
}
