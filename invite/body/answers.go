package body

import (
	"html/template"

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
	ical.Accepted: "answer.yes", ical.Tentative: "answer.maybe", ical.Declined: "answer.no",
}

// answers returns the links that are safe, nil where there are none.
func (c *catalog) answers(list []AnswerLink, brand PageBrand) *Answers {
	var out []AnswerChoice
	for _, l := range list {
		link, key := safeLink(l.URL), answerWords[l.Status]
		if link != "" && key != "" {
			out = append(out, AnswerChoice{l.Status, c.Messages[key], link})
		}
	}
	if len(out) == 0 {
		return nil
	}
	return &Answers{Question: c.Messages["answer.question"], Links: out, Brand: brand}
}
