package body_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// TestRendererPage checks the texts that a page outside of mails takes from here.
func TestRendererPage(t *testing.T) {
	r, err := body.New(&body.Options{Brand: body.Brand{Name: "Room desk", Colour: "#0b5d3b"}})
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	p, err := r.Page(&body.View{Event: &ical.Event{Summary: "Review", Start: start, End: start.Add(time.Hour)}, Language: "de"})
	if err != nil {
		t.Fatal(err)
	}
	choices, plain := p.Choices(), strings.NewReplacer("\u2060", "", "\u00a0", " ")
	words := []string{choices.Question}
	for _, l := range choices.Links {
		words = append(words, l.Label, string(l.Link))
	}
	for _, tt := range []struct{ name, got, want string }{
		{"Language", p.Language, "de"},
		{"Brand", p.Brand.Name + " " + p.Brand.Colour + " " + p.Brand.OnColour, "Room desk #0b5d3b #ffffff"},
		{"Choices", strings.Join(words, "|"), "Nehmen Sie teil?|Ja||Vielleicht||Nein|"},
		{"When", plain.Replace(p.When(ical.Span{Start: start, End: start.Add(time.Hour)}, false, berlin)), "Dienstag, 2. März 2027, 10:00–11:00 Uhr"},
		{"When of dates", plain.Replace(p.When(ical.Span{Start: start.Truncate(24 * time.Hour)}, true, berlin)), "Dienstag, 2. März 2027, ganztägig"},
		{"More", p.More(3), "und 3 weitere"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s = %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	if got := p.ZoneName(berlin, start); !strings.Contains(got, "Berlin") {
		t.Errorf("ZoneName = %q", got)
	}
}

func TestRendererPageErrors(t *testing.T) {
	r, err := body.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]*body.View{
		"no view": nil, "no event": {}, "a zone that does not exist": {Event: &ical.Event{TimeZone: "Mars/Olympus"}},
	} {
		if p, err := r.Page(v); err == nil || p != nil {
			t.Errorf("%s: Page = %v, %v, want an error", name, p, err)
		}
	}
}

func TestMatchLanguage(t *testing.T) {
	for _, tt := range []struct {
		tags []string
		want string
	}{
		{nil, "en"},
		{[]string{"", "xx", "de-AT", "fr"}, "de"},
		{[]string{"en-US", "de"}, "en"},
		{[]string{"en-GB"}, "en-GB"},
		{[]string{"sw", "zh-CN"}, "zh-Hans"},
		{[]string{"not a tag", strings.Repeat("a", 100)}, "en"},
	} {
		if got := body.MatchLanguage(tt.tags...); got != tt.want {
			t.Errorf("MatchLanguage(%q) = %q, want %q", tt.tags, got, tt.want)
		}
	}
}
