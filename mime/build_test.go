package mime_test

import (
	"bytes"
	"encoding/base64"
	"io"
	stdmime "mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// part is a part of a mail as the standard library reads it.
type part struct {
	Type        string            // of Content-Type
	Params      map[string]string // without boundary
	Disposition string
	Filename    string
	ContentID   string
	Encoding    string
	Body        string // decoded
	Parts       []part
}

// parse takes a mail apart with nothing but the standard library.
func parse(data []byte) (mail.Header, part, error) {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return nil, part{}, err
	}
	p, err := parsePart(textproto.MIMEHeader(m.Header), m.Body)
	return m.Header, p, err
}

func parsePart(h textproto.MIMEHeader, body io.Reader) (p part, err error) {
	if p.Type, p.Params, err = stdmime.ParseMediaType(h.Get("Content-Type")); err != nil {
		return p, err
	}
	if s := h.Get("Content-Disposition"); s != "" {
		var params map[string]string
		if p.Disposition, params, err = stdmime.ParseMediaType(s); err != nil {
			return p, err
		}
		p.Filename = params["filename"]
	}
	p.ContentID, p.Encoding = h.Get("Content-ID"), h.Get("Content-Transfer-Encoding")
	if strings.HasPrefix(p.Type, "multipart/") {
		err = p.parseChildren(body)
		return p, err
	}
	switch p.Encoding {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	b, err := io.ReadAll(body)
	p.Body = string(b)
	return p, err
}

func (p *part) parseChildren(body io.Reader) error {
	r := multipart.NewReader(body, p.Params["boundary"])
	delete(p.Params, "boundary")
	for {
		raw, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		child, err := parsePart(raw.Header, raw)
		if err != nil {
			return err
		}
		p.Parts = append(p.Parts, child)
	}
}

// checkWire reports an error if the octets of a mail break a rule that holds
// for all mails.
func checkWire(t testing.TB, m *mime.Message) {
	t.Helper()
	s := string(m.Data)
	if !strings.HasSuffix(s, "\r\n") {
		t.Errorf("the mail does not end with CRLF")
	}
	for i, line := range strings.Split(s, "\r\n") {
		if strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("line %d has a bare CR, a bare LF or NUL: %q", i+1, line)
		}
		if len(line) > 998 {
			t.Errorf("line %d has %d octets", i+1, len(line))
		}
		for _, c := range []byte(line) {
			if c >= 0x80 {
				t.Errorf("line %d is not 7-bit: %q", i+1, line)
				break
			}
		}
	}
}

func TestBuildTree(t *testing.T) {
	d := invitation()
	utf8 := map[string]string{"charset": "utf-8"}
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	text := part{Type: "text/plain", Params: utf8, Body: crlf(d.Text)}
	html := part{Type: "text/html", Params: utf8, Body: crlf(d.HTML)}
	calendar := part{
		Type: "text/calendar", Params: map[string]string{"charset": "utf-8", "method": "REQUEST"},
		Encoding: "base64", Body: string(d.Calendar),
	}
	attached := part{
		Type: "application/ics", Params: map[string]string{"name": "invite.ics"}, Disposition: "attachment",
		Filename: "invite.ics", Encoding: "base64", Body: string(d.Calendar),
	}
	logo := part{
		Type: "image/png", Params: map[string]string{"name": "logo.png"}, Disposition: "inline", Filename: "logo.png",
		ContentID: "<logo@example.com>", Encoding: "base64", Body: string(png),
	}
	pdf := part{
		Type: "application/pdf", Params: map[string]string{"name": "a.pdf"}, Disposition: "attachment",
		Filename: "a.pdf", Encoding: "base64", Body: "%PDF",
	}
	quoted := func(mediaType, body string) part {
		return part{Type: mediaType, Params: utf8, Encoding: "quoted-printable", Body: body}
	}
	none := map[string]string{}
	multi := func(subtype string, parts ...part) part {
		return part{Type: "multipart/" + subtype, Params: none, Parts: parts}
	}
	related := func(p part) part {
		out := multi("related", p, logo)
		out.Params = map[string]string{"type": p.Type}
		return out
	}

	noCalendar := func(d *mime.Draft) { d.Calendar, d.Method = nil, "" }
	attachPDF := func(d *mime.Draft) {
		d.Attachments = []mime.File{{Name: "a.pdf", MediaType: "application/pdf", Data: []byte("%PDF")}}
	}
	inline := func(d *mime.Draft) {
		d.Inline = []mime.File{{Name: "logo.png", MediaType: "image/png", ContentID: "<logo@example.com>", Data: png}}
	}
	tests := []struct {
		name   string
		change func(d *mime.Draft)
		want   part
	}{
		{"everything", func(d *mime.Draft) { inline(d); attachPDF(d) }, multi("mixed", related(multi("alternative", text, html, calendar)), attached, pdf)},
		{"invitation", func(*mime.Draft) {}, multi("mixed", multi("alternative", text, html, calendar), attached)},
		{"no html", func(d *mime.Draft) { d.HTML = "" }, multi("mixed", multi("alternative", text, calendar), attached)},
		{"no copy", func(d *mime.Draft) { d.NoAttachment = true }, multi("alternative", text, html, calendar)},
		{"no copy but a file", func(d *mime.Draft) { d.NoAttachment = true; attachPDF(d) }, multi("mixed", multi("alternative", text, html, calendar), pdf)},
		{"no calendar", noCalendar, multi("alternative", text, html)},
		{"text and inline html", func(d *mime.Draft) { noCalendar(d); inline(d) }, related(multi("alternative", text, html))},
		{"text and a file", func(d *mime.Draft) { noCalendar(d); attachPDF(d); d.HTML = "" }, multi("mixed", text, pdf)},
		{"text", func(d *mime.Draft) { noCalendar(d); d.HTML = "" }, text},
		{"quoted text", func(d *mime.Draft) { noCalendar(d); d.Text = "né\n" }, multi("alternative", quoted("text/plain", "né\r\n"), html)},
		{"quoted html", func(d *mime.Draft) { noCalendar(d); d.HTML = "<p>né \n" }, multi("alternative", text, quoted("text/html", "<p>né \r\n"))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mime.Build(vary(tt.change))
			if err != nil {
				t.Fatal(err)
			}
			checkWire(t, m)
			_, got, err := parse(m.Data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Build(%s) (-want +got):\n%s", tt.name, diff)
			}
		})
	}
}

func TestBuildBodies(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"LF", "a\nb\n", "a\r\nb\r\n"},
		{"CR", "a\rb\r", "a\r\nb\r\n"},
		{"CRLF", "a\r\nb\r\n", "a\r\nb\r\n"},
		{"mixed", "a\r\r\nb\n\rc", "a\r\n\r\nb\r\n\r\nc"},
		{"CR before non-ASCII", "\ré\nb", "\r\né\r\nb"},
		{"no line end", "a", "a"},
		{"spaces at the end", "a \nb\t", "a \r\nb\t"},
		{"dots and From", ".\n..\nFrom me\n", ".\r\n..\r\nFrom me\r\n"},
		{"boundary", "--=_\n--=_x--\n", "--=_\r\n--=_x--\r\n"},
		{"long", strings.Repeat("x", 5000), strings.Repeat("x", 5000)},
		{"scripts", "山田\u2028שלום\u0085🎉", "山田\u2028שלום\u0085🎉"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mime.Build(vary(func(d *mime.Draft) { d.Text, d.HTML = tt.in, tt.in }))
			if err != nil {
				t.Fatal(err)
			}
			checkWire(t, m)
			_, p, err := parse(m.Data)
			if err != nil {
				t.Fatal(err)
			}
			if text, html := p.Parts[0].Parts[0].Body, p.Parts[0].Parts[1].Body; text != tt.want || html != tt.want {
				t.Errorf("Build with Text and HTML %q: %q and %q, want %q", tt.in, text, html, tt.want)
			}
		})
	}
}

func TestBuildEnvelope(t *testing.T) {
	tests := []struct {
		name   string
		change func(d *mime.Draft)
		from   string
		to     []string
		sender string
	}{
		{"from", func(*mime.Draft) {}, "ada@example.com", []string{"bob@example.test"}, ""},
		{"sender", func(d *mime.Draft) { d.Sender = &mail.Address{Address: "robot@bücher.example"} },
			"robot@xn--bcher-kva.example", []string{"bob@example.test"}, "<robot@xn--bcher-kva.example>"},
		{"sender is from", func(d *mime.Draft) { d.Sender = &mail.Address{Name: "A", Address: "ada@EXAMPLE.com"} },
			"ada@EXAMPLE.com", []string{"bob@example.test"}, ""},
		{"each once", func(d *mime.Draft) {
			d.To = append(d.To, mail.Address{Address: "bob@EXAMPLE.TEST"}, mail.Address{Address: "Bob@example.test"})
			d.Cc = []mail.Address{{Address: "cy@example.test"}, {Address: "bob@example.test"}}
		}, "ada@example.com", []string{"bob@example.test", "Bob@example.test", "cy@example.test"}, ""},
		{"cc alone", func(d *mime.Draft) { d.Cc, d.To = d.To, nil }, "ada@example.com", []string{"bob@example.test"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mime.Build(vary(tt.change))
			if err != nil {
				t.Fatal(err)
			}
			h, _, err := parse(m.Data)
			if err != nil {
				t.Fatal(err)
			}
			if m.From != tt.from || !cmp.Equal(m.To, tt.to) || h.Get("Sender") != tt.sender {
				t.Errorf("Build: from %q to %q sender %q, want %q %q %q", m.From, m.To, h.Get("Sender"), tt.from, tt.to, tt.sender)
			}
			if m.ID != h.Get("Message-ID") {
				t.Errorf("ID = %q, Message-ID: %q", m.ID, h.Get("Message-ID"))
			}
		})
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	d, untouched := full(), full()
	d.MessageID, untouched.MessageID = "", ""
	want, err := mime.Build(d)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 250 {
				got, err := mime.Build(d)
				if err != nil || !bytes.Equal(got.Data, want.Data) || got.ID != want.ID {
					t.Errorf("Build of an equal draft differs: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff(untouched, d, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Errorf("Build changed the draft (-before +after):\n%s", diff)
	}
}

// TestBuildDerivedID changes one thing at a time: no two drafts share an
// identifier, and no two contents a boundary.
func TestBuildDerivedID(t *testing.T) {
	seen := make(map[string]string)
	for name, change := range map[string]func(d *mime.Draft){
		"as it is":      func(*mime.Draft) {},
		"date":          func(d *mime.Draft) { d.Date = d.Date.Add(time.Second) },
		"to":            func(d *mime.Draft) { d.To[0].Address = "eve@example.test" },
		"subject":       func(d *mime.Draft) { d.Subject += "!" },
		"text":          func(d *mime.Draft) { d.Text += "!" },
		"html":          func(d *mime.Draft) { d.HTML += "!" },
		"calendar":      func(d *mime.Draft) { d.Calendar = bytes.Replace(d.Calendar, []byte("Room 4"), []byte("Room 5"), 1) },
		"filename":      func(d *mime.Draft) { d.Filename = "a.ics" },
		"no attachment": func(d *mime.Draft) { d.NoAttachment = true },
		"file":          func(d *mime.Draft) { d.Attachments = []mime.File{{Name: "a"}} },
		"file data":     func(d *mime.Draft) { d.Attachments = []mime.File{{Name: "a", Data: []byte("a")}} },
	} {
		m, err := mime.Build(vary(change))
		if err != nil {
			t.Fatal(err)
		}
		h, _, err := parse(m.Data)
		if err != nil {
			t.Fatal(err)
		}
		sameContent := slices.Contains([]string{"date", "to", "subject"}, name)
		for i, s := range []string{m.ID, h.Get("Content-Type")} {
			if i > 0 && sameContent {
				continue
			}
			if other, ok := seen[s]; ok {
				t.Errorf("%s and %s share %s", name, other, s)
			}
			seen[s] = name
		}
		if !strings.HasSuffix(m.ID, "@example.com>") {
			t.Errorf("ID = %s, want it in the domain of From", m.ID)
		}
	}
}
