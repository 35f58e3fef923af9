package body

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// facts collects the rows of one version of a meeting.
type facts struct {
	formatter
	event *ical.Event
	rows  []Row
}

// newFacts returns the rows of a version of the meeting. own is the reader's zone if
// its clock differs, and nil otherwise.
func newFacts(c formatter, v *View, e *ical.Event, own *time.Location) []Row {
	f := &facts{formatter: c, event: e, rows: make([]Row, 0, len(rowOrder))}
	f.when(own)
	if e.Recurrence != nil {
		f.series()
	}
	f.place(v.action() != ActionCancellation)
	f.add("organizer", person(e.Organizer.Name, e.Organizer.Email))
	if !v.HideGuests {
		f.guests("required", isRequired)
		f.guests("optional", isOptional)
	}
	f.guests("rooms", isPlace)
	for _, l := range e.Attachments {
		f.add("documents", named(firstOf(l.Name, l.URL), l.URL))
	}
	return f.rows
}

// add puts a value into the row with that ID, which is the last row or a new one. An
// empty value is left out.
func (f *facts) add(id string, v Value) {
	if v.Text == "" {
		return
	}
	if n := len(f.rows); n > 0 && f.rows[n-1].ID == id {
		f.rows[n-1].Values = append(f.rows[n-1].Values, v)
		return
	}
	f.rows = append(f.rows, Row{ID: id, Label: f.text("label." + id), Values: []Value{v}})
}

// inline makes the last row a list in one line, if it has that ID.
func (f *facts) inline(id, separator string) {
	if n := len(f.rows); n > 0 && f.rows[n-1].ID == id {
		f.rows[n-1].Inline, f.rows[n-1].Separator = true, f.text(separator)
	}
}

func (f *facts) when(own *time.Location) {
	e := f.event
	f.add("when", Value{Text: f.formatter.event(e)})
	if id := e.RecurrenceID; !id.IsZero() && !id.Equal(e.Start) {
		f.add("when", Value{Text: f.text("occurrence", "date", f.date(f.onClock(id))), Note: true})
	}
	if own != nil {
		f.add("own", Value{Text: formatter{f.catalog, own}.event(e)})
	}
}

// onClock returns the start of an occurrence in the zone in which its date is read.
func (f *facts) onClock(t time.Time) time.Time {
	if f.event.AllDay {
		return t
	}
	return t.In(f.loc)
}

// series adds the rule, the dates that are excepted from it, the added dates, and
// the occurrences that differ.
func (f *facts) series() {
	e := f.event
	f.add("repeats", Value{Text: f.rule(e)})
	except := slices.Clone(e.Recurrence.Except)
	for _, o := range e.Overrides {
		if o.Cancelled {
			except = append(except, o.RecurrenceID)
		}
	}
	f.dates("except", except)
	f.dates("include", slices.Clone(e.Recurrence.Include))
	for i := range e.Overrides {
		if !e.Overrides[i].Cancelled {
			f.add("overrides", Value{Text: f.override(i)})
		}
	}
}

// dates adds a list of dates, each once.
func (f *facts) dates(id string, list []time.Time) {
	slices.SortFunc(list, time.Time.Compare)
	for i, t := range list {
		if i == 0 || !t.Equal(list[i-1]) {
			f.add(id, Value{Text: f.day(t, f.event.AllDay)})
		}
	}
	f.inline(id, "list.dates")
}

// override returns the differences of one occurrence from the series; "" if none of
// them is shown in a mail.
func (f *facts) override(i int) string {
	o, e := f.event.Override(i), f.event
	var parts []string
	if !o.Start.Equal(o.RecurrenceID) || !o.End.IsZero() && o.End.Sub(o.Start) != e.End.Sub(e.Start) {
		parts = append(parts, f.formatter.event(&o))
	}
	if o.Summary != e.Summary {
		parts = append(parts, f.isolate(clean(o.Summary, maxTitle)))
	}
	if o.Location != e.Location {
		parts = append(parts, f.isolate(clean(o.Location, maxPlace)))
	}
	if o.Conference != e.Conference {
		parts = append(parts, clean(o.Conference, maxPlace))
	}
	if len(parts) == 0 {
		return ""
	}
	return f.labelled(f.day(o.RecurrenceID, e.AllDay)) + strings.Join(parts, f.text("list.dates"))
}

// place adds the location and the links of the meeting. join is false for a
// cancelled meeting, which cannot be joined.
func (f *facts) place(join bool) {
	e := f.event
	if e.Location != e.Conference {
		f.add("where", Value{Text: f.isolate(clean(e.Location, maxPlace))})
	}
	if join {
		f.add("join", named(clean(e.Conference, maxPlace), e.Conference))
	}
	if e.URL != e.Conference {
		f.add("page", named(clean(e.URL, maxPlace), e.URL))
	}
}

// guests adds the attendees of one group: those for which is returns true.
func (f *facts) guests(id string, is func(*ical.Attendee) bool) {
	for i := range f.event.Attendees {
		if a := &f.event.Attendees[i]; is(a) {
			f.add(id, Value{Text: f.isolate(firstOf(a.Name, a.Email))})
		}
	}
	f.inline(id, "list")
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
