package pagegen_test

import (
	"html/template"
	"strings"
	"testing"

	"github.com/convene-go/convene/invite/body/internal/pagegen"
)

type page struct {
	Lead  string
	Rows  []row
	Link  template.URL
	Count int
}

type row struct {
	Name string
	Rows []row
}

func (r *row) Long(by int) bool { return len(r.Name) > by }

func generate(t *testing.T, block string) (string, error) {
	t.Helper()
	set, err := template.New("x").Funcs(template.FuncMap{"segments": func(string) []row { return nil }}).Parse(block)
	if err != nil {
		t.Fatalf("%s: %v", block, err)
	}
	code, err := pagegen.Generate(set, map[string]any{"x": new(page)})
	return string(code), err
}

func TestGenerate(t *testing.T) {
	const block = `<a href="{{.Link}}" title="{{.Lead}}">{{.Lead}}</a>
{{- range $i, $r := .Rows}}{{if $i}}, {{end}}{{template "row" $r}}{{if .Long 3}}{{$.Lead}}{{else if eq .Name "b"}}!{{else}}?{{end}}{{end}}
{{- with index .Rows 0}}{{.Name}}{{end}}{{template "end"}}
{{- define "row"}}{{$row := .}}{{range .Rows}}{{.Name}}{{$row.Name}}{{end}}{{end}}{{define "end"}}
.{{end}}`
	const want = `
func writeRow(w *htmlWriter, d *row) {
	for i1 := range d.Rows {
		d1 := &d.Rows[i1]
		w.html(d1.Name)
		w.html(d.Name)
	}
}

func writeX(w *htmlWriter, d *page) {
	w.raw("<a href=\"")
	w.url(d.Link)
	w.raw("\" title=\"")
	w.html(d.Lead)
	w.raw("\">")
	w.html(d.Lead)
	w.raw("</a>")
	for i1 := range d.Rows {
		d1 := &d.Rows[i1]
		if i1 != 0 {
			w.raw(", ")
		}
		writeRow(w, d1)
		if d1.Long(3) {
			w.html(d.Lead)
		} else if d1.Name == "b" {
			w.raw("!")
		} else {
			w.raw("?")
		}
	}
	{
		d2 := &d.Rows[0]
		w.html(d2.Name)
	}
	w.raw("\n.")
}
`
	got, err := generate(t, block)
	if err != nil {
		t.Fatal(err)
	}
	if _, got, _ = strings.Cut(got, "package body\n"); got != want {
		t.Errorf("Generate:\n%s\nwant:\n%s", got, want)
	}
}

// TestGenerateRefuses has blocks that the generator cannot write in Go.
func TestGenerateRefuses(t *testing.T) {
	for _, tt := range []struct{ block, want string }{
		{`{{.Missing}}`, `block x: pagegen_test.page has no Missing`},
		{`{{$.Lead.Missing}}`, `block x: string has no Missing`},
		{`{{printf "a"}}`, `block x: function printf of 1 not known`},
		{`{{if .Rows}}a{{end}}`, `block x: truth of []pagegen_test.row not known`},
		{`{{if .Lead | len}}a{{end}}`, `block x: .Lead | len: more than one command`},
		{`{{with .Lead}}a{{end}}`, `block x: with .Lead not known`},
		{`{{range .Lead}}a{{end}}`, `block x: range .Lead not known`},
		{`{{range .Rows}}a{{else}}b{{end}}`, `block x: range .Rows not known`},
		{`{{range .Rows}}{{break}}{{end}}`, `block x: {{break}}: not known`},
		{`{{if nil}}a{{end}}`, `block x: nil: not known`},
		{`<script>{{.Lead}}</script>`, `block x: .Lead | _html_template_jsvalescaper: escapers not known`},
		{`<p style="{{template "y" .}}">{{define "y"}}{{.Lead}}{{end}}`, `block y: .Lead: escapers not known`},
		{`{{template "y"}}{{define "y"}}{{.Lead}}{{end}}`, `block x: block y gets nothing, and has {{.Lead | _html_template_htmlescaper}}`},
		{`{{template "y" .Lead}}{{template "y" .}}{{define "y"}}a{{end}}`, `block x: block y gets string and *pagegen_test.page`},
	} {
		if _, err := generate(t, tt.block); err == nil || err.Error() != tt.want {
			t.Errorf("Generate(%s) = %v, want %s", tt.block, err, tt.want)
		}
	}
	if _, err := pagegen.Generate(template.New("x"), map[string]any{"y": new(page)}); err == nil {
		t.Error("Generate takes a block that is not defined")
	}
}
