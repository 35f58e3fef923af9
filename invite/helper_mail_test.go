package invite_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"

	"github.com/convene-go/convene/invite"
)

// leaf is a part of a mail that is not a multipart.
type leaf struct {
	mediaType, disposition string
	params                 map[string]string
	data                   []byte
}

// parsed is a mail as the standard library reads it.
type parsed struct {
	header mail.Header
	fields []string // the names, in their order
	tree   string   // as "mixed(alternative(text/plain text/html) application/ics)"
	leaves []leaf
}

// withoutID returns a mail without its Message-ID and without the digits of its
// boundaries, which are made from it.
func withoutID(m *invite.Message) string {
	return digits.ReplaceAllString(strings.ReplaceAll(string(m.Data), m.ID, ""), "=_-")
}

var digits = regexp.MustCompile("=_[0-9a-f]{24}-")

func parseMail(t testing.TB, data []byte) *parsed {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("net/mail: %v", err)
	}
	p := &parsed{header: m.Header}
	head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if line[0] != ' ' && line[0] != '\t' {
			name, _, _ := strings.Cut(line, ":")
			p.fields = append(p.fields, name)
		}
	}
	p.tree = p.walk(t, m.Header.Get, m.Body)
	return p
}

func (p *parsed) walk(t testing.TB, get func(string) string, body io.Reader) string {
	t.Helper()
	mediaType, params, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		t.Fatalf("Content-Type: %v", err)
	}
	sub, ok := strings.CutPrefix(mediaType, "multipart/")
	if !ok {
		p.leaves = append(p.leaves, leaf{mediaType, get("Content-Disposition"), params, decodeBody(t, get, body)})
		return mediaType
	}
	var parts []string
	for r := multipart.NewReader(body, params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return sub + "(" + strings.Join(parts, " ") + ")"
		}
		if err != nil {
			t.Fatalf("multipart: %v", err)
		}
		parts = append(parts, p.walk(t, part.Header.Get, part))
	}
}

// of returns the leaves of a media type.
func (p *parsed) of(mediaType string) []leaf {
	var out []leaf
	for _, l := range p.leaves {
		if l.mediaType == mediaType {
			out = append(out, l)
		}
	}
	return out
}

// calendar returns the bytes of the only text/calendar part.
func (p *parsed) calendar(t testing.TB) []byte {
	t.Helper()
	list := p.of("text/calendar")
	if len(list) != 1 {
		t.Fatalf("%d text/calendar parts, want 1", len(list))
	}
	return list[0].data
}

// to returns the decoded To field.
func (p *parsed) to(t testing.TB) []*mail.Address {
	t.Helper()
	list, err := p.header.AddressList("To")
	if err != nil {
		t.Fatalf("To: %v", err)
	}
	return list
}

func decodeBody(t testing.TB, get func(string) string, body io.Reader) []byte {
	t.Helper()
	switch encoding := strings.ToLower(get("Content-Transfer-Encoding")); encoding {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "7bit", "":
	default:
		t.Fatalf("Content-Transfer-Encoding: %s", encoding)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatalf("body: %v", err)
	}
	return data
}

// unfold returns the content lines of a calendar object.
func unfold(data []byte) []string {
	text := strings.ReplaceAll(string(data), "\r\n ", "")
	return strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
}

// shape returns a content line without its values, as "ATTENDEE;CN;ROLE".
func shape(line string) string {
	var out []byte
	quoted, value := false, false
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ':':
			return string(out)
		case c == ';':
			out, value = append(out, c), false
		case c == '=':
			value = true
		case !value:
			out = append(out, c)
		}
	}
	return string(out)
}

func shapes(data []byte) []string {
	var out []string
	for _, line := range unfold(data) {
		out = append(out, shape(line))
	}
	return out
}

// everything returns the octets of a mail, its decoded header and its decoded parts.
func everything(t *testing.T, data []byte) string {
	t.Helper()
	p := parseMail(t, data)
	out := string(data)
	for name, list := range p.header {
		for _, v := range list {
			text, err := new(mime.WordDecoder).DecodeHeader(v)
			if err != nil {
				t.Fatal(err)
			}
			out += "\n" + name + ": " + text
		}
	}
	for _, l := range p.leaves {
		out += "\n" + string(l.data) + "\n" + strings.Join(unfold(l.data), "\n")
	}
	return out
}

func readMail(t testing.TB, data []byte) *invite.Inbound {
	t.Helper()
	in, err := invite.Read(bytes.NewReader(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	return in
}
