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

// spliced is a text with gaps: after each literal but the last, the link of
// that index.
type spliced struct {
	literals []string
	links    []int
}

// splice puts a block of n placeholders where mark is in a text, and opens it
// at them. A text without mark stays whole.
func splice(text, mark, block string, n int) (*spliced, error) {
	before, after, ok := strings.Cut(text, mark)
	if !ok {
		return &spliced{literals: []string{text}}, nil
	}
	s := &spliced{literals: []string{before}}
	last := &s.literals[0]
	for {
		at, link := len(block), -1
		for i := range n {
			if j := strings.Index(block, placeholder(i)); j >= 0 && j < at {
				at, link = j, i
			}
		}
		*last += block[:at]
		if link < 0 {
			break
		}
		block = block[at+len(placeholder(link)):]
		s.links, s.literals = append(s.links, link), append(s.literals, "")
		last = &s.literals[len(s.literals)-1]
	}
	*last += after
	for i := range n {
		if !slices.Contains(s.links, i) {
			return nil, errors.New(`the block "answers" leaves out a link`)
		}
	}
	return s, nil
}

// with returns the text with the links in their gaps.
func (s *spliced) with(links []string) string {
	if len(s.links) == 0 {
		return s.literals[0]
	}
	size := 0
	for _, l := range s.literals {
		size += len(l)
	}
	for _, i := range s.links {
		size += len(links[i])
	}
	var b strings.Builder
	b.Grow(size)
	for i, l := range s.literals {
		b.WriteString(l)
		if i < len(s.links) {
			b.WriteString(links[s.links[i]])
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
