package body_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite/body"
)

func folder(files ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		out[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return out
}

// TestBrokenTemplate checks that New finds an error in a template, with its file and
// line.
func TestBrokenTemplate(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"syntax", folder("body.html", "<p>\n{{if}}</p>"), "body.html:2: "},
		{"no end", folder("body.html", "<p>\n\n{{range .Rows}}"), "body.html:3: "},
		{"no function", folder("parts.html", "{{define \"footer\"}}\n\n{{shout .Title}}{{end}}"), "parts.html:3: "},
		{"no field", folder("body.html", "<p>\n{{.Titel}}</p>"), "body.html:2:"},
		{"no field, later", folder("body.html", "{{if eq .Action \"cancellation\"}}\n{{.Rows.X}}{{end}}"), "body.html:2:"},
		{"no field in a block", folder("my.html", "{{define \"answers\"}}\n{{.Nothing}}{{end}}"), "my.html:2:"},
		{"unsafe", folder("body.html", "<p>\n<a href=\"{{if .Title}}x\"{{end}}></p>"), "body.html:2:"},
		{"text", folder("body.txt", "{{.Lead}}\n{{.Nope}}"), "body.txt:2:"},
		{"text syntax", folder("body.txt", "\n{{"), "body.txt:2:"},
		{"subject", folder("subject.txt", "{{.Badge}}: {{.Nope}}"), "subject.txt:1:"},
		{"subject syntax", folder("subject.txt", "{{end}}"), "subject.txt:1:"},
		{"lost links", folder("my.html", `{{define "answers"}}<p>{{.Question}}</p>{{end}}`), "leaves out a link"},
		{"empty", folder("readme.md", "x"), "holds neither"},
	} {
		r, err := body.New(&body.Options{Templates: tt.files})
		if err == nil || r != nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "body: ") {
			t.Errorf("%s: New = %v, error %v, want one with %q", tt.name, r, err, tt.want)
		}
	}
}

func TestOwnTemplates(t *testing.T) {
	r := newRenderer(t, &body.Options{Templates: folder(
		"footer.html", `{{define "footer"}}<tr><td>{{.Language}} & {{.Title}}</td></tr>{{end}}`,
		"body.txt", "{{.Plain}}-- \n{{.Was .Title}}|{{.Labelled .Badge}}\n{{.AnswerLinks}}",
		"subject.txt", "[desk]\n  {{.Badge}}: {{.Title}}\n",
	)})
	v := views(t)[body.ActionInvitation]
	v.Action = body.ActionInvitation
	b := render(t, r, v)
	if b.Subject != "[desk] Invitation: Q3 – R&D" {
		t.Errorf("Subject = %q", b.Subject)
	}
	if !strings.Contains(b.HTML, "<tr><td>en & Q3 – R&amp;D</td></tr>") || !strings.Contains(b.HTML, "t=a1&amp;s=yes") {
		t.Errorf("HTML lacks the footer or an answer:\n%s", b.HTML)
	}
	if !strings.Contains(b.HTML, "<title>[desk] Invitation") {
		t.Error("the document has another title than the mail")
	}
	if !strings.Contains(b.Text, "was: Q3 – R&D|Invitation:\n") || !strings.Contains(b.Text, "t=a1&s=yes") {
		t.Errorf("Text = %s", b.Text)
	}
}

func TestWholeTemplate(t *testing.T) {
	r := newRenderer(t, &body.Options{Templates: folder("body.html", `<!DOCTYPE html><title>{{.Subject}}</title>{{range .Rows}}<p>{{.Label}}{{end}}`)})
	b := render(t, r, &body.View{Event: meeting(t), Answers: answers("a")})
	if !strings.HasPrefix(b.HTML, "<!DOCTYPE html><title>Invitation: Q3 – R&amp;D, Tue Mar 2, 10:00 AM</title><p>When<p>Where") {
		t.Errorf("HTML = %s", b.HTML)
	}
}

func logo(t *testing.T) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBrand(t *testing.T) {
	data := logo(t)
	r := newRenderer(t, &body.Options{Brand: body.Brand{Name: `A & "B"`, Colour: "#ffd400", Logo: body.Image{Data: data}}})
	b := render(t, r, &body.View{Event: meeting(t)})
	if len(b.Inline) != 1 {
		t.Fatalf("Inline = %v", b.Inline)
	}
	i := b.Inline[0]
	want := body.Image{Name: "logo.png", MediaType: "image/png", ContentID: i.ContentID, Data: data}
	if diff := cmp.Diff(want, i); diff != "" || !strings.HasSuffix(i.ContentID, "@logo.invalid") {
		t.Errorf("image (-want +got):\n%s", diff)
	}
	for _, want := range []string{`src="cid:` + i.ContentID + `"`, `alt="A &amp; &#34;B&#34;"`, "#ffd400", "color:#000000"} {
		if !strings.Contains(b.HTML, want) {
			t.Errorf("HTML lacks %s", want)
		}
	}
	named := newRenderer(t, &body.Options{Brand: body.Brand{Logo: body.Image{Data: []byte("GIF89a"), MediaType: "image/GIF", Name: "x.gif", ContentID: "<l@example.com>"}}})
	got := render(t, named, &body.View{Event: meeting(t)}).Inline[0]
	if diff := cmp.Diff(body.Image{Name: "x.gif", MediaType: "image/gif", ContentID: "l@example.com", Data: []byte("GIF89a")}, got); diff != "" {
		t.Errorf("image (-want +got):\n%s", diff)
	}
}

func TestBrandErrors(t *testing.T) {
	for _, b := range []body.Brand{
		{Colour: "red"}, {Colour: "#12345"}, {Colour: "#12345g"}, {Colour: "#fff;x:y"}, {Colour: "é12345"},
		{Logo: body.Image{Data: []byte("<svg/>")}}, {Logo: body.Image{Data: logo(t), MediaType: "image/jpeg"}},
		{Logo: body.Image{Data: logo(t), ContentID: `"x`}}, {Logo: body.Image{Data: append(logo(t), make([]byte, 300<<10)...)}},
	} {
		if r, err := body.New(&body.Options{Brand: b}); err == nil || r != nil || !strings.HasPrefix(err.Error(), "body: brand: ") {
			t.Errorf("New(%.60v) = %v, %v", b, r, err)
		}
	}
}
