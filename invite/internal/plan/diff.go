package plan

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// Level is the weight of a change, with the values of invite.Level.
type Level int

// The values of [Level], the lowest first.
const (
	LevelSilent Level = iota // no mail
	LevelMinor               // a mail, and answers stay
	LevelMajor               // a mail that asks for a new answer
)

// Levels has the level of every field, by its JSON name.
type Levels map[string]Level

// change is one difference between two versions of a meeting.
type change struct {
	field string // its JSON name
	level Level
	text  string // for people
}

// highest returns the highest level of the changes.
func highest(list []change) Level {
	level := LevelSilent
	for _, c := range list {
		level = max(level, c.level)
	}
	return level
}

// diff compares two versions of the whole meeting or of one occurrence, field by
// field, without their overrides. It leaves out a difference that only follows from
// another one.
func diff(before, after *ical.Event, levels Levels) []change {
	d := &differ{before: before, after: after, levels: levels}
	d.times()
	d.zone()
	d.rule()
	for _, f := range textFields {
		b, a := f.get(before), f.get(after)
		if b == a {
			continue // as most texts of an occurrence are
		}
		if b, a = visible(b), visible(a); b != a {
			d.add(f.name, "%s", textChange(f.name, b, a, f.long))
		}
	}
	for _, f := range otherFields {
		if !equal(f.get(before), f.get(after)) {
			d.add(f.name, "%s changed", f.words)
		}
	}
	if !roster.SameAddresses(before, after) {
		d.add("attendees", "list of attendees changed")
	}
	return d.changes
}

// differ gathers the changes between two versions.
type differ struct {
	before, after *ical.Event
	levels        Levels
	changes       []change
}

// add adds a change of a field, with the field's level.
func (d *differ) add(field, format string, args ...any) {
	d.changes = append(d.changes, change{field, d.levels[field], fmt.Sprintf(format, args...)})
}

// times compares the start, the length, and whether the meeting is all-day.
func (d *differ) times() {
	before, after := d.before, d.after
	if before.AllDay != after.AllDay {
		text := "is no longer all day"
		if after.AllDay {
			text = "became an all-day meeting"
		}
		d.add("allDay", "%s", text)
	}
	if !before.Start.Equal(after.Start) {
		was, is := startTexts(before, after)
		d.add("start", "start moved from %s to %s", was, is)
	}
	if b, a := series.Length(before), series.Length(after); b != a {
		d.add("end", "length changed from %s to %s", duration(b), duration(a))
	}
}

// zone compares the time zones. The zone of a single event is silent, because its
// instants are the same. Dates have no zone, so a change between hours and days is no
// change of the zone.
func (d *differ) zone() {
	b, a := zoneName(d.before), zoneName(d.after)
	if b == a || d.before.AllDay != d.after.AllDay {
		return
	}
	level := d.levels["timeZone"]
	if d.before.Recurrence == nil && d.after.Recurrence == nil {
		level = LevelSilent
	}
	d.changes = append(d.changes, change{"timeZone", level, fmt.Sprintf("time zone changed from %s to %s", b, a)})
}

// rule compares the rules. A series that only ends earlier needs no new answer,
// because all that remains of it has been answered.
func (d *differ) rule() {
	text, end := ruleChange(d.before, d.after)
	if text == "" {
		return
	}
	level := d.levels["recurrence"]
	if end < 0 {
		level = min(level, LevelMinor)
	}
	d.changes = append(d.changes, change{"recurrence", level, text})
}

// textFields are compared as texts, and named with their values unless they are
// long.
var textFields = []struct {
	name string
	long bool
	get  func(*ical.Event) string
}{
	{"summary", false, func(e *ical.Event) string { return e.Summary }},
	{"location", false, func(e *ical.Event) string { return e.Location }},
	{"description", true, func(e *ical.Event) string { return e.Description }},
	{"url", false, func(e *ical.Event) string { return e.URL }},
	{"conference", false, func(e *ical.Event) string { return e.Conference }},
}

// otherFields are compared as values. words name the field for people.
var otherFields = []struct {
	name, words string
	get         func(*ical.Event) any
}{
	{"organizer", "organizer's name", func(e *ical.Event) any { return sameCase(e.Organizer) }},
	{"categories", "categories", func(e *ical.Event) any { return e.Categories }},
	{"showAs", "availability", func(e *ical.Event) any { return cmp.Or(e.ShowAs, ical.ShowBusy) }},
	{"sensitivity", "sensitivity", func(e *ical.Event) any { return cmp.Or(e.Sensitivity, ical.SensitivityPublic) }},
	{"priority", "priority", func(e *ical.Event) any { return cmp.Or(e.Priority, 5) }},
	{"attachments", "attachments", func(e *ical.Event) any { return e.Attachments }},
	{"language", "language", func(e *ical.Event) any { return e.Language }},
	{"cancelled", "cancellation", func(e *ical.Event) any { return e.Cancelled }},
	{"reminders", "reminder", func(e *ical.Event) any { return e.Reminders }},
	{"noCounter", "permission to propose another time", func(e *ical.Event) any { return e.NoCounter }},
	{"noForward", "permission to forward the meeting", func(e *ical.Event) any { return e.NoForward }},
	{"extra", "extra property", func(e *ical.Event) any { return e.Extra }},
}

// sameCase returns a person with addresses that can be compared.
func sameCase(p ical.Person) ical.Person {
	return ical.Person{Name: p.Name, Email: address.Key(p.Email), SentBy: address.Key(p.SentBy)}
}

// visible returns a text without the differences that nobody sees: the form of its
// line ends, and spaces at the ends of lines.
func visible(s string) string {
	lines := strings.Split(lineEnds.Replace(s), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// lineEnds turns all line ends into LF.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// equal compares values. An empty list equals a nil one.
func equal(a, b any) bool {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.Kind() == reflect.Slice && va.Len() == 0 && vb.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}

// ruleChange returns a description of how the rule changed, or "" if it did not.
// Exceptions are no part of it, because they are changes of single occurrences.
// end is -1 if the series only ends earlier, 1 if it only ends later, and otherwise 0.
func ruleChange(before, after *ical.Event) (text string, end int) {
	b, a := before.Recurrence, after.Recurrence
	switch {
	case b == nil && a == nil:
		return "", 0
	case b == nil:
		return "became a series", 0
	case a == nil:
		return "is no longer a series", 0
	}
	// If the start moved too, the two ends cannot be compared as they are. So the
	// end of the new rule is taken from the old start on.
	was, is := *before, *before
	is.Recurrence = a
	rest, now := withoutEnd(b), withoutEnd(a)
	sameDates := equal(rest.Include, now.Include)
	if !sameDates { // added dates after the new end go with the end
		last := series.LastStart(&is)
		rest.Include = set(slices.DeleteFunc(rest.Include, last.Before), time.Time.Compare)
	}
	switch {
	case !equal(rest, now):
		return "the rule of the series changed", 0
	case sameDates && b.Count == a.Count && b.Until.Equal(a.Until):
		return "", 0
	}
	switch end := series.LastStart(&was).Compare(series.LastStart(&is)); {
	case end > 0:
		return "the series ends earlier", -1
	case end < 0:
		return "the series ends later", 1
	}
	return "", 0
}

// withoutEnd returns the rule without its end and exceptions, in a form that can be
// compared.
func withoutEnd(r *ical.Recurrence) ical.Recurrence {
	out := *r
	out.Interval = max(out.Interval, 1)
	out.WeekStart = cmp.Or(out.WeekStart, ical.DayMonday)
	out.Count, out.Until, out.Except = 0, time.Time{}, nil
	out.Include = slices.Clone(out.Include)
	for i := range out.Include {
		out.Include[i] = out.Include[i].UTC()
	}
	out.Include = set(out.Include, time.Time.Compare)
	out.ByDay, out.ByMonth = set(out.ByDay, cmp.Compare), set(out.ByMonth, cmp.Compare)
	out.ByMonthDay, out.BySetPos = set(out.ByMonthDay, cmp.Compare), set(out.BySetPos, cmp.Compare)
	return out
}

// set returns the elements of a list in order and each once, or nil if it is empty.
func set[T any](list []T, compare func(a, b T) int) []T {
	if len(list) == 0 {
		return nil
	}
	list = slices.SortedFunc(slices.Values(list), compare)
	return slices.CompactFunc(list, func(a, b T) bool { return compare(a, b) == 0 })
}

// zoneName returns the name of the zone that a meeting's clock is in.
func zoneName(e *ical.Event) string {
	zone, err := e.Zone()
	if err != nil || e.AllDay {
		return "UTC"
	}
	return zone.String()
}
