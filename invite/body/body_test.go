package body_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/golden"
	"github.com/convene-go/convene/invite/body"
)

// review is a meeting with an organizer and two attendees.
func review() *ical.Event {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	return &ical.Event{
		Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.test"},
		Attendees: []ical.Attendee{{Name: "Bob Example", Email: "bob@example.test"}, {Email: "zoe@example.test"}},
	}
}

// view is a request of a review that change was applied to.
func view(change func(v *body.View)) *body.View {
	v := &body.View{Event: review(), Method: ical.MethodRequest}
	change(v)
	return v
}

func date(month time.Month, day int) time.Time {
	return time.Date(2027, month, day, 0, 0, 0, 0, time.UTC)
}

// crowd is a list of n attendees.
func crowd(n int) []ical.Attendee {
	out := make([]ical.Attendee, n)
	for i := range out {
		out[i].Name = fmt.Sprintf("Guest %02d", i+1)
	}
	return out
}

const longText = "  - an indented line\n\nA line that is longer than seventy-eight characters, so that it is broken where a word ends, " +
	"but for https://example.test/a-link-that-is-longer-than-a-line-may-be/and-cannot-be-broken-anywhere-at-all.\r\n" +
	"Old Mac\rlines. Ümläüts count once: ääääääääääääää ääääääääääääää ääääääääääääää ääääääääääää äääää ää.\n\n\n"

var views = map[string]*body.View{
	"request":      view(func(*body.View) {}),
	"no-method":    view(func(v *body.View) { v.Method = "" }),
	"updated":      view(func(v *body.View) { v.Event.Sequence = 2 }),
	"cancel":       view(func(v *body.View) { v.Method, v.Event.Sequence = ical.MethodCancel, 1 }),
	"reply":        view(func(v *body.View) { v.Method = ical.MethodReply }),
	"keeps":        view(func(v *body.View) { v.Method = ical.MethodDeclineCounter }),
	"no-title":     view(func(v *body.View) { v.Event.Summary = " \t" }),
	"no-names":     view(func(v *body.View) { v.Event.Organizer.Name, v.Event.Attendees[0].Name = "", "" }),
	"utc":          view(func(v *body.View) { v.Event.TimeZone = "" }),
	"no-end":       view(func(v *body.View) { v.Event.End = time.Time{} }),
	"two-days":     view(func(v *body.View) { v.Event.End = v.Event.End.AddDate(0, 0, 1) }),
	"all-day":      view(func(v *body.View) { v.Event.AllDay, v.Event.Start, v.Event.End = true, date(5, 3), date(5, 4) }),
	"all-day-open": view(func(v *body.View) { v.Event.AllDay, v.Event.Start, v.Event.End = true, date(5, 3), time.Time{} }),
	"all-day-three": view(func(v *body.View) {
		v.Event.AllDay, v.Event.Start, v.Event.End = true, date(5, 3), date(5, 6)
		v.Attendee.TimeZone = "America/New_York"
	}),
	"all-day-series": view(func(v *body.View) {
		v.Event.AllDay, v.Event.Start, v.Event.End, v.Event.TimeZone = true, date(5, 3), date(5, 4), "America/New_York"
		v.Event.Recurrence = &ical.Recurrence{Freq: ical.Monthly, Interval: 2, Until: date(12, 3)}
	}),
	"weekly":     view(func(v *body.View) { v.Event.Recurrence = &ical.Recurrence{Freq: ical.Weekly, Count: 12} }),
	"daily-once": view(func(v *body.View) { v.Event.Recurrence = &ical.Recurrence{Freq: ical.Daily, Count: 1} }),
	"yearly-until": view(func(v *body.View) {
		v.Event.Recurrence = &ical.Recurrence{Freq: ical.Yearly, Until: time.Date(2029, 3, 1, 23, 30, 0, 0, time.UTC)}
	}),
	"other-zone": view(func(v *body.View) { v.Attendee.TimeZone = "Asia/Kolkata" }),
	"same-clock": view(func(v *body.View) { v.Attendee.TimeZone = "Europe/Paris" }),
	"bad-zone":   view(func(v *body.View) { v.Attendee.TimeZone = "Europe/Atlantis" }),
	"next-day":   view(func(v *body.View) { v.Attendee.TimeZone = "Pacific/Kiritimati" }),
	"places": view(func(v *body.View) {
		v.Event.Location, v.Event.Conference, v.Event.URL = "Room 1\nFloor 2", "https://meet.example.test/?a=1&b=2", "https://example.test/page"
		v.Event.Attachments = []ical.Link{{URL: "https://example.test/a.pdf", Name: "a.pdf"}, {URL: "https://example.test/b"}}
		v.Event.Attendees = append(v.Event.Attendees, ical.Attendee{Name: "Ann", Role: ical.RoleOptional},
			ical.Attendee{Name: "Room 9", Kind: ical.KindRoom}, ical.Attendee{Name: "Beamer", Kind: ical.KindResource, Role: ical.RoleOptional})
	}),
	"link-is-place": view(func(v *body.View) {
		v.Event.Conference = "tel:+49-30-1234"
		v.Event.Location, v.Event.URL = v.Event.Conference, v.Event.Conference
	}),
	"crowd-50": view(func(v *body.View) { v.Event.Attendees = crowd(50) }),
	"crowd-51": view(func(v *body.View) { v.Event.Attendees = crowd(51) }),
	"crowd-60": view(func(v *body.View) { v.Event.Attendees = crowd(60) }),
	"long-text": view(func(v *body.View) {
		v.Event.Description, v.Event.Summary = longText, strings.Repeat("A long title ", 10)
	}),
	"scripts": view(func(v *body.View) {
		v.Event.Summary, v.Event.Location, v.Event.Description = "四半期レビュー 🎉", "חדר ישיבות", "ليلى\u2028أحمد"
	}),
}

// TestRender compares the subject and the text of every view with a file, and
// checks the form of both texts.
func TestRender(t *testing.T) {
	for name, v := range views {
		t.Run(name, func(t *testing.T) {
			b, err := body.New(nil).Render(v)
			if err != nil {
				t.Fatal(err)
			}
			golden.Assert(t, filepath.Join("testdata", name+".txt"), []byte("Subject: "+b.Subject+"\n\n"+b.Text))
			checkText(t, b.Text)
			checkHTML(t, b.HTML)
		})
	}
	b, err := body.New(nil).Render(views["places"])
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, filepath.Join("testdata", "places.html"), []byte(b.HTML))
}

// checkText checks that no line is longer than a client shows, unless a word is.
func checkText(t *testing.T, text string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(line)
		label := strings.HasPrefix(line, " ") || len(words) > 0 && strings.HasSuffix(words[0], ":")
		if utf8.RuneCountInString(line) > 78 && len(words) > 1 && !(label && len(words) == 2) {
			t.Errorf("%d characters: %q", utf8.RuneCountInString(line), line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("space at the end of %q", line)
		}
	}
	if strings.Contains(text, "\r") || strings.Contains(text, "\n\n\n") || !strings.HasSuffix(text, "\n") {
		t.Errorf("line ends of %q", text)
	}
}

// allowed are the elements that a mail may have, and their attributes.
var allowed = map[string][]string{
	"html": {"lang"}, "head": nil, "meta": {"charset", "name", "content"}, "title": nil, "body": {"style"}, "br": nil,
	"table": {"role", "cellpadding", "cellspacing", "border", "style"}, "tr": nil, "td": {"valign", "style", "dir"},
	"h1": {"style", "dir"}, "a": {"href"},
}

// checkHTML checks that the document is balanced, loads nothing and runs nothing.
func checkHTML(t *testing.T, text string) {
	t.Helper()
	var open []string
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch kind {
		case html.StartTagToken:
			checkElement(t, token)
			if token.Data != "meta" && token.Data != "br" {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("</%s> closes %v", token.Data, open)
			}
			open = open[:len(open)-1]
		case html.CommentToken, html.SelfClosingTagToken:
			t.Errorf("unexpected %s", token)
		}
	}
	if len(open) > 0 {
		t.Errorf("%v is not closed", open)
	}
	if !strings.HasPrefix(text, "<!DOCTYPE html>\n") || strings.Contains(text, "url(") || strings.Contains(text, "Zgotmpl") {
		t.Errorf("document:\n%s", text)
	}
}

func checkElement(t *testing.T, token html.Token) {
	t.Helper()
	attributes, ok := allowed[token.Data]
	if !ok {
		t.Errorf("element %s", token)
	}
	for _, a := range token.Attr {
		if !slices.Contains(attributes, a.Key) {
			t.Errorf("attribute %s of %s", a.Key, token)
		}
		scheme, _, _ := strings.Cut(strings.ToLower(a.Val), ":")
		if a.Key == "href" && !slices.Contains([]string{"http", "https", "mailto", "tel"}, scheme) {
			t.Errorf("link to %q", a.Val)
		}
	}
}

// TestRenderHostile has markup in every field.
func TestRenderHostile(t *testing.T) {
	for _, s := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</td></table></body>`,
		`<!-- `, `]]>`, `{{.Title}}`, `&lt;script&gt;`, "\x00<b>", "</title><script>", `<a href="https://evil.example">click</a>`,
		`javascript:alert(1)`, "java\nscript:alert(1)", `data:text/html,<script>alert(1)</script>`, `https://e.example/"onclick="x`,
		`https://e.example/<b>`, ` javascript:alert(1)`, `JaVaScRiPt:alert(1)`, "vbscript:x", "https:",
	} {
		v := view(func(v *body.View) {
			e := v.Event
			e.Summary, e.Location, e.Description = s, s+" ", "first\n"+s
			e.Conference, e.URL = s, s+"#"
			e.Organizer = ical.Person{Name: s, Email: s}
			e.Attendees = []ical.Attendee{{Name: s, Email: s}, {Email: s, Kind: ical.KindRoom}}
			e.Attachments = []ical.Link{{URL: s, Name: s}, {URL: s}}
		})
		b, err := body.New(nil).Render(v)
		if err != nil {
			t.Fatal(err)
		}
		checkHTML(t, b.HTML)
		if strings.ContainsAny(b.Subject, "\r\n") {
			t.Errorf("Subject = %q", b.Subject)
		}
		if !strings.Contains(visible(b.HTML), strings.Join(strings.Fields(strings.ReplaceAll(s, "\x00", "\ufffd")), " ")) {
			t.Errorf("%q is not shown as it is in\n%s", s, visible(b.HTML))
		}
	}
}

// visible is the text of a document.
func visible(text string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.WriteString(z.Token().Data)
		}
	}
}

// TestRenderSame checks that both texts say the same, word for word.
func TestRenderSame(t *testing.T) {
	for _, name := range []string{"request", "other-zone", "all-day-three", "crowd-60", "weekly"} {
		b, err := body.New(nil).Render(views[name])
		if err != nil {
			t.Fatal(err)
		}
		_, document, _ := strings.Cut(b.HTML, "<body")
		_, document, _ = strings.Cut(document, ">")
		shown := strings.Join(strings.Fields(visible(document)), " ")
		for line := range strings.SplitSeq(b.Text, "\n") {
			if _, value, ok := strings.Cut(line, ":  "); ok {
				line = value
			}
			if line = strings.TrimSpace(line); !strings.Contains(shown, line) {
				t.Errorf("%s: the HTML does not say %q", name, line)
			}
		}
	}
}

func TestRenderUnknownZone(t *testing.T) {
	b, err := body.New(nil).Render(view(func(v *body.View) { v.Event.TimeZone = "Europe/Atlantis" }))
	if err == nil || !strings.HasPrefix(err.Error(), "body: ical: unknown time zone") {
		t.Errorf("Render = %v, %v, want an error about the zone", b, err)
	}
}
