package organizer

import (
	"slices"
	"strings"
)

// meetings are the properties of a VEVENT that are the meeting's. All others are the
// organizer's own as soon as they differ from the data that was written.
var meetings = func() map[string]bool {
	out := make(map[string]bool)
	for _, name := range []string{"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE",
		"EXDATE", "SUMMARY", "LOCATION", "DESCRIPTION", "ORGANIZER", "ATTENDEE", "STATUS", "URL", "CONFERENCE", "ATTACH",
		"X-MICROSOFT-CDO-ALLDAYEVENT"} {
		out[name] = true
	}
	return out
}()

// belongs are properties that say the same as a field of the meeting in another form.
// They are dropped if the field changes.
var belongs = map[string]string{
	"X-ALT-DESC": "DESCRIPTION", "X-APPLE-STRUCTURED-LOCATION": "LOCATION", "X-MOZ-LOCATION": "LOCATION",
}

// isOwn reports whether a line of an entry may be the organizer's own. A file inside
// the entry is, and so is an attendee without an address, such as a principal of a
// server.
func (l line) isOwn() bool {
	name, params, value := cut(l.text)
	switch strings.ToUpper(name) {
	case "ATTACH":
		return strings.Contains(params, "ENCODING=") || strings.Contains(params, "VALUE=BINARY")
	case "ATTENDEE":
		return !strings.Contains(value, "@") && !strings.Contains(params, "@")
	case "BEGIN", "END", "":
		return false
	}
	return !meetings[l.name]
}

// cut returns the name of a content line, its parameters in upper case, and its value.
func cut(text string) (name, params, value string) {
	quoted := false
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case c == ':' && !quoted:
			name, params, _ = strings.Cut(text[:i], ";")
			return name, strings.ToUpper(params), text[i+1:]
		}
	}
	return "", "", ""
}

// combined returns the VEVENT m of the meeting with the organizer's own lines and parts
// of the VEVENT in the calendar, theirs. was is the VEVENT that was written last. What
// theirs has in common with was is the meeting's, and changed reports whether the meeting
// has changed it.
func combined(m, theirs, was *component) (out *component, changed bool) {
	out = &component{name: m.name}
	done := make(map[string]bool)
	own := func(name string) {
		if done[name] {
			return
		}
		done[name] = true
		from := theirs
		if is, given := theirs.named(name), m.named(name); is == was.named(name) {
			from, changed = m, changed || is != given
		}
		if of := belongs[name]; of != "" && textOf(m, of) != textOf(theirs, of) {
			return
		}
		for _, l := range from.all(name) {
			out.lines = append(out.lines, asClient(l))
		}
	}
	for _, l := range m.lines {
		if l.isOwn() {
			own(l.name)
		} else if l.name == "STATUS" && l.value() == "CONFIRMED" && strings.EqualFold(textOf(theirs, "STATUS"), "TENTATIVE") {
			out.lines = append(out.lines, line{l.name, "STATUS:TENTATIVE"})
		} else {
			out.lines = append(out.lines, l)
		}
	}
	for _, l := range theirs.all("") {
		own(l.name)
	}
	alarms := theirs
	if is, given := theirs.alarms(), m.alarms(); is == was.alarms() {
		alarms, changed = m, changed || is != given
	}
	out.parts = alarms.part("VALARM")
	if theirs != nil {
		for _, p := range theirs.parts {
			if p.name != "VALARM" {
				out.parts = append(out.parts, p)
			}
		}
	}
	return out, changed
}

// all returns the lines with a name that may be the organizer's own; of any name if it
// is empty.
func (c *component) all(name string) (out []line) {
	if c == nil {
		return nil
	}
	for _, l := range c.lines {
		if (name == "" || l.name == name) && l.isOwn() {
			out = append(out, l)
		}
	}
	return out
}

// textOf returns the value of the first line with a name, without space that servers
// change.
func textOf(c *component, name string) string {
	_, _, value := cut(c.named(name))
	value, _, _ = strings.Cut(value, "\n")
	return plainText(strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\`, "").Replace(value))
}

// alarms returns the alarms of a VEVENT in a form that is equal for equal alarms.
// Programs add identifiers to them.
func (c *component) alarms() string {
	var out []string
	for _, a := range c.part("VALARM") {
		action, trigger := textOf(a, "ACTION"), a.named("TRIGGER")
		out = append(out, strings.ToUpper(action+" "+trigger))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// asClient returns an attendee's line with SCHEDULE-AGENT=CLIENT, and any other line as it
// is.
func asClient(l line) line {
	if l.name != "ATTENDEE" {
		return l
	}
	name, params, value := cut(l.text)
	if strings.Contains(params, agent+"=CLIENT") {
		return l
	}
	if strings.Contains(params, agent) || len(name)+len(params) > len(l.text) {
		return line{l.name, name + ";" + agent + "=CLIENT:" + value}
	}
	rest := l.text[len(name) : len(l.text)-len(value)-1]
	return line{l.name, name + ";" + agent + "=CLIENT" + rest + ":" + value}
}

// ofCalendar returns the organizer's own lines and parts of the calendar object itself.
func ofCalendar(objects []*component) (lines []line, parts []*component) {
	for _, o := range objects {
		for _, l := range o.lines {
			switch l.name {
			case "VERSION", "PRODID", "CALSCALE", "METHOD", "BEGIN", "END", "":
			default:
				lines = append(lines, l)
			}
		}
		for _, p := range o.parts {
			if p.name != "VEVENT" && p.name != "VTIMEZONE" {
				parts = append(parts, p)
			}
		}
	}
	return lines, parts
}
