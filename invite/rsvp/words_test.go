package rsvp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/rsvp"
)

// everyPage returns every page in a language, by its name.
func everyPage(t *testing.T, language string) map[string]*httptest.ResponseRecorder {
	t.Helper()
	out := make(map[string]*httptest.ResponseRecorder)
	add := func(name string, w *httptest.ResponseRecorder) { out[name] = w }
	fresh := func(change ...func(e *ical.Event)) *site {
		return serve(t, []*invite.Meeting{review(change...)}, func(o *rsvp.Options) { o.Language, o.ShowGuests, o.CalendarLinks = language, true, true })
	}
	s := fresh()
	link := s.link(ann, ical.StatusAccepted)
	add("answer", s.send("GET", link, nil))
	add("propose", s.send("GET", link+"?propose", nil))
	add("refused", s.answer(link, "answer", ""))
	add("long comment", s.answer(link, "comment", strings.Repeat("x", 1001)))
	add("used", s.post(link, s.open(link).form("form", "")))
	for i, times := range [][]string{{"", ""}, {"2026-01-01T00:00", "2026-01-01T00:00"}, {"2027-03-03T10:00", "2027-03-03T09:00"}} {
		add(fmt.Sprint("proposal refused ", i), s.answer(link+"?propose", "start", times[0], "end", times[1]))
	}
	add("invalid", s.send("GET", link+"a", nil))
	s.answer(link+"?propose", "start", "2027-03-03T10:00", "end", "2027-03-03T11:00")
	add("proposed", s.send("GET", link+"?done=propose", nil))
	s.answer(link)
	add("answered", s.send("GET", link+"?done=answer", nil))
	s.clock.now = start.AddDate(0, 0, 1)
	add("over", s.send("GET", link, nil))
	s.clock.now = start.AddDate(0, 0, 100)
	add("expired", s.send("GET", link, nil))
	s.clock.now = noon
	add("cancelled", fresh(func(e *ical.Event) { e.Cancelled = true }).send("GET", link, nil))
	add("uninvited", fresh(func(e *ical.Event) { e.Attendees = e.Attendees[1:] }).send("GET", link, nil))
	series := fresh(weekly, func(e *ical.Event) { e.Recurrence.Count = 0 })
	add("series", series.send("GET", link, nil))
	add("date refused", series.answer(link, "date", "1"))
	add("series propose", series.send("GET", link+"?propose", nil))
	days := fresh(func(e *ical.Event) { e.AllDay, e.Start, e.End = true, start.Truncate(24*time.Hour), time.Time{} })
	add("days propose", days.send("GET", days.link(ann, "")+"?propose", nil))
	s.store.err = fmt.Errorf("broken")
	add("broken", s.send("GET", link, nil))
	return out
}

var unfilled = regexp.MustCompile(`\{\w*\}|%!|<no value>`)

// TestLanguages renders every page in every language.
func TestLanguages(t *testing.T) {
	for _, tag := range append(body.Languages(), "en-GB") {
		english := everyPage(t, "en")
		for name, w := range everyPage(t, tag) {
			text := w.Body.String()
			if w.Body.Len() > 12<<10 {
				t.Errorf("%s: %s has %d octets", tag, name, w.Body.Len())
			}
			_, visible, _ := strings.Cut(text, "</style>")
			if found := unfilled.FindString(visible); found != "" {
				t.Errorf("%s: %s has %q", tag, name, found)
			}
			d := parse(t, text)
			root := d.all("html")[0]
			lang, _ := attr(root, "lang")
			dir, _ := attr(root, "dir")
			check(t, name+": lang", tag, lang)
			check(t, name+": dir", map[bool]string{true: "rtl", false: "ltr"}[tag == "ar" || tag == "he"], dir)
			for _, n := range d.all("h1", "h2", "p", "label", "legend", "button", "dt", "a", "li", "option", "small") {
				if inner(n) == "" && n.FirstChild == nil {
					t.Errorf("%s: %s has an empty %s", tag, name, n.Data)
				}
			}
			check(t, tag+": "+name, english[name].Code, w.Code)
		}
	}
}

// TestCatalogs checks that every language has every text, with the same {names}, and that
// none is English.
func TestCatalogs(t *testing.T) {
	read := func(tag string) map[string]string {
		data, err := os.ReadFile("catalog/" + tag + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var out map[string]string
		if err := json.Unmarshal(data, &out); err != nil {
			t.Fatal(tag, err)
		}
		return out
	}
	english := read("en")
	names := regexp.MustCompile(`\{\w*\}`)
	for _, tag := range body.Languages() {
		texts := read(tag)
		check(t, tag, len(english), len(texts))
		for key, text := range english {
			got := texts[key]
			if strings.TrimSpace(got) == "" || strings.ContainsAny(got, "<>\n\t") {
				t.Errorf("%s: %s = %q", tag, key, got)
			}
			if want, have := names.FindAllString(text, -1), names.FindAllString(got, -1); !slices.Equal(want, have) {
				t.Errorf("%s: %s = %q has %q, want %q", tag, key, got, have, want)
			}
			if tag != "en" && got == text {
				t.Errorf("%s: %s = %q is English", tag, key, got)
			}
		}
	}
	files, err := os.ReadDir("catalog")
	if err != nil {
		t.Fatal(err)
	}
	check(t, "files", len(body.Languages()), len(files))
}

// TestLanguageOfReader checks whose language counts.
func TestLanguageOfReader(t *testing.T) {
	tests := []struct {
		name                               string
		attendee, event, options, accepted string
		want                               string
	}{
		{"the attendee", "ja", "de", "fr", "es", "ja"},
		{"the event", "", "de", "fr", "es", "de"},
		{"the options", "", "", "fr", "es", "fr"},
		{"the browser", "", "", "", "xx, es-MX;q=0.9, de", "es"},
		{"nobody", "", "", "", "", "en"},
		{"a long header field", "", "", "", strings.Repeat("de,", 1000), "en"},
	}
	for _, tt := range tests {
		s := serve(t, []*invite.Meeting{review(func(e *ical.Event) { e.Language, e.Attendees[0].Language = tt.event, tt.attendee })},
			func(o *rsvp.Options) { o.Language = tt.options })
		w := s.send("GET", s.link(ann, ""), nil, "Accept-Language", tt.accepted)
		lang, _ := attr(parse(t, w.Body.String()).all("html")[0], "lang")
		check(t, tt.name, tt.want, lang)
	}
}

// TestLargePages fills a meeting with as much as it can hold. Every page stays short, and
// keeps its form.
func TestLargePages(t *testing.T) {
	for _, text := range []string{strings.Repeat("会議", 3000), strings.Repeat(`"&<'+`, 2000), strings.Repeat("\u202eא", 3000)} {
		s := serve(t, []*invite.Meeting{review(weekly, func(e *ical.Event) {
			e.Attendees[0].Status = ical.StatusAccepted
			e.Recurrence.Count, e.Summary, e.Location, e.Organizer.Name = 0, text, text, text
			for i := range e.Attendees {
				e.Attendees[i].Name = text
			}
			for i := range 500 {
				e.Attendees = append(e.Attendees, ical.Attendee{Name: text, Email: fmt.Sprintf("guest%d@example.test", i)})
			}
		})}, withCalendars, func(o *rsvp.Options) { o.Language, o.ShowGuests = "ru", true; o.Brand.Name = text })
		link := s.link(ann, "")
		comment := string([]rune(text)[:1000])
		for name, w := range map[string]*httptest.ResponseRecorder{
			"answer": s.send("GET", link, nil), "propose": s.send("GET", link+"?propose", nil), "refused": s.answer(link, "answer", "", "comment", comment),
		} {
			if w.Body.Len() > 12<<10 {
				t.Errorf("%s with %.20q: %d octets", name, text, w.Body.Len())
			}
			form := parse(t, w.Body.String()).form()
			if name == "refused" && form.Get("comment") != strings.TrimSpace(comment) {
				t.Errorf("the comment was changed: %q", form.Get("comment"))
			}
		}
	}
}

// TestEscaping puts markup into every text of a meeting.
func TestEscaping(t *testing.T) {
	const evil = `<script>alert(1)</script>"'><img src=x onerror=y>`
	s := serve(t, []*invite.Meeting{review(func(e *ical.Event) {
		e.Summary, e.Location, e.Organizer.Name, e.Attendees[0].Name, e.Attendees[1].Name = evil, evil, evil, evil, evil
	})}, func(o *rsvp.Options) { o.ShowGuests = true; o.Brand.Name = evil })
	w := s.answer(s.link(ann, ""), "comment", "</textarea>"+evil, "answer", evil, "date", evil)
	d := parse(t, w.Body.String())
	if n := len(d.all("script", "img")); n > 0 {
		t.Errorf("%d elements of the meeting's texts:\n%s", n, d.text)
	}
}

// TestGuests shows the other attendees only if the options allow it and the meeting does not
// hide them.
func TestGuests(t *testing.T) {
	for _, tt := range []struct{ show, hide, want bool }{{false, false, false}, {true, false, true}, {true, true, false}} {
		m := review(func(e *ical.Event) {
			e.Attendees = append(e.Attendees, ical.Attendee{Name: "Room 4.12 (12 seats)", Email: "room@example.test", Kind: ical.KindRoom})
			for i := range 30 {
				e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("guest%d@example.test", i)})
			}
		})
		m.HideGuests = tt.hide
		s := serve(t, []*invite.Meeting{m}, func(o *rsvp.Options) { o.ShowGuests = tt.show })
		s.answer(s.link(bob, ical.StatusDeclined))
		page := s.open(s.link(ann, ""))
		check(t, "Bob", tt.want, strings.Contains(page.text, "<li><bdi>Bob</bdi> – No</li>"))
		check(t, "others", tt.want, strings.Contains(page.text, "and 12 more"))
		check(t, "room", false, strings.Contains(page.text, "12 seats"))
		s.store.meetings[uid].Event.Cancelled = true // nobody is coming
		check(t, "cancelled", false, strings.Contains(s.open(s.link(ann, "")).text, "Bob"))
	}
}

// TestLog looks at the record of an answer: it names the occurrence if the answer is about
// one, and never the link.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	s := serve(t, []*invite.Meeting{review(weekly)}, func(o *rsvp.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	link := s.link(ann, ical.StatusAccepted)
	s.answer(link)
	whole := log.String()
	check(t, "attendee", true, strings.Contains(whole, "attendee="+ann+" status=accepted verdict=applied"))
	s.answer(link, "date", fmt.Sprint(start.Unix()), "answer", "declined")
	one := log.String()[len(whole):]
	check(t, "occurrence", true, strings.Contains(one, "status=declined occurrence=2027-03-02T"))
	s.send("GET", strings.Replace(link, "answer", "other", 1), nil)
	check(t, "path", true, strings.Contains(log.String(), "the path of the request is neither the path of Links.Base nor the end of it"))
	check(t, "link", false, strings.Contains(log.String(), link[strings.LastIndexByte(link, '/'):]))
}
