package body

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/internal/golden"
	"github.com/convene-go/convene/invite/body/internal/pagegen"
)

// TestGeneratedPage fails if template/body.html has changed since page_html.go was
// made from it.
func TestGeneratedPage(t *testing.T) {
	set, err := builtinCopy()
	if err != nil {
		t.Fatal(err)
	}
	got, err := pagegen.Generate(set, map[string]any{"body.html": new(Page), "answers": new(Answers), "text": []Segment{}})
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "page_html.go", got)
}

// FuzzGeneratedPage puts a text into every place of a page that can hold one, in one of the
// samples. It compares the result with the page that html/template makes, which is in
// UTF-8. An answer link stays in UTF-8 in both.
func FuzzGeneratedPage(f *testing.F) {
	for _, s := range []string{
		"", "Title", `<script>alert("1")</script>&amp;'+`, "a\x00b\xffc\u2028d\u202ee\u2066f", "=\"'`<!--{{.}}-->]]>",
		"https://example.com/a?b=c&d=%zz%41%2", "HTTPS://example.com/'(x)'[y]*+,;:@!$~|^{}", "https://example.com/ä/%", "mailto:a+b@example.com",
		"tel:+1-2", "javascript:alert(1)", "10:00\u00a0h UTC\u206005", "שלום https://example.com/ 山田",
	} {
		for which := range samples() {
			for _, language := range []string{"en", "nl", "ar"} {
				f.Add(s, language, which)
			}
		}
	}
	f.Fuzz(func(t *testing.T, s, language string, which int) {
		if len(s) > 4000 {
			t.Skip("long texts are cut")
		}
		o := &Options{Brand: Brand{Name: s, Colour: "#ffd400", Logo: Image{Data: []byte("GIF8")}}}
		fast, slow := twin(t, o)
		all := samples()
		v := all[uint(which)%uint(len(all))]
		flood(v, s)
		v.Language = language
		got, err := fast.Render(v)
		if err != nil {
			t.Fatal(err)
		}
		want, err := slow.Render(v)
		if err != nil {
			t.Fatal(err)
		}
		got.HTML, want.HTML = inReferences(got.HTML), inReferences(want.HTML)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s of %q: Go code differs from html/template (-template +code):\n%s", v.Action, s, diff)
		}
	})
}

// inReferences returns a page with a reference for each character that is not ASCII.
func inReferences(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}

// TestPageCharacters checks in which languages the page of a usual mail is ASCII.
func TestPageCharacters(t *testing.T) {
	r, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	other := []string{"ar", "el", "he", "ja", "ko", "ru", "uk", "zh-Hans", "zh-Hant"}
	for _, tag := range Languages() {
		for _, v := range samples() {
			v.Language = tag
			b, err := r.Render(v)
			if err != nil {
				t.Fatal(err)
			}
			if v.Event.UID != "" && address.IsASCII(b.HTML) == slices.Contains(other, tag) {
				t.Errorf("%s, %s: ASCII %t", tag, v.Action, address.IsASCII(b.HTML))
			}
		}
	}
}

// twin returns a renderer that uses page_html.go, and one that uses html/template.
func twin(t *testing.T, o *Options) (fast, slow *Renderer) {
	t.Helper()
	fast, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if slow, err = New(o); err != nil {
		t.Fatal(err)
	}
	if slow.templates.html, err = builtinCopy(); err != nil {
		t.Fatal(err)
	}
	return fast, slow
}

// flood puts s into every text of a view.
func flood(v *View, s string) {
	e := *v.Event
	e.Summary, e.Description, e.Location, e.Conference, e.URL = s, s+"\n"+s, s, s, s
	e.Organizer = ical.Person{Name: s, Email: s}
	e.Attachments = []ical.Link{{URL: s, Name: s}, {URL: s}}
	e.Attendees = []ical.Attendee{{Name: s, Email: s}, {Name: s, Role: ical.RoleOptional}, {Email: s, Kind: ical.KindRoom}}
	v.Event, v.Comment = &e, s
	for i := range v.Answers {
		v.Answers[i].URL = s
	}
}
