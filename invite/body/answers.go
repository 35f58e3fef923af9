package body

import (
	"html/template"

	"github.com/convene-go/convene/ical"
)

// AnswerLink is a page that gives an answer for the reader.
type AnswerLink struct {
	// Status is the answer: [ical.StatusAccepted], [ical.StatusTentative] or [ical.StatusDeclined].
	Status ical.Status
	// URL is an absolute http, https, mailto or tel link. A link of another kind is
	// left out.
	URL string
}

// Answers are the data of the block "answers" of a template: links for readers
// whose mail client has no buttons to answer with.
type Answers struct {
	// Question stands before the links.
	Question string
	// Links are the answers, in the caller's order.
	Links []AnswerChoice
	// Brand is the sender's brand.
	Brand PageBrand
}

// AnswerChoice is one answer that can be given.
type AnswerChoice struct {
	// Status is the answer, and Label is its word in the reader's language.
	Status ical.Status
	Label  string
	// Link is the page that gives the answer. A template gets a placeholder,
	// which the reader's own link replaces later.
	Link template.URL
}

// answerWords are the catalog's keys for the answers that a link can give.
var answerWords = map[ical.Status]string{
	ical.StatusAccepted: "answer.yes", ical.StatusTentative: "answer.maybe", ical.StatusDeclined: "answer.no",
}

// safeAnswers returns the links that may stand in a mail, and the answer that
// each of them gives. The words of a mail depend on the answers, but not on the
// links.
func safeAnswers(list []AnswerLink) (statuses []ical.Status, links []string) {
	for _, l := range list {
		if link := safeLink(l.URL); link != "" && answerWords[l.Status] != "" {
			statuses, links = append(statuses, l.Status), append(links, string(link))
		}
	}
	return statuses, links
}

// newAnswers returns the data of the block, with a placeholder for each link.
func newAnswers(c *catalog, statuses []ical.Status, brand PageBrand) *Answers {
	a := &Answers{Question: c.Messages["answer.question"], Brand: brand}
	for i, s := range statuses {
		a.Links = append(a.Links, AnswerChoice{s, c.Messages[answerWords[s]], template.URL(placeholder(i))})
	}
	return a
}
