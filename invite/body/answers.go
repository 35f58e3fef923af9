package body

import (
	"html/template"

	"github.com/convene-go/convene/ical"
)

// AnswerLink is a page that gives an answer for the reader.
type AnswerLink struct {
	// Status is the answer: [ical.StatusAccepted], [ical.StatusTentative] or [ical.StatusDeclined].
	Status ical.Status
	// URL is an absolute http, https or mailto link; others are left out.
	URL string
}

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

// newAnswers returns the block with a placeholder for each link.
func newAnswers(c *catalog, statuses []ical.Status, brand PageBrand) *Answers {
	a := &Answers{Question: c.Messages["answer.question"], Brand: brand}
	for i, s := range statuses {
		a.Links = append(a.Links, AnswerChoice{s, c.Messages[answerWords[s]], template.URL(placeholder(i))})
	}
	return a
}
