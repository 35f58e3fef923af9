package mime_test

import (
	"bytes"
	"flag"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

var updateBuild = flag.Bool("update", false, "rewrite the golden mails under testdata/build")

// goldenBuild compares got with the file, or rewrites it with -update.
func goldenBuild(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "build", name)
	if *updateBuild {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (-want +got):\n%s", path, cmp.Diff(string(want), string(got)))
	}
}

var when = time.Date(2027, time.March, 1, 9, 30, 0, 0, time.FixedZone("CET", 3600))

// ics returns a small valid calendar object.
func ics(method string) []byte {
	return []byte(strings.ReplaceAll(`BEGIN:VCALENDAR
METHOD:`+method+`
PRODID:-//convene-go//convene//EN
VERSION:2.0
CALSCALE:GREGORIAN
BEGIN:VEVENT
UID:5f0c2d9e-0c9b-4a43-9f0d-1f4a3a7f6f11
DTSTAMP:20270301T083000Z
SEQUENCE:0
DTSTART:20270310T090000Z
DTEND:20270310T100000Z
SUMMARY:Design review
LOCATION:Room 4
ORGANIZER;CN=Ada Example:mailto:ada@example.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN=Bob Example:mailto:bob@example.test
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n"))
}

// invitation returns the mail that most others here are variations of.
func invitation() *mime.Draft {
	return &mime.Draft{
		From:     mail.Address{Name: "Ada Example", Address: "ada@example.com"},
		To:       []mail.Address{{Name: "Bob Example", Address: "bob@example.test"}},
		Subject:  "Design review",
		Date:     when,
		Text:     "Design review\n\nWednesday 10 March 2027, 10:00, Room 4\n",
		HTML:     "<p><b>Design review</b></p>\n<p>Wednesday 10 March 2027, 10:00, Room 4</p>\n",
		Calendar: ics("REQUEST"),
		Method:   "REQUEST",
	}
}

// vary returns an invitation that change has been applied to.
func vary(change func(d *mime.Draft)) *mime.Draft {
	d := invitation()
	change(d)
	return d
}

var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")

// full uses every field, in several scripts.
func full() *mime.Draft {
	return &mime.Draft{
		From:   mail.Address{Name: `Ada "Countess" Example, née Byron`, Address: "ada@bücher.example"},
		Sender: &mail.Address{Name: "Calendar: Robot", Address: "robot@example.com"},
		To: []mail.Address{
			{Name: "Example, Bob", Address: "bob@example.test"},
			{Name: "山田 太郎", Address: "taro@example.test"},
			{Name: "שלום עולם", Address: "shalom@example.test"},
		},
		Cc:         []mail.Address{{Name: "Zoë 🎉 O\\Neil", Address: `"zoe;x"@example.test`}, {Address: "bob@EXAMPLE.test"}},
		ReplyTo:    []mail.Address{{Address: "answers+5f0c@example.com"}},
		Subject:    "Entwurfsbesprechung über die große Übersicht der nächsten Schritte – mit Kaffee und 🍰 für alle",
		Date:       when,
		MessageID:  "5f0c.0.bob@example.com",
		InReplyTo:  "<first@example.com>",
		References: []string{"<zero@example.com>", "first@example.com"},
		Text:       "Grüße!\r\nA line = with equals, and trailing space \r\n.\r\nFrom here\n" + strings.Repeat("long ", 40) + "\n",
		HTML:       `<p>Grüße!</p><img src="cid:logo@example.com">`,
		Calendar:   ics("CANCEL"),
		Method:     "CANCEL",
		Filename:   "Übersicht der Termine.ics",
		Inline:     []mime.File{{Name: "logo.png", MediaType: "image/png", ContentID: "logo@example.com", Data: png}},
		Attachments: []mime.File{
			{Name: "agenda and notes.txt", MediaType: "text/plain", Data: []byte("Ünïcode\n")},
			{Name: strings.Repeat("議題", 20) + ".pdf", MediaType: "application/pdf", Data: bytes.Repeat(png, 50)},
			{Name: "empty.bin"},
		},
		Header: []mime.Field{
			{Name: "Auto-Submitted", Value: "auto-generated"},
			{Name: "X-Team", Value: "Gäste"},
		},
	}
}

func TestBuildGolden(t *testing.T) {
	tests := []struct {
		name  string
		draft *mime.Draft
	}{
		{"request", invitation()},
		{"full", full()},
		{"text-and-calendar", vary(func(d *mime.Draft) { d.HTML = "" })},
		{"no-attachment", vary(func(d *mime.Draft) { d.NoAttachment = true })},
		{"inline", vary(func(d *mime.Draft) {
			d.NoAttachment = true
			d.HTML = `<img src="cid:logo@example.com">`
			d.Inline = []mime.File{{MediaType: "image/png", ContentID: "logo@example.com", Data: png}}
		})},
		{"reply", vary(func(d *mime.Draft) {
			d.From, d.To[0] = d.To[0], d.From
			d.Subject, d.InReplyTo = "Accepted: Design review", "5f0c.0@example.com"
			d.HTML, d.Method, d.Calendar = "", "REPLY", bytes.Replace(ics("REPLY"), []byte("NEEDS-ACTION;RSVP=\r\n TRUE"), []byte("ACCEPTED"), 1)
		})},
		{"plain", vary(func(d *mime.Draft) { d.HTML, d.Method, d.Calendar = "", "", nil })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mime.Build(tt.draft)
			if err != nil {
				t.Fatal(err)
			}
			checkWire(t, m)
			goldenBuild(t, tt.name+".eml", m.Data)
		})
	}
}
