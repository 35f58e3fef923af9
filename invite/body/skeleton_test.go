package body_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/convene-go/convene/invite/body"
)

// TestSkeleton compares the HTML of every language with the English one: every
// kind of mail has the same elements, in the same nesting and with the same
// attributes. Only texts and directions may differ.
func TestSkeleton(t *testing.T) {
	r := newRenderer(t, nil)
	mails := views(t)
	for _, a := range slices.Sorted(maps.Keys(mails)) {
		v := mails[a]
		v.Action = a
		document := func(language string) string {
			v.Attendee.Language = language
			return render(t, r, v).HTML
		}
		want := skeleton(t, document("en"))
		if len(want) < 50 {
			t.Fatalf("en, %s: the skeleton has %d elements only", a, len(want))
		}
		for _, language := range append(body.Languages(), "en-GB") {
			if diff := firstDifference(want, skeleton(t, document(language))); diff != "" {
				t.Errorf("%s, %s: %s", language, a, diff)
			}
		}
	}
}

// skeleton returns the elements of a document, each with the elements around it, its
// attributes, and "text" if it has any. It leaves out the attributes lang and dir.
// It also leaves out elements that only give a text its direction or keep it on one
// line, because they depend on the letters of the text.
func skeleton(t *testing.T, document string) (out []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(n *html.Node, path string)
	walk = func(n *html.Node, path string) {
		for c := range n.ChildNodes() {
			switch {
			case c.Type == html.DoctypeNode || c.Type == html.CommentNode:
				out = append(out, fmt.Sprintf("%s<!%s>", path, c.Data))
			case c.Type == html.ElementNode && !onlyHoldsText(c):
				inner := path + element(c)
				out = append(out, inner+content(c))
				walk(c, inner+" ")
			default:
				walk(c, path)
			}
		}
	}
	walk(root, "")
	return out
}

// onlyHoldsText reports whether n only gives a text its direction or keeps it on one
// line.
func onlyHoldsText(n *html.Node) bool {
	if n.Data != "bdi" && n.Data != "span" {
		return false
	}
	return !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key != "dir" && (a.Key != "style" || a.Val != "white-space:nowrap")
	})
}

// element returns the start tag of n without lang and dir.
func element(n *html.Node) string {
	tag := "<" + n.Data
	for _, a := range n.Attr {
		if a.Key != "lang" && a.Key != "dir" {
			tag += fmt.Sprintf(" %s=%q", a.Key, a.Val)
		}
	}
	return tag + ">"
}

// content returns the text of a style sheet, "text" for any other element that holds
// text, and "" for an element that does not.
func content(n *html.Node) string {
	text := ""
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			text += strings.TrimSpace(c.Data)
		}
	}
	if text != "" && n.Data != "style" {
		return "text"
	}
	return text
}

// firstDifference describes the first element in which two skeletons differ; "" if
// they are equal.
func firstDifference(want, got []string) string {
	const end = "the end"
	for i := range max(len(want), len(got)) {
		w, g := end, end
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			return fmt.Sprintf("element %d is\n\t%s\nand in English\n\t%s", i+1, innermost(g), innermost(w))
		}
	}
	return ""
}

// innermost shortens the tags around an element to their names.
func innermost(path string) string {
	tags := strings.SplitAfter(path, "> ")
	for i := range len(tags) - 1 {
		name, _, _ := strings.Cut(strings.TrimRight(tags[i], "> "), " ")
		tags[i] = name + "> "
	}
	return strings.Join(tags, "")
}
