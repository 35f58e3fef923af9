package body

import (
	"errors"
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"
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
	answers := words.answers(v.Answers, r.brand)
	m := r.cache.find(v, l, answers != nil)
	if m == nil {
		if m, err = r.write(v, l, answers != nil); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		r.cache.add(m)
	}
	b, err := r.complete(m, answers)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return b, nil
}

// Where the answer links go. No text of a caller can hold either: html/template
// escapes the first, and the second is a control character.
const (
	htmlMark = "<!--answers-->"
	textMark = "\x00answers\n"
)

// write makes all of a mail but its answer links.
func (r *Renderer) write(v *View, l *language, answers bool) (*mail, error) {
	m := newMail(v, l, answers)
	for _, level := range levels {
		p, err := newPage(v, l, level)
		if err != nil {
			return nil, err
		}
		p.Brand, p.answers = r.brand, answers
		if m.text == "" {
			if err := r.writeText(m, p); err != nil {
				return nil, err
			}
		}
		if m.html, err = r.writeHTML(p, level.description); err != nil {
			return nil, err
		}
		if len(m.html) <= maxHTML {
			break
		}
	}
	return m, nil
}

// maxHTML leaves the answer links room below 40 KB.
const maxHTML = 38 << 10

// writeText sets the subject and the plain text.
func (r *Renderer) writeText(m *mail, p *Page) (err error) {
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
	if r.templates.text == nil {
		m.text = p.Plain()
		return nil
	}
	m.text, err = execute(r.templates.text, p)
	return err
}

// writeHTML sets the document, with a description of at most that many octets.
func (r *Renderer) writeHTML(p *Page, most int) (string, error) {
	if p.AnswerLinks = template.HTML(""); p.answers {
		p.AnswerLinks = template.HTML(htmlMark)
	}
	if text, cut := shortText(p.Description, most); cut {
		p.Description, p.Cut = text, p.c.text("cut")
	}
	return execute(r.templates.html, p)
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

// atWord leaves out a word that was cut, unless it is a long one.
func atWord(s string) string {
	if i := strings.LastIndexAny(s, " \n"); i > len(s)-100 && i > 0 {
		s = s[:i]
	}
	return strings.TrimSpace(s)
}

// complete puts the answer links into a mail.
func (r *Renderer) complete(m *mail, answers *Answers) (*Body, error) {
	b := &Body{Subject: m.subject, Text: m.text, HTML: m.html, Inline: r.inline}
	if answers == nil {
		return b, nil
	}
	block, err := r.templates.block("answers", answers)
	if err != nil {
		return nil, err
	}
	b.HTML = strings.Replace(m.html, htmlMark, block, 1)
	b.Text = strings.Replace(m.text, textMark, plainAnswers(answers), 1)
	return b, nil
}
