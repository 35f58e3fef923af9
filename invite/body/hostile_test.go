package body_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// hostile are strings that a caller may get from anybody.
var hostile = []string{
	`<script>alert(1)</script>`, `</td></tr></table><h1>x`, `<img src=x onerror=alert(1)>`, `<!--`, `-->`, `<!--answers-->`,
	`" onmouseover="alert(1)`, `' style='x`, `"><svg/onload=alert(1)>`, `</title><script>`, `</style><style>*{display:none}`,
	`javascript:alert(1)`, `JaVaScRiPt:alert(1)`, "java\tscript:alert(1)", `data:text/html,<script>alert(1)</script>`, `vbscript:x`,
	`file:///etc/passwd`, `//evil.example.com/x`, `https:\\evil.example.com`, `https://`, `http://a b"c`, `https://example.com/"onx="y`,
	`https://answer.invalid/0/`, `{{.Title}}`, `{who}`, `{{template "body.html"}}`, `%!s(int=1)`, `%s%d%n`, `&lt;b&gt;`, `&#x3c;b&#x3e;`,
	"\u202Etxet\u202C", "\u2066\u2067\u2068\u2069\u2069\u2069", "a\u2069b\u202Ec", "\x00\x01\x1b[31m", "\r\n.\r\nQUIT\r\n", "a\u2028b\u2029c\u0085d",
	"\xff\xfe", "\uFEFFbom", "expression(alert(1))", "url(https://evil.example.com/x.png)", "cid:x@example.com", "\x00answers\n",
}

// everywhere puts s into every string of a view that a caller sets.
func everywhere(t *testing.T, s string) *body.View {
	e := series(t)
	e.Summary, e.Description, e.Location, e.Conference, e.URL = s, s+"\n"+s, s, s, s
	e.Organizer = ical.Person{Name: s, Email: s}
	for i := range e.Attendees {
		e.Attendees[i].Name = s
	}
	e.Attendees = append(e.Attendees, ical.Attendee{Email: s})
	e.Attachments = []ical.Link{{Name: s, URL: s}, {Name: s, URL: "https://example.com/" + s}}
	e.Overrides[0].Summary, e.Overrides[0].Location, e.Overrides[0].Conference = s+"2", s+"3", s+"4"
	before := series(t)
	before.Summary, before.Location, before.Conference = s+" old", s+" old", s+" old"
	before.Organizer.Name = s + " old"
	return &body.View{
		Event: e, Before: before, Action: body.ActionUpdate, Comment: s,
		Answers: []body.AnswerLink{{Status: ical.StatusAccepted, URL: s}, {Status: ical.Status(s), URL: "https://example.com/"}, {Status: ical.StatusDeclined, URL: "https://example.com/?" + s}},
	}
}

// elements counts the elements and attributes by name, and collects the links.
func elements(t testing.TB, doc string) (names map[string]int, links []string) {
	t.Helper()
	names = map[string]int{}
	z := html.NewTokenizer(strings.NewReader(doc))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return names, links
		case html.CommentToken:
			names["<!--"]++
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			names[tok.Data]++
			for _, a := range tok.Attr {
				names[tok.Data+" "+a.Key]++
				if a.Key == "href" || a.Key == "src" {
					links = append(links, a.Val)
				}
			}
		}
	}
}

// known are all elements and attributes that a mail may have.
var known = func() map[string]bool {
	out := map[string]bool{}
	for _, s := range strings.Split("html html_lang html_dir head meta meta_charset meta_name meta_content title style body body_class body_style "+
		"table table_role table_class table_width table_cellpadding table_cellspacing table_style table_aria-hidden table_lang table_dir tr tr_class tr_valign "+
		"td td_align td_class td_style td_valign td_width h1 h1_class h1_style h2 h2_class h2_style div div_class div_style div_dir "+
		"span span_class span_style span_dir a a_class a_href a_style a_dir b br bdi del del_class del_style img img_src img_alt img_height img_style", " ") {
		out[strings.ReplaceAll(s, "_", " ")] = true
	}
	return out
}()

// checkSafe fails t if a mail holds something that no mail may hold.
func checkSafe(t testing.TB, b *body.Body) {
	t.Helper()
	names, links := elements(t, b.HTML)
	for name := range names {
		if !known[name] {
			t.Errorf("HTML has %q", name)
		}
	}
	for _, l := range links {
		scheme, rest, _ := strings.Cut(l, ":")
		if scheme != "https" && scheme != "http" && scheme != "mailto" && scheme != "tel" && scheme != "cid" || rest == "" {
			t.Errorf("HTML has a link to %q", l)
		}
	}
	if names["title"] != 1 || names["style"] != 2 || names["h1"] != 1 || names["body"] != 1 {
		t.Errorf("HTML has %d titles, %d styles, %d h1", names["title"], names["style"], names["h1"])
	}
	for _, s := range []string{b.Subject, b.Text, b.HTML} {
		for _, r := range s {
			if r < ' ' && r != '\n' || r == 0x7F || r >= '\u202A' && r <= '\u202E' || r == '\u2067' || r == '\u2028' || r == '\u2029' {
				t.Errorf("%U in %.60q", r, s)
			}
		}
		if strings.ToValidUTF8(s, "") != s {
			t.Errorf("not UTF-8: %.60q", s)
		}
	}
	checkIsolates(t, b.Text)
	if strings.ContainsAny(b.HTML, "\u2066\u2068\u2069") && !strings.Contains(b.Subject, "\u2068") {
		t.Error("HTML has isolates as characters")
	}
	if strings.Contains(b.Subject, "\n") || len(b.HTML) >= 40<<10 {
		t.Errorf("Subject = %q, HTML has %d octets", b.Subject, len(b.HTML))
	}
}

// checkIsolates fails t if an isolate does not end in its paragraph.
func checkIsolates(t testing.TB, text string) {
	t.Helper()
	depth := 0
	for _, r := range text {
		switch r {
		case '\u2066', '\u2068':
			depth++
		case '\u2069':
			depth--
		}
		if depth < 0 || depth > 1 {
			t.Errorf("isolates nest to %d in %.80q", depth, text)
			return
		}
	}
	if depth != 0 {
		t.Errorf("an isolate does not end in %.80q", text)
	}
}

func TestHostile(t *testing.T) {
	r := newRenderer(t, nil)
	for i, s := range hostile {
		for _, language := range []string{"en", "he"} {
			t.Run(fmt.Sprintf("%d/%s", i, language), func(t *testing.T) {
				v := everywhere(t, s)
				v.Attendee.Language = language
				checkSafe(t, render(t, r, v))
			})
		}
	}
}

// TestLinks checks that a link that is not safe stays words.
func TestLinks(t *testing.T) {
	for _, tt := range []struct {
		description string
		want        []string
	}{
		{"see https://example.com/a.", []string{"https://example.com/a"}},
		{"(https://example.com/a_(b)) and <http://example.com>", []string{"https://example.com/a_%28b%29", "http://example.com"}},
		{"mailto:ann@example.com, tel:+49301234; HTTPS://EXAMPLE.COM", []string{"mailto:ann@example.com", "tel:+49301234", "https://EXAMPLE.COM"}},
		{"参照：https://example.com/東京。次", []string{"https://example.com/%e6%9d%b1%e4%ba%ac"}},
		{"xhttps://example.com a-http://example.com", nil},
		{"javascript:alert(1) data:text/html,x ftp://example.com file:///x //example.com", nil},
		{"https://bank.example.com@example.test/x", nil},
		{"https:// http:/example.com https:example.com mailto: tel:", nil},
		{"https://exa\u202Emple.com/x", []string{"https://example.com/x"}},
		{"https://example.com/" + strings.Repeat("a", 3000), nil},
	} {
		e := &ical.Event{Start: meeting(t).Start, Description: tt.description}
		_, got := elements(t, render(t, newRenderer(t, nil), &body.View{Event: e}).HTML)
		if strings.Join(got, " ") != strings.Join(tt.want, " ") {
			t.Errorf("links of %.60q = %q, want %q", tt.description, got, tt.want)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, "en")
	}
	f.Add("שלום (x) https://example.com/", "ar")
	r, err := body.New(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s, language string) {
		v := &body.View{Event: &ical.Event{
			Summary: s, Description: s, Location: s, Conference: s, Organizer: ical.Person{Name: s, Email: s},
			Attendees: []ical.Attendee{{Name: s}}, Attachments: []ical.Link{{URL: s}},
		}, Comment: s, Language: language, Answers: []body.AnswerLink{{Status: ical.StatusAccepted, URL: s}}}
		b, err := r.Render(v)
		if err != nil {
			t.Fatal(err)
		}
		checkSafe(t, b)
	})
}
