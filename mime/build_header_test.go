package mime_test

import (
	stdmime "mime"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// texts are names of meetings, people and files.
var texts = []struct{ name, in string }{
	{"plain", "Design review"},
	{"comma", "Example, Ada"},
	{"comma in a long name", "Example, Ada, of the Department of Rooms"},
	{"quotes", `Ada "Countess" Example`},
	{"backslash", `a\b\\c\`},
	{"specials", "a:b;c<d>e@f(g)h[i]j.k"},
	{"open comment", "a (b"},
	{"Latin", "Jürgen Größe"},
	{"CJK", "山田 太郎"},
	{"right to left", "פגישה \u200f123\u200f – שלום"},
	{"emoji", "👩\u200d👩\u200d👧 🎉"},
	{"line separator", "a\u2028b"},
	{"spaces", " a  b "},
	{"only spaces", "   "},
	{"encoded-word", "=?utf-8?q?evil?="},
	{"half an encoded-word", "=?"},
	{"long Latin", strings.Repeat("größer ", 60) + "!"},
	{"long CJK", strings.Repeat("会議", 150)},
	{"long emoji", strings.Repeat("🎉", 100)},
	{"long words", strings.Repeat("review ", 60) + "!"},
	{"long word", strings.Repeat("x", 2000)},
	{"long quoted", strings.Repeat(`a"`, 40)},
	{"long spaces", "a" + strings.Repeat(" ", 200) + "b"},
}

var encodedWord = regexp.MustCompile(`=\?utf-8\?[bq]\?[!-~]*?\?=`)

// checkHeader reports a line of more than 76 columns, an encoded-word of more
// than 75, and one that holds half a rune.
func checkHeader(t *testing.T, data []byte) {
	t.Helper()
	head, _, _ := strings.Cut(string(data), "\r\n\r\n")
	for _, line := range strings.Split(head, "\r\n") {
		if len(line) > 76 || strings.TrimSpace(line) == "" {
			t.Errorf("line of %d columns: %q", len(line), line)
		}
		for _, word := range encodedWord.FindAllString(line, -1) {
			if s, err := new(stdmime.WordDecoder).Decode(word); err != nil || len(word) > 75 || strings.ContainsRune(s, '\ufffd') {
				t.Errorf("encoded-word of %d octets: %q = %q, %v", len(word), word, s, err)
			}
		}
	}
}

func TestBuildSubject(t *testing.T) {
	for _, tt := range texts {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mime.Build(vary(func(d *mime.Draft) { d.Subject = tt.in }))
			if err != nil {
				t.Fatal(err)
			}
			checkHeader(t, m.Data)
			h, _, err := parse(m.Data)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := new(stdmime.WordDecoder).DecodeHeader(h.Get("Subject")); got != tt.in || err != nil {
				t.Errorf("Subject = %q, %v, want %q", got, err, tt.in)
			}
		})
	}
}

func TestBuildDisplayNames(t *testing.T) {
	for _, tt := range texts {
		t.Run(tt.name, func(t *testing.T) {
			want := []*mail.Address{
				{Name: "Bob", Address: "bob@example.test"}, {Name: tt.in, Address: "ada@example.com"}, {Name: tt.in, Address: "eve@example.com"},
			}
			m, err := mime.Build(vary(func(d *mime.Draft) { d.To = []mail.Address{*want[0], *want[1], *want[2]} }))
			if err != nil {
				t.Fatal(err)
			}
			checkHeader(t, m.Data)
			h, _, err := parse(m.Data)
			if err != nil {
				t.Fatal(err)
			}
			got, err := h.AddressList("To")
			if err != nil {
				t.Fatalf("%v in %q", err, h.Get("To"))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("To: %s (-want +got):\n%s", h.Get("To"), diff)
			}
		})
	}
}

func TestBuildFileNames(t *testing.T) {
	tests := []struct{ in, wantName string }{
		{"invite.ics", "invite.ics"},
		{"agenda and notes.txt", "agenda and notes.txt"},
		{"a, b; c: d=e.txt", "a, b; c: d=e.txt"},
		{"rather long name of a file with spaces in it.txt", "rather long name of a file with spaces in it.txt"},
		{strings.Repeat("long ", 50) + ".txt", strings.Repeat("long ", 50) + ".txt"},
		{strings.Repeat("x", 60) + ".txt", strings.Repeat("x", 60) + ".txt"},
		{strings.Repeat("x", 251) + ".txt", strings.Repeat("x", 60) + ".txt"},
		{strings.Repeat("x", 255), strings.Repeat("x", 64)},
		{`say "hi".txt`, "say__hi_.txt"},
		{" a.txt", "_a.txt"},
		{"50%.txt", "50%.txt"},
		{"Übersicht.pdf", "_bersicht.pdf"},
		{"議題.pdf", "__.pdf"},
		{strings.Repeat("議題", 40) + ".pdf", strings.Repeat("_", 60) + ".pdf"},
		{"=?utf-8?q?a?=", "__utf-8_q_a__"},
		{"🎉'*%.txt", "____.txt"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			m, err := mime.Build(vary(func(d *mime.Draft) {
				d.Filename = tt.in
				d.Attachments = []mime.File{{Name: tt.in}}
			}))
			if err != nil {
				t.Fatal(err)
			}
			checkWire(t, m)
			_, p, err := parse(m.Data)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range p.Parts[1:] {
				if f.Filename != tt.in || f.Params["name"] != tt.wantName {
					t.Errorf("filename = %q, name = %q, want %q, %q", f.Filename, f.Params["name"], tt.in, tt.wantName)
				}
			}
			for _, line := range strings.Split(string(m.Data), "\r\n") {
				if len(line) > 78 {
					t.Errorf("line of %d columns: %q", len(line), line)
				}
			}
		})
	}
}

func TestBuildFields(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"ASCII", "auto-generated", "auto-generated"},
		{"trimmed", "  a b ", "a b"},
		{"as it is", `=?utf-8?q?=C3=BC?= "a  b"; c=d`, `=?utf-8?q?=C3=BC?= "a  b"; c=d`},
		{"folded", strings.Repeat("a ", 100) + "b", strings.Repeat("a ", 100) + "b"},
		{"long word", "<mailto:" + strings.Repeat("x", 800) + ">", "<mailto:" + strings.Repeat("x", 800) + ">"},
		{"other script", "Gäste", "=?utf-8?b?R8Okc3Rl?="},
		{"replacement character", "a\ufffd", "=?utf-8?b?Ye+/vQ==?="},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := "X-A-Name-That-Leaves-Little-Room-Beside-Its-Long-Long-Long-Value"
			m, err := mime.Build(vary(func(d *mime.Draft) {
				d.Header = []mime.Field{{Name: "X-A", Value: tt.in}, {Name: name, Value: tt.in}}
			}))
			if err != nil {
				t.Fatal(err)
			}
			checkWire(t, m)
			h, _, err := parse(m.Data)
			if err != nil {
				t.Fatal(err)
			}
			if short, long := h.Get("X-A"), h.Get(name); short != tt.want || long != tt.want {
				t.Errorf("value %q: %q and %q, want %q", tt.in, short, long, tt.want)
			}
		})
	}
}

func TestBuildDate(t *testing.T) {
	at := time.Date(2027, time.March, 1, 9, 30, 0, 0, time.UTC)
	zone := func(offset int) time.Time { return at.In(time.FixedZone("", offset)) }
	tests := []struct {
		name string
		in   time.Time
		want string
	}{
		{"UTC", at, "Mon, 01 Mar 2027 09:30:00 +0000"},
		{"west", zone(-(3*3600 + 1800)), "Mon, 01 Mar 2027 06:00:00 -0330"},
		{"seconds in the offset", zone(3208), "Mon, 01 Mar 2027 09:30:00 +0000"},
		{"days in the offset", zone(100 * 3600), "Mon, 01 Mar 2027 09:30:00 +0000"},
	}
	for _, tt := range tests {
		m, err := mime.Build(vary(func(d *mime.Draft) { d.Date = tt.in }))
		if err != nil {
			t.Fatal(err)
		}
		if h, _, err := parse(m.Data); err != nil || h.Get("Date") != tt.want {
			t.Errorf("%s: Date: %s, %v, want %s", tt.name, h.Get("Date"), err, tt.want)
		}
	}
}
