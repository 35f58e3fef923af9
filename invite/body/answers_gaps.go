package body

import (
	"errors"
	"html/template"
	"slices"
	"strconv"
	"strings"
)

// gapped is a text with gaps for answer links: one after each literal except the
// last.
type gapped struct {
	literals []string
	links    []int // the index of the link that goes into each gap
}

// openGaps puts a block of n placeholders at the mark of a text and makes each
// placeholder a gap. A text without the mark stays whole.
func openGaps(text, mark, block string, n int) (*gapped, error) {
	if n == 0 {
		return &gapped{literals: []string{text}}, nil
	}
	before, after, ok := strings.Cut(text, mark)
	if !ok {
		return &gapped{literals: []string{text}}, nil
	}
	g := new(gapped)
	literal := before
	for {
		link, at := firstPlaceholder(block, n)
		if link < 0 {
			break
		}
		g.literals, g.links = append(g.literals, literal+block[:at]), append(g.links, link)
		literal, block = "", block[at+len(placeholder(link)):]
	}
	g.literals = append(g.literals, literal+block+after)
	for i := range n {
		if !slices.Contains(g.links, i) {
			return nil, errors.New(`the block "answers" leaves out a link`)
		}
	}
	return g, nil
}

// placeholder stands for the link at index i. It has no character that
// html/template escapes in a text or an attribute.
func placeholder(i int) string { return "https://answer.invalid/" + strconv.Itoa(i) + "/" }

// firstPlaceholder returns the link whose placeholder is the first in a block,
// and where it begins; -1 if no placeholder is left.
func firstPlaceholder(block string, n int) (link, at int) {
	link, at = -1, len(block)
	for i := range n {
		if j := strings.Index(block, placeholder(i)); j >= 0 && j < at {
			link, at = i, j
		}
	}
	return link, at
}

// with returns the text with the given links in its gaps.
func (g *gapped) with(links []string) string {
	if len(g.links) == 0 {
		return g.literals[0]
	}
	size := 0
	for _, l := range g.literals {
		size += len(l)
	}
	for _, i := range g.links {
		size += len(links[i])
	}
	var b strings.Builder
	b.Grow(size)
	for i, l := range g.literals {
		b.WriteString(l)
		if i < len(g.links) {
			b.WriteString(links[g.links[i]])
		}
	}
	return b.String()
}

// escaped returns links in the form of an attribute's value. [safeLink] has
// refused spaces and quotes already.
func escaped(links []string) []string {
	out := make([]string, len(links))
	for i, l := range links {
		out[i] = template.HTMLEscapeString(l)
	}
	return out
}
