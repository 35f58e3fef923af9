package body

import (
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
)

// rowBuilder builds the rows of one version of a meeting.
type rowBuilder struct {
	formatter
	home     *time.Location // the zone of the meeting
	view     *View
	settings *settings
	event    *ical.Event
	rows     []Row
}

// build returns the rows of a version of the meeting.
func (b *rowBuilder) build(e *ical.Event) []Row {
	b.event, b.rows = e, make([]Row, 0, len(rowOrder))
	action := b.view.action()
	b.when()
	if e.Recurrence != nil {
		b.series()
	}
	gone := action == ActionCancellation || action == ActionRemoval || action == ActionPartialRemoval
	b.place(!gone && action != ActionRefusal)
	b.add("organizer", person(e.Organizer.Name, e.Organizer.Email))
	alone := gone || action == ActionRefusal || action == ActionProposalDeclined
	if !b.view.HideGuests && !(alone && b.onlyReader()) {
		b.guests("required", isRequired)
		b.guests("optional", isOptional)
	}
	b.guests("rooms", isPlace)
	for _, l := range e.Attachments {
		b.add("documents", named(firstOf(l.Name, l.URL), l.URL))
	}
	return b.rows
}

// onlyReader reports whether the event has no attendee except the reader. The object of a
// CANCEL or a DECLINECOUNTER has only its recipient (RFC 5546, sections 3.2.5 and 3.2.8),
// although more attendees may come.
func (b *rowBuilder) onlyReader() bool {
	list := b.event.Attendees
	return len(list) == 1 && strings.EqualFold(list[0].Email, b.view.Attendee.Email)
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

// when adds the time of the meeting on the reader's clock, and behind it the time on
// the meeting's own clock if it differs.
func (b *rowBuilder) when() {
	e, cancelled := b.event, b.view.action() == ActionCancellation
	b.add("when", Value{Text: b.formatter.event(e), Struck: cancelled})
	if id := e.RecurrenceID; !id.IsZero() && !id.Equal(e.Start) {
		b.add("when", Value{Text: b.text("occurrence", "date", b.date(b.onClock(id))), Note: true})
	}
	if b.home != b.loc && !cancelled && !e.AllDay && !e.Floating {
		b.add("when", Value{Text: b.from(b.home, e), Note: true})
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
// the occurrences that differ. The weekdays of a rule are on the meeting's clock. If
// its date differs from the date on the reader's clock, all dates of the series are
// on the meeting's clock, and the rule names the zone.
func (b *rowBuilder) series() {
	e, reader, zone := b.event, b.loc, ""
	if !e.AllDay && !sameDay(e.Start.In(b.loc), e.Start.In(b.home)) {
		b.loc = b.home
		defer func() { b.loc = reader }()
		zone = b.inZone(ical.Span{Start: e.Start, End: e.End})
	}
	b.add("repeats", Value{Text: b.rule(e) + zone})
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
	moved := !o.Start.Equal(o.RecurrenceID) || !o.End.IsZero() && o.End.Sub(o.Start) != e.End.Sub(e.Start)
	var parts []string
	if o.Summary != e.Summary {
		parts = append(parts, b.valueOrNone("title", b.isolate(clean(o.Summary, maxTitle))))
	}
	if o.Location != e.Location {
		parts = append(parts, b.valueOrNone("where", b.isolate(clean(o.Location, maxPlace))))
	}
	if o.Conference != e.Conference {
		parts = append(parts, b.valueOrNone("join", clean(o.Conference, maxPlace)))
	}
	separator := b.text("list.dates")
	if moved {
		return strings.Join(append([]string{b.moved(&o)}, parts...), separator)
	}
	if len(parts) == 0 {
		return ""
	}
	return b.labelled(b.day(o.RecurrenceID, e.AllDay)) + strings.Join(parts, separator)
}

// moved writes the old time and the new one of an occurrence: the hours if its day
// stays, and otherwise the days.
func (b *rowBuilder) moved(o *ical.Event) string {
	e, day := b.event, b.day(o.RecurrenceID, b.event.AllDay)
	if e.AllDay {
		return b.text("moved", "old", day, "new", b.daysInSentence(o.Start, o.End))
	}
	old := ical.Span{Start: o.RecurrenceID}
	if !e.End.IsZero() {
		old.End = old.Start.Add(e.End.Sub(e.Start))
	}
	is := ical.Span{Start: o.Start, End: o.End}
	for _, t := range []time.Time{old.End, is.Start, is.End} {
		if !t.IsZero() && !sameDay(t.In(b.loc), old.Start.In(b.loc)) {
			return b.text("moved", "old", day, "new", b.inSentence(is))
		}
	}
	return b.labelled(day) + b.text("moved", "old", b.hours(old), "new", b.clockHours(is))
}

// place adds the location and the links of the meeting. join is false for a
// cancelled meeting, which cannot be joined.
func (b *rowBuilder) place(join bool) {
	e := b.event
	if e.Location != e.Conference {
		b.add("where", b.where(clean(e.Location, maxPlace)))
	}
	if join {
		b.add("join", named(clean(e.Conference, maxPlace), e.Conference))
	}
	if e.URL != e.Conference {
		b.add("page", named(clean(e.URL, maxPlace), e.URL))
	}
}

// where returns a location, with a link to a map if there is one.
func (b *rowBuilder) where(location string) Value {
	if location != "" && b.settings.mapURL != nil && !strings.Contains(location, "://") {
		if link := safeLink(b.settings.mapURL(location)); link != "" {
			return Value{Text: location, Link: link}
		}
	}
	return Value{Text: b.isolate(location)}
}

// maxLines is the number of attendees that stand in lines of their own. A longer
// list is one paragraph.
const maxLines = 10

// guests adds the attendees for which match is true. Between two of them stands no
// comma, because a name may have one.
func (b *rowBuilder) guests(id string, match func(*ical.Attendee) bool) {
	for i := range b.event.Attendees {
		if a := &b.event.Attendees[i]; match(a) {
			b.add(id, Value{Text: b.isolate(firstOf(a.Name, a.Email)), Remark: b.answer(a)})
		}
	}
	if n := len(b.rows); n > 0 && len(b.rows[n-1].Values) > maxLines {
		b.inline(id, "list.dates")
	}
}

// answer returns the remark about the answer of an attendee; "" if answers are not
// shown.
func (b *rowBuilder) answer(a *ical.Attendee) string {
	action := b.view.action()
	if !b.settings.showAnswers || b.view.HideGuests || isPlace(a) || action != ActionUpdate && action != ActionReminder {
		return ""
	}
	status := a.Status
	if status == "" {
		status = ical.StatusNeedsAction
	}
	word := b.Messages["status."+string(status)]
	if word == "" {
		return ""
	}
	return strings.TrimSpace(b.text("noted", "note", word))
}

// withoutPlaces leaves out the rooms that the location names already.
func withoutPlaces(rows []Row) []Row {
	where, rooms := rowByID(rows, "where"), rowByID(rows, "rooms")
	if where == nil || rooms == nil {
		return rows
	}
	rooms.Values = slices.DeleteFunc(rooms.Values, func(room Value) bool {
		return slices.ContainsFunc(where.Values, func(place Value) bool {
			return place.Old == room.Old && hasWords(place.Text, room.Text)
		})
	})
	return slices.DeleteFunc(rows, func(r Row) bool { return r.ID == "rooms" && len(r.Values) == 0 })
}

// hasWords reports whether a text has the given words, without regard to case.
func hasWords(s, words string) bool {
	s, words = strings.ToLower(s), strings.ToLower(strings.Trim(words, fsi+pdi))
	for from := 0; words != ""; {
		i := strings.Index(s[from:], words)
		if i < 0 {
			return false
		}
		start := from + i
		if end := start + len(words); !endsInWord(s[:start]) && !startsInWord(s[end:]) {
			return true
		}
		from = start + 1
	}
	return false
}

// endsInWord and startsInWord report whether a word goes on over an edge of s.
func endsInWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func startsInWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
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
	switch {
	case !strings.Contains(address, "@"):
	case len(address) < maxLink/2 && strings.Trim(address, usual) == "":
		v.Link = template.URL("mailto:" + address) // as safeLink returns it
	case !strings.ContainsAny(address, "?&%#"):
		v.Link = safeLink("mailto:" + address)
	}
	return v
}

// usual are the characters of usual addresses. None of them has a meaning in a link.
const usual = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@"

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
