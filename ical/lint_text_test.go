package ical

import (
	"slices"
	"strings"
	"testing"
)

// fieldsOfRule returns the fields for which a lint rule has findings.
func fieldsOfRule(e Event, rule string) (out []string) {
	for _, f := range e.Lint() {
		if f.Rule == rule {
			out = append(out, f.Field)
		}
	}
	return out
}

// TestLintHTML finds text that was written as HTML, and leaves text alone that only
// looks like it.
func TestLintHTML(t *testing.T) {
	for _, tt := range []struct {
		text string
		want string // the first tag or entity; "" for plain text
	}{
		{`<p>Hello <b>Ann</b>,</p><ul><li>one &amp; two</li></ul><a href="https://example.test">link</a>`, "<p>"},
		{"Room 4<br>third floor", "<br>"},
		{"Room 4<BR />third floor", "<BR />"},
		{"Please read <b>this</b>", "</b>"},
		{`See <a href='https://example.test'>the page`, "<a href='https://example.test'>"},
		{`<div class="x" style="color:red">Agenda`, `<div class="x" style="color:red">`},
		{"<!-- from the editor -->Agenda", "<!--"},
		{"<!DOCTYPE html>", "<!DOCTYPE "},
		{"Meyer &amp; Sons", "&amp;"},
		{"don&#39;t", "&#39;"},
		{"don&#x27;t", "&#x27;"},
		{"K&uuml;che", "&uuml;"},
		{"10&nbsp;Uhr", "&nbsp;"},
		{`<p style="` + strings.Repeat("x", 50) + `">`, `<p style="` + strings.Repeat("x", 30) + "…"},

		{"a < b and c > d", ""},
		{"a<b and c>d", ""},
		{"x<p>0.05", "<p>"}, // cannot be told from a paragraph
		{"<https://example.test/a?b=1&c=2>", ""},
		{"Ann <ann@example.test>", ""},
		{"<mailto:ann@example.test>", ""},
		{"press <b> to go back, <a> to go on", ""},
		{"<title> or <name>", ""},
		{"R&D; sales", ""},
		{"https://example.test/?a=1&lt=2&amp", ""},
		{"AT&T, M&S; B&B;", ""},
		{"I <3 this", ""},
		{"<<< agenda >>>", ""},
		{"List<String> and Map<K, V>", ""},
		{"", ""},
	} {
		e := lintEvent()
		e.Summary, e.Location, e.Description = "S "+tt.text, "L "+tt.text, tt.text
		for field, rule := range map[string]string{"Summary": "summary-html", "Location": "location-html", "Description": "description-html"} {
			got := ""
			for _, f := range e.Lint() {
				if f.Rule == rule && f.Field == field {
					_, got, _ = strings.Cut(strings.TrimSuffix(f.Text, ")"), "write plain text (")
				}
			}
			if got != tt.want {
				t.Errorf("%s %q: %s finds %q, want %q", field, tt.text, rule, got, tt.want)
			}
		}
	}
}

// TestLocationOnOneLine writes LOCATION on one line, and says so.
func TestLocationOnOneLine(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Main street 1\n12345 Town\r\nthird floor", `Main street 1\, 12345 Town\, third floor`},
		{"Main street 1,\r12345 Town;\n\n  third floor \n", `Main street 1\, 12345 Town\; third floor`},
		{"Room 4\u2028Floor 3\u2029House 2\u0085Gate 1", `Room 4\, Floor 3\, House 2\, Gate 1`},
		{"Building A –\nroom 4.\nRing the bell!\nThen wait", `Building A – room 4. Ring the bell! Then wait`},
		{"\nRoom 4", "Room 4"},
		{"\n \r\n", `\n \n`},
	} {
		e := lintEvent()
		e.Location = tt.in
		if got := lineOf(t, e, "LOCATION"); got != tt.want {
			t.Errorf("LOCATION of %q = %q, want %q", tt.in, got, tt.want)
		}
		if got := fieldsOfRule(e, "location-lines"); !slices.Equal(got, []string{"Location"}) {
			t.Errorf("location-lines of %q reports %q, want Location", tt.in, got)
		}
	}
	for _, in := range []string{" Room 4,  Floor 3 ", `Room\n4`, "Room\t4"} {
		e := lintEvent()
		e.Location = in
		if got, want := lineOf(t, e, "LOCATION"), string(appendText(nil, in)); got != want {
			t.Errorf("LOCATION of %q = %q, want %q", in, got, want)
		}
		if got := fieldsOfRule(e, "location-lines"); got != nil {
			t.Errorf("location-lines of %q reports %q, want nothing", in, got)
		}
	}
}

// TestTitleOnOneLine writes SUMMARY on one line, and says so.
func TestTitleOnOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"Review\nof March":            "Review of March",
		"Review \r\n\r\n  of March\r": "Review of March",
		"Review\u2028of March":        "Review of March",
	} {
		e := lintEvent()
		e.Summary = in
		if got := lineOf(t, e, "SUMMARY"); got != want {
			t.Errorf("SUMMARY of %q = %q, want %q", in, got, want)
		}
		if got := fieldsOfRule(e, "summary-lines"); !slices.Equal(got, []string{"Summary"}) {
			t.Errorf("summary-lines of %q reports %q, want Summary", in, got)
		}
	}
	for _, in := range []string{"Review  of March", `Review\nof March`} {
		e := lintEvent()
		e.Summary = in
		if got, want := lineOf(t, e, "SUMMARY"), string(appendText(nil, in)); got != want || e.Lint() != nil {
			t.Errorf("SUMMARY of %q = %q, want %q, without findings: %+v", in, got, want, e.Lint())
		}
	}
}

// TestLocationIsReadAsItCame keeps the lines of a location that was read.
func TestLocationIsReadAsItCame(t *testing.T) {
	c, err := Decode(strings.NewReader("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20260331T080000Z\r\nLOCATION:a\\nb\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"), nil)
	if err != nil || c.Events[0].Location != "a\nb" {
		t.Errorf("Decode = %+v, %v, want the location as it came", c, err)
	}
}

// lineOf returns the value of a property as Encode writes it, and "" if there is none.
func lineOf(t *testing.T, e Event, property string) string {
	t.Helper()
	data, err := Encode(&Calendar{Method: MethodRequest, Stamp: e.Start, Events: []Event{e}})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), "\r\n ", "")
	_, rest, _ := strings.Cut(text, "\r\n"+property+":")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// TestLintLanguages tells registered language tags from others.
func TestLintLanguages(t *testing.T) {
	for _, tag := range []string{"xx", "jp", "cz", "german", "deutsch", "foo", "de-AAAA"} {
		e := lintEvent()
		e.Language, e.Attendees[0].Language = tag, tag
		if err := e.Validate(); err != nil {
			t.Errorf("%q is refused: %v", tag, err)
		}
		if got := fieldsOfRule(e, "language-unknown"); !slices.Equal(got, []string{"Language"}) {
			t.Errorf("language-unknown of %q reports %q", tag, got)
		}
		if got := fieldsOfRule(e, "attendee-language"); !slices.Equal(got, []string{"Attendees[0].Language"}) {
			t.Errorf("attendee-language of %q reports %q", tag, got)
		}
	}
	for _, tag := range []string{"", "de", "de-CH", "EN-gb", "sr-Latn", "zh-Hans-HK", "es-419", "sv", "tlh", "x-house", "i-klingon", "ase", "de-DE-1996"} {
		e := lintEvent()
		e.Language, e.Attendees[0].Language = tag, tag
		if got := e.Lint(); got != nil {
			t.Errorf("Lint of the language %q = %+v, want nil", tag, got)
		}
	}
}
