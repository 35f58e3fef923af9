package envelope

import (
	"strings"
	"testing"

	"github.com/convene-go/convene/mime"
)

// The tests of package smtpsend try this package at length; these are its edges.
func TestCheck(t *testing.T) {
	good := func() *mime.Message {
		return &mime.Message{From: "ann@example.com", To: []string{"bob@example.com"}, Data: []byte("x\r\n")}
	}
	tests := []struct {
		name   string
		change func(m *mime.Message)
		want   string
	}{
		{"good", func(*mime.Message) {}, ""},
		{"null reverse path", func(m *mime.Message) { m.From = "" }, ""},
		{"UTF-8", func(m *mime.Message) { m.To[0] = "jörg@bücher.example" }, ""},
		{"quoted", func(m *mime.Message) { m.To[0] = `"a\"b"@[127.0.0.1]` }, ""},
		{"no recipients", func(m *mime.Message) { m.To = nil }, "To: no recipients"},
		{"bad UTF-8", func(m *mime.Message) { m.From = "x\xff@example.com" }, "From: character U+FFFD at octet 1 is not allowed"},
		{"line break", func(m *mime.Message) { m.To = append(m.To, "x\r\n@example.com") }, "To[1]: character U+000D at octet 1 is not allowed"},
		{"no at", func(m *mime.Message) { m.From = "postmaster" }, "From: no @"},
		{"local part", func(m *mime.Message) { m.From = `"a\"@example.com` }, "From: malformed local part"},
		{"quote", func(m *mime.Message) { m.From = `"a"b"@example.com` }, "From: malformed local part"},
		{"domain", func(m *mime.Message) { m.From = "a@b..c" }, "From: malformed domain"},
		{"long", func(m *mime.Message) { m.From = strings.Repeat("x", 250) + "@example.com" }, "From: longer than 254 octets"},
		{"empty", func(m *mime.Message) { m.Data = nil }, "Data: empty"},
		{"LF", func(m *mime.Message) { m.Data = []byte("a\n") }, "Data: line 1: LF without CR"},
		{"CR", func(m *mime.Message) { m.Data = []byte("a\r\nb\rc\r\n") }, "Data: line 2: CR without LF"},
		{"NUL", func(m *mime.Message) { m.Data = []byte("\x00\r\n") }, "Data: line 1: NUL"},
		{"long line", func(m *mime.Message) { m.Data = []byte(strings.Repeat("x", 999)) }, "Data: line 1: longer than 998 octets"},
	}
	for _, tt := range tests {
		m := good()
		tt.change(m)
		got := ""
		if e := Check(m); e != nil {
			if got = e.Error(); !e.Refused() {
				t.Errorf("%s: not Refused", tt.name)
			}
		}
		if got != tt.want {
			t.Errorf("%s: Check = %q, want %q", tt.name, got, tt.want)
		}
	}
	if e := Check(nil); e == nil || e.Error() != "Message: nil" {
		t.Errorf("Check(nil) = %v, want Message: nil", e)
	}
}

func TestIsEightBit(t *testing.T) {
	for in, want := range map[string]bool{"": false, "abc": false, "é": true, "12345678": false, "1234567é": true, "12345678é": true} {
		if got := IsEightBit([]byte(in)); got != want || IsASCII(in) == want {
			t.Errorf("IsEightBit(%q) = %t, IsASCII = %t, want %t and the contrary", in, got, IsASCII(in), want)
		}
	}
}
