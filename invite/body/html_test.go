package body

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/convene-go/convene/ical"
)

// documents are mails that together have every block of the page.
func documents(t *testing.T) []string {
	r, err := New(&Options{Brand: Brand{Name: "Brand", Colour: "#ffd400"}})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range samples() {
		for _, tag := range []string{"en", "ar"} {
			v.Language = tag
			for _, r := range []*Renderer{r, plain} {
				b, err := r.Render(v)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, b.HTML)
			}
		}
	}
	return out
}

// TestWellFormed checks that every element that is opened is closed, in order. The
// parser of golang.org/x/net/html mends errors silently. So the test counts tags on
// its tokens, and compares the tree with the tags that were written.
func TestWellFormed(t *testing.T) {
	void := []atom.Atom{atom.Meta, atom.Br, atom.Img}
	for _, doc := range documents(t) {
		z := html.NewTokenizer(strings.NewReader(doc))
		var open []string
		for {
			kind := z.Next()
			if kind == html.ErrorToken {
				break
			}
			tok := z.Token()
			switch {
			case kind == html.StartTagToken && !slices.Contains(void, tok.DataAtom):
				open = append(open, tok.Data)
			case kind == html.EndTagToken:
				if len(open) == 0 || open[len(open)-1] != tok.Data {
					t.Fatalf("</%s> closes %v in:\n%s", tok.Data, open, doc)
				}
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			t.Errorf("%v are not closed", open)
		}
		root, err := html.Parse(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		tags := regexp.MustCompile(`<(table|tr|td|a|div|h1|h2|span|bdi|del|b)\b`)
		if got, want := count(root), len(tags.FindAllString(doc, -1)); got != want {
			t.Errorf("the parser sees %d elements of %d that were written", got, want)
		}
	}
}

// count counts the elements that the page is written with. It does not count tbody,
// which the parser adds.
func count(n *html.Node) int {
	total := 0
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && slices.Contains([]string{"table", "tr", "td", "a", "div", "h1", "h2", "span", "bdi", "del", "b"}, d.Data) {
			total++
		}
	}
	return total
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// TestPageRules checks the rules of mail clients and screen readers.
func TestPageRules(t *testing.T) {
	for _, doc := range documents(t) {
		root, err := html.Parse(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		headings := ""
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			switch n.Data {
			case "html", "table":
				if n.Data == "table" && attr(n, "role") != "presentation" {
					t.Error("a table for layout is not marked as one")
				}
				if n.Data == "table" && attr(n, "class") != "page" {
					continue // the outer table repeats the attributes, because webmails drop <html>
				}
				if lang, dir := attr(n, "lang"), attr(n, "dir"); lang == "" || dir != map[bool]string{true: "rtl", false: "ltr"}[lang == "ar"] {
					t.Errorf("%s lang=%q dir=%q", n.Data, lang, dir)
				}
			case "script", "link", "iframe", "form", "base", "object", "video":
				t.Errorf("the page has a <%s>", n.Data)
			case "img":
				if attr(n, "alt") == "" || !strings.HasPrefix(attr(n, "src"), "cid:") {
					t.Errorf("img alt=%q src=%q", attr(n, "alt"), attr(n, "src"))
				}
			case "h1", "h2":
				headings += n.Data
			case "td", "div", "span":
				if strings.Contains(attr(n, "style"), "url(") {
					t.Errorf("remote resource in %q", attr(n, "style"))
				}
			}
		}
		if headings != "h1" && headings != "h1h2" {
			t.Errorf("headings = %q", headings)
		}
		if len(doc) > 15<<10 || !strings.Contains(doc, "max-width:600px") || !strings.Contains(doc, "prefers-color-scheme:dark") {
			t.Errorf("%d octets, or no width, or no dark mode", len(doc))
		}
	}
}

// paint is the colours of an element's text.
type paint struct{ fg, bg colour }

var (
	declaration = regexp.MustCompile(`(?:^|;)(background-color|color):(#[0-9a-f]{6})`) // not border-color
	darkRule    = regexp.MustCompile(`(?m)^(\.[a-z,.]+)\{([^}]*)\}`)
)

// apply changes p as the declarations of a style do.
func (p *paint) apply(style string) {
	for _, m := range declaration.FindAllStringSubmatch(style, -1) {
		c, err := parseColour(m[2])
		if err != nil {
			panic(err)
		}
		if m[1] == "color" {
			p.fg = c
		} else {
			p.bg = c
		}
	}
}

// darkRules returns the declarations of the dark mode, by class.
func darkRules(doc string) map[string]string {
	_, css, _ := strings.Cut(doc, "@media (prefers-color-scheme:dark){\n")
	css, _, _ = strings.Cut(css, "</style>")
	out := map[string]string{}
	for _, m := range darkRule.FindAllStringSubmatch(css, -1) {
		for class := range strings.SplitSeq(m[1], ",") {
			out[strings.TrimPrefix(class, ".")] += m[2]
		}
	}
	return out
}

// TestContrast checks that every text has a contrast of at least 4.5 with its
// background, in light and in dark mode.
func TestContrast(t *testing.T) {
	least := map[bool]float64{false: 21, true: 21}
	for _, doc := range documents(t) {
		root, err := html.Parse(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		rules := darkRules(doc)
		if len(rules) < 10 {
			t.Fatalf("dark rules = %v", rules)
		}
		for _, dark := range []bool{false, true} {
			var walk func(n *html.Node, p paint)
			walk = func(n *html.Node, p paint) {
				if n.Type == html.ElementNode {
					if n.Data == "head" {
						return
					}
					p.apply(attr(n, "style"))
					for class := range strings.FieldsSeq(attr(n, "class")) {
						if dark {
							p.apply(rules[class])
						}
					}
				}
				if n.Type == html.TextNode && strings.Trim(n.Data, " \n\u00A0") != "" {
					ratio := contrast(p.fg, p.bg)
					least[dark] = min(least[dark], ratio)
					if ratio < 4.5 {
						t.Errorf("dark=%v: %q has a contrast of %.2f (%v on %v)", dark, n.Data, ratio, p.fg, p.bg)
					}
				}
				for c := range n.ChildNodes() {
					walk(c, p)
				}
			}
			walk(root, paint{fg: colour{}, bg: colour{255, 255, 255}})
		}
	}
	t.Logf("least contrast: %.2f by day, %.2f by night", least[false], least[true])
}

// TestReadableOn checks that the text on a brand's colour is readable on every colour.
func TestReadableOn(t *testing.T) {
	for r := 0; r < 256; r += 15 {
		for g := 0; g < 256; g += 15 {
			for b := 0; b < 256; b += 15 {
				c := colour{uint8(r), uint8(g), uint8(b)}
				on, err := parseColour(readableOn(c))
				if ratio := contrast(c, on); err != nil || ratio < 4.5 {
					t.Fatalf("readableOn(%v) = %v, contrast %.2f", c, on, ratio)
				}
			}
		}
	}
}

// TestSize checks that the HTML stays below 40 KB, however much the meeting holds.
func TestSize(t *testing.T) {
	long := strings.Repeat(`"<&>' `, 2000)
	e := sampleEvent()
	e.Summary, e.Location, e.Description, e.Organizer.Name = long, long, long, long
	e.Attendees = nil
	for range 200 {
		for _, role := range []ical.Role{ical.RoleRequired, ical.RoleOptional} {
			e.Attendees = append(e.Attendees, ical.Attendee{Name: long, Role: role})
		}
		e.Attendees = append(e.Attendees, ical.Attendee{Name: long, Kind: ical.KindRoom})
		e.Attachments = append(e.Attachments, ical.Link{Name: long, URL: "https://example.com/" + strings.Repeat("&", 1900)})
	}
	r, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Render(&View{Event: e, Before: &ical.Event{Start: e.Start, Attendees: e.Attendees}, Action: ActionUpdate, Comment: long, Answers: samples()[1].Answers})
	if err != nil || len(b.HTML) >= 40<<10 {
		t.Errorf("HTML has %d octets, %v", len(b.HTML), err)
	}
}
