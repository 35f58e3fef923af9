package mime_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/convene-go/convene/mime"
)

// BenchmarkRead reads an answer as Google sends it, filled up to 10 KB of text.
func BenchmarkRead(b *testing.B) {
	data, err := os.ReadFile("testdata/read/google-reply.eml")
	if err != nil {
		b.Fatal(err)
	}
	html := []byte("<p>Bob Example has accepted this invitation.</p>\r\n")
	data = bytes.Replace(data, html, bytes.Repeat(html, 1+(10<<10-len(data))/len(html)), 1)
	benchmarkRead(b, data)
}

// BenchmarkReadHostile reads input made to take long.
func BenchmarkReadHostile(b *testing.B) {
	for _, h := range hostileMails() {
		b.Run(h.name, func(b *testing.B) { benchmarkRead(b, []byte(h.in)) })
	}
}

func benchmarkRead(b *testing.B, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mime.Read(bytes.NewReader(data), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// hostileMail is input made to take long or much, and the problems that say
// where reading stopped.
type hostileMail struct {
	name, in string
	problems []string
}

// hostileMails returns one mail for each way to ask for too much.
func hostileMails() []hostileMail {
	header := "From: bob@example.test\n"
	lines := func(n int, line string) string { return strings.Repeat(line, n) }
	mixed := "Content-Type: multipart/mixed; boundary=b\n\n"
	deep := "parts nested deeper than 20 levels are not read"
	return []hostileMail{
		{"unclosed multiparts, 1.4 KB", header + nested(30), []string{deep}},
		{"unclosed multiparts, 1 MB", header + nested(20000), []string{deep}},
		{"one boundary for all", header + lines(20000, mixed+"--b\n"),
			[]string{"more than 1000 parts: the rest is not read"}},
		{"50,000 parts", header + mixed + lines(50000, "--b\n\nx\n"),
			[]string{"more than 1000 parts: the rest is not read"}},
		{"16,000 parameters", header + "Content-Type: text/calendar" + lines(16000, "; a=b") + "\n\n",
			[]string{
				"header: field \"Content-Type: text/calendar; a=b; a=b; a\" is longer than 65536 bytes: cut",
				"header: Content-Type has more than 100 parameters: the rest is not read",
			}},
		{"long field", header + "Subject: " + lines(1<<16, "x") + "\n\n",
			[]string{"header: field \"Subject: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\" is longer than 65536 bytes: cut"}},
		{"many fields", header + lines(100000, "X: y\n") + "\n",
			[]string{"header: more than 1000 fields: the rest is not read"}},
		{"nested messages, 1 MB", header + lines(30000, "Content-Type: message/rfc822\n\n"), []string{deep}},
		{"base64 junk", header + "Content-Type: text/calendar\nContent-Transfer-Encoding: base64\n\n" + lines(100000, "QUJD!*\n"),
			[]string{"part 0 (text/calendar): damaged base64: foreign characters skipped, text after its end ignored"}},
		{"address list of brackets", header + "To: " + lines(16000, "<a@b") + "\n\n", nil},
		{"address list of quotes", header + lines(100, "To: "+lines(10000, `"a" `)+"\n") + "\n", nil},
		{"address list of comments", header + lines(100, "To: "+lines(10000, "(a)")+lines(10000, "(")+"\n") + "\n", nil},
		{"address list of domain literals", header + lines(100, "To: a@["+lines(30000, "x ")+"\n") + "\n", nil},
		{"address list of groups", header + lines(100, "To: "+lines(10000, "g:a@b;,")+"\n") + "\n", nil},
		{"encoded words", header + lines(100, "Subject: "+lines(8000, "=?a?q?")+"?=\n") + "\n", nil},
		{"encoded words of names", header + lines(100, "To: "+lines(3000, "=?a?q?b?= ")+"<a@b>\n") + "\n", nil},
		{"delivery addresses", header + lines(100, "Delivered-To: "+numbered(6000)+"\n") + "\n",
			[]string{"header: Delivered-To: more than 100 delivery addresses: the rest is not read"}},
		{"authentication results", header + lines(100, "Authentication-Results: x"+lines(8000, `;a=""b"`)+"\n") + "\n", nil},
		{"HTML", header + "Content-Type: text/html\n\n" + lines(300000, "<a b=<!--"), nil},
	}
}
