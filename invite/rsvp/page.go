package rsvp

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// page is the data of the document.
type page struct {
	*body.Page
	words words

	HasLogo    bool
	Closed     bool     // nothing can be answered any more
	Heading    string   // the title of the meeting, or of an error page
	Texts      []string // the subject of the page, in sentences
	Answered   string   // the reader's answer, in a sentence
	Notice     string   // about the form that was sent last
	Done       bool     // the form was taken in
	Rows       []body.Row
	Calendar   *calendar
	Form       *shownForm
	Guests     []guest
	MoreGuests string
}

// shownForm is a form with its texts.
type shownForm struct {
	Token, Comment, Start, End string

	Proposes   bool
	Submitted  string // the query to which the form is sent
	Field      string // the type of the fields for times
	Choices    []choice
	Question   string
	Dates      []choice
	MoreDates  bool
	CanPropose bool
	Zone       string
	Most       int // characters of the comment
}

// choice is one of several values of a field.
type choice struct {
	Value, Label string
	Chosen       bool
}

// guest is an attendee with the word for their answer.
type guest struct{ Name, Answer string }

// T returns a text of the catalog. pairs are names in braces, each before its value.
func (p *page) T(key string, pairs ...string) string { return p.words.text(key, pairs...) }

// limits say how much of a meeting is shown: how many dates and guests, how many
// characters of each fact, and how many characters of the description in each link to a
// calendar. Below 0 there are no such links.
type limits struct{ dates, guests, fact, details int }

// levels are tried in this order until the page is short enough.
var levels = []limits{{mostDates, 20, 500, 200}, {mostDates, 20, 500, 0}, {mostDates, 10, 300, 0}, {10, 5, 150, 0}, {5, 0, 60, -1}, {1, 0, 20, -1}}

// shownRows are the facts of a meeting on a page. The IDs are those of [body.Row].
var shownRows = []string{"when", "repeats", "where", "organizer"}

// page returns the data of a page of a visit, without a form.
func (h *Handler) page(v *visit, name string, most limits) (*page, error) {
	e := &v.meeting.Event
	view := &body.View{Event: v.event(), Attendee: v.who, HideGuests: true, Language: v.tag}
	var added *ical.Event
	if h.options.CalendarLinks && name == pageAnswer {
		added = v.entry()
		view.Calendars = calendarLinks(added, most.details)
	}
	if e.Cancelled {
		view.Method = ical.MethodCancel
	}
	p, err := h.blank(view)
	if err != nil {
		return nil, err
	}
	p.Heading = shortened(p.Title, most.fact)
	for _, row := range p.Page.Rows {
		if slices.Contains(shownRows, row.ID) {
			row.Values = slices.Clone(row.Values)
			for i := range row.Values {
				row.Values[i].Text = unbroken(shortened(row.Values[i].Text, most.fact))
			}
			p.Rows = append(p.Rows, row)
		}
	}
	p.calendar(v, added)
	p.Closed = v.closed() != nil
	if !p.Closed || e.Cancelled {
		p.Texts = append(p.Texts, shortened(p.Lead, 2*most.fact))
	} else {
		p.Texts = append(p.Texts, p.T("over"))
	}
	if word := p.word(v.meeting.OccurrenceStatus(v.who.Email, time.Time{})); word != "" && !e.Cancelled {
		p.Answered = p.T("answered", "{answer}", word)
	}
	if h.options.ShowGuests && !v.meeting.HideGuests && !e.Cancelled {
		p.guests(v, most)
	}
	return p, nil
}

// blank returns the data of a page without content.
func (h *Handler) blank(view *body.View) (*page, error) {
	b, err := h.renderer.Page(view)
	if err != nil {
		return nil, err
	}
	w, err := wordsOf(b.Language)
	return &page{Page: b, words: w, HasLogo: len(h.logo.Data) > 0}, err
}

// word returns the word for an answer; "" if there is none.
func (p *page) word(s ical.Status) string {
	if s == ical.StatusDelegated {
		return p.T("delegated")
	}
	for _, l := range p.Page.Choices().Links {
		if l.Status == s {
			return l.Label
		}
	}
	return ""
}

// guests adds the other attendees of the meeting, or of the reader's first date, with
// their answers.
func (p *page) guests(v *visit, most limits) {
	var id time.Time
	if !v.whole {
		if len(v.dates) == 0 {
			return
		}
		id = v.dates[0].RecurrenceID
	}
	left := most.guests
	more := 0
	for _, a := range v.meeting.Attendees(id) {
		if a.Kind == ical.KindRoom || a.Kind == ical.KindResource {
			continue
		}
		if left--; left < 0 {
			more++
			continue
		}
		g := guest{Name: nameOf(&a, most), Answer: p.word(a.Status)}
		if g.Answer == "" {
			g.Answer = p.T("waiting")
		}
		p.Guests = append(p.Guests, g)
	}
	if more > 0 && len(p.Guests) > 0 {
		p.MoreGuests = p.More(more)
	}
}

// nameOf returns the name of an attendee, or the address if there is none. It leaves out
// characters that would change the text around it.
func nameOf(a *ical.Attendee, most limits) string {
	for _, name := range []string{a.Name, a.Email} {
		name = strings.Map(func(r rune) rune {
			switch {
			case unicode.IsSpace(r):
				return ' '
			case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
				return -1
			}
			return r
		}, name)
		if name = strings.TrimSpace(name); name != "" {
			return shortened(name, most.fact/4)
		}
	}
	return ""
}

// form adds a form to the page, if something can be answered.
func (p *page) form(v *visit, f form, most limits) {
	if v.closed() != nil {
		return
	}
	e := &v.meeting.Event
	p.Texts = append(p.Texts, p.T("as", "{who}", fsi+nameOf(&v.who, most)+pdi))
	if last := v.lastProposal(); last != nil {
		when := p.When(ical.Span{Start: last.Start, End: last.End}, last.AllDay, v.loc)
		p.Texts = append(p.Texts, p.T("proposed", "{time}", unbroken(when)))
		if f.page == pageAnswer && e.Recurrence == nil { // see invite.Meeting.OpenProposals
			p.Texts = append(p.Texts, p.T("proposed.answer"))
		}
	}
	out := &shownForm{
		Token: v.sealForm(f.page), Comment: shortened(f.comment, maxComment), Start: shortened(f.start, maxField), End: shortened(f.end, maxField),
		Proposes: f.page == pagePropose, Submitted: "?", Field: "datetime-local", CanPropose: v.canPropose(), Most: maxComment,
	}
	if out.Proposes {
		out.Submitted = "?" + pagePropose
	}
	if e.AllDay {
		out.Field = "date"
	} else {
		at := e.Start
		if len(v.dates) > 0 {
			at = v.dates[0].Start
		}
		out.Zone = p.ZoneName(v.loc, at)
	}
	choices := p.Choices()
	out.Question = choices.Question
	for _, l := range choices.Links {
		out.Choices = append(out.Choices, choice{string(l.Status), l.Label, l.Status == f.answer})
	}
	if e.Recurrence != nil {
		p.dates(out, v, f, most)
	}
	p.Form = out
}

// maxField is more than a time in a field has, in characters.
const maxField = 40

// dates adds the dates of a series to a form.
func (p *page) dates(out *shownForm, v *visit, f form, most limits) {
	if v.whole && !out.Proposes {
		out.Dates = append(out.Dates, choice{"", p.T("series"), f.date == ""})
	}
	for i := range v.dates {
		d := &v.dates[i]
		chosen := f.date == d.id()
		if i >= most.dates && !chosen {
			continue
		}
		label := p.When(ical.Span{Start: d.Start, End: d.End}, v.meeting.Event.AllDay, v.loc)
		if word := p.word(d.status); word != "" {
			label += " – " + word
		}
		out.Dates = append(out.Dates, choice{d.id(), label, chosen})
	}
	out.MoreDates = len(v.dates) > most.dates
}

// The characters that keep a name in its own direction (Unicode Standard Annex #9).
const (
	fsi = "\u2068"
	pdi = "\u2069"
)

// unbroken keeps a range of times in one line: a line may end after a dash, also in front of
// a no-break space (Unicode Standard Annex #14, rule LB12a).
func unbroken(s string) string { return strings.ReplaceAll(s, "–\u00a0", "–\u2060\u00a0") }

// shortened returns s, or its beginning and an ellipsis if it has more than the given
// number of characters.
func shortened(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// sample is a page of nothing, from which everything is made that all pages share.
var sample = &body.View{Event: &ical.Event{Start: time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)}, HideGuests: true}
