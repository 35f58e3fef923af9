package body

import (
	"html/template"
	"strings"

	"github.com/convene-go/convene/ical"
)

// Page is what a template gets: the text of one mail in the reader's language,
// free of control characters, without any markup.
type Page struct {
	// Language is a BCP 47 tag, Dir "ltr" or "rtl".
	Language, Dir string
	// Action is what the mail does, and Status the answer of an [ActionAnswer].
	Action Action
	Status ical.Status
	// Subject is that of the mail.
	Subject string
	// Badge is what the mail is in a word or two, Lead in a sentence.
	Badge, Lead string
	// Title is that of the meeting, OldTitle what it was where that differs.
	Title, OldTitle string
	// Tile is the first day, for a leaf of a calendar.
	Tile Tile
	// ChangedLabel and Changed name what an update changes; empty where it is not known.
	ChangedLabel string
	Changed      string
	// CommentLabel and Comment are what somebody says about the action.
	CommentLabel, Comment string
	// Rows are the facts of the meeting.
	Rows []Row
	// JoinLabel is the text of the button of the row "join".
	JoinLabel string
	// DescriptionLabel and Description are the meeting's own text. In HTML a
	// very long one is cut, and Cut says so.
	DescriptionLabel, Description, Cut string
	// Brand is the sender's.
	Brand PageBrand
	// AnswerLinks is where the links of the block "answers" are to stand.
	AnswerLinks any

	c       *catalog
	answers bool
}

// Tile is a day in short words.
type Tile struct{ Month, Day, Weekday string }

// PageBrand is a [Brand] in the form that templates need.
type PageBrand struct {
	// Name is shown at the top, or is the text of the logo.
	Name string
	// Colour is that of the brand, OnColour one that is readable on it.
	Colour, OnColour string
	// Logo is the address of the image; "" where there is none.
	Logo template.URL
}

// Was says in words that a value was so before.
func (p *Page) Was(old string) string { return p.c.text("was", "old", old) }

// limits are how much of a meeting is shown.
type limits struct{ guests, dates, documents, comment, description int }

// levels are tried in turn until the HTML is short enough.
var levels = []limits{
	{guests: 50, dates: 12, documents: 20, comment: 4000, description: 18000},
	{guests: 50, dates: 12, documents: 10, comment: 2000, description: 6000},
	{guests: 20, dates: 6, documents: 3, comment: 500, description: 1000},
	{guests: 5, dates: 3, documents: 1, comment: 100, description: 100},
}

// newPage writes all that the reader sees but the answer links. Times are in
// the meeting's zone, and in the reader's own where that shows another clock.
func newPage(v *View, words *catalog, m limits) (*Page, error) {
	loc, err := v.Event.Zone()
	if err != nil {
		return nil, err
	}
	c := clock{words, loc}
	p := &Page{c: words, Language: words.tag, Dir: "ltr", Action: v.action(), Status: v.Status}
	if words.rtl {
		p.Dir = "rtl"
	}
	p.words(v, c)
	p.Rows = newFacts(c, v, v.Event, ownZone(v, loc))
	if before := v.before(); before != nil {
		p.differences(v, before, c)
	}
	p.proposed(v, c)
	for i := range p.Rows {
		most := m.dates
		switch p.Rows[i].ID {
		case "required", "optional", "rooms":
			most = m.guests
		case "documents":
			most = m.documents
		}
		p.Rows[i].shorten(most, func(n int) string { return words.count("more", n) })
	}
	p.comment(v, m.comment)
	return p, nil
}

// words sets the sentences and the title.
func (p *Page) words(v *View, c clock) {
	e := v.Event
	p.Title = clean(e.Summary, maxTitle)
	if p.Title == "" {
		p.Title = c.text("untitled")
	}
	key := string(p.Action)
	if p.Action == ActionAnswer {
		key = answerKey(v)
	}
	p.Badge = c.text("action." + key)
	p.Lead = p.lead(v, c, key)
	p.Subject = unjoined(p.subject(e, c))
	p.Tile = tile(e, c)
	p.JoinLabel = c.text("join")
	p.Description = paragraphs(e.Description)
	if p.Description != "" {
		p.DescriptionLabel = c.text("label.description")
	}
}

// answerKey is the part of a key that names what an attendee answers.
func answerKey(v *View) string {
	switch {
	case !v.Proposed.Start.IsZero() || v.Method == ical.MethodCounter:
		return "counter"
	case v.Status == ical.StatusAccepted || v.Status == ical.StatusTentative || v.Status == ical.StatusDeclined:
		return string(v.Status)
	}
	return "answer"
}

// lead is what the mail is, in a sentence.
func (p *Page) lead(v *View, c clock, key string) string {
	if _, ok := c.Messages["lead."+key+".occurrence"]; ok && !v.Event.RecurrenceID.IsZero() {
		key += ".occurrence"
	}
	who := firstOf(v.Event.Organizer.Name, v.Event.Organizer.Email)
	if p.Action == ActionAnswer {
		who = answerer(v)
	}
	pattern := c.Messages["lead."+key]
	if who == "" && strings.Contains(pattern, "{who}") {
		return ""
	}
	return fill(pattern, "who", c.isolate(who))
}

// answerer is the name of who answers: the reader's own, else the one attendee
// that an answer has (RFC 5546, section 3.2.3).
func answerer(v *View) string {
	a := v.Attendee
	if a.Email == "" && a.Name == "" && len(v.Event.Attendees) == 1 {
		a = v.Event.Attendees[0]
	}
	return firstOf(a.Name, a.Email)
}

// subject is one line: what the mail does, the title, and the date of one occurrence.
func (p *Page) subject(e *ical.Event, c clock) string {
	name := c.isolate(p.Title)
	if e.RecurrenceID.IsZero() {
		return c.text("subject", "action", p.Badge, "title", name)
	}
	day := e.RecurrenceID
	if !e.AllDay {
		day = day.In(c.loc)
	}
	return c.text("subject.occurrence", "action", p.Badge, "title", name, "date", c.date(day))
}

func tile(e *ical.Event, c clock) Tile {
	t := e.Start
	if !e.AllDay {
		t = t.In(c.loc)
	}
	return Tile{c.cldr.MonthAbbreviated(t.Month()), t.Format("2"), c.cldr.WeekdayAbbreviated(t.Weekday())}
}

// before is what the reader of an update last saw; of a series, the occurrence
// that the event is about.
func (v *View) before() *ical.Event {
	b := v.Before
	if v.action() != ActionUpdate || b == nil {
		return nil
	}
	if v.Event.RecurrenceID.IsZero() || b.Recurrence == nil {
		return b
	}
	for i := range b.Overrides {
		if b.Overrides[i].RecurrenceID.Equal(v.Event.RecurrenceID) {
			o := b.Override(i)
			return &o
		}
	}
	series := *b
	series.Overrides = []ical.Event{{RecurrenceID: v.Event.RecurrenceID}}
	o := series.Override(0)
	return &o
}

// differences marks what has changed.
func (p *Page) differences(v *View, before *ical.Event, c clock) {
	was := c
	if loc, err := before.Zone(); err == nil {
		was.loc = loc
	}
	rows, changed := compare(newFacts(was, v, before, nil), p.Rows)
	p.Rows = rows
	if paragraphs(before.Description) != p.Description {
		changed = append(changed, c.text("label.description"))
	}
	if old := clean(before.Summary, maxTitle); old != clean(v.Event.Summary, maxTitle) {
		p.OldTitle = old
		changed = append([]string{c.text("label.title")}, changed...)
	}
	if len(changed) > 0 {
		p.ChangedLabel, p.Changed = c.text("label.changed"), strings.Join(changed, c.text("list"))
	}
}

// proposed adds the time that was proposed, struck out where it was declined.
func (p *Page) proposed(v *View, c clock) {
	if v.Proposed.Start.IsZero() || p.Action != ActionProposalDeclined && p.Action != ActionAnswer {
		return
	}
	e := *v.Event
	e.Start, e.End = v.Proposed.Start, v.Proposed.End
	value := Value{Text: c.event(&e), Old: p.Action == ActionProposalDeclined, New: p.Action == ActionAnswer}
	row := Row{ID: "proposed", Label: c.text("label.proposed"), Values: []Value{value}}
	p.Rows = append([]Row{row}, p.Rows...)
}

// comment sets the comment on the action, at most that many characters of it.
func (p *Page) comment(v *View, most int) {
	if text := shortened(cleanLines(v.Comment), most); text != "" {
		p.CommentLabel, p.Comment = p.c.text("label.comment"), text
	}
}
