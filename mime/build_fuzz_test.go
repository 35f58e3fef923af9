package mime_test

import (
	"net/mail"
	"strings"
	"testing"

	"github.com/convene-go/convene/mime"
)

func FuzzBuild(f *testing.F) {
	f.Add("Ada", "ada@example.com", "Hi", "Text", "a.ics", "X-A", "b")
	f.Add("山田", `"a;b"@bücher.example`, "=?utf-8?q?x?=", "\r\n.\r", "ü .ics", "List-Id", "ü  x")
	for _, s := range hostile {
		f.Add(s, "a"+s+"@example.com", s, s, s, "X"+s, s)
		f.Add(s+s, "a@example"+s+".com", "a "+s+" b", "a"+s, "a"+s+"b", "X-A", strings.Repeat(s, 100))
	}
	f.Fuzz(func(t *testing.T, name, addr, subject, text, file, field, value string) {
		m, err := mime.Build(vary(func(d *mime.Draft) {
			d.From = mail.Address{Name: name, Address: addr}
			d.To = append(d.To, d.From)
			d.Subject, d.Text, d.HTML, d.Filename = subject, text, text, file
			d.Attachments = []mime.File{{Name: "x" + file}}
			d.Header = []mime.Field{{Name: field, Value: value}}
		}))
		if err != nil {
			return
		}
		checkWire(t, m)
		h, p, err := parse(m.Data)
		if err != nil {
			t.Fatalf("%v in\n%s", err, m.Data)
		}
		if got, want := shapeOf(h, p), (shape{fields: 9, parts: 7, params: 8}); got != want {
			t.Errorf("%+v, want %+v in\n%s", got, want, m.Data)
		}
	})
}

// FuzzBatch builds a mail after another one, and compares it with the same mail
// built alone.
func FuzzBatch(f *testing.F) {
	f.Add("a\nb\nc", "a\nx\nc")
	f.Add("a=\r\nb \n", "a=\nb\r")
	f.Add(strings.Repeat("é", 80)+"\nb", "\n"+strings.Repeat("é", 80)+"\nb")
	f.Fuzz(func(t *testing.T, first, second string) {
		b := new(mime.Batch)
		for i, text := range []string{first, second, first} {
			d := vary(func(d *mime.Draft) { d.Text, d.HTML = text, "<p>\n"+text })
			if _, err := mime.Build(d); err == nil {
				checkBatch(t, b, i, d)
			}
		}
	})
}

func BenchmarkBuild(b *testing.B) {
	for _, bm := range []struct {
		name  string
		draft *mime.Draft
	}{{"invitation", invitation()}, {"full", full()}, {"large", large()}, {"named", vary(func(d *mime.Draft) { d.Filename = "termin.ics" })}} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := mime.Build(bm.draft); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
