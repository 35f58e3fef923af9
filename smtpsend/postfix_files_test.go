package smtpsend_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"math/rand/v2"
	stdmime "mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/smtpsend"
)

// testFiles sends an invitation with files through Postfix, and through Dovecot's LMTP.
// They arrive byte for byte.
func (p *postfix) testFiles(t *testing.T) {
	large, r := make([]byte, 3<<20), rand.New(rand.NewPCG(1, 2))
	for i := range large {
		large[i] = byte(r.Uint32())
	}
	files := []invite.File{
		{Name: "Tagesordnung für März.pdf", MediaType: "application/pdf", Data: large},
		{Name: "lines.txt", MediaType: "text/plain", Data: []byte("a\nb\r\n.\r\n..c\rFrom d\n" + strings.Repeat("long", 1000) + "\xff\x00 \t")},
		{Name: "議程.bin", Data: []byte{0}},
	}
	send := func(port int, o smtpsend.Options, to string) {
		start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
		c := invite.New(p.to(t, port, o), &invite.Options{Now: func() time.Time { return start.AddDate(0, 0, -9) }})
		_, err := c.Send(t.Context(), ical.Event{
			Summary: "with files", Start: start, End: start.Add(time.Hour), Organizer: ical.Person{Email: "desk@example.test"},
			Attendees: []ical.Attendee{{Email: to}},
		}, invite.Attach(files...))
		if err != nil {
			t.Fatal(err)
		}
	}
	send(p.MX, smtpsend.Options{}, "bob@example.test")
	send(p.LMTP, smtpsend.Options{LMTP: true}, "ann@example.test")
	for mailbox, n := range map[string]int{"mail/bob": 134, "lmtp/ann": 2} {
		found := false
		for _, data := range p.arrived(t, mailbox, n) {
			if bytes.Contains(data, []byte("with files")) {
				found = true
				checkFiles(t, mailbox, data, files)
			}
		}
		if !found {
			t.Errorf("%s has no mail with files", mailbox)
		}
	}
}

// checkFiles checks that the last files of a mail are these.
func checkFiles(t *testing.T, mailbox string, data []byte, want []invite.File) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := stdmime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var got []invite.File
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := r.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		if kind := part.Header.Get("Content-Type"); err == nil && !strings.HasPrefix(kind, "multipart/") {
			kind, _, _ = stdmime.ParseMediaType(kind)
			got = append(got, invite.File{Name: part.FileName(), MediaType: kind, Data: content})
		}
	}
	if len(got) != len(want)+1 || got[0].MediaType != "application/ics" {
		t.Fatalf("%s: %d files, want the calendar object and %d", mailbox, len(got), len(want))
	}
	for i, f := range got[1:] {
		if f.Name != want[i].Name || !bytes.Equal(f.Data, want[i].Data) {
			t.Errorf("%s: file %d is %q with %d octets, want %q, byte for byte, with %d", mailbox, i, f.Name, len(f.Data), want[i].Name, len(want[i].Data))
		}
	}
}
