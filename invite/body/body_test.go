package body_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// view returns a request of a review, after change has been applied to it.
func view(change func(v *body.View)) *body.View {
	v := &body.View{Event: review(), Method: ical.MethodRequest}
	change(v)
	return v
}

func date(month time.Month, day int) time.Time {
	return time.Date(2027, month, day, 0, 0, 0, 0, time.UTC)
}

// crowd returns a list of n attendees.
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

// cases are odd mails, each in English.
var cases = map[string]*body.View{
	"request":      view(func(*body.View) {}),
	"no-method":    view(func(v *body.View) { v.Method = "" }),
	"updated":      view(func(v *body.View) { v.Event.Sequence, v.Action = 2, body.ActionUpdate }),
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
		v.Event.Recurrence = &ical.Recurrence{Freq: ical.FreqMonthly, Interval: 2, Until: date(12, 3)}
	}),
	"weekly":     view(func(v *body.View) { v.Event.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 12} }),
	"daily-once": view(func(v *body.View) { v.Event.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 1} }),
	"yearly-until": view(func(v *body.View) {
		v.Event.Recurrence = &ical.Recurrence{Freq: ical.FreqYearly, Until: time.Date(2029, 3, 1, 23, 30, 0, 0, time.UTC)}
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

// TestCases compares the subject and the text of every case with a file, and
// checks the form of both texts.
func TestCases(t *testing.T) {
	r := newRenderer(t, nil)
	for name, v := range cases {
		t.Run(name, func(t *testing.T) {
			b := render(t, r, v)
			golden.Assert(t, filepath.Join("testdata", "cases", name+".txt"), []byte("Subject: "+b.Subject+"\n\n"+b.Text))
			checkSafe(t, b)
			checkSame(t, b)
			if !strings.HasSuffix(b.Text, "\n") || strings.HasSuffix(b.Text, "\n\n") {
				t.Errorf("the text ends with %q", b.Text[max(0, len(b.Text)-10):])
			}
		})
	}
}

// checkSame checks that the HTML says every word of the text.
func checkSame(t *testing.T, b *body.Body) {
	t.Helper()
	_, document, _ := strings.Cut(b.HTML, "<body")
	shown := visible(document)
	for word := range strings.FieldsSeq(strings.NewReplacer("\u2066", "", "\u2068", "", "\u2069", "").Replace(b.Text)) {
		label, address := strings.HasSuffix(word, ":"), strings.HasPrefix(word, "<")
		if word = strings.TrimSuffix(word, ":"); !address && !strings.Contains(shown, word) {
			t.Errorf("the HTML does not say %q (a label: %v)", word, label)
		}
	}
}

// visible returns the text of a document.
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
