package invite

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Level says what a change of a meeting asks for.
type Level int

// The values of [Level], the lowest first.
const (
	// LevelSilent: nobody sees it, so nobody gets a mail.
	LevelSilent Level = iota
	// LevelMinor: attendees get a mail, and their answers stay.
	LevelMinor
	// LevelMajor: attendees get a mail and have to answer anew (MS-OXOCAL, section
	// 3.1.4.7.4; RFC 5546, section 3.2.2.1).
	LevelMajor
)

// String returns "silent", "minor" or "major", and the number of any other.
func (l Level) String() string {
	names := [...]string{"silent", "minor", "major"}
	if l < 0 || int(l) >= len(names) {
		return "Level(" + strconv.Itoa(int(l)) + ")"
	}
	return names[l]
}

// Levels says how much each field matters, by its JSON name. A field that it
// does not name has its level of [DefaultLevels].
type Levels map[string]Level

// DefaultLevels returns the levels that Outlook and Exchange give the fields:
// another time, rule or place needs a new answer.
func DefaultLevels() Levels {
	return Levels{
		"start": LevelMajor, "end": LevelMajor, "allDay": LevelMajor, "timeZone": LevelMajor, "recurrence": LevelMajor,
		"cancelled": LevelMajor, "location": LevelMajor,
		"summary": LevelMinor, "description": LevelMinor, "url": LevelMinor, "conference": LevelMinor, "categories": LevelMinor,
		"organizer": LevelMinor, "showAs": LevelMinor, "sensitivity": LevelMinor, "priority": LevelMinor, "attachments": LevelMinor,
		"language": LevelMinor, "attendees": LevelSilent,
		"reminders": LevelSilent, "noCounter": LevelSilent, "extra": LevelSilent, "created": LevelSilent, "modified": LevelSilent,
	}
}

// of returns the level of a field.
func (l Levels) of(field string) Level {
	if level, ok := l[field]; ok {
		return level
	}
	return defaultLevels[field]
}

var defaultLevels = DefaultLevels()

// check refuses names that are no fields, since a misspelt one would say nothing.
func (l Levels) check() error {
	for _, name := range slices.Sorted(maps.Keys(l)) {
		if _, ok := defaultLevels[name]; !ok {
			return fmt.Errorf("invite: Levels: no field is named %.40q", name)
		}
	}
	return nil
}

// change is one difference between two versions of a meeting.
type change struct {
	field string // its JSON name
	level Level
	text  string // for people
}

// diff compares what one object says of a meeting, field by field, without its
// overrides. What only follows from another change is left out.
func diff(before, after *ical.Event, levels Levels) []change {
	var out []change
	add := func(field, format string, args ...any) {
		out = append(out, change{field, levels.of(field), fmt.Sprintf(format, args...)})
	}
	diffTime(before, after, add)
	if b, a := zoneName(before), zoneName(after); b != a {
		level := levels.of("timeZone")
		if before.Recurrence == nil && after.Recurrence == nil {
			level = LevelSilent // the instants are the same
		}
		out = append(out, change{"timeZone", level, fmt.Sprintf("time zone changed from %s to %s", b, a)})
	}
	if text, end := diffRule(before, after); text != "" {
		level := levels.of("recurrence")
		if end < 0 {
			level = min(level, LevelMinor) // what remains is what was accepted
		}
		out = append(out, change{"recurrence", level, text})
	}
	for _, f := range textFields {
		if b, a := visible(f.get(before)), visible(f.get(after)); b != a {
			add(f.name, "%s", changed(f.name, b, a, f.long))
		}
	}
	for _, f := range otherFields {
		if !equal(f.get(before), f.get(after)) {
			add(f.name, "%s changed", f.words)
		}
	}
	if !sameAttendees(before, after) {
		add("attendees", "list of attendees changed")
	}
	return out
}

func diffTime(before, after *ical.Event, add func(field, format string, args ...any)) {
	zone, err := after.Zone()
	if err != nil {
		zone = time.UTC
	}
	if before.AllDay != after.AllDay {
		add("allDay", "%s", choose(after.AllDay, "became an all-day meeting", "is no longer all day"))
	}
	if !before.Start.Equal(after.Start) {
		add("start", "start moved from %s to %s", moment(before.Start, before.AllDay, zone), moment(after.Start, after.AllDay, zone))
	}
	if length(before) != length(after) {
		add("end", "length changed from %s to %s", spell(length(before)), spell(length(after)))
	}
}

// textFields are compared as text and named with their values.
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

// otherFields are compared as a whole.
var otherFields = []struct {
	name, words string
	get         func(*ical.Event) any
}{
	{"organizer", "organizer's name", func(e *ical.Event) any { return canonical(e.Organizer) }},
	{"categories", "categories", func(e *ical.Event) any { return e.Categories }},
	{"showAs", "availability", func(e *ical.Event) any { return or(e.ShowAs, ical.ShowBusy) }},
	{"sensitivity", "sensitivity", func(e *ical.Event) any { return or(e.Sensitivity, ical.SensitivityPublic) }},
	{"priority", "priority", func(e *ical.Event) any { return or(e.Priority, 5) }},
	{"attachments", "attachments", func(e *ical.Event) any { return e.Attachments }},
	{"language", "language", func(e *ical.Event) any { return e.Language }},
	{"cancelled", "cancellation", func(e *ical.Event) any { return e.Cancelled }},
	{"reminders", "reminder", func(e *ical.Event) any { return e.Reminders }},
	{"noCounter", "permission to propose another time", func(e *ical.Event) any { return e.NoCounter }},
	{"extra", "extra property", func(e *ical.Event) any { return e.Extra }},
}

// canonical is a person in a form that can be compared.
func canonical(p ical.Person) ical.Person {
	return ical.Person{Name: p.Name, Email: address.Key(p.Email), SentBy: address.Key(p.SentBy)}
}

// visible is a text without what nobody sees: the form of its line ends, and
// spaces at the ends of lines.
func visible(s string) string {
	lines := strings.Split(lineEnds.Replace(s), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// equal compares values; an empty list is equal to none.
func equal(a, b any) bool {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.Kind() == reflect.Slice && va.Len() == 0 && vb.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}

// diffRule says how a rule changed, without its exceptions, which are changes
// of single occurrences; "" for not at all. Its end is -1 where the series only
// ends earlier.
func diffRule(before, after *ical.Event) (text string, end int) {
	b, a := before.Recurrence, after.Recurrence
	switch {
	case b == nil && a == nil:
		return "", 0
	case b == nil:
		return "became a series", 0
	case a == nil:
		return "is no longer a series", 0
	case !equal(ruleOf(b), ruleOf(a)):
		return "the rule of the series changed", 0
	case b.Count == a.Count && b.Until.Equal(a.Until):
		return "", 0
	}
	// The rest of the change may hide that only the end differs: the new rule's
	// end is compared on the old start.
	was, is := *before, *before
	is.Recurrence = a
	switch end := lastStart(&was).Compare(lastStart(&is)); {
	case end > 0:
		return "the series ends earlier", -1
	case end < 0:
		return "the series ends later", 1
	}
	return "", 0
}

// forEver is the end of a series that has none.
var forEver = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// lastStart is the original start of the last occurrence that a rule gives.
func lastStart(e *ical.Event) time.Time {
	if r := e.Recurrence; r.Count == 0 && r.Until.IsZero() {
		return forEver
	}
	var last time.Time
	for o := range bareRule(e).Occurrences(time.Time{}, time.Time{}) {
		last = o.RecurrenceID
	}
	return last
}

// ruleOf is the rule without its end, in a form that can be compared.
func ruleOf(r *ical.Recurrence) ical.Recurrence {
	out := *r
	out.Interval = max(out.Interval, 1)
	out.WeekStart = or(out.WeekStart, ical.DayMonday)
	out.Count, out.Until, out.Except = 0, time.Time{}, nil
	out.Include = slices.Clone(out.Include)
	for i := range out.Include {
		out.Include[i] = out.Include[i].UTC()
	}
	return out
}

// top is the highest level of the changes.
func top(list []change) Level {
	level := LevelSilent
	for _, c := range list {
		level = max(level, c.level)
	}
	return level
}
