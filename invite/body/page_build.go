package body

import (
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

// newPage returns the page of a mail without its answer links. Times are in the
// meeting's zone, and also in the reader's zone if its clock differs.
func newPage(v *View, texts *catalog, most limits) (*Page, error) {
	loc, err := clockOf(v.Event)
	if err != nil {
		return nil, err
	}
	c := formatter{texts, loc}
	p := &Page{c: texts, Language: texts.tag, Dir: "ltr", Action: v.action(), Status: v.Status}
	if texts.rtl {
		p.Dir = "rtl"
	}
	p.headline(v, c)
	p.Rows = buildRows(c, v, v.Event, v.readerZone(loc))
	if before := v.before(); before != nil {
		p.differences(v, before, c)
	}
	p.proposed(v, c)
	p.calendars(v)
	for i := range p.Rows {
		values := most.dates
		switch p.Rows[i].ID {
		case "required", "optional", "rooms":
			values = most.guests
		case "documents":
			values = most.documents
		}
		p.Rows[i].shorten(values, func(n int) string { return texts.count("more", n) })
	}
	p.comment(v, most.comment)
	return p, nil
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
func (p *Page) headline(v *View, c formatter) {
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
	p.Subject = unjoined(p.subject(e, c))
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
	if _, ok := c.Messages["lead."+key+".occurrence"]; ok && !v.Event.RecurrenceID.IsZero() {
		key += ".occurrence"
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

// subject returns one line: the badge, the title, and the date if the mail is about
// one occurrence.
func (p *Page) subject(e *ical.Event, c formatter) string {
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

func newTile(e *ical.Event, c formatter) Tile {
	t := e.Start
	if !e.AllDay {
		t = t.In(c.loc)
	}
	return Tile{c.cldr.MonthAbbreviated(t.Month()), t.Format("2"), c.cldr.WeekdayAbbreviated(t.Weekday())}
}

// differences marks the values that have changed, and lists the labels of the
// changed facts.
func (p *Page) differences(v *View, before *ical.Event, c formatter) {
	was := c
	if loc, err := clockOf(before); err == nil {
		was.loc = loc
	}
	rows, changed := compare(buildRows(was, v, before, nil), p.Rows)
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

// proposed adds a row for the proposed time. It is struck out if the proposal was
// declined.
func (p *Page) proposed(v *View, c formatter) {
	if v.Proposed.Start.IsZero() || p.Action != ActionProposalDeclined && p.Action != ActionAnswer {
		return
	}
	e := *v.Event
	e.Start, e.End, e.Floating = v.Proposed.Start, v.Proposed.End, false
	value := Value{Text: c.event(&e), Old: p.Action == ActionProposalDeclined, New: p.Action == ActionAnswer}
	row := Row{ID: "proposed", Label: c.text("label.proposed"), Values: []Value{value}}
	p.Rows = append([]Row{row}, p.Rows...)
}

// comment sets the comment on the action, cut to the given number of characters.
func (p *Page) comment(v *View, most int) {
	if text := shortened(cleanLines(v.Comment), most); text != "" {
		p.CommentLabel, p.Comment = p.c.text("label.comment"), text
	}
}
