package smtpsend

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

var replies = []struct {
	name string
	in   string
	want reply
	err  error
}{
	{"one line", "250 ok\r\n", reply{code: 250, lines: []string{"ok"}}, nil},
	{"code only", "250\r\n", reply{code: 250, lines: []string{""}}, nil},
	{"code and space", "250 \r\n", reply{code: 250, lines: []string{""}}, nil},
	{"bare LF", readFile("testdata/barelf.txt"), reply{code: 250, lines: []string{"ok", "still ok"}}, nil},
	{"two lines", "250-a\r\n250 b\r\n", reply{code: 250, lines: []string{"a", "b"}}, nil},
	{"enhanced", "550 5.1.1 no\r\n", reply{550, EnhancedCode{5, 1, 1}, []string{"no"}}, nil},
	{"enhanced only", "250 2.0.0\r\n", reply{250, EnhancedCode{2, 0, 0}, []string{""}}, nil},
	{"enhanced, two lines", "550-5.7.26 a\r\n550 5.7.26 b\r\n", reply{550, EnhancedCode{5, 7, 26}, []string{"a", "b"}}, nil},
	{"other class", "550 4.1.1 no\r\n", reply{code: 550, lines: []string{"4.1.1 no"}}, nil},
	{"version", "220 2.1 x\r\n", reply{code: 220, lines: []string{"2.1 x"}}, nil},
	{"sign", "250 2.+1.0 x\r\n", reply{code: 250, lines: []string{"2.+1.0 x"}}, nil},
	{"large detail", "250 2.1.1000 x\r\n", reply{code: 250, lines: []string{"2.1.1000 x"}}, nil},
	{"empty", "", reply{}, io.EOF},
	{"cut off", "250 ok", reply{}, io.EOF},
	{"cut off between", "250-ok\r\n", reply{}, io.EOF},
	{"no code", "hello\r\n", reply{}, errProtocol},
	{"short", "25\r\n", reply{}, errProtocol},
	{"empty line", "\r\n", reply{}, errProtocol},
	{"code 100", "100 ok\r\n", reply{}, errProtocol},
	{"code 600", "600 ok\r\n", reply{}, errProtocol},
	{"code 2x0", "2x0 ok\r\n", reply{}, errProtocol},
	{"no separator", "250ok\r\n", reply{}, errProtocol},
	{"another code", "250-a\r\n251 b\r\n", reply{}, errProtocol},
	{"long line", "250 " + strings.Repeat("x", maxReplyLine) + "\r\n", reply{}, errProtocol},
	{"many lines", strings.Repeat("250-x\r\n", maxReplyLines) + "250 x\r\n", reply{}, errProtocol},
}

// readFile returns a file of testdata, or "" if it does not exist.
func readFile(name string) string {
	data, _ := os.ReadFile(name)
	return string(data)
}

func newReplyReader(s string) *bufio.Reader {
	return bufio.NewReaderSize(strings.NewReader(s), maxReplyLine)
}

func TestReadReply(t *testing.T) {
	for _, tt := range replies {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readReply(newReplyReader(tt.in))
			if !errors.Is(err, tt.err) || err != nil && tt.err == nil {
				t.Errorf("readReply(%.60q) = %v, want %v", tt.in, err, tt.err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(reply{})); diff != "" {
				t.Errorf("readReply(%.60q): -want +got\n%s", tt.in, diff)
			}
		})
	}
}

// FuzzReadReply checks that any input gives a reply within the limits or an error,
// and that a reply that is written and read again stays the same.
func FuzzReadReply(f *testing.F) {
	for _, tt := range replies {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		r, err := readReply(newReplyReader(in))
		if err != nil {
			return
		}
		if r.code < 200 || r.code > 599 || len(r.lines) == 0 || len(r.lines) > maxReplyLines {
			t.Fatalf("readReply(%q) = %+v", in, r)
		}
		if text := r.text(); strings.ContainsAny(text, "\r\n\x00\x1b") {
			t.Errorf("text %q is not clean", text)
		}
		parseExtensions(r.lines).mechanisms()
		again, err := readReply(newReplyReader(r.wire()))
		if r.enhanced != (EnhancedCode{}) {
			return // each line may have had a code of its own
		}
		if diff := cmp.Diff(r, again, cmp.AllowUnexported(reply{})); diff != "" || err != nil {
			t.Errorf("read again: %v -want +got\n%s", err, diff)
		}
	})
}

// wire returns r in the form in which a server sends it.
func (r reply) wire() string {
	var b strings.Builder
	for i, line := range r.lines {
		sep := "-"
		if i == len(r.lines)-1 {
			sep = " "
		}
		b.WriteString(string([]byte{byte('0' + r.code/100), byte('0' + r.code/10%10), byte('0' + r.code%10)}) + sep + line + "\r\n")
	}
	return b.String()
}

func TestExtensions(t *testing.T) {
	tests := []struct {
		name       string
		lines      []string
		size       int64
		mechanisms []string
	}{
		{"none", []string{"host"}, 0, nil},
		{"nothing", nil, 0, nil},
		{"usual", []string{"host", "SIZE 10240000", "AUTH PLAIN LOGIN"}, 10240000, []string{"PLAIN", "LOGIN"}},
		{"lower case", []string{"host", "size 5", "auth plain"}, 5, []string{"PLAIN"}},
		{"legacy", []string{"host", "AUTH=LOGIN PLAIN"}, 0, []string{"LOGIN", "PLAIN"}},
		{"both", []string{"host", "AUTH NTLM", "AUTH=LOGIN"}, 0, []string{"NTLM", "LOGIN"}},
		{"bad size", []string{"host", "SIZE many"}, 0, nil},
		{"negative size", []string{"host", "SIZE -1"}, 0, nil},
		{"blank line", []string{"host", "", " SIZE  7 "}, 7, nil},
		{"the host is no extension", []string{"AUTH PLAIN"}, 0, nil},
	}
	for _, tt := range tests {
		x := parseExtensions(tt.lines)
		if got := x.size(); got != tt.size {
			t.Errorf("%s: size = %d, want %d", tt.name, got, tt.size)
		}
		got := x.mechanisms()
		if diff := cmp.Diff(tt.mechanisms, got); diff != "" && len(got)+len(tt.mechanisms) > 0 {
			t.Errorf("%s: mechanisms -want +got\n%s", tt.name, diff)
		}
	}
}

// FuzzAppendStuffed checks that a message stays the same if its dots are removed as
// a server does.
func FuzzAppendStuffed(f *testing.F) {
	for _, s := range []string{"a\r\n", ".\r\n", "..\r\n.a\r\n", "\r\n.\r\n.\r\n", "a\r\n.", ".", "a"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		in = append([]byte("A: b\r\n"), in...)
		if (&mime.Message{To: []string{"x@example.com"}, Data: in}).Validate() != nil {
			return
		}
		want := in
		if !bytes.HasSuffix(in, []byte("\r\n")) {
			want = append(bytes.Clone(in), "\r\n"...)
		}
		got, rest := unstuff(t, appendStuffed(nil, in))
		if !bytes.Equal(got, want) || len(rest) > 0 {
			t.Errorf("%q came out as %q, with %q left", in, got, rest)
		}
	})
}

// unstuff reads a message up to its final dot.
func unstuff(t *testing.T, b []byte) (message, rest []byte) {
	for {
		line, after, ok := bytes.Cut(b, []byte("\r\n"))
		if !ok {
			t.Fatalf("no final dot in %q", b)
		}
		b = after
		if string(line) == "." {
			return message, b
		}
		message = append(append(message, bytes.TrimPrefix(line, []byte("."))...), "\r\n"...)
	}
}

// TestLongReply cuts the text of a long reply, and splits no character.
func TestLongReply(t *testing.T) {
	r, err := readReply(newReplyReader(strings.Repeat("550-"+strings.Repeat("ü ", 1000)+"\r\n", 100) + "550 end\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if text := r.text(); len(text) > maxReplyText+10 || !strings.HasSuffix(text, "ü …") && !strings.HasSuffix(text, "ü  …") || !utf8.ValidString(text) {
		t.Errorf("text has %d octets and ends in %q", len(text), text[len(text)-10:])
	}
}
