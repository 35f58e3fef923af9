package body_test

import (
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// TestCalendarLinks shows links to calendars in the mails whose readers may need them,
// in every language. A link that is none is left out.
func TestCalendarLinks(t *testing.T) {
	r, err := body.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	view := func(action body.Action, language string) string {
		e := meeting(t)
		b, err := r.Render(&body.View{Event: e, Action: action, Attendee: ical.Attendee{Email: "bob@example.test", Language: language}, Calendars: []ical.CalendarLink{
			{Name: "Google Calendar", URL: "https://calendar.google.com/calendar/render?action=TEMPLATE&text=a%20b"},
			{Name: "Evil", URL: "javascript:alert(1)"}, {Name: "", URL: "https://example.test/"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.HTML+b.Text, "Evil") || strings.Contains(b.HTML+b.Text, "example.test/\"") {
			t.Errorf("%s: a link that is none is shown", language)
		}
		inHTML := strings.Contains(b.HTML, `href="https://calendar.google.com/calendar/render?action=TEMPLATE&amp;text=a%20b"`)
		if inText := strings.Contains(b.Text, "<https://calendar.google.com/calendar/render?action=TEMPLATE&text=a%20b>"); inText != inHTML {
			t.Errorf("%s %s: HTML %t, text %t: %s", language, action, inHTML, inText, b.Text)
		}
		if !inHTML {
			return ""
		}
		return b.Text
	}
	labels := map[string]string{"en": "Add to calendar", "en-GB": "Add to calendar", "de": "In den Kalender", "fr": "Ajouter au calendrier", "ja": "カレンダーに追加",
		"ar": "إضافة إلى التقويم", "he": "הוספה ליומן", "pt-BR": "Adicionar à agenda", "zh": "添加到日历", "ko": "캘린더에 추가",
		"es": "Añadir al calendario", "it": "Aggiungi al calendario", "nl": "Toevoegen aan agenda", "pl": "Dodaj do kalendarza",
		"ru": "Добавить в календарь", "uk": "Додати до календаря", "tr": "Takvime ekle"}
	for language, label := range labels {
		if text := view(body.ActionInvitation, language); !strings.Contains(text, label) {
			t.Errorf("%s: no %q in %s", language, label, text)
		}
	}
	for action, want := range map[body.Action]bool{body.ActionReminder: true, body.ActionUpdate: false, body.ActionCancellation: false,
		body.ActionRefusal: false, body.ActionProposalDeclined: false, body.ActionAnswer: false} {
		if got := view(action, "en") != ""; got != want {
			t.Errorf("%s: links %t, want %t", action, got, want)
		}
	}
}
