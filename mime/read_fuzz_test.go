package mime_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// FuzzRead reads anything, twice alike, into values within the limits that can
// be written again without breaking a line.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/read/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("From: <a@b>, =?x?q?=FF=0A?= c@d\n" + nested(30)))
	f.Add([]byte("Content-Type: a/b; c*0*=x'y'%0A; c*1=\"\\\"; d=(e)\n\nQUJD"))
	f.Add([]byte("Authentication-Results: x 1; a/1=\"b;c\"(d);e=f g.h=i\n"))
	for _, text := range []string{"<a@x.test>:\n550-5.1.1 no\n\nReceived: by y\nMessage-ID: <1@y>\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR", "Message-ID: <1@y> a@x.test (#4.2.2)", "> To: b\n> Date: c\n>\nIt is delayed: b@x."} {
		f.Add([]byte(daemonMail(text)))
	}
	small := &mime.ReadOptions{MaxParts: 5, MaxDepth: 2, MaxFields: 9, MaxFieldSize: 99, MaxParams: 3, MaxText: 50}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, o := range []*mime.ReadOptions{nil, small} {
			m, err := mime.Read(bytes.NewReader(data), o)
			if err != nil {
				if m != nil || !errors.Is(err, mime.ErrNoHeader) {
					t.Fatalf("Read = %v, %v", m, err)
				}
				continue
			}
			again, err := mime.Read(bytes.NewReader(data), o)
			if err != nil || !cmp.Equal(m, again) {
				t.Errorf("second Read differs: %v\n%s", err, cmp.Diff(m, again))
			}
			checkLimits(t, "default limits", m)
			checkLines(t, m)
			checkData(t, m, len(data))
		}
	})
}

// checkLines checks that no value on one line has a line end or is not UTF-8.
func checkLines(t *testing.T, m *mime.Received) {
	t.Helper()
	lines := []string{m.Subject, m.MessageID, m.InReplyTo, m.ReturnPath, m.AutoSubmitted, m.ReportType}
	lines = append(append(append(lines, m.References...), m.DeliveredTo...), m.Problems...)
	for _, a := range append(append(append(m.From, m.To...), m.Cc...), m.ReplyTo...) {
		lines = append(lines, a.Name, a.Address)
	}
	for _, field := range m.Header {
		lines = append(lines, field.Name, field.Value)
	}
	for _, p := range m.Calendars {
		lines = append(lines, p.MediaType, p.Method, p.Charset, p.Filename, p.Disposition)
		for name, value := range p.Params {
			lines = append(lines, name, value)
		}
	}
	for _, a := range m.Auth {
		lines = append(lines, a.AuthServID, a.Method, a.Value, a.Reason, a.Identity, a.Domain)
	}
	for _, line := range lines {
		if strings.ContainsAny(line, "\r\n\x00") || !utf8.ValidString(line) {
			t.Errorf("%q is no line of UTF-8", line)
		}
	}
}

// checkData checks that content is UTF-8, and no more than the mail can hold.
func checkData(t *testing.T, m *mime.Received, size int) {
	t.Helper()
	parts := m.Calendars
	if m.Returned != nil {
		parts = append(parts, m.Returned.Calendars...)
	}
	total, most := len(m.Text), 4*size
	if m.TNEF != nil {
		most += 64 << 10 // rich text is compressed
		total += checkTNEF(t, m.TNEF)
	}
	for _, p := range parts {
		total += len(p.Data)
		if !utf8.Valid(p.Data) {
			t.Errorf("data %q is not UTF-8", p.Data)
		}
	}
	if !utf8.ValidString(m.Text) || total > most {
		t.Errorf("%d bytes of content from a mail of %d", total, size)
	}
}

// checkTNEF checks the values of a TNEF file, and returns the octets of its files.
func checkTNEF(t *testing.T, m *mime.TNEF) (total int) {
	t.Helper()
	lines := append([]string{m.Class, m.Subject, m.From.Name, m.From.Address, m.Sender.Name, m.Sender.Address}, m.Problems...)
	if m.Meeting != nil {
		lines = append(lines, m.Meeting.TimeZone, m.Meeting.Location)
	}
	for _, f := range m.Files {
		lines = append(lines, f.Name, f.MediaType)
		total += len(f.Data)
		if f.Message != nil {
			total += checkTNEF(t, f.Message)
		}
	}
	for _, line := range lines {
		if strings.ContainsAny(line, "\r\n\x00") || !utf8.ValidString(line) {
			t.Errorf("%q is no line of UTF-8", line)
		}
	}
	if !utf8.ValidString(m.Text) || len(m.Text) > 64<<10 {
		t.Errorf("text of %d octets: %.50q", len(m.Text), m.Text)
	}
	return total
}
