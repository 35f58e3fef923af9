package body

import (
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
)

// The marks at which the block of the answer links goes into a text. A caller's
// text cannot hold either of them: html/template escapes the first, and the second
// has a control character.
const (
	htmlMark = "<!--answers-->"
	textMark = "\x00answers\n"
)

// words are a whole mail except its answer links, for which they have gaps.
type words struct {
	statuses   []ical.Status // the answers that have a gap
	subject    string
	text, html *gapped
}

// write makes the words of a mail with links for the given answers. It shows less
// and less of the meeting until the HTML is short enough.
func (r *Renderer) write(v *View, c *catalog, statuses []ical.Status) (*words, error) {
	w := &words{statuses: statuses}
	answers := newAnswers(c, statuses, r.brand)
	for i, level := range levels {
		p, err := newPage(v, c, level, &r.settings)
		if err != nil {
			return nil, err
		}
		p.paint(r.brand)
		if p.hasAnswers = len(statuses) > 0; p.hasAnswers {
			p.HowToAnswer = ""
		}
		if i == 0 {
			if err := r.writeText(w, p, answers); err != nil {
				return nil, err
			}
		}
		p.Subject = w.subject
		size, err := r.writeHTML(w, p, answers, level.description)
		if err != nil {
			return nil, err
		}
		if size <= maxHTML {
			break
		}
	}
	return w, nil
}

// maxHTML leaves room for the answer links below 40 KB. It is in octets.
const maxHTML = 38 << 10

// writeText sets the subject and the plain text.
func (r *Renderer) writeText(w *words, p *Page, answers *Answers) (err error) {
	if r.templates.subject != nil {
		if p.Subject, err = execute(r.templates.subject, p); err != nil {
			return err
		}
		p.Subject = strings.Join(strings.Fields(p.Subject), " ")
	}
	w.subject = p.Subject
	if p.AnswerLinks = ""; p.hasAnswers {
		p.AnswerLinks = textMark
	}
	text := ""
	if r.templates.text == nil {
		text = p.Plain()
	} else if text, err = execute(r.templates.text, p); err != nil {
		return err
	}
	w.text, err = openGaps(unjoined(text), textMark, plainAnswers(p.c, answers), len(answers.Links))
	return err
}

// writeHTML sets the document and returns its size. The description in it has at
// most the given number of octets.
func (r *Renderer) writeHTML(w *words, p *Page, answers *Answers, most int) (int, error) {
	if p.AnswerLinks = template.HTML(""); p.hasAnswers {
		p.AnswerLinks = template.HTML(htmlMark)
	}
	if text, cut := shortText(p.Description, most); cut {
		p.Description, p.Cut = text, p.c.text("cut")
	}
	html, err := r.templates.document(p)
	if err != nil {
		return 0, err
	}
	block := ""
	if p.hasAnswers {
		if block, err = r.templates.answers(answers, html); err != nil {
			return 0, err
		}
	}
	w.html, err = openGaps(html, htmlMark, block, len(answers.Links))
	return len(html) + len(block), err
}

// shortText cuts a text at a line or a word, so that in HTML it has at most the
// given number of octets.
func shortText(s string, most int) (text string, cut bool) {
	if 5*len(s) <= most { // no character needs more than five octets for each of its own
		return s, false
	}
	size := 0
	for i, r := range s {
		switch {
		case r == '\n', strings.ContainsRune("&<>\"'+", r):
			size += 5
		default:
			size += utf8.RuneLen(r)
		}
		if size > most {
			return atWord(s[:i]) + " …", true
		}
	}
	return s, false
}

// atWord removes the last word of a text that was cut, unless the word has 100
// characters or more.
func atWord(s string) string {
	if i := strings.LastIndexAny(s, " \n"); i > 0 && utf8.RuneCountInString(s[i:]) <= 100 {
		s = s[:i]
	}
	return strings.TrimSpace(s)
}
