package mime_test

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"testing"

	"github.com/convene-go/convene/mime"
)

// hostile are the values that have ended fields, lists, parameters and parts
// in other programs.
var hostile = []string{
	"\r\n", "\n", "\r", "\x00", `"`, ";", ":", ",", "\u2028", "\xff", "\r\nBcc: evil@example.test",
	"\t", "\x7f", "\u0085", "\\", "<", ">", "(", ")", "=?utf-8?q?=0D=0ABcc:?=", "\r\n\r\n", "\r\n--=_",
}

// shape counts everything that a value could add to a mail.
type shape struct{ fields, parts, params int }

func shapeOf(h mail.Header, p part) shape {
	s := shapeOfPart(p)
	for _, values := range h {
		s.fields += len(values)
	}
	return s
}

func shapeOfPart(p part) shape {
	s := shape{parts: 1, params: len(p.Params)}
	if p.Filename != "" {
		s.params++
	}
	for _, c := range p.Parts {
		sub := shapeOfPart(c)
		s.parts += sub.parts
		s.params += sub.params
	}
	return s
}

// TestBuildInjection puts each hostile value into each string: the mail has
// the shape of the harmless one, or the error names the field.
func TestBuildInjection(t *testing.T) {
	fields := []struct {
		path string
		at   func(d *mime.Draft) *string
	}{
		{"From.Name", func(d *mime.Draft) *string { return &d.From.Name }},
		{"From.Address", func(d *mime.Draft) *string { return &d.From.Address }},
		{"Sender.Name", func(d *mime.Draft) *string { return &d.Sender.Name }},
		{"Sender.Address", func(d *mime.Draft) *string { return &d.Sender.Address }},
		{"To[1].Name", func(d *mime.Draft) *string { return &d.To[1].Name }},
		{"To[2].Address", func(d *mime.Draft) *string { return &d.To[2].Address }},
		{"Cc[0].Name", func(d *mime.Draft) *string { return &d.Cc[0].Name }},
		{"Cc[1].Address", func(d *mime.Draft) *string { return &d.Cc[1].Address }},
		{"ReplyTo[0].Name", func(d *mime.Draft) *string { return &d.ReplyTo[0].Name }},
		{"ReplyTo[0].Address", func(d *mime.Draft) *string { return &d.ReplyTo[0].Address }},
		{"Subject", func(d *mime.Draft) *string { return &d.Subject }},
		{"MessageID", func(d *mime.Draft) *string { return &d.MessageID }},
		{"InReplyTo", func(d *mime.Draft) *string { return &d.InReplyTo }},
		{"References[1]", func(d *mime.Draft) *string { return &d.References[1] }},
		{"Text", func(d *mime.Draft) *string { return &d.Text }},
		{"HTML", func(d *mime.Draft) *string { return &d.HTML }},
		{"Method", func(d *mime.Draft) *string { return &d.Method }},
		{"Filename", func(d *mime.Draft) *string { return &d.Filename }},
		{"Inline[0].Name", func(d *mime.Draft) *string { return &d.Inline[0].Name }},
		{"Inline[0].MediaType", func(d *mime.Draft) *string { return &d.Inline[0].MediaType }},
		{"Inline[0].ContentID", func(d *mime.Draft) *string { return &d.Inline[0].ContentID }},
		{"Attachments[1].Name", func(d *mime.Draft) *string { return &d.Attachments[1].Name }},
		{"Attachments[1].MediaType", func(d *mime.Draft) *string { return &d.Attachments[1].MediaType }},
		{"Header[1].Name", func(d *mime.Draft) *string { return &d.Header[1].Name }},
		{"Header[1].Value", func(d *mime.Draft) *string { return &d.Header[1].Value }},
	}
	want := buildShape(t, full())
	for _, f := range fields {
		for _, bad := range hostile {
			for place, insert := range map[string]func(old string) string{
				"start":  func(old string) string { return bad + old },
				"end":    func(old string) string { return old + bad },
				"middle": func(old string) string { return old[:1] + bad + old[1:] },
				"domain": func(old string) string { return strings.Replace(old, "@", "@a"+bad, 1) },
			} {
				d := full()
				p := f.at(d)
				if *p == "" || (*p)[0] >= 0x80 {
					*p = "a" + *p
				}
				*p = insert(*p)
				t.Run(fmt.Sprintf("%s/%q/%s", f.path, bad, place), func(t *testing.T) {
					checkHarmless(t, d, f.path, want)
				})
			}
		}
	}
}

func buildShape(t *testing.T, d *mime.Draft) shape {
	t.Helper()
	m, err := mime.Build(d)
	if err != nil {
		t.Fatal(err)
	}
	checkWire(t, m)
	h, p, err := parse(m.Data)
	if err != nil {
		t.Fatalf("%v in\n%s", err, m.Data)
	}
	for _, name := range []string{"From", "Sender", "To", "Cc", "Reply-To"} {
		if _, err := mail.ParseAddressList(h.Get(name)); err != nil {
			t.Errorf("%s: %v in %q", name, err, h.Get(name))
		}
	}
	for _, addr := range append(m.To, m.From) {
		if !visibleASCII(addr) || strings.ContainsAny(strings.ReplaceAll(addr, `"zoe;x"`, ""), `<>";:,\`) {
			t.Errorf("envelope address %q", addr)
		}
	}
	return shapeOf(h, p)
}

func visibleASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

func checkHarmless(t *testing.T, d *mime.Draft, path string, want shape) {
	t.Helper()
	if _, err := mime.Build(d); err != nil {
		if got := errorFields(t, err); len(got) != 1 || got[0] != path {
			t.Errorf("Build: fields %q, want %q: %v", got, path, err)
		}
		return
	}
	if got := buildShape(t, d); got != want {
		t.Errorf("Build: %+v, want %+v", got, want)
	}
}

// errorFields returns the Field of each joined error.
func errorFields(t *testing.T, err error) []string {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%T is not a joined error: %v", err, err)
	}
	var fields []string
	for _, e := range joined.Unwrap() {
		var fe *mime.FieldError
		if !errors.As(e, &fe) {
			t.Fatalf("%T is no *FieldError: %v", e, e)
		}
		fields = append(fields, fe.Field)
	}
	return fields
}
