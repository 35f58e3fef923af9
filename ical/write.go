package ical

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
)

// maxLine is the length of a line in octets, without its end (RFC 5545, section 3.1).
const maxLine = 75

// WriteModel writes any golang-ical tree strictly: CRLF line ends, folding on
// rune borders, quoting and escaping as RFC 5545 asks. Values of type TEXT are
// taken as people read them; all others, and the lists CATEGORIES and RESOURCES
// and the structured REQUEST-STATUS, as they stand on the wire. Names that are
// not tokens, control characters and invalid UTF-8 are refused with a
// [*FieldError] whose Field is a path such as "VEVENT[1].SUMMARY".
func WriteModel(w io.Writer, m *ics.Calendar) error {
	if m == nil {
		return &FieldError{"Model", errMissing}
	}
	out := new(lineWriter)
	out.line("BEGIN:VCALENDAR")
	for i := range m.CalendarProperties {
		if err := out.property(&m.CalendarProperties[i].BaseProperty); err != nil {
			return &FieldError{fieldName(m.CalendarProperties[i].IANAToken), err}
		}
	}
	if err := out.components("", m.Components, 1); err != nil {
		return err
	}
	out.line("END:VCALENDAR")
	if _, err := w.Write(out.buf); err != nil {
		return fmt.Errorf("ical: write: %w", err)
	}
	return nil
}

// lineWriter appends content lines.
type lineWriter struct {
	buf     []byte
	scratch []byte
}

// maxDepth is how deep components may nest on writing; reading has a limit of its own.
const maxDepth = 100

func (w *lineWriter) components(path string, list []ics.Component, depth int) error {
	for i, c := range list {
		name, base, ok := component(c)
		at := path + indexed(fieldName(string(name)), i, "")
		switch {
		case !ok:
			return &FieldError{at, fmt.Errorf("%T is not a component", c)}
		case depth > maxDepth:
			return &FieldError{at, fmt.Errorf("is nested deeper than %d", maxDepth)}
		case !isToken(string(name)):
			return &FieldError{at, fmt.Errorf("%.40q is not a component name", name)}
		}
		w.line("BEGIN:" + string(name))
		for j := range base.Properties {
			if err := w.property(&base.Properties[j].BaseProperty); err != nil {
				return &FieldError{at + "." + fieldName(base.Properties[j].IANAToken), err}
			}
		}
		if err := w.components(at+".", base.Components, depth+1); err != nil {
			return err
		}
		w.line("END:" + string(name))
	}
	return nil
}

// component returns the name and the content of a component of the model.
func component(c ics.Component) (ics.ComponentType, *ics.ComponentBase, bool) {
	if v := reflect.ValueOf(c); v.Kind() == reflect.Pointer && v.IsNil() {
		return "", nil, false
	}
	switch c := c.(type) {
	case *ics.VEvent:
		return ics.ComponentVEvent, &c.ComponentBase, true
	case *ics.VTimezone:
		return ics.ComponentVTimezone, &c.ComponentBase, true
	case *ics.Standard:
		return ics.ComponentStandard, &c.ComponentBase, true
	case *ics.Daylight:
		return ics.ComponentDaylight, &c.ComponentBase, true
	case *ics.VAlarm:
		return ics.ComponentVAlarm, &c.ComponentBase, true
	case *ics.VTodo:
		return ics.ComponentVTodo, &c.ComponentBase, true
	case *ics.VJournal:
		return ics.ComponentVJournal, &c.ComponentBase, true
	case *ics.VBusy:
		return ics.ComponentVFreeBusy, &c.ComponentBase, true
	case *ics.GeneralComponent:
		return ics.ComponentType(c.Token), &c.ComponentBase, true
	}
	return "", nil, false
}

func (w *lineWriter) property(p *ics.BaseProperty) error {
	if !isToken(p.IANAToken) {
		return fmt.Errorf("%.40q is not a property name", p.IANAToken)
	}
	line := append(w.scratch[:0], p.IANAToken...)
	for _, name := range paramNames(p.ICalParameters) {
		var err error
		if line, err = appendParam(line, name, p.ICalParameters[name]); err != nil {
			return err
		}
	}
	value := p.Value
	if valueKind(p) == kindText {
		value = escapeText(value)
	}
	if err := checkValue(value); err != nil {
		return err
	}
	line = append(append(line, ':'), value...)
	w.fold(line)
	w.scratch = line
	return nil
}

// paramOrder is the order in which parameters are written: the value's type and
// zone first, as people look for them, then those of an attendee as Outlook
// writes them; all others follow by name.
var paramOrder = []string{"VALUE", "TZID", "CUTYPE", "ROLE", "PARTSTAT", "RSVP",
	"DELEGATED-TO", "DELEGATED-FROM", "SENT-BY", "CN"}

func paramNames(params map[string][]string) []string {
	names := make([]string, 0, len(params))
	for _, name := range paramOrder {
		if len(params[name]) > 0 {
			names = append(names, name)
		}
	}
	known := len(names)
	for name, values := range params {
		if len(values) > 0 && !slices.Contains(paramOrder, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names[known:])
	return names
}

// quoted are the parameters whose values stand in quotes always (RFC 5545, section 3.2).
var quoted = []string{"SENT-BY", "DELEGATED-TO", "DELEGATED-FROM", "MEMBER", "DIR", "ALTREP"}

func appendParam(line []byte, name string, values []string) ([]byte, error) {
	if !isToken(name) {
		return nil, fmt.Errorf("%.40q is not a parameter name", name)
	}
	line = append(append(line, ';'), name...)
	for i, v := range values {
		if err := checkValue(v); err != nil {
			return nil, fmt.Errorf("parameter %s %w", name, err)
		}
		line = append(line, "=,"[min(i, 1)])
		quote := strings.ContainsAny(v, ",;:") || slices.Contains(quoted, name)
		if quote {
			line = append(line, '"')
		}
		line = append(line, escapeParam(v)...)
		if quote {
			line = append(line, '"')
		}
	}
	return line, nil
}

// escapeParam writes a caret as RFC 6868 asks, so that it cannot be taken for an
// escape, and a double quote as an apostrophe, because Outlook does not know
// RFC 6868 and no value may hold one.
func escapeParam(v string) string {
	if !strings.ContainsAny(v, `^"`) {
		return v
	}
	return strings.NewReplacer("^", "^^", `"`, "'").Replace(v)
}

var textEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// escapeText writes a TEXT value (RFC 5545, section 3.3.11). Line ends of every kind become one "\n".
func escapeText(s string) string {
	if !strings.ContainsAny(s, "\\;,\r\n") {
		return s
	}
	return textEscapes.Replace(s)
}

// checkValue refuses what no content line can hold: control characters other
// than the tab, and what is not UTF-8.
func checkValue(s string) error {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return fmt.Errorf("has the control character %U", c)
		}
	}
	if !utf8.ValidString(s) {
		return errNotUTF8
	}
	return nil
}

// isToken reports whether s is a name (RFC 5545, section 3.1).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return s != ""
}

// fieldName is name as it may stand in an error's path, which ends up in logs.
func fieldName(name string) string {
	if name == "" || isToken(name) {
		return name
	}
	return fmt.Sprintf("%.40q", name)
}

func (w *lineWriter) line(s string) { w.buf = append(append(w.buf, s...), '\r', '\n') }

// fold writes a content line in pieces of at most 75 octets that do not cut a rune.
func (w *lineWriter) fold(line []byte) {
	for limit := maxLine; len(line) > limit; limit = maxLine - 1 {
		cut := limit
		for cut > 0 && !utf8.RuneStart(line[cut]) {
			cut--
		}
		w.buf = append(append(w.buf, line[:cut]...), "\r\n "...)
		line = line[cut:]
	}
	w.buf = append(append(w.buf, line...), '\r', '\n')
}
