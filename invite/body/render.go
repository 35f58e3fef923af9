package body

import (
	"errors"
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
)

// Renderer writes bodies. It is safe for concurrent use. It keeps what it wrote
// last, at most 32 mails without their answer links, because successive
// recipients mostly get the same.
type Renderer struct {
	templates *templates
	brand     PageBrand
	inline    []Image
	cache     cache
}

// New returns a renderer. A template that cannot be parsed, or that fails on
// the mails it is tried on here, is an error with its file and line.
func New(o *Options) (*Renderer, error) {
	if o == nil {
		o = new(Options)
	}
	r := new(Renderer)
	var err error
	if r.brand, r.inline, err = o.Brand.page(); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	if r.templates, err = readTemplates(o.Templates); err != nil {
		return nil, fmt.Errorf("body: templates: %w", err)
	}
	if o.Templates == nil {
		return r, nil
	}
	for _, v := range samples() {
		if _, err := r.Render(v); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Render writes the body of one mail. Errors are about the event's time zone,
// or about a template of the caller.
func (r *Renderer) Render(v *View) (*Body, error) {
	if v == nil || v.Event == nil {
		return nil, errors.New("body: View.Event is missing")
	}
	l := matchLanguage(v.language())
	words, err := l.words()
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	statuses, links := safeAnswers(v.Answers)
	print := fingerprint(v, l)
	m := r.cache.find(print, v, l, statuses)
	if m == nil {
		if m, err = r.write(v, words, statuses); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		r.cache.add(print, m)
	}
	return &Body{
		Subject: m.subject, Text: m.text.with(links), HTML: m.html.with(escaped(links)), Inline: r.inline,
	}, nil
}

// Where the answer links go. No text of a caller can hold either: html/template
// escapes the first, and the second is a control character.
const (
	htmlMark = "<!--answers-->"
	textMark = "\x00answers\n"
)

// write makes all of a mail but its answer links.
func (r *Renderer) write(v *View, c *catalog, statuses []ical.Status) (*mail, error) {
	m := newMail(v, c.language, statuses)
	answers := c.answers(statuses, r.brand)
	for i, level := range levels {
		p, err := newPage(v, c, level)
		if err != nil {
			return nil, err
		}
		p.Brand, p.answers = r.brand, len(statuses) > 0
		if i == 0 {
			if err := r.writeText(m, p, answers); err != nil {
				return nil, err
			}
		}
		p.Subject = m.subject
		size, err := r.writeHTML(m, p, answers, level.description)
		if err != nil {
			return nil, err
		}
		if size <= maxHTML {
			break
		}
	}
	return m, nil
}

// maxHTML leaves the answer links room below 40 KB.
const maxHTML = 38 << 10

// writeText sets the subject and the plain text.
func (r *Renderer) writeText(m *mail, p *Page, answers *Answers) (err error) {
	if r.templates.subject != nil {
		if p.Subject, err = execute(r.templates.subject, p); err != nil {
			return err
		}
		p.Subject = strings.Join(strings.Fields(p.Subject), " ")
	}
	m.subject = p.Subject
	if p.AnswerLinks = ""; p.answers {
		p.AnswerLinks = textMark
	}
	text := ""
	if r.templates.text == nil {
		text = p.Plain()
	} else if text, err = execute(r.templates.text, p); err != nil {
		return err
	}
	m.text, err = splice(unjoined(text), textMark, plainAnswers(p.c, answers), len(answers.Links))
	return err
}

// writeHTML sets the document, with a description of at most that many octets,
// and returns its size.
func (r *Renderer) writeHTML(m *mail, p *Page, answers *Answers, most int) (int, error) {
	if p.AnswerLinks = template.HTML(""); p.answers {
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
	if p.answers {
		if block, err = r.templates.answers(answers); err != nil {
			return 0, err
		}
	}
	m.html, err = splice(html, htmlMark, block, len(answers.Links))
	return len(html) + len(block), err
}

// shortText cuts a text at a line or a word so that it is at most that many
// octets long in HTML.
func shortText(s string, most int) (text string, cut bool) {
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

// atWord leaves out a word that was cut, unless it has 100 characters or more.
func atWord(s string) string {
	if i := strings.LastIndexAny(s, " \n"); i > 0 && utf8.RuneCountInString(s[i:]) <= 100 {
		s = s[:i]
	}
	return strings.TrimSpace(s)
}
