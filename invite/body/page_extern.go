package body

import (
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
)

// Page returns the data of a template for v, for a page outside of mails, such as
// an answer page in a browser. Its logo is an image of a mail. An error is about the
// event's time zone.
func (r *Renderer) Page(v *View) (*Page, error) {
	if v == nil || v.Event == nil {
		return nil, fmt.Errorf("body: %w", errNoEvent)
	}
	v = v.normalized()
	c, err := matchLanguage(v.language()).texts()
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	p, err := newPage(v, c, levels[0], &r.settings)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	p.Brand = r.brand
	return p, nil
}

// Choices returns the question and the answers of the block "answers" in the language
// of the page, without links.
func (p *Page) Choices() *Answers {
	a := newAnswers(p.c, []ical.Status{ical.StatusAccepted, ical.StatusTentative, ical.StatusDeclined}, p.Brand)
	for i := range a.Links {
		a.Links[i].Link = ""
	}
	return a
}

// When writes a time in the language of the page, on the clock of loc. If allDay is
// set, it writes dates, and s ends on the day after the last one.
func (p *Page) When(s ical.Span, allDay bool, loc *time.Location) string {
	if allDay {
		return formatter{p.c, time.UTC}.days(s.Start, s.End)
	}
	return formatter{p.c, loc}.clock(s)
}

// ZoneName returns the name of a time zone for people. It has the offset at a time if
// there is no name.
func (p *Page) ZoneName(loc *time.Location, at time.Time) string {
	at = at.In(loc)
	return formatter{p.c, loc}.zone(at, at)
}

// More returns "and 3 more" for a number, in the language of the page.
func (p *Page) More(n int) string { return p.c.count("more", n) }

// MatchLanguage returns the language of the first tag that has one: a tag of
// [Languages], or a regional variant. It returns "en" if no tag has a language.
func MatchLanguage(tags ...string) string {
	for _, tag := range tags {
		if l := matchLanguage(tag); l != languages[0] || isEnglish(tag) {
			return l.tag
		}
	}
	return languages[0].tag
}

// isEnglish reports whether a tag is one of English.
func isEnglish(tag string) bool {
	return len(tag) >= 2 && (tag[0]|0x20 == 'e') && (tag[1]|0x20 == 'n') && (len(tag) == 2 || tag[2] == '-')
}
