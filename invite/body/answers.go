package body

import (
	"errors"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/convene-go/convene/ical"
)

// Answers are what the block "answers" of a template gets: the links with which
// a reader answers whose client has no buttons.
type Answers struct {
	// Question stands before the links.
	Question string
	// Links are the answers, in the caller's order.
	Links []AnswerChoice
	// Brand is the sender's.
	Brand PageBrand
}

// AnswerChoice is one answer that can be given.
type AnswerChoice struct {
	// Status is the answer, Label its word in the reader's language.
	Status ical.Status
	Label  string
	// Link is the page that gives it.
	Link template.URL
}

// answerWords are the keys of what can be answered.
var answerWords = map[ical.Status]string{
	ical.StatusAccepted: "answer.yes", ical.StatusTentative: "answer.maybe", ical.StatusDeclined: "answer.no",
}

// safeAnswers are the links that may stand in a mail. Their addresses differ by
// recipient; which answers they are makes a mail another one.
func safeAnswers(list []AnswerLink) (statuses []ical.Status, links []string) {
	for _, l := range list {
		if link := safeLink(l.URL); link != "" && answerWords[l.Status] != "" {
			statuses, links = append(statuses, l.Status), append(links, string(link))
		}
	}
	return statuses, links
}

// answers is the block with a placeholder for each link.
func (c *catalog) answers(statuses []ical.Status, brand PageBrand) *Answers {
	a := &Answers{Question: c.Messages["answer.question"], Brand: brand}
	for i, s := range statuses {
		a.Links = append(a.Links, AnswerChoice{s, c.Messages[answerWords[s]], template.URL(placeholder(i))})
	}
	return a
}

// placeholder has nothing that any context of HTML would escape.
func placeholder(i int) string { return "https://answer.invalid/" + strconv.Itoa(i) + "/" }

// gapped is a text with gaps for answer links: one after each literal except the
// last.
type gapped struct {
	literals []string
	links    []int // the index of the link that goes into each gap
}

// openGaps puts a block of n placeholders at the mark of a text and makes each
// placeholder a gap. A text without the mark stays whole.
func openGaps(text, mark, block string, n int) (*gapped, error) {
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

// with returns the text with the links in their gaps.
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

// escaped are links as they stand in an attribute. [safeLink] has let through
// neither spaces nor quotes.
func escaped(links []string) []string {
	out := make([]string, len(links))
	for i, l := range links {
		out[i] = template.HTMLEscapeString(l)
	}
	return out
}
