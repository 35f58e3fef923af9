package mime_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// readString reads a mail written with LF line ends, with default limits.
func readString(t *testing.T, s string) *mime.Received {
	t.Helper()
	m, err := mime.Read(strings.NewReader(s), nil)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return m
}

// calendar is a part with its data readable, for golden files.
type calendar struct {
	mime.Part
	Data []string
}

func calendars(parts []mime.Part) []calendar {
	var list []calendar
	for _, p := range parts {
		list = append(list, calendar{p, strings.SplitAfter(string(p.Data), "\n")})
	}
	return list
}

// readable renders all of a mail for comparison with a golden file.
func readable(t *testing.T, m *mime.Received) []byte {
	t.Helper()
	type returned struct {
		*mime.Returned
		Calendars []calendar
	}
	view := struct {
		*mime.Received
		Calendars []calendar
		Returned  *returned
	}{m, calendars(m.Calendars), nil}
	if m.Returned != nil {
		view.Returned = &returned{m.Returned, calendars(m.Returned.Calendars)}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(view); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestReadGolden compares the whole result for each mail under testdata/read
// with the JSON file beside it; -update rewrites those.
func TestReadGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/read/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata/read: %d mails, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mime.Read(bytes.NewReader(data), nil)
			if err != nil {
				t.Fatalf("Read: %v", err)
			}
			golden := strings.TrimSuffix(file, ".eml") + ".json"
			got := readable(t, m)
			if *updateBuild {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("Read(%s) (-want +got):\n%s", file, diff)
			}
		})
	}
}

// TestReadLineEnds reads the captured answers with other line ends than CRLF.
func TestReadLineEnds(t *testing.T) {
	files, _ := filepath.Glob("testdata/read/*-reply-*.eml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := calendarLines(t, data)
		for name, eol := range map[string]string{"LF": "\n", "CR": "\r", "CR CR LF": "\r\r\n"} {
			got := calendarLines(t, bytes.ReplaceAll(data, []byte("\r\n"), []byte(eol)))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s with %s (-want +got):\n%s", file, name, diff)
			}
		}
	}
}

// calendarLines returns the lines of each calendar in a mail.
func calendarLines(t *testing.T, data []byte) [][]string {
	t.Helper()
	var all [][]string
	for _, p := range readString(t, string(data)).Calendars {
		all = append(all, strings.FieldsFunc(string(p.Data), func(c rune) bool { return c == '\r' || c == '\n' }))
	}
	return all
}

func TestReadErrors(t *testing.T) {
	broken := errors.New("broken pipe")
	tests := []struct {
		name string
		in   io.Reader
		o    *mime.ReadOptions
		want error
		text string
	}{
		{"empty", strings.NewReader(""), nil, mime.ErrNoHeader, "mime: read: no header field"},
		{"only line ends", strings.NewReader("\r\n\r\n"), nil, mime.ErrNoHeader, "mime: read: no header field"},
		{"calendar", strings.NewReader("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"), nil,
			mime.ErrNoHeader, "mime: read: no header field"},
		{"no colon", strings.NewReader("hello\nworld\n\nFrom: a@example.com\n"), nil,
			mime.ErrNoHeader, "mime: read: no header field"},
		{"too large", strings.NewReader("From: a@example.com\n\nhello"), &mime.ReadOptions{MaxSize: 20},
			mime.ErrTooLarge, "mime: read: mail is over the size limit"},
		{"too large without a length", io.LimitReader(strings.NewReader("From: a@example.com\n\nhello"), 100),
			&mime.ReadOptions{MaxSize: 20}, mime.ErrTooLarge, "mime: read: mail is over the size limit"},
		{"reader fails", io.MultiReader(strings.NewReader("From: a@example.com\n"), iotest.ErrReader(broken)), nil,
			broken, "mime: read: broken pipe"},
	}
	for _, test := range tests {
		m, err := mime.Read(test.in, test.o)
		if m != nil || !errors.Is(err, test.want) || err.Error() != test.text {
			t.Errorf("%s: Read = %v, %v, want nil, %s", test.name, m, err, test.text)
		}
	}
}

// TestReadSizeLimit reads a mail that is exactly as long as allowed.
func TestReadSizeLimit(t *testing.T) {
	in := "From: a@example.com\n\nhello"
	m, err := mime.Read(strings.NewReader(in), &mime.ReadOptions{MaxSize: int64(len(in))})
	if err != nil {
		t.Fatal(err)
	}
	want := &mime.Received{
		From:   []mail.Address{{Address: "a@example.com"}},
		Header: []mime.Field{{Name: "From", Value: "a@example.com"}},
		Text:   "hello",
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
	if got, want := m.Values("from"), []string{"a@example.com"}; !cmp.Equal(got, want) {
		t.Errorf("Values(from) = %q, want %q", got, want)
	}
}
