package mime_test

import (
	"fmt"
	"net/mail"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// TestBuilder builds many mails with one Builder, of which some share content,
// and wants the mails of Build.
func TestBuilder(t *testing.T) {
	drafts := []func(*mime.Draft){
		func(*mime.Draft) {},
		func(d *mime.Draft) { d.To = []mail.Address{{Name: "Zoë", Address: "zoe@example.com"}} },
		func(d *mime.Draft) { d.Subject = "Another" },
		func(d *mime.Draft) { d.Text += "." },
		func(d *mime.Draft) { d.HTML = "<p>other</p>" },
		func(d *mime.Draft) { d.NoAttachment = true },
		func(d *mime.Draft) { d.Filename = "termin.ics" },
		func(d *mime.Draft) { d.Attachments = []mime.File{{Name: "a.txt", Data: []byte("a")}} },
		func(d *mime.Draft) { d.Attachments = []mime.File{{Name: "a.txt", Data: []byte("b")}} },
		func(d *mime.Draft) { d.Calendar, d.Method, d.NoAttachment = nil, "", true },
	}
	b := new(mime.Builder)
	for i, change := range append(drafts, drafts...) {
		d := invitation()
		change(d)
		want, err := mime.Build(d)
		if err != nil {
			t.Fatalf("draft %d: %v", i, err)
		}
		got, err := b.Build(d)
		if err != nil {
			t.Fatalf("draft %d: %v", i, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("draft %d: Builder differs from Build (-want +got):\n%s", i, diff)
		}
	}
}

// TestBuilderKeepsItsOwn changes what the first mail was made of, in place.
func TestBuilderKeepsItsOwn(t *testing.T) {
	b := new(mime.Builder)
	d := invitation()
	d.Attachments = []mime.File{{Name: "a.txt", Data: []byte("first")}}
	if _, err := b.Build(d); err != nil {
		t.Fatal(err)
	}
	copy(d.Attachments[0].Data, "other")
	want, err := mime.Build(d)
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.Build(d)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Builder used the content of an earlier mail (-want +got):\n%s", diff)
	}
}

// BenchmarkBuilder builds mails that differ in their recipient alone.
func BenchmarkBuilder(b *testing.B) {
	d := invitation()
	builder := new(mime.Builder)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d.To = []mail.Address{{Name: "Zoë Example", Address: fmt.Sprintf("zoe%d@example.com", i)}}
		if _, err := builder.Build(d); err != nil {
			b.Fatal(err)
		}
	}
}
