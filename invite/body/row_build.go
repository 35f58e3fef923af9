package body

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// rowBuilder builds the rows of one version of a meeting.
type rowBuilder struct {
	formatter
	event *ical.Event
	rows  []Row
}

// buildRows returns the rows of a version of the meeting. readerZone is the reader's
// zone if its clock differs, and nil otherwise.
func buildRows(c formatter, v *View, e *ical.Event, readerZone *time.Location) []Row {
	b := &rowBuilder{formatter: c, event: e, rows: make([]Row, 0, len(rowOrder))}
	b.when(readerZone)
	if e.Recurrence != nil {
		b.series()
	}
	b.place(v.action() != ActionCancellation && v.action() != ActionRefusal)
	b.add("organizer", person(e.Organizer.Name, e.Organizer.Email))
	if !v.HideGuests {
		b.guests("required", isRequired)
		b.guests("optional", isOptional)
	}
	b.guests("rooms", isPlace)
	for _, l := range e.Attachments {
		b.add("documents", named(firstOf(l.Name, l.URL), l.URL))
	}
	return b.rows
}

// add puts a value into the row with that ID, which is the last row or a new one. An
// empty value is left out.
func (b *rowBuilder) add(id string, v Value) {
	if v.Text == "" {
		return
	}
	if n := len(b.rows); n > 0 && b.rows[n-1].ID == id {
		b.rows[n-1].Values = append(b.rows[n-1].Values, v)
		return
	}
	b.rows = append(b.rows, Row{ID: id, Label: b.text("label." + id), Values: []Value{v}})
}

// inline makes the last row a list in one line, if it has that ID.
func (b *rowBuilder) inline(id, separator string) {
	if n := len(b.rows); n > 0 && b.rows[n-1].ID == id {
		b.rows[n-1].Inline, b.rows[n-1].Separator = true, b.text(separator)
	}
}

func (b *rowBuilder) when(readerZone *time.Location) {
	e := b.event
	b.add("when", Value{Text: b.formatter.event(e)})
	if id := e.RecurrenceID; !id.IsZero() && !id.Equal(e.Start) {
		b.add("when", Value{Text: b.text("occurrence", "date", b.date(b.onClock(id))), Note: true})
	}
	if readerZone != nil {
		b.add("own", Value{Text: formatter{b.catalog, readerZone}.event(e)}) // the ID is public, see [Row]
	}
}

// onClock returns the start of an occurrence in the zone in which its date is read.
func (b *rowBuilder) onClock(t time.Time) time.Time {
	if b.event.AllDay {
		return t
	}
	return t.In(b.loc)
}

// series adds the rule, the dates that are excepted from it, the added dates, and
// the occurrences that differ.
func (b *rowBuilder) series() {
	e := b.event
	b.add("repeats", Value{Text: b.rule(e)})
	b.dates("except", excluded(e))
	b.dates("include", slices.Clone(e.Recurrence.Include))
	for i := range e.Overrides {
		if !e.Overrides[i].Cancelled {
			b.add("overrides", Value{Text: b.override(i)})
		}
	}
}

// excluded returns the original starts of the occurrences that do not take place. An
// exception that the rule does not give excludes nothing, so it is not among them.
func excluded(e *ical.Event) []time.Time {
	list := slices.Clone(e.Recurrence.Except)
	for _, o := range e.Overrides {
		if o.Cancelled {
			list = append(list, o.RecurrenceID)
		}
	}
	if len(list) == 0 {
		return nil
	}
	given, rule := make(map[int64]bool), *e.Recurrence
	rule.Except = nil
	all := *e
	all.Overrides, all.Recurrence, all.Cancelled = nil, &rule, false
	for o := range all.Occurrences(time.Time{}, slices.MaxFunc(list, time.Time.Compare).AddDate(0, 0, 2)) {
		given[o.Start.Unix()] = true
	}
	return slices.DeleteFunc(list, func(t time.Time) bool {
		if e.AllDay {
			y, m, d := t.Date()
			t = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		}
		return !given[t.Unix()]
	})
}

// dates adds a list of dates, each once.
func (b *rowBuilder) dates(id string, list []time.Time) {
	slices.SortFunc(list, time.Time.Compare)
	for i, t := range list {
		if i == 0 || !t.Equal(list[i-1]) {
			b.add(id, Value{Text: b.day(t, b.event.AllDay)})
		}
	}
	b.inline(id, "list.dates")
}

// override returns the differences of one occurrence from the series; "" if none of
// them is shown in a mail.
func (b *rowBuilder) override(i int) string {
	o, e := b.event.Override(i), b.event
	var parts []string
	if !o.Start.Equal(o.RecurrenceID) || !o.End.IsZero() && o.End.Sub(o.Start) != e.End.Sub(e.Start) {
		parts = append(parts, b.formatter.event(&o))
	}
	if o.Summary != e.Summary {
		parts = append(parts, b.valueOrNone("title", b.isolate(clean(o.Summary, maxTitle))))
	}
	if o.Location != e.Location {
		parts = append(parts, b.valueOrNone("where", b.isolate(clean(o.Location, maxPlace))))
	}
	if o.Conference != e.Conference {
		parts = append(parts, b.valueOrNone("join", clean(o.Conference, maxPlace)))
	}
	if len(parts) == 0 {
		return ""
	}
	return b.labelled(b.day(o.RecurrenceID, e.AllDay)) + strings.Join(parts, b.text("list.dates"))
}

// place adds the location and the links of the meeting. join is false for a
// cancelled meeting, which cannot be joined.
func (b *rowBuilder) place(join bool) {
	e := b.event
	if e.Location != e.Conference {
		b.add("where", Value{Text: b.isolate(clean(e.Location, maxPlace))})
	}
	if join {
		b.add("join", named(clean(e.Conference, maxPlace), e.Conference))
	}
	if e.URL != e.Conference {
		b.add("page", named(clean(e.URL, maxPlace), e.URL))
	}
}

// guests adds the attendees for which match is true.
func (b *rowBuilder) guests(id string, match func(*ical.Attendee) bool) {
	for i := range b.event.Attendees {
		if a := &b.event.Attendees[i]; match(a) {
			b.add(id, Value{Text: b.isolate(firstOf(a.Name, a.Email))})
		}
	}
	b.inline(id, "list")
}

func isPlace(a *ical.Attendee) bool { return a.Kind == ical.KindRoom || a.Kind == ical.KindResource }

func isOptional(a *ical.Attendee) bool {
	return !isPlace(a) && (a.Role == ical.RoleOptional || a.Role == ical.RoleInformational)
}

func isRequired(a *ical.Attendee) bool { return !isPlace(a) && !isOptional(a) }

// person returns a name that leads to a mailbox. If the address holds a character
// that has a meaning in a mailto link, the name leads nowhere.
func person(name, address string) Value {
	v := Value{Text: firstOf(name, address)}
	if !strings.ContainsAny(address, "?&%#") && strings.Contains(address, "@") {
		v.Link = safeLink("mailto:" + address)
	}
	return v
}

// named returns a name that leads to a link.
func named(name, link string) Value {
	return Value{Text: name, Link: template.URL(safeLink(link))}
}

// valueOrNone returns a value, or a dash behind its label if an occurrence has no
// value although the series has one.
func (b *rowBuilder) valueOrNone(id, value string) string {
	if strings.Trim(value, "\u2068\u2069") != "" {
		return value
	}
	return b.labelled(b.text("label."+id)) + "–"
}
