package body

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"
)

// Options change what [New] returns. Nil and the zero value are right for English.
type Options struct{}

// Renderer writes bodies. It is safe for concurrent use.
type Renderer struct{ html *template.Template }

// New returns a renderer.
func New(*Options) *Renderer { return &Renderer{html: htmlPage} }

// Render writes the body of one mail. Errors are about the event's time zone.
func (r *Renderer) Render(v *View) (*Body, error) {
	p, err := newPage(v)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	var html bytes.Buffer
	if err := r.html.Execute(&html, p); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return &Body{Subject: subject(v.Method, v.Event), Text: p.text(), HTML: html.String()}, nil
}

// text sets the page as plain text.
func (p *page) text() string {
	var b strings.Builder
	wrap(&b, "", p.Lead)
	if p.Title != "" {
		b.WriteString("\n")
		wrap(&b, "", p.Title)
	}
	b.WriteString("\n")
	for i, w := range p.When {
		wrap(&b, label("When", i), w)
	}
	for _, r := range p.Rows {
		wrap(&b, label(r.Name, 0), r.text())
	}
	if p.Description != "" {
		b.WriteString("\n")
		for line := range strings.SplitSeq(p.Description, "\n") {
			if utf8.RuneCountInString(line) > textWidth {
				wrap(&b, "", line)
			} else {
				b.WriteString(line + "\n")
			}
		}
	}
	return b.String()
}

// text is the value, and the link behind it where a reader would not see it.
func (r row) text() string {
	if r.Link == "" || r.Link == r.Value {
		return r.Value
	}
	return r.Value + " <" + r.Link + ">"
}

// label is a name and the space to its value, or the same width without it.
func label(name string, i int) string {
	if i > 0 {
		name = ""
	} else {
		name += ":"
	}
	return fmt.Sprintf("%-12s", name)
}

// textWidth is the length of a line that every client shows unbroken.
const textWidth = 78

// wrap writes s after first, broken between words and indented alike.
func wrap(b *strings.Builder, first, s string) {
	indent := strings.Repeat(" ", len(first))
	line := first
	for i, word := range strings.Fields(s) {
		if i > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > textWidth {
			b.WriteString(line + "\n")
			line = indent
		} else if i > 0 {
			line += " "
		}
		line += word
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// paragraphs are the lines of a text, for HTML.
func paragraphs(s string) []string { return strings.Split(s, "\n") }

// href passes on the links that a mail may hold, and "" for others. They are
// still escaped; html/template alone would replace tel: too.
func href(link string) template.URL {
	for _, scheme := range []string{"http://", "https://", "mailto:", "tel:"} {
		if len(link) > len(scheme) && strings.EqualFold(link[:len(scheme)], scheme) {
			return template.URL(link)
		}
	}
	return ""
}

// htmlPage is one column of at most 600 pixels, made of tables and inline
// styles, because mail clients drop everything else.
var htmlPage = template.Must(template.New("page").Funcs(template.FuncMap{
	"paragraphs": paragraphs, "href": href,
}).Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
</head>
<body style="margin:0;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.45;color:#1f1f1f">
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px">
<tr><td style="padding:0 0 12px 0">{{.Lead}}</td></tr>
{{- if .Title}}
<tr><td style="padding:0 0 12px 0"><h1 style="margin:0;font-size:20px;line-height:1.3" dir="auto">{{.Title}}</h1></td></tr>
{{- end}}
<tr><td>
<table role="presentation" cellpadding="0" cellspacing="0" border="0">
{{- range $i, $w := .When}}
<tr><td valign="top" style="padding:0 16px 6px 0;color:#595959">{{if not $i}}When{{end}}</td><td valign="top" style="padding:0 0 6px 0">{{$w}}</td></tr>
{{- end}}
{{- range .Rows}}
<tr><td valign="top" style="padding:0 16px 6px 0;color:#595959">{{.Name}}</td><td valign="top" style="padding:0 0 6px 0" dir="auto">{{if href .Link}}<a href="{{href .Link}}">{{.Value}}</a>{{else}}{{.Value}}{{end}}</td></tr>
{{- end}}
</table>
</td></tr>
{{- if .Description}}
<tr><td style="padding:12px 0 0 0" dir="auto">{{range $i, $l := paragraphs .Description}}{{if $i}}<br>
{{end}}{{$l}}{{end}}</td></tr>
{{- end}}
</table>
</body>
</html>
`))
