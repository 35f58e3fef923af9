package mime_test

import (
	"bytes"
	"fmt"
	"net/mail"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/mime"
)

// TestBatch builds many mails with one Batch. Some of them share content. Each
// must equal the mail that Build makes.
func TestBatch(t *testing.T) {
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
		func(d *mime.Draft) { d.Calendar = bytes.Replace(d.Calendar, []byte("Room 4"), []byte("Room 5"), 1) },
		func(d *mime.Draft) { d.Calendar = guests(1) },
		func(d *mime.Draft) { d.Calendar = guests(2) },
		func(d *mime.Draft) { d.Calendar, d.NoAttachment = guests(1), true },
		func(d *mime.Draft) { d.Calendar, d.Method = ics("CANCEL"), "CANCEL" },
		func(d *mime.Draft) { d.Calendar, d.Method, d.HTML = nil, "", "" },
		func(d *mime.Draft) { d.Inline = []mime.File{{Name: "a.png", ContentID: "a@b", Data: png}} },
		func(d *mime.Draft) { d.Inline, d.Calendar = []mime.File{{ContentID: "a@b", Data: png}}, guests(1) },
		func(d *mime.Draft) { d.Text = "?boundary-stands-in-here !html-text-stands-in-here" },
		func(d *mime.Draft) { d.Filename = "?boundary-stands-in-here" },
		func(d *mime.Draft) { d.Filename, d.Calendar = "?boundary-stands-in-here", guests(1) },
		func(d *mime.Draft) { d.Attachments = []mime.File{{Name: "!plain-text-stands-in-here"}} },
		func(d *mime.Draft) { d.Text, d.MessageID = "a\r\rb", "a@example.com" },
	}
	b := new(mime.Batch)
	for i := range drafts {
		for j := range drafts { // each after each other
			for _, n := range []int{i, j} {
				checkBatch(t, b, n, vary(drafts[n]))
			}
		}
	}
}

func checkBatch(t *testing.T, b *mime.Batch, n int, d *mime.Draft) {
	t.Helper()
	want, err := mime.Build(d)
	if err != nil {
		t.Fatalf("draft %d: %v", n, err)
	}
	got, err := b.Build(d)
	if err != nil {
		t.Fatalf("draft %d: %v", n, err)
	}
	if !bytes.Equal(want.Data, got.Data) {
		t.Errorf("draft %d: Batch differs from Build (-want +got):\n%s", n, cmp.Diff(string(want.Data), string(got.Data)))
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(mime.Message{}, "Data")); diff != "" {
		t.Errorf("draft %d: Batch differs from Build (-want +got):\n%s", n, diff)
	}
}

// TestBatchAfterError builds mails after drafts that were refused. A value that
// was not checked must not count as checked.
func TestBatchAfterError(t *testing.T) {
	bad := []func(*mime.Draft){
		func(d *mime.Draft) { d.Text = "\x00" },
		func(d *mime.Draft) { d.Text = "" },
		func(d *mime.Draft) { d.HTML = "a\f" },
		func(d *mime.Draft) { d.Calendar = append(d.Calendar, 0) },
		func(d *mime.Draft) { d.Method = "CANCEL" },
		func(d *mime.Draft) { d.Calendar = nil },
		func(d *mime.Draft) { d.Filename = "a/b" },
		func(d *mime.Draft) { d.Inline = []mime.File{{}} },
		func(d *mime.Draft) { d.To[0].Address = "a" },
	}
	for i, spoil := range bad {
		b := new(mime.Batch)
		for range 2 {
			_, want := mime.Build(vary(spoil))
			for range 2 {
				if _, err := b.Build(vary(spoil)); err == nil || err.Error() != want.Error() {
					t.Errorf("bad draft %d: %v, want %v", i, err, want)
				}
			}
			checkBatch(t, b, i, invitation())
		}
	}
}

// TestBatchMessagesAreSeparate checks that no later mail, of this Batch or
// another one, writes into an earlier one.
func TestBatchMessagesAreSeparate(t *testing.T) {
	b := new(mime.Batch)
	var mails []*mime.Message
	var copies []string
	for i := range 20 {
		d := vary(func(d *mime.Draft) { d.Calendar, d.Text = guests(i), fmt.Sprint("Text ", i/2) })
		m, err := b.Build(d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mime.Build(full()); err != nil {
			t.Fatal(err)
		}
		if cap(m.Data) != len(m.Data) {
			t.Errorf("mail %d: %d octets in a slice of %d", i, len(m.Data), cap(m.Data))
		}
		mails, copies = append(mails, m), append(copies, string(m.Data))
	}
	for i, m := range mails {
		if string(m.Data) != copies[i] {
			t.Errorf("mail %d was changed by a later one", i)
		}
	}
}

// TestBatchKeepsItsOwn changes the file of the first mail in place. The Batch
// must not take the changed file for the first one.
func TestBatchKeepsItsOwn(t *testing.T) {
	b := new(mime.Batch)
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
		t.Errorf("Batch used the content of an earlier mail (-want +got):\n%s", diff)
	}
}

// large returns an invitation of the size that many have: 1 KB of text, 9 KB
// of HTML, a calendar object of 5 KB.
func large() *mime.Draft {
	row := `<tr><td style="padding:4px 12px 4px 0;color:#5f6368" valign="top">Where</td><td dir="auto">Room 4, Straße 1</td></tr>` + "\n"
	return vary(func(d *mime.Draft) {
		d.Text = strings.Repeat("Wednesday 10 March 2027, 10:00, Room 4\n", 26)
		d.HTML = strings.Repeat(row, 76)
		d.Calendar = guests(0)
	})
}

// guests returns a calendar object of 5 KB; no two of them are equal.
func guests(i int) []byte {
	attendee := fmt.Sprintf("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:guest%06d@example.\r\n com\r\n", i)
	return bytes.Replace(ics("REQUEST"), []byte("STATUS:"), []byte(strings.Repeat(attendee, 53)+"STATUS:"), 1)
}

// BenchmarkBatch builds mails that differ in their recipient alone, and in
// their calendar object, their text, or both.
func BenchmarkBatch(b *testing.B) {
	drafts := make([]*mime.Draft, 64)
	for i := range drafts {
		drafts[i] = large()
		drafts[i].Text, drafts[i].HTML = fmt.Sprint(drafts[i].Text, i), fmt.Sprint(drafts[i].HTML, i)
		drafts[i].Calendar = guests(i)
		drafts[i].To = []mail.Address{{Name: "Zoë Example", Address: fmt.Sprintf("zoe%d@example.com", i)}}
	}
	for _, bm := range []struct {
		name   string
		change func(d, other *mime.Draft)
	}{
		{"same", func(_, _ *mime.Draft) {}},
		{"calendar", func(d, other *mime.Draft) { d.Calendar = other.Calendar }},
		{"text", func(d, other *mime.Draft) { d.Text, d.HTML = other.Text, other.HTML }},
		{"all", func(d, other *mime.Draft) { d.Text, d.HTML, d.Calendar = other.Text, other.HTML, other.Calendar }},
	} {
		b.Run(bm.name, func(b *testing.B) {
			d, builder := large(), new(mime.Batch)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				other := drafts[i%len(drafts)]
				d.To = other.To
				bm.change(d, other)
				if _, err := builder.Build(d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestBatchLines has texts that begin and end alike, in whole lines and
// within them.
func TestBatchLines(t *testing.T) {
	long := strings.Repeat("é=", 100)
	texts := []string{
		"a", "b", "a\n", "b\n", "a\nb", "a\nc", "a\nb\n", "a\nb\nc", "a\nx\nc", "a\nb\nb\nc", "a\nb\nb\nb\nc", "a\n\n\nc", "\na", "\n\na",
		"a\n" + long + "\nc", "a\n" + long + "\nd\nc", "x\n" + long + "\nc", long, long + "\n", "a \nb\t\nc ", "a \nb\nc ", "a\r\nb\r\nc",
		"a\rb\rc", "a\nb\rc", "=\n=\n=", "=\r\n\r\n=", "ab\nb", "b\nb", "xa\nb\nc", "c\na\nb\nc",
	}
	b := new(mime.Batch)
	for _, first := range texts {
		for i, second := range texts {
			for _, text := range []string{first, second} {
				checkBatch(t, b, i, vary(func(d *mime.Draft) { d.Text, d.HTML = text, second+"\n"+first }))
			}
		}
	}
}
