package body

import (
	"errors"
	"fmt"
	"slices"
)

// Renderer writes bodies. It is safe for concurrent use and keeps nothing of the
// mails that it has written.
type Renderer struct {
	templates *templates
	settings  settings
	brand     PageBrand
	inline    []Image
}

// New returns a renderer. It tries the caller's templates on sample mails. If a
// template cannot be parsed, or fails on a sample, the error has its file and
// line.
func New(o *Options) (*Renderer, error) {
	if o == nil {
		o = new(Options)
	}
	r := &Renderer{settings: settings{o.MapURL, o.NoTimeInSubject, o.ShowAnswers}}
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

// Render writes the body of one mail. An error is about the event's time zone or
// about a template of the caller.
func (r *Renderer) Render(v *View) (*Body, error) {
	w, links, err := r.words(v)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return r.body(w, links), nil
}

// Prepare writes the words of a mail once for many readers, whose views differ
// only in Answers. The function fill makes the body for one reader: it puts the
// reader's own links into the words, which takes a small part of the time that
// [Renderer.Render] takes. It is safe for concurrent use.
//
// The words have a gap for each link of v.Answers that may stand in a mail. If
// the links that fill gets are for other answers or in another order, they do
// not fit, and fill renders v anew with them. So v must not change while fill is
// in use.
func (r *Renderer) Prepare(v *View) (fill func(links []AnswerLink) (*Body, error), err error) {
	w, _, err := r.words(v)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return func(list []AnswerLink) (*Body, error) {
		statuses, links := safeAnswers(list)
		if !slices.Equal(statuses, w.statuses) {
			other := *v
			other.Answers = list
			return r.Render(&other)
		}
		return r.body(w, links), nil
	}, nil
}

// errNoEvent reports a view without an event.
var errNoEvent = errors.New("View.Event is missing")

// words returns the words for a view, and the links that go into their gaps.
func (r *Renderer) words(v *View) (*words, []string, error) {
	if v == nil || v.Event == nil {
		return nil, nil, errNoEvent
	}
	v = v.normalized()
	c, err := matchLanguage(v.language()).texts()
	if err != nil {
		return nil, nil, err
	}
	statuses, links := safeAnswers(v.Answers)
	w, err := r.write(v, c, statuses)
	return w, links, err
}

// body puts the links of one reader into words.
func (r *Renderer) body(w *words, links []string) *Body {
	return &Body{
		Subject: w.subject, Text: w.text.with(links), HTML: w.html.with(escaped(links)), Inline: r.inline,
	}
}
