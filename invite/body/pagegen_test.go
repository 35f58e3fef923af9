package body

import (
	"html/template"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/golden"
	"github.com/convene-go/convene/invite/body/internal/pagegen"
)

// TestGeneratedPage fails where template/body.html has changed since
// page_html.go was made from it.
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

// FuzzGeneratedPage puts a text into every place of every page that can hold
// one, and wants what html/template makes of the same page.
func FuzzGeneratedPage(f *testing.F) {
	for _, s := range []string{
		"", "Title", `<script>alert("1")</script>&amp;'+`, "a\x00b\xffc\u2028d\u202ee\u2066f", "=\"'`<!--{{.}}-->]]>",
		"https://example.com/a?b=c&d=%zz%41%2", "HTTPS://example.com/'(x)'[y]*+,;:@!$~|^{}", "https://example.com/ä/%", "mailto:a+b@example.com",
		"tel:+1-2", "javascript:alert(1)", "10:00\u00a0h UTC\u206005", "שלום https://example.com/ 山田",
	} {
		f.Add(s, "en")
		f.Add(s, "ar")
	}
	f.Fuzz(func(t *testing.T, s, language string) {
		if len(s) > 4000 {
			t.Skip("long texts are cut")
		}
		o := &Options{Brand: Brand{Name: s, Colour: "#ffd400", Logo: Image{Data: []byte("GIF8")}}}
		fast, slow := twin(t, o)
		for _, v := range samples() {
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
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s of %q: Go code differs from html/template (-template +code):\n%s", v.Action, s, diff)
			}
		}
	})
}

// twin returns a renderer, and one that uses html/template in its place.
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

// TestPagegenRefuses gives blocks that would not be the same in Go.
func TestPagegenRefuses(t *testing.T) {
	tests := []struct{ block, want string }{
		{`{{.Missing}}`, `block x: body.Page has no Missing`},
		{`{{printf "a"}}`, `block x: function printf of 1 not known`},
		{`{{if .Rows}}a{{end}}`, `block x: truth of []body.Row not known`},
		{`{{if .Lead | len}}a{{end}}`, `block x: .Lead | len: more than one command`},
		{`{{with .Lead}}a{{end}}`, `block x: with .Lead not known`},
		{`{{range .Lead}}a{{end}}`, `block x: range .Lead not known`},
		{`{{range .Rows}}a{{else}}b{{end}}`, `block x: range .Rows not known`},
		{`{{range .Rows}}{{break}}{{end}}`, `block x: {{break}}: not known`},
		{`{{if nil}}a{{end}}`, `block x: nil: not known`},
		{`<script>{{.Lead}}</script>`, `block x: .Lead | _html_template_jsvalescaper: escapers not known`},
		{`<p style="{{template "y" .}}">{{define "y"}}{{.Lead}}{{end}}`, `block y: .Lead: escapers not known`},
		{`{{template "y"}}{{define "y"}}{{.Lead}}{{end}}`, `block x: block y gets nothing, and has {{.Lead | _html_template_htmlescaper}}`},
		{`{{template "y" .Lead}}{{template "y" .}}{{define "y"}}a{{end}}`, `block x: block y gets string and *body.Page`},
	}
	for _, tt := range tests {
		set, err := template.New("x").Funcs(functions).Parse(tt.block)
		if err != nil {
			t.Fatalf("%s: %v", tt.block, err)
		}
		_, err = pagegen.Generate(set, map[string]any{"x": new(Page)})
		if err == nil || err.Error() != tt.want {
			t.Errorf("Generate(%s) = %v, want %s", tt.block, err, tt.want)
		}
	}
	if _, err := pagegen.Generate(template.New("x"), map[string]any{"y": new(Page)}); err == nil {
		t.Error("Generate takes a block that is not defined")
	}
}
