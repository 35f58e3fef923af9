package body

import (
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// limits say how much of a meeting is shown: how many guests, dates and documents,
// how many characters of the comment, and how many octets of the description in
// HTML.
type limits struct{ guests, dates, documents, comment, description int }

// levels are tried in this order until the HTML is short enough.
var levels = []limits{
	{guests: 50, dates: 12, documents: 20, comment: 4000, description: 18000},
	{guests: 50, dates: 12, documents: 10, comment: 2000, description: 6000},
	{guests: 20, dates: 6, documents: 3, comment: 500, description: 1000},
	{guests: 5, dates: 3, documents: 1, comment: 100, description: 100},
}

// settings are the options that change the words of a page.
type settings struct {
	mapURL                       func(location string) string
	noTimeInSubject, showAnswers bool
}

// newPage returns the page of a mail without its answer links. Times are in the
// reader's zone, and also in the meeting's zone if its clock differs.
func newPage(v *View, texts *catalog, most limits, o *settings) (*Page, error) {
	home, err := clockOf(v.Event)
	if err != nil {
		return nil, err
	}
	c := formatter{texts, home}
	if zone := v.readerZone(home); zone != nil {
		c.loc = zone
	}
	p := &Page{c: texts, Language: texts.tag, Dir: "ltr", Action: v.action(), Status: v.Status}
	if texts.rtl {
		p.Dir = "rtl"
	}
	p.headline(v, c, o)
	rows := &rowBuilder{formatter: c, home: home, view: v, settings: o}
	p.Rows = rows.build(v.Event)
	if before := v.before(); before != nil {
		p.differences(before, *rows)
	}
	p.Rows = withoutPlaces(p.Rows)
	p.proposed(v, c)
	p.calendars(v)
	p.shorten(most)
	p.markTwice()
	p.comment(v, most.comment)
	p.Preheader = unjoined(p.preheader(v, c))
	return p, nil
}

// shorten leaves out values of the rows that have too many.
func (p *Page) shorten(most limits) {
	for i := range p.Rows {
		values := most.dates
		switch p.Rows[i].ID {
		case "required", "optional", "rooms":
			values = most.guests
		case "documents":
			values = most.documents
		}
		p.Rows[i].shorten(values, func(n int) string { return p.c.count("more", n) })
	}
}

// clockOf returns the zone in which the times of an event are read. An occurrence
// may have another clock than its series: the Location of its Start, see
// [ical.Event.TimeZone].
func clockOf(e *ical.Event) (*time.Location, error) {
	if e.Floating {
		return time.UTC, nil // labels the clock
	}
	if own := e.Start.Location(); !e.RecurrenceID.IsZero() && own != time.UTC && own != time.Local && own.String() != "" {
		if loc, err := ical.LoadLocation(own.String()); err == nil {
			return loc, nil
		}
	}
	return e.Zone()
}

// headline sets the title and the texts around it.
func (p *Page) headline(v *View, c formatter, o *settings) {
	e := v.Event
	p.Title = clean(e.Summary, maxTitle)
	if p.Title == "" {
		p.Title = c.text("untitled")
	}
	key := string(p.Action)
	if p.Action == ActionAnswer {
		key = v.answerKey()
	}
	p.Badge = c.text("action." + key)
	p.Lead = p.lead(v, c, key)
	p.Subject = unjoined(p.subject(v, c, o))
	if v.asksForAnswer() {
		p.HowToAnswer = c.text("answer.how")
	}
	p.Tile = newTile(e, c)
	p.JoinLabel = c.text("join")
	p.Description = paragraphs(e.Description)
	if p.Description != "" {
		p.DescriptionLabel = c.text("label.description")
	}
}

// lead returns a sentence that states the purpose of the mail. It is "" if the
// sentence names a person of whom neither name nor address is known.
func (p *Page) lead(v *View, c formatter, key string) string {
	part := ""
	switch {
	case !v.Event.RecurrenceID.IsZero():
		part = ".occurrence"
	case v.Event.Recurrence != nil:
		part = ".series"
	}
	if _, ok := c.Messages["lead."+key+part]; ok {
		key += part
	}
	who := firstOf(v.Event.Organizer.Name, v.Event.Organizer.Email)
	if p.Action == ActionAnswer {
		who = v.answerer()
	}
	pattern := c.Messages["lead."+key]
	if who == "" && strings.Contains(pattern, "{who}") {
		return ""
	}
	return substitute(pattern, "who", c.isolate(who), "delegate", c.isolate(v.Attendee.DelegatedTo))
}

// subject returns one line: the badge, the title, and the beginning of the meeting.
// A series begins in the past when it is changed, so only its invitation has the
// beginning.
func (p *Page) subject(v *View, c formatter, o *settings) string {
	e, name := v.Event, c.isolate(p.Title)
	subject := c.text("subject", "action", p.Badge, "title", name)
	switch {
	case o.noTimeInSubject || e.Floating:
		if e.RecurrenceID.IsZero() {
			return subject
		}
		day := e.RecurrenceID
		if !e.AllDay {
			day = day.In(c.loc)
		}
		return c.text("subject.occurrence", "action", p.Badge, "title", name, "date", c.date(day))
	case e.Recurrence != nil && p.Action != ActionInvitation || e.Start.IsZero():
		return subject
	case p.Action == ActionAnswer && !v.Proposed.Start.IsZero():
		at := *e
		at.Start = v.Proposed.Start
		return c.text("subject.when", "subject", subject, "when", c.short(&at))
	}
	return c.text("subject.when", "subject", subject, "when", c.short(e))
}

// differences marks the values that have changed, and lists the labels of the
// changed facts. Former times are on the clock of the former version, unless the
// reader has a clock of their own.
func (p *Page) differences(before *ical.Event, was rowBuilder) {
	v, c, now := was.view, was.formatter, was.home
	if loc, err := clockOf(before); err == nil {
		if was.home = loc; c.loc == now {
			was.loc = loc
		}
	}
	rows, changed := compare(was.build(before), p.Rows)
	p.Rows = withoutPlaces(rows)
	if rowByID(p.Rows, "rooms") == nil { // the location says it
		changed = slices.DeleteFunc(changed, func(label string) bool { return label == c.text("label.rooms") })
	}
	if zone := c.inZone(ical.Span{Start: v.Event.Start, End: v.Event.End}); !v.Event.AllDay {
		p.trimOld("when", zone)
	}
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

// trimOld leaves out the end of former values that the current values have, too.
func (p *Page) trimOld(id, end string) {
	if r := rowByID(p.Rows, id); r != nil {
		for i := range r.Values {
			if v := &r.Values[i]; v.Old {
				v.Text = strings.TrimSuffix(v.Text, end)
			}
		}
	}
}

// proposed adds a row for the proposed time. It is struck out if the proposal was
// declined.
func (p *Page) proposed(v *View, c formatter) {
	if v.Proposed.Start.IsZero() || p.Action != ActionProposalDeclined && p.Action != ActionAnswer {
		return
	}
	e := *v.Event
	e.Start, e.End, e.Floating = v.Proposed.Start, v.Proposed.End, false
	declined := p.Action == ActionProposalDeclined
	value := Value{Text: c.event(&e), Old: declined, Struck: declined, New: !declined}
	row := Row{ID: "proposed", Label: c.text("label.proposed"), Values: []Value{value}}
	p.Rows = append([]Row{row}, p.Rows...)
}

// comment sets the comment on the action, cut to the given number of characters.
func (p *Page) comment(v *View, most int) {
	if text := shortened(cleanLines(v.Comment), most); text != "" {
		p.CommentLabel, p.Comment = p.c.text("label.comment"), text
	}
}
