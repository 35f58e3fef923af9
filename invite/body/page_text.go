package body

import (
	"strings"
)

// Plain returns the page as plain text, with a line of its own for each fact.
func (p *Page) Plain() string {
	t := &plain{page: p, width: p.labelWidth()}
	t.b.Grow(1<<10 + len(p.Description))
	if p.Action == ActionInvitation && p.Lead != "" {
		t.paragraph(p.Preheader) // programs show the beginning of the text in their list of mails
	} else {
		t.paragraph(p.Lead)
	}
	if p.Changed != "" {
		t.paragraph(p.c.labelled(p.ChangedLabel) + p.Changed)
	}
	if p.Comment != "" {
		t.gap()
		t.paragraph(p.Labelled(p.CommentLabel))
		t.lines(p.Comment)
	}
	t.gap()
	t.paragraph(p.c.isolate(p.Title))
	if p.OldTitle != "" {
		t.paragraph(p.Was(p.c.isolate(p.OldTitle)))
	}
	t.gap()
	for _, r := range p.Rows {
		t.row(r)
	}
	if links, _ := p.AnswerLinks.(string); links != "" {
		t.gap()
		t.b.WriteString(links)
	}
	if p.HowToAnswer != "" {
		t.gap()
		t.paragraph(p.HowToAnswer)
	}
	if p.Description != "" {
		t.gap()
		t.lines(p.Description)
	}
	return t.b.String()
}

// plain writes a page as plain text.
type plain struct {
	page  *Page
	b     strings.Builder
	width int // columns of the labels
}

// labelWidth returns the width of the longest label with the space after it, in
// columns. It is at most 22.
func (p *Page) labelWidth() int {
	most := 0
	for _, r := range p.Rows {
		most = max(most, columns(p.Labelled(r.Label)))
	}
	return min(most, 20) + 2
}

// gap leaves a line free, except at the top.
func (t *plain) gap() {
	if t.b.Len() > 0 {
		t.b.WriteByte('\n')
	}
}

func (t *plain) paragraph(s string) {
	if s != "" {
		wrap(&t.b, "", "", s)
	}
}

// lines writes a text of several lines. It breaks those that are too long.
func (t *plain) lines(s string) {
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " ")
		if columns(line) > textWidth {
			indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
			if len(indent) > textWidth/2 {
				indent = ""
			}
			wrap(&t.b, indent, indent, line)
		} else {
			t.b.WriteString(line + "\n")
		}
	}
}

// row writes a fact: its values, and after them its former values.
func (t *plain) row(r Row) {
	indent := strings.Repeat(" ", t.width)
	first := t.page.label(r.Label, t.width)
	var now, old []string
	for _, v := range r.Values {
		if v.Old {
			old = append(old, t.value(v))
		} else {
			now = append(now, t.value(v))
		}
	}
	if r.Inline {
		now, old = joined(now, r.Separator), joined(old, r.Separator)
	}
	for i := range old {
		if r.ID == "proposed" { // a declined time never was so, and the first sentence says that
			break
		}
		if r.list() {
			old[i] = t.page.c.text("removed", "old", old[i])
			continue
		}
		old[i] = t.page.Was(old[i])
	}
	for _, s := range append(now, old...) {
		wrap(&t.b, first, indent, s)
		first = indent
	}
}

func joined(list []string, separator string) []string {
	if len(list) == 0 {
		return nil
	}
	return []string{strings.Join(list, separator)}
}

// label returns a name with the space up to its value, which begins at the given
// column.
func (p *Page) label(name string, width int) string {
	s := p.Labelled(name)
	return s + strings.Repeat(" ", max(width-columns(s), 1))
}

// value returns a value with its link behind it.
func (t *plain) value(v Value) string {
	if v.Remark != "" {
		return v.Text + " " + v.Remark
	}
	link := strings.TrimPrefix(string(v.Link), "mailto:")
	switch {
	case link == "":
		return v.Text
	case strings.EqualFold(link, v.Text) || strings.EqualFold(string(v.Link), v.Text):
		return t.page.c.address(v.Text)
	}
	return t.page.c.isolate(v.Text) + " " + t.page.c.ltr("<"+link+">")
}

// plainAnswers returns the block "answers" as plain text.
func plainAnswers(c *catalog, a *Answers) string {
	var b strings.Builder
	wrap(&b, "", "", a.Question)
	width := 0
	for _, l := range a.Links {
		width = max(width, columns(c.labelled(l.Label)))
	}
	for _, l := range a.Links {
		label := c.labelled(l.Label)
		b.WriteString("  " + label + strings.Repeat(" ", width-columns(label)) +
			unjoined(c.address(string(l.Link))) + "\n")
	}
	return b.String()
}
