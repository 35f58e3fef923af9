package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// mailEvent returns a meeting with a value in most fields that mails show.
func mailEvent() *ical.Event {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	return &ical.Event{
		Summary: "Quarterly review", Description: "1. Minutes\n2. Plans: https://example.com/plans?a=1&b=2", Location: "Room 4.12",
		Conference: "https://meet.example.com/q3", URL: "https://example.com/q3",
		Start: start, End: start.Add(90 * time.Minute), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Zoë Ørsted", Email: "desk@example.test"},
		Attendees: []ical.Attendee{
			{Name: "Ann", Email: "ann@example.test", TimeZone: "America/New_York", Status: ical.StatusAccepted},
			{Name: "Moore, Bob", Email: "bob@example.test"},
			{Name: "Łucja", Email: "lucja@example.test", Role: ical.RoleOptional},
			{Name: "Beamer", Email: "beamer@example.test", Kind: ical.KindResource},
		},
		Attachments: []ical.Link{{URL: "https://example.com/agenda.pdf", Name: "agenda.pdf"}},
	}
}

// withSeries makes a meeting a series with everything that a series can have.
func withSeries(e *ical.Event) {
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 12, Except: []time.Time{e.Start.AddDate(0, 0, 7)}}
	e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 14), Start: e.Start.AddDate(0, 0, 15), Location: "Room 5"}}
}

// withDays makes a meeting all-day.
func withDays(n int) func(e *ical.Event) {
	return func(e *ical.Event) {
		e.AllDay, e.Start = true, time.Date(2027, 3, 30, 0, 0, 0, 0, time.UTC)
		e.End = e.Start.AddDate(0, 0, n)
	}
}

// mailViews returns a view of each kind of mail.
func mailViews() map[string]*body.View {
	view := func(a body.Action, change ...func(e *ical.Event)) *body.View {
		e := mailEvent()
		for _, f := range change {
			f(e)
		}
		return &body.View{Event: e, Action: a, Attendee: e.Attendees[0]}
	}
	updated := func(change ...func(e *ical.Event)) *body.View {
		v := view(body.ActionUpdate, change...)
		before := v.Event.Clone()
		v.Before = &before
		v.Event.Start, v.Event.End = v.Event.Start.Add(24*time.Hour), v.Event.End.Add(24*time.Hour)
		v.Event.Summary, v.Event.Location, v.Event.Description = "Review of the quarter", "Harbour", ""
		v.Event.Attendees = v.Event.Attendees[:2]
		return v
	}
	out := map[string]*body.View{
		"invitation": view(body.ActionInvitation), "series": view(body.ActionInvitation, withSeries),
		"day": view(body.ActionInvitation, withDays(1)), "days": view(body.ActionInvitation, withDays(4)),
		"update": updated(), "update-series": updated(withSeries), "reminder": view(body.ActionReminder),
		"cancellation": view(body.ActionCancellation), "cancelled-series": view(body.ActionCancellation, withSeries),
		"removal": view(body.ActionRemoval), "refusal": view(body.ActionRefusal),
		"declined": view(body.ActionProposalDeclined), "answer": view(body.ActionAnswer),
		"hidden": view(body.ActionInvitation),
	}
	out["hidden"].HideGuests = true
	out["answer"].Status, out["answer"].Comment = ical.StatusAccepted, "See you there"
	out["cancellation"].Comment, out["cancelled-series"].Method = "I am ill.", ical.MethodCancel
	for _, name := range []string{"declined", "answer"} {
		out[name].Proposed = ical.Span{Start: out[name].Event.Start.Add(time.Hour), End: out[name].Event.End.Add(time.Hour)}
	}
	for _, name := range []string{"invitation", "series", "days", "update", "reminder"} {
		v := *out[name]
		for status, answer := range map[ical.Status]string{ical.StatusAccepted: "y", ical.StatusTentative: "m", ical.StatusDeclined: "n"} {
			v.Answers = append(v.Answers, body.AnswerLink{Status: status, URL: "https://example.com/answer/" + strings.Repeat(answer, 69)})
		}
		short := v.Event.Clone()
		short.Description = "" // as in mails of package invite if the links are long
		v.Calendars = ical.Links(short)
		out[name+"-links"] = &v
	}
	return out
}

// mailPages returns the HTML of mails in a language: of all kinds of mail, with a brand
// and without, and of the mails that the tests of package body compare.
func mailPages(t *testing.T, language string) map[string]string {
	t.Helper()
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 120, 40))); err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for brand, o := range map[string]*body.Options{
		"": nil, "brand-": {Brand: body.Brand{Name: "Harbour rooms", Colour: "#0f766e"}, ShowAnswers: true, MapURL: func(string) string { return "https://example.com/map" }},
		"logo-": {Brand: body.Brand{Name: "Harbour rooms", Colour: "#ffd43b", Logo: body.Image{MediaType: "image/png", Data: logo.Bytes()}}},
	} {
		r, err := body.New(o)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range mailViews() {
			v.Attendee.Language = language
			if brand == "logo-" && name != "invitation-links" {
				continue
			}
			b, err := r.Render(v)
			if err != nil {
				t.Fatal(err)
			}
			out[brand+name] = b.HTML
			if len(b.HTML) > 10<<10 {
				t.Errorf("%s: %d octets of HTML", name, len(b.HTML))
			}
		}
	}
	golden, err := filepath.Glob(filepath.Join("..", "..", "invite", "body", "testdata", language, "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range golden {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out["golden-"+strings.TrimSuffix(filepath.Base(file), ".html")] = string(data)
	}
	return out
}

// TestBrowserMails shows mails in four languages, light and dark, wide and on a
// telephone. None has to be scrolled sideways, and axe-core finds no errors.
func TestBrowserMails(t *testing.T) {
	if *axe == "" {
		t.Run("axe", func(t *testing.T) { t.Skip("SKIPPED: the flag -axe is missing; npm pack axe-core has axe.min.js") })
	}
	languages := []string{"en", "ar", "de", "ja"}
	if testing.Short() {
		languages = languages[:2] // one is written from right to left
	}
	for _, language := range languages {
		t.Run(language, func(t *testing.T) {
			pages := mailPages(t, language)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				_, _ = w.Write([]byte(pages[strings.TrimPrefix(r.URL.Path, "/")]))
			}))
			defer server.Close()
			r := reader{t, browser(t), server.URL + "/"}
			for _, name := range slices.Sorted(maps.Keys(pages)) {
				r.open(name)
				r.startAxe()
				for _, width := range []int{390, 800} {
					for _, scheme := range []string{"light", "dark"} {
						r.mail(fmt.Sprintf("mail-%s-%s-%s-%d", language, name, scheme, width), width, scheme)
					}
				}
			}
		})
	}
}

// notPage switches two rules of axe-core off, which are about the landmarks of a whole
// page: a mail is shown in the page of a webmail, which has them.
const notPage = `{rules: {"landmark-one-main": {enabled: false}, region: {enabled: false}}}`

// mail checks the open mail in a window, takes a picture, and asks axe, as
// [reader.fits] does for a page.
func (r reader) mail(name string, width int, scheme string) {
	r.t.Helper()
	r.do(chromedp.EmulateViewport(int64(width), 844),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}))
	if got := ask(r, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); got > width {
		r.t.Errorf("%s is %d pixels wide", name, got)
	}
	if want, got := map[string]string{"light": "rgb(243, 244, 246)", "dark": "rgb(15, 20, 27)"}[scheme], r.background(); got != want {
		r.t.Errorf("%s: the background is %s, want %s", name, got, want)
	}
	if *pictures != "" {
		if err := os.WriteFile(filepath.Join(*pictures, name+".png"), ask(r, chromedp.FullScreenshot(100)), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
	if *axe != "" {
		if found := r.askAxe(notPage); found != "" {
			r.t.Errorf("%s: %s", name, found)
		}
	}
}
